"""What @-reply plugins left in comments: whom a comment answers. Pure: no models, no settings.

They wrote `@<a href="#comment-9">name</a>:` before the text, in many spellings: further attributes
in any order, the page's full address, the @ inside the link or as a character reference, spaces
astray, no colon, several in one comment. People without a plugin typed `@name:`.

`read` takes a comment apart: the *prefix*, which the site draws itself, and the *pieces* behind it,
text and references by turns. It knows nothing of other comments; `forum.imports.settle` finds out
whom a reference means.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape, unescape

AT = r"(?:@|＠|&#0*64;|&#x0*40;|&commat;)"
SPACE = r"(?:\s|&nbsp;|&#0*160;|\xa0)"
INLINE = r"(?:strong|b|em|i|span|cite|small)"
OPENING = rf"(?:<{INLINE}\b[^<>]*>{SPACE}*)"
CLOSING = rf"(?:{SPACE}*</{INLINE}>)"
ATTRIBUTES = r"(?:\"[^\"<]{0,2000}\"|'[^'<]{0,2000}'|[^'\"<>]){0,400}"
LABEL = r"(?:(?!</?a\b)[\s\S]){0,400}"
# Whether it is a reply link or any other is told by its parts.
LINK = rf"<a\b(?P<attributes>{ATTRIBUTES})>(?P<label>{LABEL})</a\s*>"
LINKED = re.compile(rf"(?P<at>{AT}{SPACE}*{OPENING}*)?{LINK}", re.IGNORECASE)
TOKEN = re.compile(
    rf"<(?P<close>/?)(?P<quote>blockquote|pre|code|q)\b[^<>]*>|{LINKED.pattern}", re.IGNORECASE
)
HREF = re.compile(r"(?<![\w-])href\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
TARGET = re.compile(r"#(?:div-|li-)?comment-0*([1-9][0-9]{0,17})$")

HEAD = re.compile(
    rf"(?:{SPACE}|<br\s*/?>|<!--.*?-->)*(?P<paragraph><p\b[^<>]*>)?"
    rf"(?:{SPACE}|<br\s*/?>|{OPENING})*",
    re.IGNORECASE,
)
PLAIN = re.compile(
    rf"{AT}{SPACE}?(?P<name>[^\s@＠:<>&][^@＠:<>\n]{{0,59}}?){SPACE}*"
    rf"(?=:(?!//)|(?:,|;|/|\+|&amp;|&|\band\b){SPACE}*{AT})",
    re.IGNORECASE,
)
BETWEEN = re.compile(
    rf"{CLOSING}*{SPACE}*(?::|,|;|/|\+|&amp;|&|-|\band\b)?{CLOSING}*(?:{SPACE}|<br\s*/?>|{OPENING})*"
    rf"(?={AT}|<a\b)",
    re.IGNORECASE,
)
# After the last name: a mark or the end of a line closes the prefix. Without either it does when a
# new sentence begins; "@<a>CB</a> is right" is a sentence that begins with a name.
AFTER = re.compile(
    rf"{CLOSING}*{SPACE}*(?:[:,;–—](?!//)|-(?={SPACE})){CLOSING}*|{CLOSING}*(?=\s*(?:$|\n|<br|</p))",
    re.IGNORECASE,
)
LONGEST_NAME = 60
BEFORE_A_WORD = re.compile(rf"{CLOSING}*(?:{SPACE}|<[^<>]*>)+", re.IGNORECASE)
REST = re.compile(rf"(?:{CLOSING}|{SPACE}|<br\s*/?>)+", re.IGNORECASE)
OPENING_NAME = re.compile(rf"{AT}([^@＠<>\n]{{1,{LONGEST_NAME}}})", re.IGNORECASE)
# More are no prefix but a list, and stay in the text.
MOST_IN_A_PREFIX = 20


@dataclass(frozen=True)
class Reference:
    """A place where a comment names another: by key where it was linked, else by name alone.

    `is_reply` is False for a link that names no one with an @, or stands in a quotation: it leads
    to a comment, and nobody is answered by it.
    """

    name: str
    legacy_id: int | None
    written: str
    is_reply: bool = True


@dataclass(frozen=True)
class Replies:
    """A comment taken apart: `head` is its prefix with what stands between the names, `pieces` all
    behind it. `opening` is what stands behind an @ at the very beginning that is no prefix: a name
    may begin there."""

    head: tuple[str | Reference, ...]
    pieces: tuple[str | Reference, ...]
    opening: str = ""

    @property
    def prefix(self) -> list[Reference]:
        return [piece for piece in self.head if isinstance(piece, Reference)]

    @property
    def references(self) -> list[Reference]:
        """Those behind the prefix, in order."""
        return [piece for piece in self.pieces if isinstance(piece, Reference)]


def read(html: str) -> Replies:
    """Take a comment apart. Whatever is no reference stays as it is, letter for letter."""
    head, rest = _prefix(html)
    return Replies(tuple(head), tuple(_pieces(rest)), "" if head else _opening(rest))


def joined(pieces: Iterable[str | Reference], draw: Callable[[Reference], str]) -> str:
    """Pieces as HTML again; `draw` says what stands for a reference."""
    return "".join(p if isinstance(p, str) else draw(p) for p in pieces)


def as_text(reference: Reference) -> str:
    """A reference that leads nowhere, as the words it was."""
    if reference.legacy_id is None or not reference.is_reply:
        return reference.written
    return f"@{escape(reference.name, quote=False)}"


def with_address(reference: Reference, address: str) -> str:
    """A link that is no reply link, with another address."""
    return HREF.sub(f'href="{escape(address)}"', reference.written, count=1)


def _prefix(html: str) -> tuple[list[str | Reference], str]:
    """The prefix, and the HTML behind it."""
    start = HEAD.match(html)
    assert start is not None
    head: list[str | Reference] = []
    end = start.end()
    for _ in range(MOST_IN_A_PREFIX):
        reference = _reference(html, end)
        if reference is None:
            break
        behind = end + len(reference.written)
        between = BETWEEN.match(html, behind)
        if between and _reference(html, between.end()):
            head += [reference, between[0]]
            end = between.end()
        elif (after := AFTER.match(html, behind)) or _begins_a_sentence(html, behind):
            head += [reference, after[0] if after else ""]
            end = after.end() if after else behind
            break
        else:
            break
    if not head:
        return [], html
    if rest := REST.match(html, end):
        head.append(rest[0])
        end = rest.end()
    return head, (start["paragraph"] or "") + html[end:]


def _reference(html: str, place: int) -> Reference | None:
    """The name that a prefix may have at this place."""
    if match := LINKED.match(html, place):
        reference = _linked(match)
        return reference if reference and reference.is_reply else None
    match = PLAIN.match(html, place)
    return _plain(match) if match else None


def _pieces(html: str) -> list[str | Reference]:
    if "comment-" not in html:
        return [html] if html else []  # no link can lead to a comment
    pieces: list[str | Reference] = []
    end = depth = 0
    for token in TOKEN.finditer(html):
        if token["quote"]:
            depth = max(0, depth - 1) if token["close"] else depth + 1
            continue
        reference = _linked(token, quoted=depth > 0)
        if reference is not None:
            pieces += [html[end : token.start()], reference]
            end = token.end()
    pieces.append(html[end:])
    return [piece for piece in pieces if piece != ""]


def _linked(match: re.Match[str], *, quoted: bool = False) -> Reference | None:
    """The reference that a link is; None where it leads to no comment."""
    href = HREF.search(match["attributes"])
    address = unescape(next(filter(None, href.groups()), "")).strip() if href else ""
    target = TARGET.search(address)
    if target is None:
        return None
    label = re.sub(r"\s+", " ", unescape(re.sub(r"<[^<>]*>", "", match["label"]))).strip()
    name = label.lstrip("@＠").rstrip(":").strip()
    is_reply = bool(match["at"] or label[:1] in ("@", "＠")) and bool(name) and not quoted
    return Reference(name[:LONGEST_NAME], int(target[1]), match[0], is_reply)


def _plain(match: re.Match[str]) -> Reference:
    return Reference(re.sub(r"\s+", " ", unescape(match["name"])).strip(), None, match[0])


def _begins_a_sentence(html: str, place: int) -> bool:
    behind = BEFORE_A_WORD.match(html, place)
    if behind is None:
        return False
    first = unescape(html[behind.end() : behind.end() + 12])[:1]
    return bool(first) and (first.isalnum() or first in "\"'“‘«¿¡(") and not first.islower()


def _opening(html: str) -> str:
    head = HEAD.match(html)
    assert head is not None
    found = OPENING_NAME.match(html, head.end())
    return unescape(found[1]) if found else ""
