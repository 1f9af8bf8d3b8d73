"""Flags that look as if they came from one hand are shown as such."""

from datetime import timedelta

import pytest
from django.utils import timezone

from forum.flags.bursts import burst
from forum.flags.flows import flag_comment
from forum.flags.models import Flag
from forum.screening.judging import Sent
from tests.factories import make_comment, make_member

pytestmark = pytest.mark.django_db


def flags_on(comment, members, minutes_apart=2):
    for place, member in enumerate(members):
        one = flag_comment(comment=comment, by=member, reason="spam")
        at = timezone.now() + timedelta(minutes=minutes_apart * place)
        Flag.objects.filter(pk=one.pk).update(flagged_at=at)
    return list(Flag.objects.filter(comment=comment).select_related("member"))


def old_hand():
    return make_member(date_joined=timezone.now() - timedelta(days=400))


def test_young_accounts_that_flag_within_minutes_are_a_rush():
    members = [make_member() for _ in range(3)]
    found = burst(flags_on(make_comment(), [*members, old_hand()]))
    assert found.rushed == members
    assert found.minutes == 4


def test_members_of_long_standing_are_no_rush_nor_are_flags_over_hours():
    assert burst(flags_on(make_comment(), [old_hand() for _ in range(3)])) is None
    assert burst(flags_on(make_comment(), [make_member() for _ in range(3)], 90)) is None


def test_members_who_flag_or_lately_posted_from_one_address_are_shown_as_linked(settings):
    by_flag, by_post, elsewhere = (old_hand() for _ in range(3))
    make_comment(author=by_post, sent=Sent(address="192.0.2.7"))
    make_comment(author=elsewhere, sent=Sent(address="192.0.2.8"))
    comment = make_comment()
    flag_comment(comment=comment, by=by_flag, reason="spam", address="192.0.2.7")
    for member in (by_post, elsewhere):
        flag_comment(comment=comment, by=member, reason="spam")
    flags = list(Flag.objects.select_related("member"))
    assert burst(flags).neighbours == [by_flag, by_post]
    settings.ADDRESS_HASHES_KEPT_DAYS = 0
    assert burst(flags) is None


def test_members_who_flag_one_author_together_are_a_party():
    author, members = make_member(), [old_hand(), old_hand()]
    for _ in range(2):
        flags_on(make_comment(author=author), members)
    found = burst(flags_on(make_comment(author=author), [*members, old_hand()]))
    assert (found.together, found.times) == (members, 2)
    assert burst(flags_on(make_comment(), members)) is None, "of another author"
