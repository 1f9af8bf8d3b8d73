"""Figures of moderation by day and by moderator.

Days are counted by a job, once an hour the last two, so that a page of figures reads a row for each
day however much was said on it. A day is one of the site's time zone.

The time to a decision is that from the moment a comment began to wait (its flag, its holding,
its posting as one of the first of a new member) or, where it waited for nobody, from its posting.
Of all those of a day the median is kept, which one forgotten comment does not spoil. Flags are
upheld where a moderator agreed; an act is upheld when an appeal against it was heard and it stands.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import Count, F, Max, Q, Sum
from django.utils import timezone

from forum.comments.models import Comment
from forum.fairness.models import Appeal, DayFigures, ModeratorDay, Outcome
from forum.flags.models import Flag
from forum.moderation.models import LogEntry, Verb

# How far back a site counts that never did.
FURTHEST_DAYS = 365
HIDING = (Verb.HIDE, Verb.HIDE_BRANCH, Verb.SEND_BACK)
# Acts that decide nothing about what people said.
NOT_COUNTED = (Verb.ROLE, Verb.MESSAGE, Verb.MERGE_MEMBERS, Verb.UNMERGE_MEMBERS)
FLAG_MOMENTS = {
    "flags": "flagged_at",
    "flags_upheld": "upheld_at",
    "flags_rejected": "rejected_at",
}

# A case that was made by its decision is as old as that, give or take a moment.
MEDIAN = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at -
         CASE WHEN opened_at < decided_at - interval '1 second' THEN opened_at
              ELSE posted_at END))
  FROM comments_case JOIN comments_comment ON comments_comment.id = comment_id
 WHERE decided_at >= %s AND decided_at < %s
"""


@dataclass(frozen=True)
class OfModerator:
    """What one moderator did in the time asked for."""

    name: str
    decisions: int
    hidden: int
    appeals_decided: int
    appeals_undone: int

    @property
    def upheld(self) -> int | None:
        return share(self.appeals_decided - self.appeals_undone, self.appeals_decided)


@dataclass(frozen=True)
class Figures:
    """The figures of some days: each day, also those without any, and each moderator."""

    days: list[DayFigures]
    moderators: list[OfModerator]
    comments: int
    flags: int
    flags_upheld: int | None
    hidden: int
    decisions: int
    upheld: int | None


def share(part: int, whole: int) -> int | None:
    """Per cent; None of nothing."""
    return round(100 * part / whole) if whole else None


def figures_of(*, first: date, last: date) -> Figures:
    """The figures from one day to another, both included; two queries."""
    counted = {row.day: row for row in DayFigures.objects.filter(day__range=(first, last))}
    days = [
        counted.get(day) or DayFigures(day=day)
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
    ]
    by_moderator = (
        ModeratorDay.objects.filter(day__range=(first, last))
        .values("moderator", name=F("moderator__display_name"))
        .annotate(
            decided=Sum("decisions"),
            out=Sum("hidden"),
            heard=Sum("appeals_decided"),
            undone=Sum("appeals_undone"),
        )
        .order_by("-decided", "name")
    )
    heard = sum(day.appeals_decided for day in days)
    return Figures(
        days=days,
        moderators=[
            OfModerator(row["name"], row["decided"], row["out"], row["heard"], row["undone"])
            for row in by_moderator
        ],
        comments=sum(day.comments for day in days),
        flags=sum(day.flags for day in days),
        flags_upheld=share(
            sum(day.flags_upheld for day in days),
            sum(day.flags_upheld + day.flags_rejected for day in days),
        ),
        hidden=sum(day.hidden for day in days),
        decisions=sum(day.decisions for day in days),
        upheld=share(heard - sum(day.appeals_undone for day in days), heard),
    )


def count_days() -> int:
    """Count what was not counted, and the last two days anew; how many days that were."""
    today = timezone.localdate()
    newest = DayFigures.objects.aggregate(day=Max("day"))["day"]
    first = newest - timedelta(days=1) if newest else _first_day(today)
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    for day in days:
        count_day(day)
    return len(days)


def _first_day(today: date) -> date:
    oldest = Comment.objects.order_by("posted_at").values_list("posted_at", flat=True).first()
    furthest = today - timedelta(days=FURTHEST_DAYS)
    return max(timezone.localdate(oldest), furthest) if oldest else today


@transaction.atomic
def count_day(day: date) -> None:
    """Count one day, in place of what was counted of it before."""
    begins, ends = _edges(day)
    entries = LogEntry.objects.filter(at__gte=begins, at__lt=ends).exclude(verb__in=NOT_COUNTED)
    heard = Appeal.objects.filter(decided_at__gte=begins, decided_at__lt=ends)
    DayFigures.objects.update_or_create(
        day=day,
        defaults={
            "comments": Comment.objects.filter(posted_at__gte=begins, posted_at__lt=ends).count(),
            "seconds_to_decision": _median(begins, ends),
            **entries.aggregate(
                decisions=Count("pk"), hidden=Count("pk", filter=Q(verb__in=HIDING))
            ),
            **_outcomes(heard),
            **_flags(begins, ends),
        },
    )
    _count_moderators(day, entries, heard)


def _count_moderators(day: date, entries, heard) -> None:
    rows: dict[int, ModeratorDay] = {}

    def row_of(moderator: int) -> ModeratorDay:
        return rows.setdefault(moderator, ModeratorDay(day=day, moderator_id=moderator))

    for found in entries.values("moderator").annotate(
        decided=Count("pk"), out=Count("pk", filter=Q(verb__in=HIDING))
    ):
        one = row_of(found["moderator"])
        one.decisions, one.hidden = found["decided"], found["out"]
    for found in heard.values(acted=F("entry__moderator")).annotate(
        decided=Count("pk"), undone=Count("pk", filter=Q(outcome=Outcome.UNDONE))
    ):
        one = row_of(found["acted"])
        one.appeals_decided, one.appeals_undone = found["decided"], found["undone"]
    ModeratorDay.objects.filter(day=day).delete()
    ModeratorDay.objects.bulk_create(rows.values())


def _outcomes(heard) -> dict[str, int]:
    return heard.aggregate(
        appeals_decided=Count("pk"),
        appeals_undone=Count("pk", filter=Q(outcome=Outcome.UNDONE)),
    )


def _flags(begins: datetime, ends: datetime) -> dict[str, int]:
    return Flag.objects.standing().aggregate(
        **{
            name: Count("pk", filter=Q(**{f"{moment}__gte": begins, f"{moment}__lt": ends}))
            for name, moment in FLAG_MOMENTS.items()
        }
    )


def _median(begins: datetime, ends: datetime) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(MEDIAN, [begins, ends])
        (seconds,) = cursor.fetchone()
    return None if seconds is None else round(seconds)


def _edges(day: date) -> tuple[datetime, datetime]:
    """The moments at which a day begins and ends, where the site is."""
    zone = timezone.get_default_timezone()
    return (
        datetime.combine(day, time.min, zone),
        datetime.combine(day + timedelta(days=1), time.min, zone),
    )
