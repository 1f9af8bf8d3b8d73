"""A WordPress export (WXR 1.0 to 1.2) as a stream of what is in it. Pure: no models, no settings.

The file is read piece by piece and never as a whole: memory holds one post with its comments.
What real exports hold is coped with: blank lines before the first tag, characters that XML forbids,
bytes that are no text, HTML's named entities, prefixes that were never declared. Entities of the
file's own making are refused: they are how a small file becomes a large one.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.entities import html5
from typing import BinaryIO
from xml.parsers import expat

from forum.imports.decoding import NotAnExport, allowed_text

# WordPress has about sixty. A file of a million others must not fill the memory.
MOST_NAMES = 500
NAMESPACES = [
    (re.compile(r"https?://wordpress\.org/export/[\d.]+/excerpt/?$"), "excerpt"),
    (re.compile(r"https?://wordpress\.org/export/[\d.]+/?$"), "wp"),
    (re.compile(r"https?://purl\.org/rss/1\.0/modules/content/?$"), "content"),
    (re.compile(r"https?://purl\.org/dc/elements/1\.1/?$"), "dc"),
]


@dataclass(frozen=True)
class Site:
    """Where the export comes from; the first thing in every stream."""

    title: str
    address: str
    version: str


@dataclass(frozen=True)
class Author:
    line: int
    legacy_id: int | None
    login: str
    name: str
    email: str


@dataclass(frozen=True)
class Attachment:
    """A file of the site: `path` is its place below the uploads folder, where it is told."""

    line: int
    legacy_id: int | None
    url: str
    path: str
    alt: str
    caption: str


@dataclass(frozen=True)
class Remark:
    """A comment as the export has it: `content` is raw, `approved` and `kind` are its words."""

    line: int
    legacy_id: int | None
    author: str
    email: str
    user_id: int
    date: str
    date_gmt: str
    content: str
    approved: str
    kind: str
    parent_id: int


@dataclass
class Post:
    """An item that is no attachment: a post, or by `kind` a page, a menu item and so on."""

    line: int
    kind: str
    legacy_id: int | None
    title: str
    link: str
    creator: str
    content: str
    excerpt: str
    slug: str
    status: str
    password: str
    discussion_is_closed: bool
    date: str
    date_gmt: str
    pub_date: str
    thumbnail_id: int | None
    categories: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    comments: list[Remark] = field(default_factory=list)


@dataclass(frozen=True)
class Damage:
    """The file cannot be read beyond `line`; always the last thing in a stream.

    `inside` is the title of the item that was not complete, `inside_line` where it begins.
    """

    line: int
    reason: str
    inside: str = ""
    inside_line: int | None = None


Entry = Site | Author | Attachment | Post | Damage


def read(file: BinaryIO) -> Iterator[Entry]:
    """All that is in the export, in its order, the site first.

    Raises NotAnExport where the beginning shows that it is none. A file that breaks off or is
    damaged further on gives what came before, and then a Damage.
    """
    return _Reader().read(file)


def attachments(file: BinaryIO) -> Iterator[Attachment]:
    """The attachments alone, in half the time: comments, which are most of a file, are passed over.

    Raises NotAnExport as `read` does; a damaged file gives those that come before the damage.
    """
    for entry in _Reader(with_comments=False).read(file):
        if isinstance(entry, Attachment):
            yield entry


class _Reader:
    """Expat's events put together to entries. Names are "wp:comment", whatever the prefix was."""

    def __init__(self, *, with_comments: bool = True) -> None:
        self.with_comments = with_comments
        self.prefixes = {"wp": "wp", "excerpt": "excerpt", "content": "content", "dc": "dc"}
        self.names: dict[str, str] = {}
        self.ready: deque[Entry] = deque()
        self.path: list[str] = []
        self.text: list[str] = []
        self.channel: dict[str, str] = {}
        self.site: Site | None = None
        self.item: _Item | None = None
        self.group: dict[str, str] = {}
        self.group_line = 0
        self.attributes: dict[str, str] = {}
        self.lines_before = 0
        self.parser = parser = expat.ParserCreate(encoding="utf-8")
        parser.buffer_text = True
        self._listen()
        # Named entities of HTML are undeclared in XML. With this they are skipped, not errors.
        parser.UseForeignDTD(True)
        parser.ExternalEntityRefHandler = lambda *_: 1
        parser.SkippedEntityHandler = self._named_entity
        parser.EntityDeclHandler = self._refuse_entity

    def _listen(self) -> None:
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.text.append

    def _pass_over(self) -> None:
        """Hear nothing of the element that just began, up to its end."""
        depth = 0

        def start(qualified: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1

        def end(qualified: str) -> None:
            nonlocal depth
            depth -= 1
            if depth < 0:
                self.path.pop()
                self._listen()

        self.parser.StartElementHandler = start
        self.parser.EndElementHandler = end
        self.parser.CharacterDataHandler = None

    def read(self, file: BinaryIO) -> Iterator[Entry]:
        try:
            for text in allowed_text(file, self._skip_lines):
                self.parser.Parse(text.encode())
                yield from self._taken()
            self.parser.Parse(b"", True)
            self._require_site()
        except expat.ExpatError as error:
            self.ready.append(self._damage(error))
        yield from self._taken()

    def _taken(self) -> Iterator[Entry]:
        while self.ready:
            yield self.ready.popleft()

    def _skip_lines(self, lines: int) -> None:
        self.lines_before = lines

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber + self.lines_before

    def _damage(self, error: expat.ExpatError) -> Damage:
        if self.site is None:
            if not self.path:
                raise NotAnExport("This file is not XML.") from error
            self._require_site()
        line = error.lineno + self.lines_before
        reason = expat.errors.messages.get(error.code, str(error))
        if self.item is None:
            return Damage(line, reason)
        return Damage(line, reason, self.item.fields.get("title", ""), self.item.line)

    def _require_site(self) -> Site:
        """The site, known as soon as the first author or item begins."""
        if self.site is None:
            version = self.channel.get("wp:wxr_version", "")
            address = (
                self.channel.get("wp:base_blog_url")
                or self.channel.get("wp:base_site_url")
                or self.channel.get("link", "")
            )
            if not version and not any(name.startswith("wp:") for name in self.channel):
                raise NotAnExport("This file is XML, but not a WordPress export (WXR).")
            self.site = Site(self.channel.get("title", ""), address, version)
            self.ready.append(self.site)
        return self.site

    def _refuse_entity(self, name: str, *_: object) -> None:
        raise NotAnExport(
            f"This file declares entities (“{name}”), which no WordPress export does. "
            "It is not read any further."
        )

    def _named_entity(self, name: str, is_parameter: bool) -> None:
        self.text.append(html5.get(f"{name};", f"&{name};"))

    def _name(self, qualified: str) -> str:
        name = self.names.get(qualified)
        if name is None:
            prefix, colon, local = qualified.partition(":")
            name = f"{self.prefixes.get(prefix, prefix)}:{local}" if colon else qualified
            if len(self.names) < MOST_NAMES:
                self.names[qualified] = name
        return name

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        for attribute, address in attributes.items():
            if attribute.startswith("xmlns:"):
                for pattern, prefix in NAMESPACES:
                    if pattern.match(address):
                        self.prefixes[attribute[6:]] = prefix
                        self.names.clear()
        name = self._name(qualified)
        if not self.path and name != "rss":
            raise NotAnExport("This file is XML, but not a WordPress export (WXR).")
        self.path.append(name)
        self.text.clear()
        if name == "item":
            self._require_site()
            self.item = _Item(self.line)
        elif name in ("wp:comment", "wp:author", "wp:postmeta"):
            self.group, self.group_line = {}, self.line
            if name == "wp:comment" and not self.with_comments:
                self._pass_over()
        elif name == "category":
            self.attributes = attributes

    def _end(self, qualified: str) -> None:
        name = self.path.pop()
        above = self.path[-1] if self.path else ""
        value = "".join(self.text).strip()
        self.text.clear()
        if above in ("wp:comment", "wp:author", "wp:postmeta"):
            self.group.setdefault(name, value)
        elif name == "item" and self.item is not None:
            self.ready.append(self.item.entry())
            self.item = None
        elif above == "item" and self.item is not None:
            self._item_field(self.item, name, value)
        elif name == "wp:author":
            self._require_site()
            self.ready.append(_author(self.group, self.group_line))
        elif above == "channel":
            self.channel.setdefault(name, value)
        elif name == "channel":
            self._require_site()

    def _item_field(self, item: "_Item", name: str, value: str) -> None:
        if name == "wp:comment":
            item.comments.append(_remark(self.group, self.group_line))
        elif name == "wp:postmeta":
            key = self.group.get("wp:meta_key", "")
            item.meta.setdefault(key, self.group.get("wp:meta_value", ""))
        elif name == "category":
            item.file_under(self.attributes.get("domain", "category"), unescape(value))
        else:
            item.fields.setdefault(name, value)


class _Item:
    """An item while it is read."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.fields: dict[str, str] = {}
        self.meta: dict[str, str] = {}
        self.headings: dict[str, list[str]] = {"category": [], "tag": []}
        self.comments: list[Remark] = []

    def file_under(self, domain: str, name: str) -> None:
        """WXR 1.0 names each heading twice; other domains (formats, menus) are not headings."""
        found = self.headings.get({"post_tag": "tag"}.get(domain, domain))
        if found is not None and name and name not in found:
            found.append(name)

    def entry(self) -> Attachment | Post:
        get = self.fields.get
        kind = get("wp:post_type") or "post"
        legacy_id = _number(get("wp:post_id", "")) or _number_in_guid(get("guid", ""))
        if kind == "attachment":
            return Attachment(
                line=self.line,
                legacy_id=legacy_id,
                url=get("wp:attachment_url") or get("guid", ""),
                path=self.meta.get("_wp_attached_file", ""),
                alt=self.meta.get("_wp_attachment_image_alt", ""),
                caption=get("excerpt:encoded", ""),
            )
        return Post(
            line=self.line,
            kind=kind,
            legacy_id=legacy_id,
            title=get("title", ""),
            link=get("link", ""),
            creator=get("dc:creator", ""),
            content=get("content:encoded", ""),
            # Before 1.1 the excerpt was the item's description.
            excerpt=get("excerpt:encoded") or get("description", ""),
            slug=get("wp:post_name", ""),
            status=get("wp:status") or "publish",
            password=get("wp:post_password", ""),
            discussion_is_closed=get("wp:comment_status") == "closed",
            date=get("wp:post_date", ""),
            date_gmt=get("wp:post_date_gmt", ""),
            pub_date=get("pubDate", ""),
            thumbnail_id=_number(self.meta.get("_thumbnail_id", "")),
            categories=self.headings["category"],
            tags=self.headings["tag"],
            comments=self.comments,
        )


def _author(fields: dict[str, str], line: int) -> Author:
    login = fields.get("wp:author_login", "")
    return Author(
        line=line,
        legacy_id=_number(fields.get("wp:author_id", "")),
        login=login,
        name=unescape(fields.get("wp:author_display_name", "")) or login,
        email=fields.get("wp:author_email", ""),
    )


def _remark(fields: dict[str, str], line: int) -> Remark:
    return Remark(
        line=line,
        legacy_id=_number(fields.get("wp:comment_id", "")),
        author=unescape(fields.get("wp:comment_author", "")).strip(),
        email=fields.get("wp:comment_author_email", ""),
        user_id=_number(fields.get("wp:comment_user_id", "")) or 0,
        date=fields.get("wp:comment_date", ""),
        date_gmt=fields.get("wp:comment_date_gmt", ""),
        content=fields.get("wp:comment_content", ""),
        approved=fields.get("wp:comment_approved", "").lower(),
        kind=fields.get("wp:comment_type", "").lower(),
        parent_id=_number(fields.get("wp:comment_parent", "")) or 0,
    )


def _number(text: str) -> int | None:
    """A key of WordPress's, or None: they start at 1 and fit 64 bits."""
    return int(text) if re.fullmatch(r"0*[1-9][0-9]{0,17}", text) else None


def _number_in_guid(guid: str) -> int | None:
    found = re.search(r"[?&]p=([0-9]+)$", guid)
    return _number(found[1]) if found else None
