"""The comments of one post, settled: numbers in time, who answers whom. Pure: no models.

What an export says of a comment's place is believed in this order: its `comment_parent`; a reply
link in its text; a name in front of its text, which means that name's latest comment before it and
is marked as guessed. What cannot be believed (a comment that answers itself, goes in a circle, or
answers what is not there) is noted and never stops the import.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from accounts.names import LONGEST_NAME, display_key
from forum.imports import replies
from forum.imports.replies import Reference, Replies
from forum.imports.report import GUESSED, LEFT_OUT, NOTED, Note
from forum.imports.wordpress import Post, Remark

# What an export says nothing about is for a moderator to look at.
SHOWN, HELD = {"1", "approve", "approved"}, {"0", "hold", "unapproved", ""}
LEFT = {
    "spam": "it was marked as spam",
    "trash": "it was in the trash",
    "post-trashed": "its post was in the trash",
}
WITHOUT_WORDS = re.compile(r"(?:<[^<>]*>|\s|&nbsp;|&#0*160;)*")
key_of = lru_cache(maxsize=4096)(display_key)


@dataclass(frozen=True)
class Answer:
    """Whom a reference means."""

    reference: Reference
    target: "Settled"
    is_guessed: bool = False


@dataclass(eq=False)
class Settled:
    """A comment that comes in. `prefix` is drawn by the site; `links` are the references in the
    text that lead somewhere."""

    remark: Remark
    number: int
    posted_at: datetime
    replies: Replies
    parent: "Settled | None" = None
    prefix: list[Answer] = field(default_factory=list)
    links: dict[Reference, Answer] = field(default_factory=dict)

    @property
    def is_held(self) -> bool:
        return self.remark.approved in HELD

    @property
    def key(self) -> str:
        return key_of(self.remark.author[:LONGEST_NAME])


@dataclass
class Settlement:
    """The comments in order of time, and what has to be said about them."""

    comments: list[Settled]
    notes: list[Note]

    def in_planting_order(self) -> list[Settled]:
        """Each comment behind the one it answers; answers to one comment in order of time."""
        below: dict[Settled | None, list[Settled]] = {}
        for comment in self.comments:
            below.setdefault(comment.parent, []).append(comment)
        order: list[Settled] = []
        waiting = below.get(None, [])[::-1]
        while waiting:
            comment = waiting.pop()
            order.append(comment)
            waiting += below.get(comment, [])[::-1]
        return order


def settle(post: Post, *, zone: tzinfo, known: Iterable[int] = ()) -> Settlement:
    """Sift, number and connect the comments of a post.

    `zone` reads times that the export has in local time alone; `known` are the keys of comments
    that came in with another post.
    """
    notes: list[Note] = []
    remarks = _sift(post.comments, set(known), notes)
    timed = _in_time(remarks, post, zone)
    comments = [
        Settled(remark, number, moment, replies.read(remark.content))
        for number, (moment, remark) in enumerate(timed, start=1)
    ]
    _connect(comments, {r.legacy_id: r for r in post.comments if r.legacy_id}, notes)
    _cut_circles(comments, notes)
    return Settlement(comments, notes)


def describe(remark: Remark) -> str:
    """The comment as the report names it."""
    number = f"comment {remark.legacy_id}" if remark.legacy_id else "a comment without a number"
    return f"{number} by {remark.author or 'nobody'}"


def moment(date_gmt: str, date: str, zone: tzinfo) -> datetime | None:
    """A time of the export in UTC; None for the zeros WordPress writes where it has none."""
    for text, where in ((date_gmt, UTC), (date, zone)):
        try:
            found = datetime.fromisoformat(text.strip())
        except ValueError:
            continue
        if 1970 < found.year < 9999:
            return (found if found.tzinfo else found.replace(tzinfo=where)).astimezone(UTC)
    return None


def zone_of(post: Post, zone: tzinfo) -> tzinfo:
    """The offset from UTC that the post's two dates show, or else `zone`."""
    local, gmt = moment(post.date, "", UTC), moment(post.date_gmt, "", UTC)
    if local and gmt and abs(local - gmt) <= timedelta(hours=14):
        return timezone(local - gmt)
    return zone


def _sift(remarks: Sequence[Remark], known: set[int], notes: list[Note]) -> list[Remark]:
    """The comments that come in, each once."""
    kept = []
    seen = set(known)
    for remark in remarks:
        if reason := _why_not(remark, seen):
            notes.append(Note(LEFT_OUT, remark.line, describe(remark), reason))
            continue
        if remark.legacy_id:
            seen.add(remark.legacy_id)
        kept.append(remark)
    return kept


def _why_not(remark: Remark, seen: set[int]) -> str:
    if remark.kind not in ("", "comment"):
        return f"it is a {remark.kind}, not a comment"
    if remark.approved not in SHOWN | HELD:
        return LEFT.get(remark.approved, f"its state is unknown: “{remark.approved}”")
    if WITHOUT_WORDS.fullmatch(remark.content):
        return "it has no text"
    if remark.legacy_id in seen:
        return "a comment with this number is there already"
    return ""


