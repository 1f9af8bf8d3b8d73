"""What is known of comments that are held: the rules that caught them, and how long people wait."""

from collections.abc import Collection
from datetime import timedelta
from statistics import median

from django.core.cache import cache
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from forum.comments.models import Comment, Finding
from forum.screening.judging import Finding as Found

# The usual wait is told from so many decisions of late, and not from fewer.
LOOKED_AT, FEWEST = 50, 5
WAIT_KEPT_FOR = 600  # seconds


def keep_findings(comment: Comment, findings: Collection[Found]) -> None:
    """Let moderators see which rules caught a comment, and what of it; where none did, why it is
    held."""
    if not findings:
        keep_reason(comment, comment.held_reason)
    Finding.objects.bulk_create(
        Finding(comment=comment, rule=one.rule, rule_name=one.rule.name, words=one.words)
        for one in findings
    )


def keep_reason(comment: Comment, reason: str, words: str = "") -> None:
    """The same, of a comment that something other than a rule held."""
    Finding.objects.create(comment=comment, rule_name=reason[:80], words=words[:300])


def usual_wait() -> timedelta | None:
    """How long half of those waited whose comments were held lately; None where too few were.
    Looked up every ten minutes."""
    known = cache.get_or_set("usual-wait", _usual_wait, WAIT_KEPT_FOR)
    return timedelta(seconds=known) if known else None


def why_it_waits(comment: Comment) -> str:
    """What the author of a held comment is told."""
    said = [_("Your comment waits for a moderator. You see it, others do not yet.")]
    said.append(comment.held_reason)
    if wait := usual_wait():
        time = timesince(timezone.now() - wait, depth=1)
        said.append(_("It usually takes %(time)s.") % {"time": time})
    return " ".join(said)


def _usual_wait() -> float:
    waits = [
        ((settled or found) - found).total_seconds()
        for found, settled in Finding.objects.filter(settled_at__isnull=False)
        .order_by("-settled_at")
        .values_list("found_at", "settled_at")[:LOOKED_AT]
    ]
    return median(waits) if len(waits) >= FEWEST else 0.0
