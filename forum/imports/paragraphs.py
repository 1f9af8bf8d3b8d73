"""Paragraphs as WordPress makes them when it shows a text. Pure.

Its editor keeps text with blank lines between paragraphs, and `<p>` and `<br>` are added on the way
to the reader. What is stored is a mixture: raw lines, block quotes among them, HTML with paragraphs
of its own. The result still has to be cleaned.
"""

import re
import string

# Stand between paragraphs and hold paragraphs of their own.
HOLDERS = {"blockquote", "div", "section", "article", "aside", "form", "fieldset"}
# Hold lines, and paragraphs only where blank lines part them.
CELLS = {"li", "dd", "td", "th"}
# Hold lines.
LINES = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "figcaption", "caption", "address"}
# Hold nothing but other blocks.
FRAMES = {"ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "tr", "colgroup", "figure"}
EMPTY = {"hr", "col"}
BLOCKS = HOLDERS | CELLS | LINES | FRAMES | EMPTY
# Shown as it is, line by line.
KEPT = {"pre"}

SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# A picture with its caption, as the editor kept it before WordPress 5.
CAPTION = re.compile(
    r"\[(?:wp_)?caption\b(?P<attributes>[^\]]{0,500})\]\s*"
    r"(?P<picture>(?:<a\b[^<>]*>\s*)?<img\b[^<>]*>(?:\s*</a>)?)"
    r"(?P<words>(?:(?!\[/?(?:wp_)?caption)[\s\S]){0,2000}?)\[/(?:wp_)?caption\]"
)
CAPTION_WORDS = re.compile(r"caption=(?:\"([^\"]*)\"|'([^']*)')")
TOKEN = re.compile(
    r"<(?P<close>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]*)(?P<rest>(?:\s(?:\"[^\"<]*\"|'[^'<]*'|[^\"'<>])*)?)/?>"
)
BLANK_LINES = re.compile(r"\n[ \t\xa0]*(?:\n[ \t\xa0]*)+")
BREAK = re.compile(r"[ \t]*<br\s*/?>[ \t]*\n?|[ \t]*\n[ \t]*", re.IGNORECASE)


def with_paragraphs(text: str) -> str:
    """The text with the `<p>` and `<br>` that its blank lines and line ends stand for.

    Adds tags and takes no word away; only HTML comments go. Linear in the length of the text.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _without_comments(text)
    if "[" in text:
        text = CAPTION.sub(_figure, text)
    writer = _Writer()
    ends = _Ends(text)
    end = 0
    for token in TOKEN.finditer(text):
        tag = token["tag"].lower()
        if token.start() < end or (tag not in BLOCKS and tag not in KEPT):
            continue
        writer.lines(text[end : token.start()])
        end = token.end()
        if tag in KEPT:
            end = token.end() if token["close"] else ends.behind(tag, token.end())
            writer.kept(text[token.start() : end])
        elif token["close"]:
            writer.close(tag)
        else:
            writer.open(tag, token[0])
    writer.lines(text[end:])
    return writer.finished()


class _Writer:
    """Blocks and lines as they come, with what is open at this point."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.open_blocks: list[str] = []
        self.counts: dict[str, int] = {}

    @property
    def inside(self) -> str:
        return self.open_blocks[-1] if self.open_blocks else ""

    def open(self, tag: str, written: str) -> None:
        if self.inside == "p":
            self._pop()  # a block ends the paragraph before it, as in every browser
        if tag not in EMPTY:
            self.open_blocks.append(tag)
            self.counts[tag] = self.counts.get(tag, 0) + 1
        self.written.append(written)

    def close(self, tag: str) -> None:
        """Close the block, and what was left open inside it; an end without a beginning is none."""
        if not self.counts.get(tag):
            return
        while self._pop() != tag:
            pass

    def _pop(self) -> str:
        tag = self.open_blocks.pop()
        self.counts[tag] -= 1
        self.written.append(f"</{tag}>")
        return tag

    def kept(self, html: str) -> None:
        self.written.append(html)

    def lines(self, text: str) -> None:
        if not text.strip():
            return
        if self.inside in FRAMES:
            self.written.append(text)
            return
        paragraphs = [part for part in BLANK_LINES.split(text.strip("\n")) if part.strip()]
        if self.inside == "p":
            self.written.append("</p>\n<p>".join(map(_broken, paragraphs)))
        elif self.inside in LINES or (self.inside in CELLS and len(paragraphs) == 1):
            self.written.append("<br>\n<br>\n".join(map(_broken, paragraphs)))
        else:
            self.written += [f"<p>{_broken(part)}</p>\n" for part in paragraphs]

    def finished(self) -> str:
        while self.open_blocks:
            self._pop()
        return re.sub(r"<p\b[^<>]*>(?:\s|&nbsp;|<br>)*</p>\s*", "", "".join(self.written)).strip()


def _broken(part: str) -> str:
    """One paragraph with its line ends as breaks; what stands on its line alone stays so."""
    part = part.strip()
    if "\n" not in part and "<br" not in part.lower():
        return part  # as most are, and looking for line ends takes longer than all the rest
    return re.sub(r"^(?:<br>\n)+|(?:<br>\n)+$", "", BREAK.sub("<br>\n", part))


def _without_comments(text: str) -> str:
    """Without HTML comments; one that never ends is text, or it would hide the rest."""
    if "<!--" not in text:
        return text
    last = text.rfind("-->") + 3 if "-->" in text else 0
    return COMMENT.sub("", text[:last]).replace("<!--", "&lt;!--") + text[last:].replace(
        "<!--", "&lt;!--"
    )


class _Ends:
    """Where elements end that are kept as they are."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.small = ""
        self.endless: set[str] = set()

    def behind(self, tag: str, start: int) -> int:
        """The place behind the end of an element that began before `start`; `start` itself where
        it never ends."""
        if tag in self.endless:
            return start
        # Small letters of ASCII alone: others change the length of a text.
        self.small = self.small or self.text.translate(SMALL)
        found = self.small.find(f"</{tag}>", start)
        if found < 0:
            self.endless.add(tag)
            return start
        return found + len(tag) + 3


def _figure(match: re.Match[str]) -> str:
    inside = CAPTION_WORDS.search(match["attributes"])
    words = match["words"].strip() or (next(filter(None, inside.groups()), "") if inside else "")
    caption = f"<figcaption>{words}</figcaption>" if words else ""
    return f"\n<figure>{match['picture']}{caption}</figure>\n"
