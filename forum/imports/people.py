"""The people of an export, as members who cannot sign in until they claim what they wrote.

Somebody is told by *identities*: a login, a user's number, or the name and e-mail address that a
comment was written under. One member may have several. They are looked up for each article anew, so
that memory does not grow with the number of people and a rolled back article leaves nothing behind.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User
from accounts.names import LONGEST_NAME, clean_display_name, display_key
from forum.imports.models import ImportedMember
from forum.imports.wordpress import Author, Remark

NOBODY = "Anonymous"
LONGEST_LOGIN = 30
LONGEST_IDENTITY = 400


@dataclass(frozen=True)
class Person:
    """Somebody in an export: `identities` are theirs, by `also` they are recognised besides."""

    identities: tuple[str, ...]
    name: str
    email: str = ""
    login: str = ""
    also: tuple[str, ...] = ()
    is_author: bool = False
    joined: datetime | None = None


def person_of_author(author: Author) -> Person:
    """An author of the export, recognised in comments by user number or e-mail address."""
    email = _email(author.email)
    identities = [_identity("login", author.login)]
    if author.legacy_id:
        identities.append(f"user:{author.legacy_id}")
    if email:
        identities.append(f"email:{email}")
    return Person(tuple(identities), author.name, email, author.login, is_author=True)


def person_of_creator(creator: str) -> Person:
    """The author of a post in an export that does not list its authors."""
    return Person((_identity("login", creator),), creator, login=creator, is_author=True)


def person_of_remark(remark: Remark, *, creator: str, posted_at: datetime) -> Person:
    """Who wrote a comment.

    Whoever was signed in (`user_id`) under the name of the article's creator is its author: old
    exports do not say which number that has. A name alone makes nobody an author.
    """
    email = _email(remark.email)
    identities, also = [], []
    if remark.user_id:
        identities.append(f"user:{remark.user_id}")
        if remark.author and remark.author.casefold() == creator.casefold():
            also.append(_identity("login", creator))
    if email:
        also.append(f"email:{email}")
    if email or not remark.user_id:
        identities.append(_identity("person", f"{email}|{remark.author}"))
    return Person(tuple(identities), remark.author, email, also=tuple(also), joined=posted_at)


class People:
    """The members that the people of one source became."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.next_number: dict[str, int] = {}

    def members(self, people: Sequence[Person]) -> tuple[list[User], int]:
        """A member for each person, in their order, and how many of them are new."""
        names = {identity for p in people for identity in (*p.identities, *p.also)}
        rows = ImportedMember.objects.filter(source=self.source, identity__in=names)
        found = {row.identity: row.member for row in rows.select_related("member")}
        kept = set(found)
        new: list[tuple[Person, User]] = []
        members = []
        for person in people:
            recognised = (found[i] for i in (*person.identities, *person.also) if i in found)
            member = next(recognised, None)
            if member is None:
                member = User()
                new.append((person, member))
            members.append(member)
            for identity in person.identities:
                found.setdefault(identity, member)
        self._join(new)
        self._remember(people, members, kept)
        return members, len(new)

    def _join(self, new: Sequence[tuple[Person, User]]) -> None:
        logins = self._free_logins([person for person, _ in new])
        names = self._free_names([presentable(person.name) for person, _ in new])
        for (person, member), login, name in zip(new, logins, names, strict=True):
            member.username, member.display_name = login, name
            member.display_key = display_key(name)
            member.password = make_password(None)
            member.is_author = person.is_author
            member.date_joined = person.joined or timezone.now()
        User.objects.bulk_create([member for _, member in new])

    def _remember(self, people: Sequence[Person], members: Sequence[User], kept: set[str]) -> None:
        rows: dict[str, ImportedMember] = {}
        for person, member in zip(people, members, strict=True):
            for identity in person.identities:
                if identity not in kept:
                    rows.setdefault(
                        identity,
                        ImportedMember(
                            source=self.source,
                            identity=identity,
                            email=person.email,
                            member=member,
                        ),
                    )
            if person.is_author and not member.is_author:
                member.is_author = True
                member.save(update_fields=["is_author"])
        ImportedMember.objects.bulk_create(rows.values())

    def _free_logins(self, people: Sequence[Person]) -> list[str]:
        """Login names that nobody has: that of the export or one made of the name, with a few
        letters behind it that are always the same for the same person."""
        wished = [[*_logins(person, self.source)] for person in people]
        taken = _having("username", [login for logins in wished for login in logins])
        free = []
        for logins in wished:
            login = next(login for login in logins if login not in taken)
            taken.add(login)
            free.append(login)
        return free

    def _free_names(self, wished: Sequence[str]) -> list[str]:
        """The names, each with a number behind it where somebody else has it."""
        taken = _having("display_key", map(display_key, wished))
        free = []
        for name in wished:
            given = name
            if display_key(name) in taken:
                given = self._numbered(name, taken)
            taken.add(display_key(given))
            free.append(given)
        return free

    def _numbered(self, name: str, taken: set[str]) -> str:
        first = self.next_number.get(name, 2)
        while True:
            numbers = range(first, first + 20)
            tries = {n: f"{name[: LONGEST_NAME - 1 - len(str(n))].rstrip()} {n}" for n in numbers}
            there = _having("display_key", map(display_key, tries.values())) | taken
            for number, given in tries.items():
                if display_key(given) not in there:
                    self.next_number[name] = number + 1
                    return given
            first += 20


def presentable(name: str) -> str:
    """A name as people may have it here: without what a display name cannot hold."""
    name = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", name))
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C" and c not in "\u2028\u2029")
    if re.fullmatch(r"\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*", name):
        name = name.split("@")[0]  # nobody's e-mail address is shown
    name = re.sub(r"[@#<>\[\]]", "", name).strip()[:LONGEST_NAME].rstrip(" :")
    try:
        return clean_display_name(name)
    except ValidationError:
        return NOBODY


def _logins(person: Person, source: str) -> Iterable[str]:
    wished = re.sub(r"[^a-z0-9_-]", "", slugify(person.login or person.name).lower())
    wished = wished.lstrip("-_")[: LONGEST_LOGIN - 7] or "member"
    mark = hashlib.sha256(f"{source} {person.identities[0]}".encode()).hexdigest()
    yield wished
    yield f"{wished}-{mark[:6]}"
    yield f"{wished[:9]}-{mark[:20]}"


def _having(column: str, values: Iterable[str]) -> set[str]:
    found = User.objects.filter(**{f"{column}__in": set(values)})
    return set(found.values_list(column, flat=True))


def _email(text: str) -> str:
    """An e-mail address to claim by, or nothing where it could be none."""
    text = text.strip().lower()
    return text if re.fullmatch(r"[^\s@]+@[^\s@]+", text) and len(text) <= 254 else ""


def _identity(kind: str, text: str) -> str:
    text = text.casefold()
    if len(text) > LONGEST_IDENTITY - 10:
        text = hashlib.sha256(text.encode()).hexdigest()
    return f"{kind}:{text}"
