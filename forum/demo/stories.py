"""What the demo community is made of: people, and stories with what was said about them.

Nothing here knows Django. The loader takes these and posts them through the site's own flows.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"
ROLES = ("author", "moderator", "member")
CATEGORIES = frozenset(
    {"Cities", "Transport", "Rivers and weather", "Work and tools", "Language", "Books", "Food"}
)


class ContentError(ValueError):
    """A content file says something that can't be used; the message names the file and place."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demo community. `role` is one of `ROLES`, `formerly` a name they had."""

    login: str
    name: str
    role: str
    biography: str
    website: str
    pronouns: str = ""
    formerly: str = ""
    sends_a_picture: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """One comment: who, how long after publication, which earlier number it answers, what."""

    by: str
    after: timedelta
    re: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """An article and its discussion. `remarks` are in time order; the first is number 1."""

    slug: str
    headline: str
    standfirst: str
    author: str
    published: datetime
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    cover_alt: str
    cover_caption: str
    body: str
    remarks: tuple[Remark, ...]


def read_people(path: Path = CONTENT / "members.toml") -> tuple[Person, ...]:
    """Everybody in the members file, authors first. Logins and names are unique, or it raises."""
    tables = read_toml(path)
    people = tuple(
        Person(
            login=text_of(row, "login", path, at=role),
            name=text_of(row, "name", path, at=role),
            role=role,
            biography=row.get("biography", ""),
            website=row.get("website", ""),
            pronouns=row.get("pronouns", ""),
            formerly=row.get("formerly", ""),
            sends_a_picture=row.get("sends_a_picture", False),
        )
        for role in ROLES
        for row in tables.get(role, [])
    )
    for what in ("login", "name"):
        if len({getattr(person, what) for person in people}) < len(people):
            raise ContentError(f"{path.name}: a {what} stands there twice")
    return people


def read_leads(folder: Path = CONTENT / "leads") -> list[Story]:
    """The hand-written stories of a folder, oldest first; raises ContentError at the first fault.

    Promised of each: the author, date and categories are usable, every comment answers an earlier
    one or none, and comments stand in time order. Logins are checked by `check_speakers`.
    """
    return sorted((read_lead(path) for path in folder.glob("*.toml")), key=lambda s: s.published)


def read_lead(path: Path) -> Story:
    """One hand-written story; its slug is the name of its file."""
    table = read_toml(path)
    rows = table.get("comment", [])
    remarks = tuple(remark_of(row, number, path) for number, row in enumerate(rows, start=1))
    for number, (earlier, later) in enumerate(pairwise(remarks), start=2):
        if later.after < earlier.after:
            raise ContentError(f"{path.name}: comment {number} is earlier than the one before it")
    return story_of(table, path.stem, path, remarks)


def story_of(table: Mapping[str, Any], slug: str, path: Path, remarks: tuple[Remark, ...]) -> Story:
    """A story from the keys that lead files and topic files share."""
    published = table.get("published")
    if not isinstance(published, datetime) or published.tzinfo is None:
        raise ContentError(f"{path.name}: {slug}: `published` must be a date and time with a zone")
    categories = tuple(table.get("categories", ()))
    if not categories or not CATEGORIES.issuperset(categories):
        raise ContentError(f"{path.name}: {slug}: categories must be from {sorted(CATEGORIES)}")
    return Story(
        slug=slug,
        headline=text_of(table, "headline", path, at=slug),
        standfirst=text_of(table, "standfirst", path, at=slug),
        author=text_of(table, "author", path, at=slug),
        published=published.astimezone(UTC),
        categories=categories,
        tags=tuple(table.get("tags", ())),
        cover_alt=text_of(table, "cover_alt", path, at=slug),
        cover_caption=text_of(table, "cover_caption", path, at=slug),
        body=text_of(table, "body", path, at=slug),
        remarks=remarks,
    )


def remark_of(row: Mapping[str, Any], number: int, path: Path) -> Remark:
    """One `[[comment]]` of a lead file, as number `number`."""
    at = f"comment {number}"
    minutes, re = row.get("minutes"), row.get("re")
    if not isinstance(minutes, int | float) or minutes < 0:
        raise ContentError(f"{path.name}: {at}: `minutes` must be a number, 0 or more")
    if re is not None and not (isinstance(re, int) and 1 <= re < number):
        raise ContentError(f"{path.name}: {at}: `re` must be the number of an earlier comment")
    return Remark(
        by=text_of(row, "by", path, at=at),
        after=timedelta(minutes=minutes),
        re=re,
        text=text_of(row, "text", path, at=at),
    )


def check_speakers(story: Story, people: tuple[Person, ...]) -> None:
    """Raises ContentError unless the author is an author and everybody who speaks is known."""
    roles = {person.login: person.role for person in people}
    if roles.get(story.author) != "author":
        raise ContentError(f"{story.slug}: {story.author!r} is not an author")
    for number, remark in enumerate(story.remarks, start=1):
        if remark.by not in roles:
            raise ContentError(f"{story.slug}: comment {number}: nobody is called {remark.by!r}")


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a table; a fault in it is a ContentError that names the file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise ContentError(f"{path.name}: {fault}") from fault


def text_of(table: Mapping[str, Any], key: str, path: Path, *, at: str) -> str:
    """The text under a key, stripped; missing or empty is a ContentError."""
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ContentError(f"{path.name}: {at}: `{key}` must be a text")
    return value.strip()
