"""What the desk shows: the queues, their counts, and a comment with all that a moderator needs to
decide on it. Reads only; each costs the same however much there is.

Nothing is counted further than MOST_COUNTED: whether 99 or 9,000 wait makes no difference to who
begins with the first.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Count, Prefetch, Value, prefetch_related_objects
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from forum import pagination
from forum.comments.models import Case, CaseQuerySet, Comment, Origin, Verdict
from forum.flags.bursts import Burst, burst
from forum.flags.models import Flag
from forum.moderation.models import LogEntry, Verb
from forum.screening.networks import kept_since

MOST_COUNTED = 99
MOST_SAID = 1000  # comments of a member
SIZE = 25
NOTHING_WAITS = _(
    "All is decided here. New flags, held comments and first comments of new members come by "
    "themselves."
)
SENT_BACK = _("What was sent back is listed here until its author posts it again.")
DECIDED = _("What is decided is listed here.")


@dataclass(frozen=True)
class Queue:
    """A list of the desk; those that wait are worked off, the others looked through. `empty` is
    said of one with nothing in it."""

    key: str
    name: Promise
    cases: Callable[[], CaseQuerySet]
    waits: bool = True
    empty: Promise = NOTHING_WAITS

    def of(self, moderator: User) -> CaseQuerySet:
        """What of it is this moderator's to decide."""
        return self.cases().moderated_by(moderator)


def _decided(verdict: Verdict) -> Callable[[], CaseQuerySet]:
    return lambda: Case.objects.decided(verdict)


QUEUES = {
    queue.key: queue
    for queue in [
        Queue("all", _("To decide"), lambda: Case.objects.waiting()),
        Queue("reported", _("Reported"), lambda: Case.objects.reported()),
        Queue("held", _("Held"), lambda: Case.objects.held()),
        Queue("unmoderated", _("Unmoderated"), lambda: Case.objects.unmoderated()),
        Queue(
            "sent-back",
            pgettext_lazy("queue", "Sent back"),
            lambda: Case.objects.with_their_authors(),
            waits=False,
            empty=SENT_BACK,
        ),
        Queue(
            "approved",
            pgettext_lazy("queue", "Approved"),
            _decided(Verdict.APPROVED),
            waits=False,
            empty=DECIDED,
        ),
        Queue(
            "hidden",
            pgettext_lazy("queue", "Hidden"),
            _decided(Verdict.HIDDEN),
            waits=False,
            empty=DECIDED,
        ),
    ]
}


@dataclass(frozen=True)
class Tab:
    queue: Queue
    count: int

    @property
    def many(self) -> str:
        return f"{MOST_COUNTED}+" if self.count > MOST_COUNTED else str(self.count)


def tabs(moderator: User) -> list[Tab]:
    """All queues of a moderator with how many are in each, as far as that is counted; one query."""
    first, *others = [
        queue.of(moderator)
        .order_by()
        .annotate(queue=Value(key))
        .values_list("queue", flat=True)[: MOST_COUNTED + 1]
        for key, queue in QUEUES.items()
    ]
    counts = Counter(first.union(*others, all=True))
    return [Tab(queue, counts[key]) for key, queue in QUEUES.items()]


def page(queue: Queue, moderator: User, after: str | None) -> pagination.Page[Case]:
    """A page of a queue, worst first, or newest decision first. Two queries: what is said is read
    only of those that are on the page."""
    cases = queue.of(moderator).select_related("claimed_by", "decided_by")
    if queue.waits:
        found = pagination.earliest_first(cases, moment="due_at", after=after, size=SIZE)
    else:
        found = pagination.newest_first(cases, moment="decided_at", before=after, size=SIZE)
    said = Comment.objects.select_related("author", "article").defer(
        "text", "article__text", "article__html"
    )
    prefetch_related_objects(found.rows, Prefetch("comment", said))
    return found


@dataclass(frozen=True)
class AuthorsRecord:
    """What is known of who wrote it: how often each verb was done to them, how many comments they
    wrote (no further than MOST_SAID), how many flags on these were right."""

    said: int
    acts: dict[str, int]
    upheld: int

    @property
    def much(self) -> str:
        return f"{MOST_SAID}+" if self.said > MOST_SAID else str(self.said)

    @property
    def hidden(self) -> int:
        return self.acts.get(Verb.HIDE, 0) + self.acts.get(Verb.SEND_BACK, 0)

    @property
    def bans(self) -> int:
        return self.acts.get(Verb.BAN, 0)

    @property
    def warnings(self) -> int:
        return self.acts.get(Verb.WARN, 0)


