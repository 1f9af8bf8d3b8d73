"""The cases of comments: a reason to look is added, one is decided, one is open again."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Case, CaseQuerySet, Comment


def is_newcomer(author: User, article: Article) -> bool:
    """Whether what they post there now is among their first comments, which moderators look at; one
    query, none for who writes articles here or where first comments are not looked at."""
    most = settings.FIRST_COMMENTS_REVIEWED
    if not most or author.may_write or article.is_hosted_by(author):
        return False
    return author.comments.order_by()[:most].count() < most


def open_for_newcomer(comment: Comment, *, reach: int) -> None:
    """Let moderators look at one of the first comments of a member."""
    _reopen(comment, since=comment.posted_at, reach=reach, is_newcomers=True)


def add_flag(comment: Comment, *, weight: float, reach: int) -> tuple[int, float]:
    """Let moderators look at a comment that was flagged; how many flags that wait for an answer
    it has now, and what they weigh."""
    case = _reopen(
        comment,
        since=timezone.now(),
        reach=reach,
        flag_count=F("flag_count") + 1,
        flag_weight=F("flag_weight") + weight,
    )
    return case.flag_count, case.flag_weight


def remove_flag(comment: Comment, *, weight: float) -> None:
    """A flag was taken back; without another reason the case waits no more."""
    of(comment).filter(flag_count__gt=0).update(
        flag_count=F("flag_count") - 1,
        flag_weight=Greatest(F("flag_weight") - weight, 0.0),
    )


def decide(
    comments: Collection[Comment], *, verdict: str, by: User, at: datetime | None = None
) -> None:
    """The cases of these comments are decided; those that had none have one now. Nobody looks at
    them any more."""
    decided = {
        "decided_at": at or timezone.now(),
        "decided_by": by,
        "verdict": verdict,
        "claimed_at": None,
        "claimed_by": None,
        "flag_count": 0,
        "flag_weight": 0,
    }
    Case.objects.bulk_create(
        [Case(comment_id=comment.pk, **decided) for comment in comments],
        update_conflicts=True,
        unique_fields=["comment"],
        update_fields=list(decided),
    )


def reopen(
    comments: Collection[Comment], *, flags: dict[int, tuple[int, float]] | None = None
) -> None:
    """What was decided is open again, with the flags (count and weight, by comment) that wait
    for an answer again."""
    for comment in comments:
        count, weight = (flags or {}).get(comment.pk, (0, 0))
        of(comment).update(
            decided_at=None, decided_by=None, verdict="", flag_count=count, flag_weight=weight
        )


def of(comment: Comment) -> CaseQuerySet:
    """The case of a comment, if it has one."""
    return Case.objects.filter(comment=comment.pk)


def _reopen(comment: Comment, *, since: datetime, reach: int, **reason) -> Case:
    case, _created = Case.objects.get_or_create(
        comment_id=comment.pk, defaults={"opened_at": since}
    )
    of(comment).filter(decided_at__isnull=False).update(
        decided_at=None, decided_by=None, verdict="", opened_at=since, is_newcomers=False
    )
    of(comment).update(reach=reach, **reason)
    case.refresh_from_db()
    return case
