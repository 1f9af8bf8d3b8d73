"""What a page says of itself, as plain words: its title, and a sentence about it. Pure."""

import re
import unicodedata
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

LONGEST_TITLE, LONGEST_DESCRIPTION = 200, 300
# Characters that turn the direction of the text around them.
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Words:
    title: str
    description: str


def words_of(html: str) -> Words:
    """The title and description of a page, empty where it has none."""
    page = LexborHTMLParser(html)
    title = page.css_first("head title") or page.css_first("title")
    return Words(
        title=_plain(
            _meta(page, "property", "og:title") or (title.text() if title else ""), LONGEST_TITLE
        ),
        description=_plain(
            _meta(page, "property", "og:description") or _meta(page, "name", "description"),
            LONGEST_DESCRIPTION,
        ),
    )


def _meta(page: LexborHTMLParser, attribute: str, name: str) -> str:
    found = page.css_first(f'meta[{attribute}="{name}"]')
    return (found.attributes.get("content") or "") if found else ""


def _plain(text: str, longest: int) -> str:
    """On one line, without what is invisible, cut at a word where it is too long."""
    text = TURNING.sub("", text[: 20 * longest])
    text = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char) not in ("Cc", "Cs", "Co", "Cn")
    )
    text = unicodedata.normalize("NFC", re.sub(" +", " ", text).strip())
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
