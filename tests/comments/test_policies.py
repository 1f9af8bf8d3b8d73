"""Open, held, closed, closed after some days: as the article's author wishes."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from forum.articles.flows import Piece, publish_article, revise_article, unpublish_article
from forum.articles.models import Article
from forum.comments import flows
from forum.comments.flows import ReplyRefused, post_comment, restore_comment, withdraw_comment
from forum.comments.models import Comment
from tests.factories import make_article, make_comment, make_member, make_moderator
from tests.invariants import assert_threads_sound
from tests.race import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def held():
    return make_article(comments_policy="held")


def post(client, article, text="A remark that waits."):
    address = reverse("comment_post", args=[article.publish_date, article.slug])
    return client.post(address, {"text": text}, follow=True)


def test_held_comment_waits_is_seen_by_its_author_alone_and_does_not_count(client, held):
    member = make_member()
    client.force_login(member)
    page = post(client, held).content.decode()
    assert "Your comment waits for a moderator" in page
    assert "A remark that waits." in page
    held.refresh_from_db()
    assert (held.comment_count, held.last_number, held.last_commented_at) == (0, 1, None)
    assert_threads_sound()
    for other in (make_member(), held.author):
        client.force_login(other)
        assert "A remark that waits." not in client.get(held.get_absolute_url()).content.decode()
    client.logout()
    for address in (held.get_absolute_url(), "/", member.get_absolute_url()):
        assert "A remark that waits." not in client.get(address).content.decode()


def test_held_comment_counts_once_a_moderator_lets_it_through(client, held):
    comment = make_comment(held)
    for _twice in range(2):
        restore_comment(comment=comment)
    held.refresh_from_db()
    assert held.comment_count == 1
    assert "A remark." in client.get(held.get_absolute_url()).content.decode()
    assert_threads_sound()


def test_held_comment_is_edited_and_withdrawn_by_its_author(client, held):
    comment = make_comment(held)
    client.force_login(comment.author)
    edited = client.post(
        reverse("comment_edit", args=[comment.pk]), {"text": "Edited."}, follow=True
    )
    assert "Edited." in edited.content.decode()
    withdraw_comment(comment=comment, by=comment.author)
    assert "Edited." not in client.get(held.get_absolute_url()).content.decode()
    assert_threads_sound()


@pytest.mark.parametrize("who", ["author", "moderator"])
def test_authors_and_moderators_do_not_wait(held, who):
    writer = held.author if who == "author" else make_moderator()
    assert make_comment(held, writer).is_visible


def test_held_comment_is_not_answered(held):
    comment = make_comment(held)
    with pytest.raises(ReplyRefused, match="no longer there"):
        make_comment(parent=comment)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"comments_policy": "closed"}, "This discussion is closed."),
        ({"comments_days": 3}, "This discussion was open until"),
    ],
)
def test_closed_discussion_takes_no_comments_and_keeps_the_text(client, words, said):
    article = make_article(published=timezone.now() - timedelta(days=4), **words)
    page = client.get(article.get_absolute_url()).content.decode()
    assert "Sign in to comment" not in page
    client.force_login(make_member())
    page = post(client, article, "Too late.").content.decode()
    assert said in page
    assert "Too late." in page
    assert not Comment.objects.exists()


def test_discussion_that_closes_later_is_open_now(client):
    article = make_article(comments_days=3)
    client.force_login(make_member())
    page = post(client, article, "In time.").content.decode()
    assert "In time." in page
    assert Comment.objects.get().is_visible


@pytest.mark.parametrize(
    "change",
    [
        {"comments_policy": "closed"},
        {"comments_close_at": timezone.now() - timedelta(seconds=1)},
    ],
)
def test_discussion_that_closed_a_moment_ago_takes_nothing(change):
    article, member = make_article(), make_member()
    Article.objects.update(**change)
    assert not article.is_closed  # as the writer's page knew it
    with pytest.raises(ReplyRefused, match="This discussion"):
        post_comment(author=member, article=article, text="x")


def test_discussion_that_is_held_since_a_moment_holds():
    article = make_article()
    Article.objects.update(comments_policy="held")
    assert make_comment(article).held_at


def test_days_are_counted_from_when_the_article_came_out():
    article = make_article(published=False, comments_days=10)
    assert article.comments_close_at is None
    at = timezone.now() + timedelta(days=2)
    article = publish_article(article=article, at=at)
    assert article.comments_close_at == at + timedelta(days=10)
    piece = Piece(headline="x", text="y", comments_days=5)
    article = revise_article(article=article, piece=piece, by=article.author)
    assert article.comments_close_at == at + timedelta(days=5)
    assert unpublish_article(article=article).comments_close_at is None


@pytest.mark.django_db(transaction=True)
def test_closing_and_posting_at_once_leave_a_sound_discussion():
    article, members = make_article(), [make_member() for _ in range(4)]
    piece = Piece(headline=article.headline, text=article.text, comments_policy="closed")
    results = race(
        lambda: revise_article(article=article, piece=piece, by=article.author),
        *(
            lambda member=member: flows.post_comment(author=member, article=article, text="x")
            for member in members
        ),
    )
    assert not [r for r in results if isinstance(r, Exception) and not isinstance(r, ReplyRefused)]
    assert_threads_sound()
    with pytest.raises(ReplyRefused):
        post_comment(author=members[0], article=Article.objects.get(), text="x")


def test_author_sets_it_in_the_editor(client):
    article = make_article(published=False)
    client.force_login(article.author)
    words = {"headline": "x", "text": "y", "comments_policy": "held", "comments_days": "14"}
    client.post(reverse("article_edit", args=[article.pk]), words)
    article.refresh_from_db()
    assert (article.comments_policy, article.comments_days) == ("held", 14)
    page = client.post(reverse("article_edit", args=[article.pk]), words | {"comments_days": "0"})
    assert "greater than or equal to 1" in str(page.context["form"].errors["comments_days"])
