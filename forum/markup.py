"""Text to safe HTML, and what can be told of it. Pure: no models, no settings.

Two sources are known. Markdown (CommonMark with tables and strikethrough; http and www addresses
become links by themselves; raw HTML is shown as text) and HTML, as imports bring it. Whatever the
source, the last step is the same cleaner with a short list of what may stay, so that a mistake
before it shows wrong words and runs nothing. Pictures are shown where the site stores them itself:
one from elsewhere would tell its readers' addresses to strangers, and is a link instead.

Time is bounded. CommonMark has constructions whose cost grows with their nesting or with the square
of their number, so work is counted while a text is parsed (`Work`), and a text that takes more of
it than people write is refused (`MarkupRefused`) before it takes time. What cannot be parsed within
bounds is never cut short: every word is shown, or the writer is told. `benchmarks/markup.py`
measures it.

`ENGINE` is kept beside all stored HTML. Raise it when the same source would become other HTML:
`manage.py render_again` then renders anew what an older engine made.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from html import escape, unescape

import nh3
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline

from forum import pictures
from forum.nesting import shallow

ENGINE = 3

# Quotations and lists within each other, each list counted with its item; more than anybody writes
# by hand.
DEEPEST_NESTING = 20
LONGEST_TEXT = 200_000  # characters, some 35,000 words
MOST_MARKS = 20_000
# Steps of work, 5 to 10 microseconds each. Finding the blocks may take so many at once, and so may
# what stands in them, and one more for every so many characters that lie behind. Honest prose with
# links and lists takes one for every 10 characters, in both together.
STEPS = 6_000
CHARACTERS_A_STEP = 10
# An address that is defined once can be used often: no more characters of addresses and titles
# than this, and the text once more.
MOST_EXPANDED = 100_000
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


@dataclass
class Work:
    """What parsing a text has taken so far; `passed` characters lie behind."""

    steps: int = 0
    passed: int = 0
    place: StateInline | None = None

    def step(self, *, made: int, behind: int) -> None:
        """Count one line, or one place in a line, that is looked at, where `made` elements stand
        before it and `behind` characters; raises MarkupRefused when that is too much work."""
        self.steps += 1
        if self.steps + made > STEPS + behind // CHARACTERS_A_STEP:
            raise MarkupRefused(_too_many_marks())


def render_markdown(source: str, *, link_rel: str, images: bool = False) -> SafeString:
    """Clean HTML of a Markdown text; links carry `link_rel`. Raises MarkupRefused."""
    _refuse_the_endless(source)
    parser = _parser(images, linkify=_can_be_linked(source))
    work = {"lines": Work(), "places": Work()}
    return clean_html(parser.render(source, work), link_rel=link_rel, images=images)


@dataclass
class Batch:
    """How many stored texts were rendered anew, and the keys of those shown as they were typed."""

    number: int = 0
    as_typed: list[int] = field(default_factory=list)

    def count(self, pk: int, *, is_whole: bool) -> None:
        self.number += 1
        if not is_whole:
            self.as_typed.append(pk)


def render_stored(
    source: str, *, syntax: str, link_rel: str, images: bool = False
) -> tuple[SafeString, bool]:
    """Clean HTML of a text that was taken in before, and whether it could be rendered.

    What an older engine took and this one refuses is shown as it was typed.
    """
    if syntax == "html":
        return clean_html(source, link_rel=link_rel, images=images), True
    try:
        return render_markdown(source, link_rel=link_rel, images=images), True
    except MarkupRefused:
        return clean_html(linebreaks(source, autoescape=True), link_rel=link_rel), False


def clean_html(html: str, *, link_rel: str, images: bool = False) -> SafeString:
    """HTML with only what a text may hold; cleaning what is clean changes nothing."""
    html = shallow(html)
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


def excerpt_html(html: str, length: int = 200) -> SafeString:
    """The same as HTML in which names still stand apart from the words around them, whichever way
    those run."""
    # No text can hold the character that stands for the marks: PostgreSQL has no room for it.
    pieces = excerpt(re.sub("</?bdi>", "\0", html), length).split("\0")
    return mark_safe(
        "".join(
            f"<bdi>{escape(piece)}</bdi>" if n % 2 else escape(piece)
            for n, piece in enumerate(pieces)
        )
    )


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


def _too_many_marks() -> str:
    return _("This text has more brackets, stars and other marks than can be shown. Use fewer.")


def _refuse_the_endless(source: str) -> None:
    if len(source) > LONGEST_TEXT:
        raise MarkupRefused(
            _("This text is longer than can be shown: it can have %(limit)d characters.")
            % {"limit": LONGEST_TEXT}
        )
    marks = len(MARKS.findall(source))
    if marks > MOST_MARKS or (marks > 2000 and marks > len(source) * 0.4):
        raise MarkupRefused(_too_many_marks())


def _can_be_linked(source: str) -> bool:
    """Whether addresses can be searched for quickly: the search looks ahead from each start."""
    return (
        len(STARTS.findall(source)) <= MOST_ADDRESSES
        and max(map(len, source.split()), default=0) <= LONGEST_ADDRESS
    )


@cache
def _parser(images: bool, *, linkify: bool) -> MarkdownIt:
    parser = MarkdownIt(
        # One level more than is taken: there the parser would drop what follows.
        "commonmark",
        {"html": False, "linkify": linkify, "maxNesting": DEEPEST_NESTING + 1},
    ).enable(["table", "strikethrough", "linkify"])
    parser.block.ruler.before("table", "work", _count_line, {"alt": list(INTERRUPTED)})
    parser.inline.ruler.before("text", "work", _count_place)
    parser.core.ruler.push("work", _refuse_expansion)
    assert parser.linkify is not None  # linkify-it-py is installed
    # Only what is plainly meant as an address: "example.com" and "me@example.com" stay text.
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    parser.linkify.add("www.", {"validate": _www, "normalize": _normalise_www})
    if not images:
        parser.disable("image")
    return parser


# What a rule of the parser can look for the end of, line by line.
INTERRUPTED = ("paragraph", "reference", "blockquote", "list")


def _count_line(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    if state.level >= DEEPEST_NESTING:
        raise MarkupRefused(_("Quotations and lists stand too deep in each other here."))
    state.env["lines"].step(made=len(state.tokens), behind=state.bMarks[line])
    return False


def _count_place(state: StateInline, silent: bool) -> bool:
    work = state.env["places"]
    if state is not work.place:
        work.passed += len(work.place.src) if work.place else 0
        work.place = state
    work.step(made=len(state.tokens), behind=work.passed + state.pos)
    return False


def _refuse_expansion(state: StateCore) -> None:
    expanded = sum(
        len(str(value))
        for token in state.tokens
        for child in token.children or ()
        for value in child.attrs.values()
    )
    if expanded > MOST_EXPANDED + len(state.src):
        raise MarkupRefused(_("This text uses long addresses more often than can be shown."))


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
