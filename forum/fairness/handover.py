"""Since you were last here: what came, what was decided by whom, and what waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from forum.comments.models import Case, Comment
from forum.fairness.models import Appeal, TakenOver
from forum.flags.models import Flag
from forum.moderation.models import LogEntry, Verb

# For who never took over, and the longest that is looked back.
AT_FIRST = timedelta(days=1)
FURTHEST = timedelta(days=30)
LATEST = 20


@dataclass(frozen=True)
class Decided:
    """How often a moderator did one thing."""

    moderator: str
    verb: str
    count: int


@dataclass(frozen=True)
class Report:
    """What a moderator has to know who comes back."""

    since: datetime
    comments: int
    hidden: int
    flags: int
    joined: int | None
    decided: list[Decided]
    latest: list[LogEntry]
    held: int
    reported: int
    appeals: list[Appeal]


def since_last_here(moderator: User) -> Report:
    """What came since the moderator last took over, at most 30 days back; of their categories,
    where those are not all. Nine queries."""
    now = timezone.now()
    taken = TakenOver.objects.filter(moderator=moderator).values_list("at", flat=True).first()
    since = max(taken or now - AT_FIRST, now - FURTHEST)
    theirs = Comment.objects.moderated_by(moderator)
    came = theirs.filter(posted_at__gt=since).aggregate(
        comments=Count("pk"), hidden=Count("pk", filter=Q(hidden_at__isnull=False))
    )
    entries = LogEntry.objects.visible_to(moderator).filter(at__gt=since)
    by_verb = entries.values("moderator__display_name", "verb").annotate(count=Count("pk"))
    return Report(
        since=since,
        comments=came["comments"],
        hidden=came["hidden"],
        flags=Flag.objects.standing()
        .filter(flagged_at__gt=since, comment__in=theirs.values("pk"))
        .count(),
        joined=User.objects.filter(date_joined__gt=since).count() if moderator.is_staff else None,
        decided=[
            Decided(row["moderator__display_name"], str(Verb(row["verb"]).label), row["count"])
            for row in by_verb.order_by("moderator__display_name", "-count", "verb")
        ],
        latest=list(
            entries.select_related("moderator", "member", "article", "comment__article")
            .defer("comment__text", "comment__html", "article__text", "article__html")
            .order_by("-at", "-pk")[:LATEST]
        ),
        held=theirs.filter(held_at__isnull=False, withdrawn_at=None, hidden_at=None).count(),
        reported=Case.objects.moderated_by(moderator).reported().count(),
        appeals=list(
            Appeal.objects.visible_to(moderator)
            .for_listing()
            .open()
            .order_by("made_at", "pk")[:LATEST]
        ),
    )
