"""Text to safe HTML, and what can be told of it. Pure: no models, no settings.

Two sources are known. Markdown (CommonMark with tables and strikethrough; http and www addresses
become links by themselves; raw HTML is shown as text) and HTML, as imports bring it. Whatever the
source, the last step is the same cleaner with a short list of what may stay, so that a mistake
before it shows wrong words and runs nothing.

Time is about linear in the length of the text: at worst 0.15 s for 20,000 characters. CommonMark's
grammar has constructions whose cost grows with nesting, so nesting is bounded and text that is
nothing but markup is refused (`MarkupRefused`).
"""

import re
from functools import cache
from html import unescape

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

# More than anybody writes by hand, and few enough to parse in a few milliseconds.
DEEPEST_NESTING = 20
MOST_MARKS = 20_000
# A text with a longer word, or with more addresses, keeps its addresses as text.
LONGEST_ADDRESS = 2000
MOST_ADDRESSES = 500
STARTS = re.compile(r"://|www\.|mailto:", re.IGNORECASE)
MARKS = re.compile(r"[\[\]<>*_`~|!]")

TAGS = {
    *("p", "br", "hr", "blockquote", "pre", "code", "em", "strong", "b", "i", "s", "del", "ins"),
    *("sub", "sup", "q", "cite", "abbr", "ul", "ol", "li", "dl", "dt", "dd", "a"),
    *("h2", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td"),
}
PICTURE_TAGS = {"img", "figure", "figcaption"}
ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "ol": {"start"},
    "th": {"align"},
    "td": {"align"},
}
PICTURE_ATTRIBUTES = {"img": {"src", "alt", "title", "width", "height"}}
# The page has one headline, and the discussion its own headings: a text starts at the second.
HEADINGS = {"h1": "h2", "h5": "h4", "h6": "h4"}


class MarkupRefused(Exception):
    """The text cannot be rendered in reasonable time; the message is for its writer."""


def render_markdown(source: str, *, link_rel: str, images: bool = False) -> SafeString:
    """Clean HTML of a Markdown text; links carry `link_rel`. Raises MarkupRefused."""
    _refuse_the_endless(source)
    parser = _parser(images, linkify=_can_be_linked(source))
    return clean_html(parser.render(source), link_rel=link_rel, images=images)


def clean_html(html: str, *, link_rel: str, images: bool = False) -> SafeString:
    """HTML with only what a text may hold; cleaning what is clean changes nothing."""
    html = re.sub(
        r"<(/?)(h[156])\b",
        lambda tag: f"<{tag[1]}{HEADINGS[tag[2].lower()]}",
        html,
        flags=re.IGNORECASE,
    )
    return mark_safe(_cleaner(link_rel, images).clean(html).strip())


def plain_text(html: str) -> str:
    """The words of clean HTML, with single spaces."""
    html = re.sub(r"</(p|li|blockquote|h[2-4]|pre|tr|td|th|figcaption)>|<[bh]r>", " ", html)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<(?:\"[^\"]*\"|[^\">])*>", "", html))).strip()


def excerpt(html: str, length: int = 200) -> str:
    """The first words of clean HTML without its quotations, at most `length` characters."""
    own_words = re.sub(r"<blockquote>.*?</blockquote>", " ", html, flags=re.DOTALL)
    text = plain_text(own_words) or plain_text(html)
    if len(text) <= length:
        return text
    cut = text[:length].rsplit(" ", 1)[0] if " " in text[:length] else text[: length - 1]
    return cut.rstrip(" ,;:.") + "…"


def word_count(html: str) -> int:
    """How many words clean HTML holds; scripts without spaces count two characters as a word."""
    text = plain_text(html)
    unspaced = len(re.findall(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", text))
    return len(re.findall(r"[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+", text)) + unspaced // 2


def _refuse_the_endless(source: str) -> None:
    marks = len(MARKS.findall(source))
    if marks > MOST_MARKS or (marks > 2000 and marks > len(source) * 0.4):
        raise MarkupRefused(
            _("This text has more brackets, stars and other marks than can be shown. Use fewer.")
        )


def _can_be_linked(source: str) -> bool:
    """Whether addresses can be searched for quickly: the search looks ahead from each start."""
    return (
        len(STARTS.findall(source)) <= MOST_ADDRESSES
        and max(map(len, source.split()), default=0) <= LONGEST_ADDRESS
    )


@cache
def _parser(images: bool, *, linkify: bool) -> MarkdownIt:
    parser = MarkdownIt(
        "commonmark", {"html": False, "linkify": linkify, "maxNesting": DEEPEST_NESTING}
    ).enable(["table", "strikethrough", "linkify"])
    assert parser.linkify is not None  # linkify-it-py is installed
    # Only what is plainly meant as an address: "example.com" and "me@example.com" stay text.
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    parser.linkify.add("www.", {"validate": _www, "normalize": _normalise_www})
    if not images:
        parser.disable("image")
    return parser


WWW = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:/[^\s<>\"]*[^\s<>\".,;:!?)\]])?", re.ASCII)


def _www(linkify, text: str, position: int) -> int:
    found = WWW.match(text, position)
    return len(found[0]) if found else 0


def _normalise_www(linkify, match) -> None:
    match.url = f"https://{match.url}"


@cache
def _cleaner(link_rel: str, images: bool) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS | PICTURE_TAGS if images else TAGS,
        attributes=ATTRIBUTES | PICTURE_ATTRIBUTES if images else ATTRIBUTES,
        clean_content_tags={"script", "style", "iframe", "object", "template", "title"},
        url_schemes={"http", "https", "mailto"},
        link_rel=link_rel,
    )
