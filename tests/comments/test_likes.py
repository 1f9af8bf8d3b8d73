"""One like per member and comment, and a count that is right whoever likes at the same moment."""

import re
import threading

import pytest
from django.db import IntegrityError
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from forum.articles.models import Article
from forum.comments import flows
from forum.comments.models import Comment, Like
from forum.moderation import threads
from forum.people.flows import merge_members
from tests.factories import make_article, make_comment, make_member, make_moderator
from tests.invariants import assert_threads_sound
from tests.race import race


def count(comment):
    return Comment.objects.get(pk=comment.pk).like_count


def like_url(comment):
    return reverse("comment_like", args=[comment.pk])


@pytest.mark.django_db
def test_like_twice_is_one_and_taken_back_twice_is_none():
    comment, member = make_comment(), make_member()
    for _ in range(2):
        assert flows.like_comment(comment=comment, by=member).like_count == 1
    for _ in range(2):
        assert flows.unlike_comment(comment=comment, by=member).like_count == 0
    assert not Like.objects.exists()


@pytest.mark.django_db
def test_own_comment_cannot_be_liked():
    comment = make_comment()
    with pytest.raises(flows.LikeRefused, match="your own"):
        flows.like_comment(comment=comment, by=comment.author)
    assert count(comment) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("moment", ["withdrawn_at", "hidden_at", "held_at"])
def test_comment_out_of_sight_cannot_be_liked_but_a_like_taken_back(moment):
    comment, member = make_comment(), make_member()
    flows.like_comment(comment=comment, by=member)
    Comment.objects.filter(pk=comment.pk).update(**{moment: timezone.now()})
    with pytest.raises(flows.LikeRefused, match="no longer shown"):
        flows.like_comment(comment=comment, by=make_member())
    assert flows.unlike_comment(comment=comment, by=member).like_count == 0


@pytest.mark.django_db
def test_likes_received_are_counted_through_all_that_becomes_of_a_comment():
    author, other = make_member(), make_member()
    article, elsewhere = make_article(), make_article()
    first, second = make_comment(article, author), make_comment(article, author)
    by = make_moderator()

    def received(member=author):
        assert_threads_sound()
        return member.likes_received.aggregate(all=Sum("likes"))["all"] or 0

    for comment in (first, second):
        flows.like_comment(comment=comment, by=other)
    flows.like_comment(comment=first, by=make_member())
    assert received() == 3
    flows.hide_comment(comment=first, reason="off topic")
    assert received() == 1
    flows.restore_comment(comment=first)
    assert received() == 3
    threads.move(comment=first, article=elsewhere, by=by, reason="off topic")
    assert received() == 3
    Article.objects.filter(pk=elsewhere.pk).update(published_at=None, publish_date=None)
    assert author.likes_received.public().get().likes == 1
    flows.withdraw_comment(comment=second, by=author)
    assert received() == 2
    merge = merge_members(gone=author, kept=make_member("Kept"), by=by, reason="one")
    assert (received(), received(merge.kept)) == (0, 2)
    third = make_comment(author=merge.kept)
    flows.like_comment(comment=third, by=other)
    assert received(merge.kept) == 3
    Comment.objects.filter(pk=third.pk).delete()
    assert merge.kept.likes_received.public().get(article=third.article_id).likes == 0


@pytest.mark.django_db
def test_banned_member_cannot_like():
    comment = make_comment()
    with pytest.raises(flows.LikeRefused, match="barred"):
        flows.like_comment(comment=comment, by=make_member(banned_at=timezone.now()))


@pytest.mark.django_db
def test_erased_member_leaves_right_counts():
    one, two, member = make_comment(), make_comment(), make_member()
    for comment in (one, two):
        flows.like_comment(comment=comment, by=member)
    flows.like_comment(comment=one, by=make_member())
    member.delete()
    assert (count(one), count(two)) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_likes_at_one_moment_are_all_counted():
    comment = make_comment()
    undecided, *members = [make_member() for _ in range(8)]
    flows.like_comment(comment=comment, by=undecided)

    results = race(
        *(lambda m=m: flows.like_comment(comment=comment, by=m) for m in members),
        lambda: flows.like_comment(comment=comment, by=members[0]),
        lambda: flows.unlike_comment(comment=comment, by=undecided),
        lambda: make_comment(comment.article),
    )

    assert not [r for r in results if isinstance(r, Exception)]
    assert count(comment) == Like.objects.count() == 7


