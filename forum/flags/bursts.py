"""Flags as a weapon: whether the flags on a comment look as if they came from one hand.

Two signs, both for a moderator to judge and neither a proof:

- *a rush*: at least RUSH flags within RUSH_WITHIN of each other by accounts that are younger than
  YOUNG. People who come across a comment by themselves flag it over hours, and most of them have
  been members for longer.
- *a party*: the same members have flagged the same author's comments together before, at least
  PARTY times in PARTY_SINCE.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from accounts.models import User
from forum.flags.models import Flag

RUSH, RUSH_WITHIN, YOUNG = 3, timedelta(hours=1), timedelta(days=14)
PARTY, PARTY_SINCE = 2, timedelta(days=90)


@dataclass(frozen=True)
class Burst:
    """Flaggers who may be linked: those of a rush, with its length in minutes, and those of a
    party, with how many comments of this author they flagged together before."""

    rushed: list[User]
    minutes: int
    together: list[User]
    times: int


def burst(flags: Sequence[Flag]) -> Burst | None:
    """What is odd about the flags on one comment, whose members are loaded; one query."""
    ordered = sorted(flags, key=lambda flag: flag.flagged_at)
    rushed, minutes = _rush(ordered)
    together, times = _party(ordered)
    if not rushed and not together:
        return None
    return Burst(rushed, minutes, together, times)


def _rush(flags: list[Flag]) -> tuple[list[User], int]:
    young = [flag for flag in flags if flag.flagged_at - flag.member.date_joined < YOUNG]
    longest: list[Flag] = []
    for place, first in enumerate(young):
        within = [f for f in young[place:] if f.flagged_at - first.flagged_at <= RUSH_WITHIN]
        longest = max(longest, within, key=len)
    if len(longest) < RUSH:
        return [], 0
    took = longest[-1].flagged_at - longest[0].flagged_at
    return [flag.member for flag in longest], max(1, round(took.total_seconds() / 60))


def _party(flags: list[Flag]) -> tuple[list[User], int]:
    if len(flags) < 2:
        return [], 0
    members = {flag.member_id: flag.member for flag in flags}
    earlier = (
        Flag.objects.filter(
            author=flags[0].author_id,
            member__in=members,
            flagged_at__gt=flags[-1].flagged_at - PARTY_SINCE,
        )
        .exclude(comment=flags[0].comment_id)
        .values_list("comment", "member")[:1000]
    )
    flaggers = defaultdict(set)
    for comment, member in earlier:
        flaggers[comment].add(member)
    shared = [who for who in flaggers.values() if len(who) > 1]
    if len(shared) < PARTY:
        return [], 0
    return [members[key] for key in sorted(set().union(*shared))], len(shared)
