"""The pictures of an export. The file holds addresses alone; the pictures themselves come from a
copy of the site's `wp-content/uploads`. Nothing is fetched from the network."""

import re
import sqlite3
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from forum.imports.wordpress import Attachment, Post

IMAGE = re.compile(r"<img\b(?:\"[^\"]*\"|'[^']*'|[^'\">]){0,500}>", re.IGNORECASE)
SHOWN = re.compile(
    rf"(?P<link><a\b[^<>]*>\s*)?(?P<image>{IMAGE.pattern})(?P<end>\s*</a>)?", re.IGNORECASE
)
ATTRIBUTE = re.compile(
    r"(?<![\w-])(src|alt)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
SRC = re.compile(r"(?<![\w-])src\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+)", re.IGNORECASE)
# "photo-570x350.jpg" is a smaller copy of "photo.jpg".
SIZE = re.compile(r"-\d{1,5}x\d{1,5}(?=\.[A-Za-z]{3,4}$)")
LEADING = re.compile(
    r"\s*(?P<before><p\b[^<>]*>\s*)?"
    r"(?:<figure\b[^<>]*>(?:(?!</figure>)[\s\S])*?<img\b[^<>]*>(?:(?!</figure>)[\s\S])*</figure>"
    r"|(?:<a\b[^<>]*>\s*)?<img\b[^<>]*>(?:\s*</a>)?)(?:\s|<br>)*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Picture:
    """The picture that stands for a post; `is_first` means that it was found in its text."""

    url: str
    path: str
    alt: str
    caption: str
    is_first: bool = False


class Pictures:
    """The attachments of an export, kept on disk: an item may name one that comes much later."""

    def __init__(self, uploads: Path | None) -> None:
        self.uploads = uploads.resolve() if uploads else None
        self._kept = sqlite3.connect("")
        self._kept.execute(
            "CREATE TABLE attachment (id INTEGER PRIMARY KEY, url, path, alt, caption)"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._kept.close()

    def add(self, one: Attachment) -> None:
        if one.legacy_id:
            self._kept.execute(
                "INSERT OR IGNORE INTO attachment VALUES (?, ?, ?, ?, ?)",
                [one.legacy_id, one.url, one.path, one.alt, one.caption],
            )

    def of(self, post: Post, html: str) -> Picture | None:
        """The featured picture of a post, or else the first in its text."""
        if post.thumbnail_id:
            row = self._kept.execute(
                "SELECT url, path, alt, caption FROM attachment WHERE id = ?", [post.thumbnail_id]
            ).fetchone()
            if row:
                return Picture(*row)
        image = IMAGE.search(html)
        return picture_in(image[0]) if image else None

    def file(self, picture: Picture) -> Path | None:
        """Where the uploads folder holds the picture, in full size where it can."""
        if self.uploads is None:
            return None
        path = picture.path or _below_uploads(picture.url)
        for candidate in dict.fromkeys([SIZE.sub("", path), path]):
            try:
                found = (self.uploads / candidate.lstrip("/")).resolve()
                if found.is_relative_to(self.uploads) and found.is_file():
                    return found
            except (OSError, ValueError):
                continue  # no name that a file could have
        return None


def picture_in(image: str) -> Picture:
    """The picture that an `<img>` shows."""
    found = {
        name.lower(): unescape(next(filter(None, values), ""))
        for name, *values in ATTRIBUTE.findall(image)
    }
    return Picture(found.get("src", ""), "", found.get("alt", ""), "", is_first=True)


def in_words(shown: re.Match[str]) -> str:
    """What stands for a picture that is not here: its words, as a link to where it was.

    Pages show pictures of this site alone, so the picture itself would be a hole in the text.
    """
    picture = picture_in(shown["image"])
    name = path_of(picture.url).rsplit("/", 1)[-1]
    words = escape(picture.alt.strip() or name, quote=False)
    is_linked = bool(shown["link"] or shown["end"])
    if words and not is_linked and re.match("https?://", picture.url):
        return f'<a href="{escape(picture.url)}">{words}</a>'
    return f"{shown['link'] or ''}{words}{shown['end'] or ''}"


def without_leading_picture(html: str) -> str:
    """The text without the picture it begins with, which became the cover."""
    found = LEADING.match(html)
    if found is None:
        return html
    rest = html[found.end() :]
    if found["before"]:
        rest = re.sub(r"^</p>\s*", "", rest) if rest.startswith("</p>") else found["before"] + rest
    return rest


def path_of(url: str) -> str:
    """The decoded path of an address; empty for what is no address."""
    try:
        return unquote(urlsplit(url.strip()).path).replace("\0", "")
    except ValueError:
        return ""


def _below_uploads(url: str) -> str:
    path = path_of(url)
    for folder in ("/wp-content/uploads/", "/files/"):
        if folder in path:
            return path.split(folder, 1)[1]
    return ""
