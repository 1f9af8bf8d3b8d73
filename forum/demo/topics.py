"""Topic files: articles, and banks of complete remarks from which discussions are composed.

An article has matters: things people take up about it. A matter keeps to one claim. Openers,
`agree` and `rebut` are for it; `disagree` and `second` are against it; the other kinds take no
side.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forum.demo.stories import ContentError, Story, read_toml, story_of

KINDS = (
    "openers",  # a thought of one's own about the article
    "agree",  # to somebody who is for the claim
    "disagree",  # to somebody who is for it
    "second",  # to somebody who is against it, with them
    "rebut",  # to somebody who is against it
    "both",  # to two people who disagree; {both} stands for their names
    "anecdote",
    "correction",
    "thanks",
    "close",  # ends a quarrel
    "notice",  # a moderator's word in a heated exchange
)
HALF_USES = 4
BOUND = re.compile(r"([a-z_]+)\| ")


@dataclass(frozen=True, slots=True)
class Line:
    """A complete remark without the name of whom it answers. `by` binds it to one speaker."""

    text: str
    by: str = ""
    halves: frozenset[str] = frozenset()


@dataclass(slots=True)
class Matter:
    """What can still be said about one matter; composing takes lines out of it.

    `exchanges` are said by two people in turn from the top, `asked` is a question with answers to
    it, `asides` are chains that lead away and may hang anywhere in the matter.
    """

    said: dict[str, list[Line]]
    exchanges: list[list[Line]]
    asked: list[list[Line]]
    asides: list[list[Line]]


@dataclass(frozen=True, slots=True)
class Plan:
    """An article with how many comments it is to have, in which shape, and from which matters."""

    story: Story
    size: int
    shape: str
    matters: tuple[Matter, ...] = field(default=())


def read_plans(folder: Path) -> Iterator[Plan]:
    """The articles of all topic files in a folder, by file name; faults raise ContentError."""
    for path in sorted(folder.glob("*.toml")):
        for table in read_toml(path).get("article", []):
            slug = table.get("slug", "?")
            matters = tuple(read_matter(row, path) for row in table.get("matter", []))
            story = story_of(table, slug, path, ())
            yield Plan(story, table["size"], table.get("shape", "mixed"), matters)


def read_manners(folder: Path) -> dict[str, list[Line]]:
    """Short thanks and closings that fit any subject, from `manners.toml`."""
    table = read_toml(folder / "manners.toml")
    return {kind: [line_of(text) for text in table[kind]] for kind in ("thanks", "close")}


def read_matter(row: Mapping[str, Any], path: Path) -> Matter:
    """One matter of an article, with joined halves already put together."""
    chains = ("exchanges", "asked", "asides")
    unknown = set(row) - {*KINDS, *chains, "about", "joined"}
    if unknown:
        raise ContentError(f"{path.name}: {row.get('about')}: unknown keys {sorted(unknown)}")
    said = {kind: [line_of(text) for text in row.get(kind, ())] for kind in KINDS}
    for kind, halves in row.get("joined", {}).items():
        said[kind].extend(joined(halves["first"], halves["second"]))
    listed = {
        key: [[line_of(text) for text in turns] for turns in row.get(key, ())] for key in chains
    }
    return Matter(said, **listed)


def line_of(text: str) -> Line:
    """A line from its text; `wilf| ` in front of it binds it to Wilf, `author| ` to the author."""
    bound = BOUND.match(text)
    return Line(text[bound.end() :], by=bound[1]) if bound else Line(text)


def joined(firsts: list[str], seconds: list[str]) -> Iterator[Line]:
    """Different pairs of a first and a second half; each half serves about `HALF_USES` times."""
    longest = max(len(firsts), len(seconds))
    pairs = {
        (firsts[i % len(firsts)], seconds[(i + i // longest) % len(seconds)])
        for i in range(longest * HALF_USES)
    }
    for first, second in sorted(pairs):
        yield Line(f"{first} {second}", halves=frozenset({first, second}))
