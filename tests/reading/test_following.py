"""Following and muting, and the discussions that are a member's own."""

import pytest
from django.urls import reverse

from forum.comments import flows as comments
from forum.reading import flows
from forum.reading.models import Following
from tests.factories import make_article, make_comment, make_member

pytestmark = pytest.mark.django_db
ADDRESS = "/discussions/"


@pytest.fixture
def member(client):
    member = make_member("Zoë")
    client.force_login(member)
    return member


def listed(client):
    return [article.headline for article in client.get(ADDRESS).context["page"].rows]


def test_discussions_are_those_one_took_part_in_newest_activity_first(client, member):
    first, second, other = (make_article(headline=h) for h in ("One", "Two", "Three"))
    make_comment(first, member)
    make_comment(second, member)
    make_comment(other)
    make_comment(first)
    assert listed(client) == ["One", "Two"]


def test_followed_discussion_is_listed_and_a_muted_one_is_not(client, member):
    followed, muted = make_article(headline="Followed"), make_article(headline="Muted")
    make_comment(followed)
    make_comment(muted, member)
    flows.follow(member=member, article=followed)
    flows.mute(member=member, article=muted)
    assert listed(client) == ["Followed"]


def test_followed_branch_brings_its_discussion_and_a_muted_branch_takes_none_away(client, member):
    article, other = make_article(headline="One"), make_article(headline="Two")
    flows.follow(member=member, article=article, branch=make_comment(article))
    make_comment(other, member)
    flows.mute(member=member, article=other, branch=make_comment(other))
    assert listed(client) == ["Two", "One"]


def test_discussion_with_only_a_withdrawn_comment_is_not_ones_own(client, member):
    comments.withdraw_comment(comment=make_comment(author=member), by=member)
    assert listed(client) == []


def test_following_is_chosen_on_a_page_and_changed_there(client, member):
    article = make_article()
    make_comment(article)
    address = reverse("article_following", args=[article.publish_date, article.slug])
    assert client.post(address, {"choice": "follow"}).status_code == 302
    assert Following.objects.get().followed_at
    client.post(address, {"choice": "mute"})
    assert Following.objects.get().muted_at
    assert client.get(address).context["form"].initial == {"choice": "mute"}
    client.post(address, {"choice": "neither"})
    assert not Following.objects.exists()
    assert client.post(address, {"choice": "x"}).status_code == 200


def test_branch_is_followed_from_a_comments_own_page(client, member):
    comment = make_comment()
    page = client.get(reverse("comment_page", args=[comment.pk])).content.decode()
    address = reverse("branch_following", args=[comment.pk])
    assert address in page
    client.post(address, {"choice": "follow"})
    assert Following.objects.get().branch == comment


def test_branch_that_may_not_be_read_cannot_be_followed(client, member):
    comment = make_comment()
    comments.hide_comment(comment=comment, reason="rude")
    assert client.get(reverse("branch_following", args=[comment.pk])).status_code == 404


def test_muted_discussion_is_folded_but_for_what_is_followed_in_it(client, member):
    article = make_article()
    make_comment(article)
    branch = make_comment(article)
    below = make_comment(parent=branch)
    make_comment(parent=below)
    address = article.get_absolute_url()
    assert "folded.css" not in client.get(address).content.decode()
    flows.mute(member=member, article=article)
    assert "folded.css?people=&amp;open=" + '"' in client.get(address).content.decode()
    flows.follow(member=member, article=article, branch=branch)
    flows.mute(member=member, article=article, branch=below)
    page = client.get(address).content.decode()
    assert "folded.css?people=&amp;comments=3-4&amp;open=2" + '"' in page
    style = client.get("/folded.css", {"people": "", "comments": "3-4", "open": "2"})
    assert ".card:not(#comment-2)" in style.content.decode()
    assert client.get("/folded.css", {"open": "2,3"}).status_code == 400
    assert client.get("/folded.css").status_code == 400


@pytest.mark.parametrize("count", [1, 12])
def test_discussions_cost_the_same_for_one_as_for_many(
    client, member, django_assert_max_num_queries, count
):
    for _ in range(count):
        make_comment(make_article(), member)
    with django_assert_max_num_queries(5):
        assert len(listed(client)) == count


def test_lists_say_how_many_comments_are_new(client, member):
    article = make_article()
    make_comment(article, member)
    client.get(article.get_absolute_url())
    for _ in range(2):
        make_comment(article)
    comments.hide_comment(comment=make_comment(article), reason="rude")
    muted = make_comment(article)
    flows.mute(member=member, article=article, branch=muted)
    make_comment(parent=muted)
    for address in ("/", ADDRESS):
        assert "2 new" in client.get(address).content.decode()
    assert "new</b>" not in client.get(f"{article.get_absolute_url()}").content.decode()
