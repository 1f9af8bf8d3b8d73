from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from forum.comments.models import Comment
from forum.comments.soundness import violations
from tests.factories import make_article, make_comment
from tests.invariants import assert_threads_sound

# What a restore in parts or a change by hand can leave behind: the guards are off meanwhile.
GUARDS_OFF = """
ALTER TABLE comments_comment DROP CONSTRAINT comment_place_once;
ALTER TABLE comments_comment DROP CONSTRAINT comment_place_has_width;
ALTER TABLE comments_comment DROP CONSTRAINT comment_thread_starts_at_one;
ALTER TABLE comments_comment DROP CONSTRAINT comment_parent_in_same_thread;
ALTER TABLE comments_comment DISABLE TRIGGER comment_root_is_a_thread;
"""


@pytest.fixture
def discussion(db):
    """Thread 1 > (2 > 3, 4), thread 5 > 6."""
    article = make_article()
    one = make_comment(article)
    two = make_comment(parent=one)
    make_comment(parent=two)
    make_comment(parent=one)
    make_comment(parent=make_comment(article))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(GUARDS_OFF)
    return article


def test_sound_threads_are_reported_as_sound(discussion):
    out = StringIO()
    call_command("check_threads", stdout=out)
    assert "All threads are sound." in out.getvalue()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE comments_comment SET lft = lft + 1 WHERE number = 3",
        "UPDATE comments_comment SET rght = rght + 2 WHERE number = 2",
        "UPDATE comments_comment SET level = 1 WHERE number = 3",
        "UPDATE comments_comment SET lft = 3, rght = 6 WHERE number = 4",
        "UPDATE comments_comment SET tree_id = (SELECT min(tree_id) FROM comments_comment)",
        "UPDATE comments_comment SET parent_id = (SELECT id FROM comments_comment WHERE number = 4)"
        " WHERE number = 3",
        "UPDATE articles_article SET comment_count = 5",
        "UPDATE articles_article SET last_number = 5, comment_count = 5",
    ],
)
def test_damage_is_found_and_mended(discussion, damage):
    with connection.cursor() as cursor:
        cursor.execute(damage)
    parents = dict(Comment.objects.values_list("number", "parent__number"))

    with pytest.raises(CommandError, match="Run again with --repair"):
        call_command("check_threads", stdout=StringIO())
    call_command("check_threads", "--repair", stdout=StringIO())

    assert violations() == []
    assert dict(Comment.objects.values_list("number", "parent__number")) == parents
    assert_threads_sound()


def test_repair_leaves_sound_threads_alone(discussion):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE comments_comment SET level = 1 WHERE number = 3")
    before = list(Comment.objects.filter(number__in=[5, 6]).values("tree_id", "lft", "rght"))
    call_command("check_threads", "--repair", stdout=StringIO())
    assert (
        list(Comment.objects.filter(number__in=[5, 6]).values("tree_id", "lft", "rght")) == before
    )


def test_repair_makes_an_answer_to_another_article_a_thread(discussion):
    elsewhere = make_comment()
    Comment.objects.filter(number=6).update(parent=elsewhere)
    call_command("check_threads", "--repair", stdout=StringIO())
    assert Comment.objects.get(number=6).parent is None
    assert_threads_sound()


def test_parents_in_a_circle_are_reported_and_left(discussion):
    two, three = Comment.objects.filter(number__in=[2, 3]).order_by("number")
    Comment.objects.filter(pk=two.pk).update(parent=three)
    with pytest.raises(CommandError, match="circle"):
        call_command("check_threads", "--repair", stdout=StringIO())
