"""Pages that are sent before Django has a request of them: as right as those that Django makes."""

import re
from http import HTTPStatus

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from forum.articles.flows import unpublish_article
from forum.comments import flows as comments
from forum.moderation import flows as moderation
from forum.reading import fast_path, flows, states
from forum.reading.kept_pages import variant
from forum.reading.models import ReadMark, Visit
from tests.factories import make_article, make_author, make_comment, make_member, make_moderator

pytestmark = pytest.mark.django_db(transaction=True)


class Site:
    """The site as a server calls it, with what one browser sends."""

    def __init__(self):
        self.calls = 0
        self._django = WSGIHandler()
        self._site = fast_path.FastPath(self._count, variant)

    def _count(self, environ, start_response):
        self.calls += 1
        return self._django(environ, start_response)

    def get(self, address, client=None, **headers):
        """Status, headers and body; and whether Django was asked."""
        cookies = {name: morsel.value for name, morsel in client.cookies.items()} if client else {}
        request = RequestFactory(headers=headers)
        request.cookies.load(cookies)
        before, answer = self.calls, {}

        def start(status, sent, exc_info=None):
            answer.update(status=int(status.split()[0]), headers=dict(sent))

        body = self._site(request._base_environ(**request.generic("GET", address).META), start)
        content = b"".join(body)
        getattr(body, "close", lambda: None)()
        return answer["status"], answer["headers"], content, self.calls > before


@pytest.fixture
def site():
    yield Site()
    for shelf in (fast_path.readers, fast_path.members):
        shelf.clear()
    fast_path.asker.close()


@pytest.fixture
def talk():
    article = make_article(make_author("Inês"))
    make_comment(parent=make_comment(article, make_member("One")), author=make_member("Two"))
    return article


@pytest.fixture
def member(client):
    """Signed in, and there before: a first visit begins something."""
    member = make_member("Zoë")
    client.force_login(member)
    return member


def settle(site, article, client):
    """Two visits: what the first one writes is part of the state. Then the page is kept."""
    client.get(article.get_absolute_url())  # for the token's cookie
    for _ in range(2):
        site.get(article.get_absolute_url(), client)
    *_page, was_asked = site.get(article.get_absolute_url(), client)
    assert not was_asked


def test_reader_gets_the_kept_page_as_it_was(site, talk):
    made = site.get(talk.get_absolute_url())
    kept = site.get(talk.get_absolute_url())
    assert (made[3], kept[3]) == (True, False)
    assert kept[:3] == made[:3]


def test_browser_that_has_the_page_is_told_so(site, talk):
    _status, headers, _content, _asked = site.get(talk.get_absolute_url())
    again = site.get(talk.get_absolute_url(), **{"If-None-Match": headers["ETag"]})
    assert (again[0], again[2], again[3]) == (HTTPStatus.NOT_MODIFIED, b"", False)


def test_kept_front_page_follows_what_is_listed(site, talk):
    site.get("/")
    assert site.get("/")[3] is False
    make_article(headline="Something else")
    assert b"Something else" in site.get("/")[2]


@pytest.mark.parametrize(
    "change",
    [
        lambda talk: make_comment(talk),
        lambda talk: comments.like_comment(comment=talk.comments.first(), by=make_member()),
        lambda talk: moderation.lock(article=talk, by=make_moderator(), reason="late"),
        lambda talk: make_article(talk.author),
        lambda talk: make_article(make_author(), co_authors=[talk.author]),
        lambda talk: make_article(talk.author).delete(),
        lambda talk: unpublish_article(article=talk),
    ],
)
def test_reader_gets_no_kept_page_after(site, talk, change):
    before = [site.get(talk.get_absolute_url()) for _ in range(2)][1]
    change(talk)
    after = site.get(talk.get_absolute_url())
    assert after[3]
    assert after[2] != before[2] or talk.author.articles.count() == 1


def test_stranger_under_another_name_of_the_site_gets_nothing(site, talk):
    site.get(talk.get_absolute_url())
    assert site.get(talk.get_absolute_url(), Host="evil.example")[0] == HTTPStatus.BAD_REQUEST


def test_members_page_is_kept_for_the_member_alone(site, talk, client, member):
    settle(site, talk, client)
    other = Client()
    other.force_login(make_member("Somebody Else"))
    page = site.get(talk.get_absolute_url(), other)
    assert page[3]
    assert "Zoë" not in page[2].decode()
    assert "Zoë" not in site.get(talk.get_absolute_url())[2].decode()


MEMBERS_CHANGES = {
    "somebody posts": lambda talk, member: make_comment(talk),
    "posts": lambda talk, member: make_comment(talk, member),
    "likes": lambda talk, member: comments.like_comment(comment=talk.comments.first(), by=member),
    "mutes a branch": lambda talk, member: flows.mute(
        member=member, article=talk, branch=talk.comments.first()
    ),
    "mutes somebody": lambda talk, member: flows.mute_person(
        member=member, person=talk.comments.first().author
    ),
    "has seen less": lambda talk, member: ReadMark.objects.update(seen=[]),
    "is banned": lambda talk, member: moderation.ban(
        member=member, by=make_moderator(), reason="advertising"
    ),
    "becomes a moderator": lambda talk, member: type(member).objects.update(is_staff=True),
    "leaves": lambda talk, member: Visit.objects.filter(member=member).delete(),
}


@pytest.mark.parametrize("change", MEMBERS_CHANGES)
def test_member_gets_no_kept_page_after(site, talk, client, member, change):
    settle(site, talk, client)
    MEMBERS_CHANGES[change](talk, member)
    assert site.get(talk.get_absolute_url(), client)[3]


def test_member_who_signed_out_elsewhere_gets_no_kept_page(site, talk, client, member):
    settle(site, talk, client)
    copy = Client()
    copy.cookies = client.cookies.copy()
    client.logout()
    assert "Zoë" not in site.get(talk.get_absolute_url(), copy)[2].decode()


def test_state_of_a_members_page_covers_every_table_it_is_made_of(client, talk, member):
    """A page that asks another table needs it in `states.MEMBERS_ARTICLE`, or its version raised
    by what changes that table, or it is kept when it should not be."""
    by_version = {
        *("articles_article", "articles_article_co_authors", "articles_article_categories"),
        *("articles_article_tags", "tags_category", "tags_tag", "articles_authorversion"),
        *("comments_comment", "comments_replylink", "comments_like"),
    }
    by_state = set(re.findall(r"\b(?:FROM|,) (\w+_\w+)", states.MEMBERS_ARTICLE.sql))
    client.get(talk.get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        client.get(talk.get_absolute_url())
    names = "|".join(connection.introspection.table_names())
    asked = set(re.findall(rf"\b({names})\b", " ".join(one["sql"] for one in queries)))
    assert asked - by_version - by_state == set()
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"
