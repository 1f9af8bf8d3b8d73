"""The words of a text, as rules compare them.

A word is a run of letters, marks, digits and underscores, folded: Unicode's compatible forms and
capital letters are one with the plain ones, and characters that cannot be seen (soft hyphens,
joiners) are not there, so that nobody hides a word by putting one into it. What is not part of a
word ends it, apostrophes and hyphens too. Scripts that set no spaces have no ends to look for: each
of their characters stands for itself, and a phrase is a row of them.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

# Thai, Lao, Burmese, Khmer, Japanese, Chinese, and Korean, which hangs its particles on.
UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
# Where Unicode keeps marks and what cannot be seen, but for tags and variants far above.
LOOKED_THROUGH = 0x20000
FAR_ABOVE = range(0xE0000, 0xE0200)


def words(text: str) -> list[str]:
    """All words of a text, folded, in order."""
    return _parts()[0].findall(folded(text))


def folded(text: str) -> str:
    """The text without case, without what cannot be seen, in one form of Unicode."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_parts()[1])
    return unicodedata.normalize("NFKC", plain)


class Phrases:
    """Phrases of one word or more, to be found in texts in time that grows with the text alone."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self._by_first: dict[str, list[tuple[list[str], str]]] = {}
        for phrase in phrases:
            if said := words(phrase):
                self._by_first.setdefault(said[0], []).append((said, phrase.strip()))

    def found_in(self, said: Sequence[str]) -> list[str]:
        """Those of the phrases that stand among these words, each once, in their order."""
        found: dict[str, None] = {}
        for place, word in enumerate(said):
            for wanted, phrase in self._by_first.get(word, ()):
                if said[place : place + len(wanted)] == wanted:
                    found[phrase] = None
        return list(found)


@cache
def _parts() -> tuple[re.Pattern[str], dict[int, None]]:
    """What finds words, and the characters that are not there."""
    marks: list[str] = []
    unseen: dict[int, None] = {}
    for point in (*range(LOOKED_THROUGH), *FAR_ABOVE):
        category = unicodedata.category(chr(point))
        if category == "Cf" or 0xFE00 <= point <= 0xFE0F or point >= 0xE0100:
            unseen[point] = None
        elif category[0] == "M":
            marks.append(chr(point))
    mark = re.escape("".join(marks))
    finds = rf"[{UNSPACED}][{mark}]*|(?:[^\W{UNSPACED}]|[{mark}])+"
    return re.compile(finds), unseen