@dataclass(frozen=True)
class EqualFlags:
    """Flags for one reason that came to the same, in order of time; one line at the desk."""

    flags: list[Flag]

    @property
    def reason(self) -> str:
        return self.flags[0].get_reason_display()

    @property
    def said(self) -> list[str]:
        """What was said besides, each once."""
        return list(dict.fromkeys(flag.words for flag in self.flags if flag.words))

    @property
    def weight(self) -> float | None:
        """Of all together; None where they were answered."""
        return sum(flag.weight for flag in self.flags) if self.flags[0].is_open else None

    @property
    def were_right(self) -> bool:
        return self.flags[0].upheld_at is not None


@dataclass(frozen=True)
class Neighbours:
    """What others posted lately from the network address from which a comment came."""

    comments: int
    members: int


@dataclass(frozen=True)
class Item:
    """A comment at the desk."""

    comment: Comment
    case: Case | None
    record: AuthorsRecord
    flags: list[Flag] = field(default_factory=list)
    burst: Burst | None = None
    history: list[LogEntry] = field(default_factory=list)
    neighbours: Neighbours | None = None

    @property
    def is_waiting(self) -> bool:
        return bool(self.case and self.case.is_waiting)

    @property
    def equal_flags(self) -> list[EqualFlags]:
        equal: dict[tuple[str, bool, bool], list[Flag]] = {}
        for flag in self.flags:
            equal.setdefault((flag.reason, flag.is_open, bool(flag.upheld_at)), []).append(flag)
        return [EqualFlags(flags) for flags in equal.values()]


def item(comment: Comment) -> Item:
    """The comment with what is known of it and of its author; its case, article, author and
    parent must be loaded, and where it came from. Eight queries at most."""
    flags = list(
        Flag.objects.standing()
        .filter(comment=comment)
        .select_related("member__flag_record")
        .order_by("flagged_at")[:MOST_COUNTED]
    )
    return Item(
        comment=comment,
        case=getattr(comment, "case", None),
        record=_record(comment.author),
        flags=flags,
        burst=burst([flag for flag in flags if flag.is_open]),
        history=list(
            LogEntry.objects.filter(comment=comment).select_related("moderator").order_by("-pk")[:8]
        ),
        neighbours=_neighbours(comment),
    )


def comments_for(moderator: User):
    """Comments that are this moderator's, with all that `item` wants loaded."""
    return (
        Comment.objects.moderated_by(moderator)
        .select_related(
            *("author", "article", "parent__author", "origin"),
            *("case__claimed_by", "case__decided_by"),
        )
        .defer("article__text", "article__html")
    )


def own_decisions(moderator: User, queue: Queue) -> list[LogEntry]:
    """The latest decisions of a moderator on single comments, with what `deciding.can_undo` asks;
    in a queue of decided cases those that led there. One query."""
    verbs = {
        "approved": [Verb.APPROVE, Verb.RESTORE],
        "hidden": [Verb.HIDE],
        "sent-back": [Verb.SEND_BACK],
        "all": [
            Verb.APPROVE,
            Verb.RESTORE,
            Verb.HIDE,
            Verb.SEND_BACK,
            Verb.HOLD,
            Verb.BAN,
            Verb.WARN,
            Verb.LOCK,
        ],
    }
    return list(
        LogEntry.objects.filter(
            moderator=moderator, sweep=None, verb__in=verbs.get(queue.key, verbs["all"])
        )
        .select_related("comment__case", "comment__author", "member", "article")
        .defer("comment__text", "comment__html", "article__text", "article__html")
        .order_by("-at", "-pk")[:8]
    )


def _neighbours(comment: Comment) -> Neighbours | None:
    """None where nobody else posted from there, or that is not known; one query where it is."""
    origin = getattr(comment, "origin", None)
    if origin is None:
        return None
    others = list(
        Origin.objects.filter(network=origin.network, comment__posted_at__gt=kept_since())
        .exclude(comment__author=comment.author_id)
        .order_by()
        .values_list("comment__author", flat=True)[:MOST_SAID]
    )
    return Neighbours(len(others), len(set(others))) if others else None


def _record(author: User) -> AuthorsRecord:
    acts = LogEntry.objects.filter(member=author).values("verb").annotate(times=Count("pk"))
    return AuthorsRecord(
        said=author.comments.order_by()[: MOST_SAID + 1].count(),
        acts={row["verb"]: row["times"] for row in acts.order_by()},
        upheld=Flag.objects.filter(author=author, upheld_at__isnull=False)
        .order_by()[: MOST_SAID + 1]
        .count(),
    )