@pytest.mark.django_db(transaction=True)
def test_control_count_that_is_read_and_written_loses_a_like():
    comment = make_comment()
    both_have_read = threading.Barrier(2)

    def like():
        read = Comment.objects.get(pk=comment.pk).like_count
        both_have_read.wait(timeout=10)
        Comment.objects.filter(pk=comment.pk).update(like_count=read + 1)

    race(like, like)
    assert count(comment) == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_ignoring_a_second_like_is_refused_by_the_database():
    like = Like(comment=make_comment(), member=make_member())
    again = Like(comment=like.comment, member=like.member)
    results = race(like.save, again.save)
    assert [type(r) for r in results].count(IntegrityError) == 1
    assert count(like.comment) == 1


@pytest.mark.django_db
def test_like_by_form_and_back(client):
    comment = make_comment(text="Well said.")
    client.force_login(make_member())
    page = client.get(like_url(comment)).content.decode()
    assert "Like it" in page
    assert "Well said." in page
    assert client.post(like_url(comment), {"like": "1"}).url == comment.get_absolute_url()
    assert count(comment) == 1
    assert "Take it back" in client.get(like_url(comment)).content.decode()
    client.post(like_url(comment), {"like": ""})
    assert count(comment) == 0


@pytest.mark.django_db
def test_like_by_script_answers_with_the_count_in_words(client):
    comment, by_script = make_comment(), {"X-Requested-With": "fetch"}
    flows.like_comment(comment=comment, by=make_member())
    client.force_login(make_member())
    answer = client.post(like_url(comment), {"like": "1"}, headers=by_script)
    assert answer.json() == {"count": 2, "words": "2 likes"}
    client.force_login(comment.author)
    answer = client.post(like_url(comment), {"like": "1"}, headers=by_script)
    assert answer.status_code == 422
    assert "your own" in answer.json()["words"]
    assert "your own" in client.post(like_url(comment), {"like": "1"}).content.decode()


@pytest.mark.django_db
def test_like_page_gives_nothing_of_a_comment_out_of_sight(client):
    comment = make_comment(text="Very rude words.")
    flows.hide_comment(comment=comment, reason="rude")
    client.force_login(make_moderator())
    page = client.get(like_url(comment)).content.decode()
    assert "no longer shown" in page
    assert "Very rude words" not in page


@pytest.mark.django_db
def test_strangers_sign_in_to_like_and_to_see_who_likes(client):
    comment = make_comment()
    for name in ("comment_like", "comment_likes"):
        address = reverse(name, args=[comment.pk])
        assert client.get(address).url == f"{reverse('account_login')}?next={address}"


@pytest.mark.django_db
@pytest.mark.parametrize("likes", [1, 12])
def test_who_likes_a_comment_is_listed_the_latest_first(
    client, settings, django_assert_max_num_queries, likes
):
    settings.ARTICLES_PER_PAGE = 5
    comment = make_comment()
    members = [make_member(f"Reader {n}") for n in range(likes)]
    for member in members:
        flows.like_comment(comment=comment, by=member)
    client.force_login(make_member())
    seen, address = [], reverse("comment_likes", args=[comment.pk])
    while address:
        with django_assert_max_num_queries(4):
            page = client.get(address).content.decode()
        seen += re.findall(r"<bdi>(Reader \d+)</bdi>", page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found and found[1]
    assert seen == [m.display_name for m in reversed(members)]


@pytest.mark.django_db
def test_page_says_to_members_what_they_like_and_to_all_how_many(client):
    article = make_article()
    one, two = make_comment(article), make_comment(article)
    member = make_member()
    flows.like_comment(comment=two, by=member)
    make_comment(article, member)
    page = client.get(article.get_absolute_url()).content.decode()
    assert f'href="{reverse("comment_likes", args=[two.pk])}">1 like</a>' in page
    assert reverse("comment_likes", args=[one.pk]) not in page
    client.force_login(member)
    mine = client.get(article.get_absolute_url()).context["mine"]
    assert mine["liked"] == [2]
    assert list(mine["own"]) == [3]
