"""From the bytes of an export to text that XML allows. Pure.

Exports come with blank lines before the first tag, with characters that XML forbids, and with bytes
that are no text; none of it should stop anybody from moving in.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

CHUNK = 64 * 1024
# Besides lone surrogates, which no decoder lets through, all that XML 1.0 does not allow.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# "&#11;" is as forbidden as the character itself, and so is half a pair of UTF-16, which is what
# some plugins wrote for an emoji. Ends of chunks wait until a reference is complete.
REFERENCE = re.compile(r"&#(?:x([0-9a-f]{1,8})|([0-9]{1,9}));", re.IGNORECASE)
LONGEST_REFERENCE = 12


class NotAnExport(Exception):
    """The file is no WordPress export; the message says what is wrong with it."""


def allowed_text(file: BinaryIO, skipped_lines: Callable[[int], None]) -> Iterator[str]:
    """The file piece by piece as text that XML allows, from its first tag on.

    `skipped_lines` is told how many lines stand before that. Raises NotAnExport for what is no XML.
    """
    head = file.read(CHUNK)
    if not head.strip(b"\0 \t\r\n"):
        raise NotAnExport("This file is empty.")
    decoder = codecs.getincrementaldecoder(_encoding(head))(errors="replace")
    text = decoder.decode(head).lstrip("\ufeff")
    while text and not text.strip() and (more := file.read(CHUNK)):
        text += decoder.decode(more)
    begun = text.lstrip()
    if not begun.startswith("<"):
        raise NotAnExport("This file is not XML.")
    skipped_lines(text[: len(text) - len(begun)].count("\n"))
    yield from _allowed(begun, file, decoder)


def _allowed(text: str, file: BinaryIO, decoder: codecs.IncrementalDecoder) -> Iterator[str]:
    while True:
        chunk = file.read(CHUNK)
        text += decoder.decode(chunk, final=not chunk)
        # A reference that the end of the chunk cuts in two waits for its other half.
        end = text.rfind("&", max(0, len(text) - LONGEST_REFERENCE)) if chunk else -1
        whole, text = (text, "") if end < 0 else (text[:end], text[end:])
        whole = FORBIDDEN.sub("\ufffd", whole)
        if "&#" in whole:
            whole = REFERENCE.sub(_allowed_reference, whole)
        yield whole
        if not chunk:
            return


def _allowed_reference(match: re.Match[str]) -> str:
    point = int(match[1], 16) if match[1] else int(match[2])
    is_allowed = (
        point in (0x9, 0xA, 0xD)
        or 0x20 <= point < 0xD800
        or 0xDFFF < point < 0xFFFE
        or 0xFFFF < point <= 0x10FFFF
    )
    return match[0] if is_allowed else "\ufffd"


def _encoding(head: bytes) -> str:
    """What the file says it is written in; UTF-8 where it says nothing or what nobody knows."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    declared = re.match(rb"\s*<\?xml[^>]*?encoding=[\"']([A-Za-z0-9._-]+)[\"']", head)
    name = declared[1].decode() if declared else "utf-8"
    try:
        known = codecs.lookup(name)
    except LookupError:
        return "utf-8"
    # "ISO-8859-1" written on a page means windows-1252, as in browsers.
    return "cp1252" if known.name == "iso8859-1" else known.name
