"""Two moderators never work on the same comment."""

from datetime import timedelta
from threading import Barrier

import pytest
from django.db import transaction
from django.utils import timezone

from forum.comments.models import CLAIMED_FOR, Case
from forum.moderation import claims
from tests.factories import make_article, make_comment, make_moderator
from tests.race import race

pytestmark = pytest.mark.django_db
both_have_looked = Barrier(2)


@pytest.fixture
def moderators():
    return [make_moderator() for _ in range(2)]


def test_claim_is_kept_by_one_for_five_minutes(moderators):
    one, other = moderators
    comment = make_comment()
    assert claims.claim(comment=comment.pk, by=one)
    assert claims.claim(comment=comment.pk, by=one)
    assert not claims.claim(comment=comment.pk, by=other)
    Case.objects.update(claimed_at=timezone.now() - CLAIMED_FOR - timedelta(seconds=1))
    assert claims.claim(comment=comment.pk, by=other)


def test_opening_another_lets_go_of_the_one_before(moderators):
    one, other = moderators
    first, second = make_comment(), make_comment()
    claims.claim(comment=first.pk, by=one)
    claims.claim(comment=second.pk, by=one)
    assert claims.claim(comment=first.pk, by=other)


def test_next_is_the_worst_that_nobody_has_and_was_not_skipped(moderators):
    one, other = moderators
    article = make_article()
    first, second, third = (make_comment(article) for _ in range(3))
    waiting = Case.objects.waiting()
    assert claims.claim_next(queue=waiting, by=one) == first.pk
    assert claims.claim_next(queue=waiting, by=one) == first.pk, "the same until it is decided"
    assert claims.claim_next(queue=waiting, by=other, without=[second.pk]) == third.pk
    assert claims.claim_next(queue=waiting, by=one, without=[first.pk, second.pk]) is None


@pytest.mark.django_db(transaction=True)
def test_race_for_one_comment_has_one_winner(moderators):
    comment = make_comment()
    for _ in range(5):
        Case.objects.update(claimed_by=None, claimed_at=None)
        won = race(*(lambda by=by: claims.claim(comment=comment.pk, by=by) for by in moderators))
        assert sorted(won) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_race_for_the_next_gives_each_their_own(moderators):
    article = make_article()
    wanted = {make_comment(article).pk, make_comment(article).pk}
    queue = Case.objects.waiting()
    got = race(*(lambda by=by: claims.claim_next(queue=queue, by=by) for by in moderators))
    assert set(got) == wanted


@pytest.mark.django_db(transaction=True)
def test_looking_first_and_claiming_then_would_give_both_the_same(moderators):
    """The control: without the condition in the update two moderators have one comment."""
    comment = make_comment()
    seen = race(*(lambda by=by: look_then_claim(comment, by) for by in moderators))
    assert seen == [True, True]


def look_then_claim(comment, by):
    with transaction.atomic():
        free = Case.objects.filter(pk=comment.pk, claimed_by=None).exists()
        both_have_looked.wait(timeout=20)
        if free:
            Case.objects.filter(pk=comment.pk).update(claimed_by=by, claimed_at=timezone.now())
        return free
