"""What moderators should look at, kept by the database as comments change."""

import pytest
from django.utils import timezone

from forum.comments import cases, flows, sight
from forum.comments.models import Case
from tests.factories import make_article, make_author, make_comment, make_member, make_moderator

pytestmark = pytest.mark.django_db


def waiting():
    return [case.comment for case in Case.objects.waiting().worst_first()]


def old_hand():
    """Somebody whose comments nobody needs to look at."""
    member = make_member()
    for _ in range(3):
        cases.decide([make_comment(author=member)], verdict="approved", by=make_moderator())
    return member


def test_first_comments_of_a_new_member_are_looked_at_and_no_more(settings):
    settings.FIRST_COMMENTS_REVIEWED = 2
    member, article = make_member(), make_article()
    said = [make_comment(article, member) for _ in range(3)]
    assert waiting() == said[:2]
    assert said[0].is_visible
    settings.FIRST_COMMENTS_REVIEWED = 0
    make_comment(article)
    assert waiting() == said[:2]


def test_those_who_write_articles_are_not_new():
    make_comment(author=make_author())
    make_comment(author=make_moderator())
    assert waiting() == []


def test_held_comment_has_a_case_whoever_holds_it():
    author = old_hand()
    by_article = make_comment(make_article(comments_policy="held"), author)
    by_hand = make_comment(author=author)
    assert waiting() == [by_article]
    sight.hold_comments(comments=[by_hand], reason="x", at=timezone.now())
    assert waiting() == [by_article, by_hand]
    flows.restore_comment(comment=by_hand)
    assert waiting() == [by_article]


def test_withdrawn_comment_waits_no_more_unless_it_comes_back():
    comment = make_comment()
    flows.withdraw_comment(comment=comment, by=comment.author)
    assert waiting() == []
    flows.undo_withdrawal(comment=comment, by=comment.author)
    assert waiting() == [comment]


def test_decided_comment_that_is_held_again_waits_again():
    comment = make_comment(author=old_hand())
    cases.decide([comment], verdict="approved", by=make_moderator())
    sight.hold_comments(comments=[comment], reason="x", at=timezone.now())
    assert waiting() == [comment]
    assert Case.objects.get(comment=comment).verdict == ""


def test_held_waits_half_a_day_ahead():
    case = Case.objects.get(comment=make_comment(make_article(comments_policy="held")))
    assert (case.opened_at - case.due_at).total_seconds() == pytest.approx(12 * 3600)
