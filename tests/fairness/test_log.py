"""The public log says what moderators did, and no more than the site's settings allow."""

import pytest

from accounts.roles import Role
from forum.articles.flows import unpublish_article
from forum.moderation import flows as moderation
from forum.moderation import threads
from forum.moderation.models import LogEntry
from tests.factories import make_article, make_comment, make_member, make_moderator

pytestmark = pytest.mark.django_db

LOG = "/moderation/log/"


@pytest.fixture
def hidden():
    comment = make_comment(author=make_member("Zoë Marker"), text="xyzzy")
    moderation.hide(comment=comment, by=make_moderator("Olga Marker"), reason="off topic")
    return comment


@pytest.mark.parametrize("members", [False, True])
@pytest.mark.parametrize("moderators", [False, True])
def test_names_stand_in_the_log_where_the_settings_say_so(
    client, settings, hidden, members, moderators
):
    settings.MODERATION_LOG_NAMES_MEMBERS = members
    settings.MODERATION_LOG_NAMES_MODERATORS = moderators
    page = client.get(LOG).content.decode()
    assert "off topic" in page
    assert hidden.article.headline in page
    assert "xyzzy" not in page
    assert ("Zoë Marker" in page) == members
    assert ("Olga Marker" in page) == moderators


def test_log_is_not_found_where_it_is_not_public(client, settings, hidden):
    settings.PUBLIC_MODERATION_LOG = False
    assert client.get(LOG).status_code == 404
    assert LOG not in client.get("/").content.decode()


def test_what_is_about_an_article_that_is_not_out_is_not_told(client, hidden):
    unpublish_article(article=hidden.article)
    assert "off topic" not in client.get(LOG).content.decode()


def test_log_is_leafed_through_by_key(client):
    owner, article = make_moderator(), make_article()
    for n in range(120):
        LogEntry.objects.create(
            moderator=owner, verb="lock", article=article, reason=f"reason {n}."
        )
    seen, place = [], LOG
    while place:
        page = client.get(place)
        seen += [line.reason for line in page.context["lines"]]
        key = page.context["page"].next_key
        place = f"{LOG}?before={key}" if key else None
    assert seen == [f"reason {n}." for n in reversed(range(120))]


def test_log_says_where_a_discussion_went_as_long_as_that_is_out(client):
    owner, source, target = make_moderator(), make_article(), make_article(headline="Goes on")
    make_comment(source)
    threads.merge_discussions(source=source, target=target, by=owner, reason="the same")
    link = f'<a href="{target.get_absolute_url()}#discussion"><bdi>Goes on</bdi></a>'
    assert link in client.get(LOG).content.decode()
    assert source.headline in client.get(LOG).content.decode()
    unpublish_article(article=target)
    page = client.get(LOG).content.decode()
    assert "the same" in page
    assert "Goes on" not in page
    assert target.slug not in page


def test_roles_are_not_in_the_public_log(client):
    moderation.give_role(member=make_member(), role=Role.EDITOR, by=make_moderator())
    assert LogEntry.objects.get().reason not in client.get(LOG).content.decode()


def test_log_leads_to_comments_that_are_there_to_be_read(client, hidden):
    link = f'href="{hidden.get_absolute_url()}"'
    assert link not in client.get("/moderation/log/").content.decode()
    moderation.restore(comment=hidden, by=make_moderator(), reason="a mistake")
    assert link in client.get("/moderation/log/").content.decode()
