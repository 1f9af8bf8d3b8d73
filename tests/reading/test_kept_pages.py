"""Whole pages kept for readers: quick to send, and never older than the database."""

import gzip
import random
from datetime import timedelta

import brotli
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from forum.articles.flows import Piece, revise_article, unpublish_article
from forum.articles.models import Article
from forum.comments import branches, flows
from forum.comments.models import Comment
from forum.moderation import flows as moderation
from forum.reading import being_discussed
from forum.tags.models import Category, Tag
from tests.factories import make_article, make_author, make_comment, make_member, make_moderator

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk():
    article = make_article(
        make_author("Inês"),
        tag_names=["rivers"],
        categories=[Category.objects.create(name="Weather", slug="weather")],
    )
    one = make_comment(article, make_member("One"), text="The first remark.")
    make_comment(parent=one, author=make_member("Two"), text="@One: an answer.")
    return article


def test_kept_page_costs_one_query_and_is_the_same(client, talk, django_assert_num_queries):
    first = client.get(talk.get_absolute_url())
    with django_assert_num_queries(1):
        second = client.get(talk.get_absolute_url())
    assert second.content == first.content
    assert second.headers == first.headers


def test_kept_front_page_costs_one_query(client, talk, django_assert_num_queries):
    client.get("/")
    with django_assert_num_queries(1):
        assert talk.headline in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("taken", "decode"), [("gzip, br", brotli.decompress), ("gzip", gzip.decompress)]
)
def test_kept_page_is_compressed_as_the_browser_takes_it(client, talk, taken, decode):
    plain = client.get(talk.get_absolute_url()).content
    for _ in range(2):
        page = client.get(talk.get_absolute_url(), headers={"Accept-Encoding": taken})
        assert decode(page.content) == plain
        assert int(page["Content-Length"]) == len(page.content)


def test_browser_that_has_the_page_is_told_so(client, talk, django_assert_num_queries):
    page = client.get(talk.get_absolute_url())
    cache.clear()
    with django_assert_num_queries(1):
        again = client.get(talk.get_absolute_url(), headers={"If-None-Match": page["ETag"]})
    assert again.status_code == 304
    assert again["ETag"] == page["ETag"]
    make_comment(talk)
    fresh = client.get(talk.get_absolute_url(), headers={"If-None-Match": page["ETag"]})
    assert fresh.status_code == 200
    assert fresh["ETag"] != page["ETag"]


def test_page_of_a_member_is_not_kept_for_others(client, talk):
    member = make_member("Somebody Else")
    client.force_login(member)
    mine = client.get(talk.get_absolute_url())
    assert "ETag" not in mine
    assert "Somebody Else" not in Client().get(talk.get_absolute_url()).content.decode()


def test_reader_gets_no_page_of_a_draft_that_was_out_before(client, talk):
    address = talk.get_absolute_url()
    assert client.get(address).status_code == 200
    unpublish_article(article=talk)
    assert client.get(address).status_code == 404


def test_scheduled_article_is_not_on_the_kept_front_page_before_its_time(client, talk):
    client.get("/")
    make_article(headline="Tomorrow's news", published=timezone.now() + timedelta(days=1))
    assert "Tomorrow" not in client.get("/").content.decode()
    Article.objects.filter(headline="Tomorrow's news").update(published_at=timezone.now())
    assert "Tomorrow" in client.get("/").content.decode()


def test_order_chosen_is_kept_apart_from_the_other(client, talk):
    threads = client.get(talk.get_absolute_url()).content
    client.get(f"{talk.get_absolute_url()}?order=time")
    assert client.get(talk.get_absolute_url()).content != threads
    assert Client().get(talk.get_absolute_url()).content == threads


def test_address_with_other_words_in_its_query_is_not_kept(client, talk):
    assert "ETag" not in client.get(f"{talk.get_absolute_url()}?from=a-letter")


def test_kept_page_is_not_served_under_a_strangers_host(client, talk):
    client.get(talk.get_absolute_url())
    assert client.get(talk.get_absolute_url(), headers={"Host": "evil.example"}).status_code == 400


