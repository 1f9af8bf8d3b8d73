"""How much members are trusted: what they did is counted, and the level kept on them.

Counted every hour for those whom the last day may have changed: who posted, and whose comments
were hidden. Everybody else's level changes when they post next.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from forum.comments.models import Comment
from forum.screening import judging, trust
from forum.screening.trust import Level, Record, Step, level

# Comments of so long ago are no longer held against anybody.
HIDDEN_REMEMBERED = timedelta(days=90)
LOOKED_AT = timedelta(hours=25)
BATCH = 1000


def record_of(member: User) -> Record:
    """What the member has earned so far; one query."""
    return _records([member])[member.pk]


def level_of(member: User, record: Record) -> Level:
    """The level that a record earns; those who write or moderate here are trusted, the banned
    are not."""
    if member.is_staff or member.may_publish:
        return Level.TRUSTED
    return Level.NEW if member.is_banned else level(record)


@dataclass(frozen=True)
class Part:
    """One thing that a level asks for, in words, and how far somebody is."""

    words: str
    so_far: str
    is_reached: bool


def parts(step: Step, record: Record) -> list[Part]:
    """What a step asks for, and how far a record is from each of it."""
    days, comments, flags = record.age.days, record.comments, record.flags_upheld
    asked = [
        (_("Days since you joined: %(number)d."), step.days, days),
        (_("Comments of yours that are shown: %(number)d."), step.comments, comments),
        (_("Flags of yours that moderators agreed with: %(number)d."), step.flags_upheld, flags),
    ]
    so_far = _("So far: %(number)d.")
    return [
        Part(words % {"number": most}, so_far % {"number": has}, has >= most)
        for words, most, has in asked
        if most
    ]


def levels() -> list[dict[str, Any]]:
    """What each level may, as the rules and settings of this moment have it; one query where the
    rules are not known yet."""
    links = judging.most_links()
    return [
        {
            "level": level,
            "comments": settings.LIMITS["comment"].times * lifts.pace,
            "links": links.get(level),
            "pictures": trust.may_show_pictures(level),
            "edit_minutes": settings.EDIT_WINDOW_MINUTES * lifts.edit_window,
            "flag_weight": lifts.flag_weight,
        }
        for level, lifts in trust.LIFTS.items()
    ]


def weigh(members: Collection[User]) -> int:
    """Keep on each of these members what they have earned; how many levels changed."""
    records = _records(members)
    changed = []
    for member in members:
        earned = level_of(member, records[member.pk])
        if member.trust_level != earned:
            member.trust_level = earned
            changed.append(member)
    return User.objects.bulk_update(changed, ["trust_level"]) if changed else 0


def weigh_recent() -> int:
    """Weigh those whom the last day may have changed; how many levels changed."""
    since = timezone.now() - LOOKED_AT
    recent = Comment.objects.filter(
        Q(posted_at__gt=since) | Q(hidden_at__gt=since) | Q(held_at__gt=since)
    )
    return _weigh_authors_of(recent)


def weigh_all() -> int:
    """Weigh everybody who ever said something, as after an import; how many levels changed."""
    return _weigh_authors_of(Comment.objects.all())


def _weigh_authors_of(comments: QuerySet[Comment]) -> int:
    keys = list(comments.order_by().values_list("author_id", flat=True).distinct())
    return sum(
        weigh(User.objects.filter(pk__in=keys[start : start + BATCH]))
        for start in range(0, len(keys), BATCH)
    )


def _records(members: Collection[User]) -> dict[int, Record]:
    now = timezone.now()
    counted = {
        row["author_id"]: row
        for row in Comment.objects.filter(author__in=members)
        .order_by()
        .values("author_id")
        .annotate(
            shown=Count("pk", filter=Q(withdrawn_at=None, hidden_at=None, held_at=None)),
            hidden=Count("pk", filter=Q(hidden_at__gt=now - HIDDEN_REMEMBERED)),
        )
    }
    nothing = {"shown": 0, "hidden": 0}
    return {
        member.pk: Record(
            age=now - member.date_joined,
            comments=counted.get(member.pk, nothing)["shown"],
            hidden=counted.get(member.pk, nothing)["hidden"],
            flags_upheld=member.flags_upheld,
        )
        for member in members
    }
