"""Flags as a weapon: whether the flags on a comment look as if they came from one hand.

Three signs, all for a moderator to judge and none a proof:

- *a rush*: at least RUSH flags within RUSH_WITHIN of each other by accounts that are younger than
  YOUNG. People who come across a comment by themselves flag it over hours, and most of them have
  been members for longer.
- *one address*: several of them flagged, or lately posted, from the same network address. So do
  those who share a household, an office or a mobile network.
- *a party*: the same members have flagged the same author's comments together before, at least
  PARTY times in PARTY_SINCE.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from accounts.models import User
from forum.comments.models import Origin
from forum.flags.models import Flag
from forum.screening import networks

RUSH, RUSH_WITHIN, YOUNG = 3, timedelta(hours=1), timedelta(days=14)
PARTY, PARTY_SINCE = 2, timedelta(days=90)


@dataclass(frozen=True)
class Burst:
    """Flaggers who may be linked: those of a rush, with its length in minutes, those who share an
    address with another of them, and those of a party, with how many comments of this author they
    flagged together before."""

    rushed: list[User]
    minutes: int
    neighbours: list[User]
    together: list[User]
    times: int


def burst(flags: Sequence[Flag]) -> Burst | None:
    """What is odd about the flags on one comment, whose members are loaded; two queries."""
    ordered = sorted(flags, key=lambda flag: flag.flagged_at)
    rushed, minutes = _rush(ordered)
    neighbours = _neighbours(ordered)
    together, times = _party(ordered)
    if not rushed and not neighbours and not together:
        return None
    return Burst(rushed, minutes, neighbours, together, times)


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


def _neighbours(flags: list[Flag]) -> list[User]:
    if len(flags) < 2:
        return []
    members = {flag.member_id: flag.member for flag in flags}
    posted = (
        Origin.objects.filter(
            comment__author__in=members, comment__posted_at__gt=networks.kept_since()
        )
        .order_by()
        .values_list("comment__author", "network")
        .distinct()[:1000]
    )
    living: dict[int, set[int]] = defaultdict(set)
    for flag in flags:
        if flag.network is not None and flag.flagged_at > networks.kept_since():
            living[flag.network].add(flag.member_id)
    for member, network in posted:
        living[network].add(member)
    shared = [who for who in living.values() if len(who) > 1]
    return [members[key] for key in sorted(set().union(*shared))]


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