def rename(talk):
    member = User.objects.get(display_name="Two")
    member.display_name = "Two by Two"
    member.save(update_fields=["display_name"])


def give_badge(talk):
    User.objects.filter(display_name="Two").update(is_staff=True)


def write_biography(talk):
    User.objects.filter(pk=talk.author_id).update(biography="Born by a river.")


CHANGES = {
    "post": lambda talk: make_comment(talk),
    "edit": lambda talk: flows.edit_comment(
        comment=talk.comments.get(number=2), by=talk.comments.get(number=2).author, text="Else."
    ),
    "withdraw": lambda talk: flows.withdraw_comment(
        comment=talk.comments.get(number=1), by=talk.comments.get(number=1).author
    ),
    "like": lambda talk: flows.like_comment(comment=talk.comments.get(number=1), by=make_member()),
    "hide": lambda talk: flows.hide_comment(comment=talk.comments.get(number=2), reason="rude"),
    "move away": lambda talk: branches.move_comment(
        comment=talk.comments.get(number=2), article=make_article()
    ),
    "move within": lambda talk: branches.move_comment(comment=talk.comments.get(number=2)),
    "close": lambda talk: moderation.lock(article=talk, by=make_moderator(), reason="late"),
    "rename a member": rename,
    "make a moderator": give_badge,
    "write a biography": write_biography,
    "another piece of the author": lambda talk: make_article(talk.author),
    "revise": lambda talk: revise_article(
        article=talk,
        piece=Piece(headline="Another headline", text="x", slug=talk.slug),
        by=talk.author,
    ),
    "rename a tag": lambda talk: Tag.objects.filter(slug="rivers").update(name="Streams"),
    "rename a category": lambda talk: Category.objects.update(name="Climate"),
    "file under a tag": lambda talk: talk.tags.add(Tag.objects.create(name="New", slug="new")),
    "take out of a category": lambda talk: talk.categories.clear(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_kept_page_is_not_shown_after(client, talk, change):
    address = talk.get_absolute_url()
    before = client.get(address).content
    CHANGES[change](talk)
    after = client.get(address).content
    assert after != before
    cache.clear()
    assert client.get(address).content == after


def test_kept_pages_equal_fresh_ones_after_any_acts(client):
    """Acts in any order; each time the kept pages are what rendering anew would give."""
    choose = random.Random(7)
    article, other = make_article(), make_article()
    people = [make_member() for _ in range(4)]
    moderator = make_moderator()

    def post():
        parents = [None, *Comment.objects.visible().filter(article=article)]
        make_comment(article, choose.choice(people), parent=choose.choice(parents))

    def edit(comment):
        flows.edit_comment(comment=comment, by=comment.author, text=f"Else {choose.random()}")

    def rename(comment):
        comment.author.display_name = f"Name {choose.randrange(10**6)}"
        comment.author.save()

    acts = [
        edit,
        rename,
        lambda c: flows.withdraw_comment(comment=c, by=c.author),
        lambda c: flows.like_comment(comment=c, by=moderator) if c.is_visible else None,
        lambda c: flows.unlike_comment(comment=c, by=moderator),
        lambda c: moderation.hide(comment=c, by=moderator, reason="rude"),
        lambda c: moderation.restore(comment=c, by=moderator),
        lambda c: branches.move_comment(comment=c, article=other),
        lambda c: branches.move_comment(comment=c),
    ]
    addresses = [
        f"{article.get_absolute_url()}",
        f"{article.get_absolute_url()}?order=time",
        f"{article.get_absolute_url()}?order=likes",
        f"{article.get_absolute_url()}?by=author",
        other.get_absolute_url(),
        "/",
    ]
    for _ in range(40):
        comments = list(Comment.objects.select_related("article", "author"))
        if not comments or choose.random() < 0.5:
            post()
        else:
            try:
                choose.choice(acts)(choose.choice(comments))
            except flows.ReplyRefused:
                continue
        cache.delete(being_discussed.KEY)  # which may be a minute old
        kept = [Client().get(address).content for address in addresses]
        cache.clear()
        assert kept == [Client().get(address).content for address in addresses]
