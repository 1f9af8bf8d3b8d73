"""HTML as it comes, made shallow enough for a parser. Pure.

Parsers take time with the square of the depth, and browsers give up on it, so what stands deeper
than anybody writes becomes a line break; every word stays. How deep a tag stands is told in one
pass as the HTML standard has it: which end tags close what, and which are ignored because something
else stands between. An end tag taken for good that a parser ignores would let depth pass unseen.
"""

import re
from collections import Counter

DEEPEST = 100
# Whose content is text, up to their own end tag.
TEXTS = "script|style|textarea|title|xmp|iframe|noembed|noframes|noscript"
# A comment, what is read as one, an element that holds text alone, or a tag with its attributes.
# Nothing is looked at twice: what is not closed goes on to the end, as in a parser.
PART = re.compile(
    rf"""
    <!--(?:-?>|.*?(?:--!?>|\Z))
    | <[!?][^>]*+>?
    | <(?P<text>{TEXTS})(?=[\s/>]).*?(?:</(?P=text)(?=[\s/>])|\Z)
    | <(?P<end>/?) (?P<name>[a-z][^\s/>]*+)
      (?: [\s/]++
        | [^\s/>] [^\s/>=]*+
          (?: \s*+ = \s*+ (?: "[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) | [^\s>"'][^\s>]*+ )? )?+
      )*+ >?
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
# They hold nothing, or the next of their kind or of their row closes them, or they are no tags
# where texts are.
FLAT = {
    *(
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
    ),
    *("track", "wbr", "p", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "optgroup"),
    *("caption", "colgroup", "html", "head", "body", "frame", "frameset"),
}
# What is drawn or set in them is HTML for the cleaner, which has neither.
FOREIGN = {"svg", "math"}
# An end tag does not reach beyond these.
BORDERS = {"applet", "marquee", "object", "table", "template"}
# An end tag takes these out wherever they stand, and leaves what they hold; and what is closed
# round them leaves them open.
LOOSE = {
    *("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt"),
    *("u", "form"),
}
# The next one closes the one before, unless a block stands between.
ITEMS = {"li": {"li"}, "dd": {"dd", "dt"}, "dt": {"dd", "dt"}}
BLOCKS = {
    *BORDERS,
    *ITEMS,
    *("address", "article", "aside", "blockquote", "button", "center", "details", "dir", "div"),
    *("dl", "fieldset", "figcaption", "figure", "footer", "header", "hgroup", "main", "menu"),
    *("nav", "ol", "pre", "listing", "search", "section", "select", "summary", "ul"),
    *("h1", "h2", "h3", "h4", "h5", "h6"),
}
# No further down is an end tag's beginning looked for; one beyond leaves the depth as it was.
FURTHEST = 2 * DEEPEST


def shallow(html: str) -> str:
    """The HTML without the tags that would stand deeper than DEEPEST, and line breaks for the
    blocks among them; what is not so deep stays as it is."""
    if html.count("<") <= DEEPEST:
        return html
    stack: list[tuple[str, bool]] = []
    there: Counter[str] = Counter()

    def close(place: int, name: str) -> bool:
        """Whether the tag that stands there is shown; it and what it held stand there no more."""
        is_shown = stack[place][1]
        if name in LOOSE:
            closed, left = [stack[place]], stack[place + 1 :]
        else:
            closed = [one for one in stack[place:] if one[0] not in LOOSE]
            left = [one for one in stack[place:] if one[0] in LOOSE]
        stack[place:] = left
        there.subtract(one for one, _shown in closed)
        return is_shown

    def show(part: re.Match[str]) -> str:
        name = (part["name"] or "").lower()
        if name in FOREIGN or (part[0].endswith("/>") and name not in BLOCKS | LOOSE | FLAT):
            return ""
        if not name or name in FLAT:
            return part[0]
        instead = "<br>" if name in BLOCKS else ""
        if part["end"]:
            place = _beginning(name, stack) if there[name] else None
            return part[0] if place is None or close(place, name) else instead
        if (place := _closed_by(name, stack)) is not None:
            close(place, name)
        is_shown = len(stack) < DEEPEST
        stack.append((name, is_shown))
        there[name] += 1
        return part[0] if is_shown else instead

    return PART.sub(show, html)


def _beginning(name: str, stack: list[tuple[str, bool]]) -> int | None:
    """Where in the stack the tag stands that an end tag of this name closes."""
    for place in range(len(stack) - 1, max(-1, len(stack) - FURTHEST), -1):
        one = stack[place][0]
        if one == name:
            return place
        if one in BORDERS or (one in BLOCKS and name not in BLOCKS | LOOSE):
            return None
        if name in ITEMS and one in ("ul", "ol", "dl"):
            return None
    return None


def _closed_by(name: str, stack: list[tuple[str, bool]]) -> int | None:
    """Where the tag stands that ends where another of this name begins."""
    if name == "a":
        return _beginning(name, stack)
    if name not in ITEMS:
        return None
    for place in range(len(stack) - 1, max(-1, len(stack) - FURTHEST), -1):
        one = stack[place][0]
        if one in ITEMS[name]:
            return place
        if one in BLOCKS - {"address", "div"}:
            return None
    return None
