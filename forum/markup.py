"""Text to safe HTML, and what can be told of it. Pure: no models, no settings.

Two sources are known. Markdown (CommonMark with tables and strikethrough; http and www addresses
become links by themselves; raw HTML is shown as text) and HTML, as imports bring it. Whatever the
source, the last step is the same cleaner with a short list of what may stay, so that a mistake
before it shows wrong words and runs nothing. Pictures are shown where the site stores them itself:
one from elsewhere would tell its readers' addresses to strangers, and is a link instead.

Time is about linear in the length of the text: at worst 0.15 s for 20,000 characters. CommonMark's
grammar has constructions whose cost grows with nesting, so nesting is bounded and text that is
nothing but markup is refused (`MarkupRefused`).
"""

import re
from functools import cache
from html import escape, unescape

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from forum import pictures

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
# Written here alone, for the pictures that the site stores.
VARIANT_TAGS = {"picture", "source"}
ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "ol": {"start"},
    "th": {"align"},
    "td": {"align"},
}
PICTURE_ATTRIBUTES = {"img": {"src", "alt", "title", "width", "height"}}
IN_A_TAG = r'(?:"[^"]*"|[^">])*'
LONE_PICTURE = re.compile(rf"<p>(<img\b{IN_A_TAG}>)</p>")
PICTURE_OR_LINK = re.compile(rf"<(?:a\b{IN_A_TAG}|/a|img\b{IN_A_TAG})>")
ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
ELSEWHERE = re.compile(r"\s*(?:https?:|[/\\]{2})", re.IGNORECASE)
# Nothing in it needs escaping or ends an address in a list of them.
STORED_HERE = re.compile(r"/(?!/)[\w/.-]+", re.ASCII)
# A column of text is 42rem wide where the screen has room for it.
SIZES = "(min-width: 46rem) 42rem, 100vw"
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
    clean = _cleaner(link_rel, images).clean(html).strip()
    return mark_safe(_with_pictures(clean, link_rel) if images else clean)


def pictures_without_words(html: str) -> int:
    """How many pictures of clean HTML do not say what they show."""
    tags = (tag[0] for tag in PICTURE_OR_LINK.finditer(html) if tag[0].startswith("<img"))
    return sum(not unescape(_attributes(tag).get("alt", "")).strip() for tag in tags)


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


def _with_pictures(html: str, link_rel: str) -> str:
    """Cleaned HTML with its pictures in all their variants, those that stand alone with their
    title as caption, and those from elsewhere as links."""
    in_link = False

    def show(tag: re.Match[str]) -> str:
        nonlocal in_link
        if not tag[0].startswith("<img"):
            in_link = tag[0] != "</a>"
            return tag[0]
        attributes = _attributes(tag[0])
        if not ELSEWHERE.match(unescape(attributes.get("src", ""))):
            return _variants(tag[0], attributes)
        words = escape(unescape(attributes.get("alt", "")) or _("Picture"), quote=False)
        if in_link:
            return words
        return f'<a href="{attributes["src"]}" rel="{link_rel}">{words}</a>'

    return PICTURE_OR_LINK.sub(show, LONE_PICTURE.sub(_as_figure, html))


def _as_figure(paragraph: re.Match[str]) -> str:
    attributes = _attributes(paragraph[1])
    if _stored(attributes) is None:
        return paragraph[0]
    title = escape(unescape(attributes.pop("title", "")), quote=False).replace("\xa0", "&nbsp;")
    image = "".join(f' {name}="{value}"' for name, value in attributes.items())
    caption = f"<figcaption>{title}</figcaption>" if title else ""
    return f"<figure><img{image}>{caption}</figure>"


def _variants(tag: str, attributes: dict[str, str]) -> str:
    stored = _stored(attributes)
    if stored is None:
        return tag
    title = f' title="{attributes["title"]}"' if "title" in attributes else ""
    return (
        f'<picture><source type="image/avif" srcset="{stored.avif}" sizes="{SIZES}">'
        f'<img src="{stored.address}" alt="{attributes.get("alt", "")}"{title}'
        f' width="{stored.width}" height="{stored.height}" srcset="{stored.webp}"'
        f' sizes="{SIZES}" loading="lazy"></picture>'
    )


def _stored(attributes: dict[str, str]) -> pictures.StoredPicture | None:
    address = attributes.get("src", "")
    return pictures.stored_at(address) if STORED_HERE.fullmatch(address) else None


def _attributes(tag: str) -> dict[str, str]:
    """The attributes of a cleaned tag, as they are written there."""
    return dict(ATTRIBUTE.findall(tag))


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
