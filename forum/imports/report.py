"""What an import tells its owner, however much that is.

Notes wait on disk until the end, so that memory does not grow with what there is to say.
"""

import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import Self

LEFT_OUT, GUESSED, PICTURE, NOTED = "left out", "guessed", "picture", "noted"


@dataclass(frozen=True)
class Note:
    """One thing to say about one item of the export, which begins at `line`."""

    kind: str
    line: int
    item: str
    reason: str


@dataclass
class Counts:
    """What came in."""

    articles: int = 0
    drafts: int = 0
    locked: int = 0
    categories: int = 0
    tags: int = 0
    comments: int = 0
    held: int = 0
    reply_links: int = 0
    authors: int = 0
    members: int = 0
    pictures: int = 0
    already_here: int = 0

    def add(self, other: "Counts") -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


@dataclass
class Report:
    """What an import did; close it (or use it with `with`) to let go of its notes."""

    counts: Counts = field(default_factory=Counts)
    damage: str = ""

    def __post_init__(self) -> None:
        # "" is a database of SQLite's own in a temporary file, gone when it is closed: by whatever
        # thread clears away a report that nobody closed.
        self._notes = sqlite3.connect("", check_same_thread=False)
        self._notes.execute("CREATE TABLE note (kind, line, item, reason)")
        weakref.finalize(self, self._notes.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._notes.close()

    def note(self, notes: Iterable[Note]) -> None:
        self._notes.executemany(
            "INSERT INTO note VALUES (?, ?, ?, ?)",
            ((n.kind, n.line, n.item, n.reason) for n in notes),
        )

    def notes(self, kind: str) -> Iterator[Note]:
        """The notes of one kind in the order of the file."""
        yield from (
            Note(*row)
            for row in self._notes.execute(
                "SELECT kind, line, item, reason FROM note WHERE kind = ? ORDER BY line, rowid",
                [kind],
            )
        )

    def reasons(self, kind: str) -> list[tuple[str, int]]:
        """The reasons that the notes of one kind give, with how often, the most frequent first."""
        return self._notes.execute(
            "SELECT reason, count(*) FROM note WHERE kind = ? GROUP BY reason ORDER BY 2 DESC, 1",
            [kind],
        ).fetchall()
