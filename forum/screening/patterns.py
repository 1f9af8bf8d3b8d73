"""Regular expressions that moderators write.

The engine is RE2: its time grows with the text and no more, whatever the pattern and the text,
because it never goes back. What others pay for with exponential time (`(a+)+$`) it answers at once,
and what cannot be had so, looking around and repeating what was found, it refuses when the pattern
is saved. A pattern may be of any size that takes `MOST_MEMORY`; one that is slow for its size all
the same shows it on the texts that are tried when it is saved (`check`).
"""

import time
from functools import cache

import re2
from django.utils.translation import gettext as _

LONGEST_PATTERN = 500  # characters
MOST_MEMORY = 1 << 20  # bytes, of a compiled pattern
# For all patterns together on one text: what ordinary patterns take is a thousandth of it.
MOST_SECONDS = 0.25
# As long as a comment is by default. Each is hard for some kind of pattern.
HOSTILE = ("a" * 20_000 + "!", "ab " * 6_600, "http://a.b/" * 1_800)


class PatternRefused(Exception):
    """The pattern cannot be used; the message is for whoever wrote it."""


@cache
def compiled(pattern: str):
    """The pattern, without regard to case; raises PatternRefused."""
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = MOST_MEMORY
    options.log_errors = False
    try:
        return re2.compile(pattern, options=options)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        said = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        raise PatternRefused(_reason(said)) from error


def check(pattern: str) -> None:
    """Raises PatternRefused for a pattern that is none, means something else than its writer
    thinks, finds an empty text everywhere, or is slow."""
    if len(pattern) > LONGEST_PATTERN:
        raise PatternRefused(
            _("A pattern can have %(limit)d characters. Make several rules of it.")
            % {"limit": LONGEST_PATTERN}
        )
    if not pattern.isascii() and any(sign in pattern for sign in (r"\b", r"\B", r"\w", r"\W")):
        raise PatternRefused(
            _(
                r"\b and \w know the letters from a to z alone. Use a rule of words for this, or "
                r"\pL for any letter."
            )
        )
    finds = compiled(pattern)
    if finds.search(""):
        raise PatternRefused(_("This pattern finds something in every text, also in none."))
    for text in HOSTILE:
        began = time.perf_counter()
        finds.search(text)
        if time.perf_counter() - began > MOST_SECONDS:
            raise PatternRefused(_("This pattern takes too long. Repeat less, or make it simpler."))


def found(pattern: str, text: str) -> str | None:
    """The first place in the text that the pattern finds, or None."""
    match = compiled(pattern).search(text)
    return match.group() if match else None


def _reason(said: str) -> str:
    if said.startswith(("invalid perl operator", "invalid escape sequence: \\1")) or (
        said.startswith("invalid escape sequence: \\") and said[-1:].isdigit()
    ):
        return _(
            "Looking ahead or behind and repeating what was found cannot be had: they can take "
            "forever."
        )
    if "too large" in said or "repetition size" in said:
        return _("This pattern repeats too much. Use smaller numbers.")
    return _("This is no pattern: %(reason)s.") % {"reason": said}
