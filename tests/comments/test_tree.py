"""Threads stay whole, whoever writes at the same moment."""

import random
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from forum.comments import branches, flows, tree
from forum.comments.models import Comment
from tests.factories import make_article, make_author, make_comment, make_member
from tests.invariants import assert_threads_sound
from tests.race import race, wait_until_somebody_waits

WRITERS = 8
POSTS = 12


def writer(articles, member, seed):
    """Posts to the articles by turns, answering a random comment two times of three."""
    choose = random.Random(seed)

    def write():
        for n in range(POSTS):
            article = articles[n % len(articles)]
            known = list(Comment.objects.filter(article=article).values_list("pk", flat=True))
            parent = None
            if known and choose.random() < 0.67:
                parent = Comment.objects.select_related("article").get(pk=choose.choice(known))
            flows.post_comment(author=member, article=article, text=f"Remark {n}", parent=parent)

    return write


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("articles", [1, 5])
def test_threads_with_eight_writers_at_once_stay_sound(articles):
    pieces = [make_article() for _ in range(articles)]
    members = [make_member() for _ in range(WRITERS)]

    errors = race(*(writer(pieces, member, seed) for seed, member in enumerate(members)))

    assert errors == [None] * WRITERS
    assert Comment.objects.count() == WRITERS * POSTS
    for piece in pieces:
        piece.refresh_from_db()
        numbers = piece.comments.order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, piece.last_number + 1))
    assert_threads_sound()


@pytest.mark.django_db(transaction=True)
def test_control_without_the_article_row_two_answers_take_one_place():
    thread = make_comment()
    author = make_member()
    both_have_read, one_has_its_place = threading.Barrier(2), threading.Event()

    def answer(number, *, is_first):
        def write():
            with transaction.atomic():
                parent = Comment.objects.get(pk=thread.pk)
                both_have_read.wait(timeout=10)
                if not is_first:
                    one_has_its_place.wait(timeout=10)
                comment = Comment(
                    article=thread.article, author=author, parent=parent, number=number, text="x"
                )
                comment.insert_at(parent, position="last-child", refresh_target=False)
                comment.save()
                if is_first:
                    one_has_its_place.set()
                    wait_until_somebody_waits()

        return write

    results = race(answer(2, is_first=True), answer(3, is_first=False))

    assert [type(r) for r in results] == [type(None), IntegrityError]
    assert "comment_place_once" in str(results[1])


@pytest.mark.django_db(transaction=True)
def test_control_with_the_highest_tree_id_two_articles_take_one_tree(monkeypatch):
    both_have_read = threading.Barrier(2)

    def one_above_the_highest(manager):
        highest = manager.aggregate(highest=Max("tree_id"))["highest"] or 0
        both_have_read.wait(timeout=10)
        return highest + 1

    monkeypatch.setattr(tree.ThreadManager, "_get_next_tree_id", one_above_the_highest)
    articles, member = [make_article(), make_article()], make_member()

    results = race(
        *(
            lambda article=article: flows.post_comment(author=member, article=article, text="x")
            for article in articles
        )
    )

    assert [type(r) for r in results].count(IntegrityError) == 1


@pytest.mark.django_db(transaction=True)
def test_moving_threads_crosswise_between_two_articles_never_deadlocks():
    one, other = make_article(), make_article()
    from_one = [make_comment(one) for _ in range(4)]
    from_other = [make_comment(other) for _ in range(4)]
    for comment in [*from_one, *from_other]:
        make_comment(parent=comment)

    def moves(comments, article):
        return lambda: [branches.move_comment(comment=c, article=article) for c in comments]

    results = race(moves(from_one, other), moves(from_other, one))

    assert not [r for r in results if isinstance(r, Exception)]
    assert_threads_sound()
    assert Comment.objects.filter(article=one).count() == 8


@pytest.mark.django_db(transaction=True)
def test_answering_while_the_thread_moves_away_is_refused_or_follows_it():
    home, away, member = make_article(), make_article(), make_member()
    thread = make_comment(home)

    def answer():
        return [
            flows.post_comment(author=member, article=home, text="x", parent=thread)
            for _ in range(5)
        ]

    results = race(answer, lambda: branches.move_comment(comment=thread, article=away))

    assert all(not isinstance(r, Exception) or isinstance(r, flows.ReplyRefused) for r in results)
    assert_threads_sound()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("UPDATE comments_comment SET lft = rght WHERE id = %s", "comment_place_has_width"),
        ("UPDATE comments_comment SET level = 3 WHERE id = %s", "comment_thread_starts_at_one"),
        (
            "UPDATE comments_comment SET parent_id = NULL WHERE parent_id = %s",
            "comment_root_is_a_thread",
        ),
        (
            "UPDATE comments_comment SET tree_id = tree_id + 900 WHERE parent_id = %s",
            "comment_parent_in_same_thread",
        ),
        (
            "UPDATE comments_comment SET lft = 1, level = 0, parent_id = NULL WHERE parent_id = %s",
            "comment_place_once",
        ),
        ("UPDATE comments_comment SET number = 2 WHERE id = %s", "comment_number_once"),
    ],
)
def test_database_refuses_a_damaged_thread(change, constraint):
    thread = make_comment()
    make_comment(parent=thread)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(change, [thread.pk])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert refused.value.__cause__.diag.constraint_name == constraint


@pytest.mark.django_db
def test_database_refuses_a_parent_of_another_article():
    thread, elsewhere = make_comment(), make_article()
    make_comment(parent=thread)
    with (
        pytest.raises(IntegrityError, match="comment_parent_in_same_thread"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE comments_comment SET article_id = %s WHERE parent_id = %s",
            [elsewhere.pk, thread.pk],
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db
def test_planted_discussion_equals_one_posted_comment_by_comment():
    parents = [None, 0, 1, None, 0, 2, 3, 1, 7, None, 5, 4]
    posted_article, planted_article = make_article(), make_article()
    author = make_author()
    posted: list[Comment] = []
    for parent in parents:
        posted.append(
            make_comment(posted_article, author, parent=None if parent is None else posted[parent])
        )
    planted: list[Comment] = []
    for number, parent in enumerate(parents, start=1):
        planted.append(
            Comment(
                article=planted_article,
                author=author,
                number=number,
                text="A remark.",
                parent=None if parent is None else planted[parent],
            )
        )

    tree.plant(planted)
    planted_article.last_number = planted_article.comment_count = len(parents)
    planted_article.save()

    def shape(article):
        rows = article.comments.order_by("tree_id", "lft")
        return list(rows.values_list("number", "parent__number", "lft", "rght", "level"))

    assert shape(planted_article) == shape(posted_article)
    assert_threads_sound()


@pytest.mark.django_db
def test_planting_takes_a_thread_of_any_depth():
    article, author = make_article(), make_author()
    comments: list[Comment] = []
    for number in range(1, 3001):
        comments.append(
            Comment(
                article=article,
                author=author,
                number=number,
                text="x",
                parent=comments[-1] if comments else None,
            )
        )
    tree.plant(comments)
    deepest = Comment.objects.get(article=article, number=3000)
    assert (deepest.level, deepest.lft, deepest.rght) == (2999, 3000, 3001)
