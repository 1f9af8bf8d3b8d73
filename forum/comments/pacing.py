"""Where comments follow each other too fast: slow mode, rules of speed, heat.

Each is true at the moment of posting alone, so it is asked for when the rows are taken: slow mode
and heat behind the article's row, in whose discussion the member cannot post twice at once; rules
of speed, which go over all discussions, behind a lock on the member, taken before any row. Pages
ask the same beforehand, to say how long it is.

Heat: where at least HEAT_FLAGS flags wait for an answer on the comments above, a member's next
answer in that thread waits two minutes from their last one, and one more for each of those flags.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.db import connection
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment
from forum.screening.judging import pace_refused, pace_time
from forum.screening.models import Rule

LOCK_MEMBER = "SELECT pg_advisory_xact_lock(hashtextextended('pace', %s))"
HEAT_AT_LEAST = timedelta(minutes=2)
HEAT_FOR_EACH = timedelta(minutes=1)


class TooSoon(Exception):
    """It can be posted `until` then; the message is for its writer."""

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until

    @property
    def seconds(self) -> int:
        """From now until then, at least one."""
        return max(1, ceil((self.until - timezone.now()).total_seconds()))


def require_slow_mode(author: User, article: Article, seconds: int | None) -> None:
    """Raises TooSoon within `seconds` of the author's last comment on the article; one query
    where there are any. Its moderators and those who wrote the article need not wait."""
    if not seconds or article.is_hosted_by(author):
        return
    since = timezone.now() - timedelta(seconds=seconds)
    last = _latest(author.comments.filter(article=article, posted_at__gt=since))
    if last:
        until = last + timedelta(seconds=seconds)
        raise TooSoon(
            _(
                "Slow mode: %(pace)s pass from one comment of a member to their next. "
                "You can post at %(at)s."
            )
            % {"pace": _duration(timedelta(seconds=seconds)), "at": _clock(until)},
            until,
        )


def require_cool_branch(author: User, article: Article, parent: Comment, flags: int) -> None:
    """Raises TooSoon where `flags` above an answer are enough to make it wait, and the author has
    posted to its thread in that time; one query where they are."""
    if flags < settings.HEAT_FLAGS or article.is_hosted_by(author):
        return
    wait = HEAT_AT_LEAST + flags * HEAT_FOR_EACH
    since = timezone.now() - wait
    last = _latest(author.comments.filter(tree_id=parent.tree_id, posted_at__gt=since))
    if last:
        raise TooSoon(
            ngettext(
                "Members flagged what you answer, %(flags)d time. Until a moderator has looked, "
                "%(pace)s pass from one answer of a member here to the next. You can post at "
                "%(at)s.",
                "Members flagged what you answer, %(flags)d times. Until a moderator has looked, "
                "%(pace)s pass from one answer of a member here to the next. You can post at "
                "%(at)s.",
                flags,
            )
            % {"flags": flags, "pace": _duration(wait), "at": _clock(last + wait)},
            last + wait,
        )


def require_paces(author: User, rules: Iterable[Rule]) -> None:
    """Raises TooSoon where the author has posted as much as one of these rules of speed allows.
    Holds a lock on the author until the transaction ends; to be taken before any row."""
    for place, rule in enumerate(rules):
        if place == 0:
            with connection.cursor() as cursor:
                cursor.execute(LOCK_MEMBER, [author.pk])
        since = timezone.now() - pace_time(rule)
        recent = author.comments.filter(posted_at__gt=since).order_by("-posted_at")
        said = list(recent.values_list("posted_at", flat=True)[: max(1, rule.number or 1)])
        if len(said) >= (rule.number or 0):
            until = (said[-1] if said else timezone.now()) + pace_time(rule)
            raise TooSoon(
                _("%(why)s You can post at %(at)s.")
                % {"why": pace_refused(rule), "at": _clock(until)},
                until,
            )


def why_wait(author: User, article: Article, parent: Comment | None = None) -> TooSoon | None:
    """Why, and until when, this member could not post here now, for the page that they write on."""
    try:
        require_slow_mode(author, article, article.comments_pace)
        if parent is not None:
            with_flags = Comment.objects.with_flags_above().only("pk").get(pk=parent.pk)
            require_cool_branch(author, article, parent, with_flags.flags_above)
    except TooSoon as wait:
        return wait
    return None


def _latest(comments) -> datetime | None:
    return comments.order_by("-posted_at").values_list("posted_at", flat=True).first()


def _clock(at: datetime) -> str:
    return formats.time_format(timezone.localtime(at), "H:i:s")


def _duration(time: timedelta) -> str:
    seconds = round(time.total_seconds())
    if seconds % 60:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    minutes = seconds // 60
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