def _in_time(remarks: Iterable[Remark], post: Post, zone: tzinfo) -> list[tuple[datetime, Remark]]:
    """With their times, oldest first. Keys grow with time, so a comment without a time was
    written when the one before it was."""
    zone = zone_of(post, zone)
    latest = moment(post.date_gmt, post.date, zone) or datetime(1970, 1, 1, tzinfo=UTC)
    timed = []
    for remark in sorted(remarks, key=lambda r: (r.legacy_id or 0, r.line)):
        found = moment(remark.date_gmt, remark.date, zone)
        latest = found or latest
        timed.append((latest, remark))
    return sorted(timed, key=lambda one: (one[0], one[1].legacy_id or 0, one[1].line))


def _connect(comments: list[Settled], all_there: dict[int, Remark], notes: list[Note]) -> None:
    """Give each comment its reply links and its parent."""
    by_key = {c.remark.legacy_id: c for c in comments if c.remark.legacy_id}
    heard: dict[str, Settled] = {}
    for comment in comments:
        _follow(comment, by_key, heard, notes)
        parent = _named_parent(comment, by_key, all_there, notes)
        comment.parent = parent or _answered(comment, heard, notes)
        if comment.key and not comment.is_held:
            heard[comment.key] = comment


def _follow(
    comment: Settled,
    by_key: dict[int, Settled],
    heard: dict[str, Settled],
    notes: list[Note],
) -> None:
    """Find out whom the references mean. A link to what is not there means the name."""
    about = describe(comment.remark)
    prefix = comment.replies.prefix
    for place, reference in enumerate((*prefix, *comment.replies.references)):
        target = by_key.get(reference.legacy_id) if reference.legacy_id else None
        guessed = target is None and reference.is_reply
        if guessed:
            target = heard.get(key_of(reference.name))
        if target is comment:
            reason = "it links to itself; the link is left out"
            notes.append(Note(NOTED, comment.remark.line, about, reason))
            continue
        if target is None:
            if reference.legacy_id and reference.is_reply:
                reason = f"it answers comment {reference.legacy_id}, which did not come in"
                notes.append(Note(NOTED, comment.remark.line, about, reason))
            continue
        answer = Answer(reference, target, guessed)
        if place < len(prefix):
            comment.prefix.append(answer)
            if guessed:
                notes.append(guess(comment, reference.name, target))
        else:
            comment.links[reference] = answer


def guess(comment: Settled, name: str, target: Settled) -> Note:
    """The note of a reply link that was found by name alone."""
    meant = target.remark.legacy_id or f"number {target.number}"
    what = f"“@{name}” was taken for comment {meant}, the latest by that name before it"
    return Note(GUESSED, comment.remark.line, describe(comment.remark), what)


def _named_parent(
    comment: Settled,
    by_key: dict[int, Settled],
    all_there: dict[int, Remark],
    notes: list[Note],
) -> Settled | None:
    """The parent by `comment_parent`; in place of one that was left out, the nearest above it."""
    wanted = comment.remark.parent_id
    if not wanted:
        return None
    if wanted == comment.remark.legacy_id:
        reason = "it names itself as the comment it answers"
        notes.append(Note(NOTED, comment.remark.line, describe(comment.remark), reason))
        return None
    passed = set()
    above: int | None = wanted
    while above and above not in by_key and above in all_there and above not in passed:
        passed.add(above)
        above = all_there[above].parent_id
    found = by_key.get(above) if above else None
    if wanted not in by_key:
        reason = f"it answers comment {wanted}, which did not come in"
        if found is not None and found is not comment:
            reason += f"; it hangs under comment {above} instead"
        notes.append(Note(NOTED, comment.remark.line, describe(comment.remark), reason))
    return None if found is comment else found


def _answered(comment: Settled, heard: dict[str, Settled], notes: list[Note]) -> Settled | None:
    """The parent by the text: the first link to an earlier comment, or the name in front."""
    links = [a for a in comment.links.values() if a.reference.is_reply and not a.is_guessed]
    linked = [a for a in comment.prefix if not a.is_guessed]
    for answer in (*linked, *links, *comment.prefix):
        if answer.target.number < comment.number:
            return answer.target
    opening = comment.replies.opening
    for end in [len(opening), *(m.start() for m in reversed(list(re.finditer(r"\b", opening))))]:
        if (name := opening[:end].strip()) and (target := heard.get(key_of(name))):
            return target
    return None


def _cut_circles(comments: Iterable[Settled], notes: list[Note]) -> None:
    """Make the first comment of every circle a thread."""
    sound: set[Settled] = set()
    for comment in comments:
        way: dict[Settled, None] = {}
        above: Settled | None = comment
        while above is not None and above not in sound and above not in way:
            way[above] = None
            above = above.parent
        if above is not None and above in way:
            members = list(way)[list(way).index(above) :]
            first = min(members, key=lambda c: c.number)
            first.parent = None
            reason = "it answers a comment that answers it; it begins a thread instead"
            notes.append(Note(NOTED, first.remark.line, describe(first.remark), reason))
        sound.update(way)
