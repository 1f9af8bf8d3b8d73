"""What makes two display names the same name.

Names are compared by a key, never by their letters: `display_key` folds away case, Unicode form,
spacing and look-alike letters (Unicode Technical Standard 39, "confusables"), so that nobody can
sign up as a second "Zoë" in another script. The key is a comparison value and is never shown.
"""

import re
import unicodedata
from functools import cache

from confusable_homoglyphs.confusables import confusables_data
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 60
LEFT_TO_RIGHT_MARK = "\u200e"
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
# What the families of single characters leave out: letters that two others imitate, and I, which
# looks like l and 1 while its small form looks like neither.
MORE_LOOKALIKES = str.maketrans({"m": "rn", "w": "vv", "i": "l"})


def clean_display_name(name: str) -> str:
    """The name as it is stored and shown: NFKC, single spaces, no control characters.

    Raises ValidationError when nothing readable is left, when the name is longer than
    LONGEST_NAME, or when it holds a character that hides or reverses the text around it.
    """
    name = unicodedata.normalize("NFKC", name)
    name = re.sub(r"\s+", " ", name).strip()
    if any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp") for c in name):
        raise ValidationError(
            _("This name holds characters that cannot be seen. Please type it again."),
            code="invisible",
        )
    if not any(unicodedata.category(c)[0] in "LN" for c in name):
        raise ValidationError(_("A name needs at least one letter or digit."), code="unreadable")
    if len(name) > LONGEST_NAME:
        raise ValidationError(
            _("A name can have at most %(limit)d characters."),
            code="too_long",
            params={"limit": LONGEST_NAME},
        )
    if re.search(r"[@#<>\[\]]|:$", name):
        raise ValidationError(
            _("A name cannot hold @, #, <, >, [ or ], or end in a colon: they mark reply links."),
            code="reserved",
        )
    return name


def display_key(name: str) -> str:
    """The value under which a display name must be unique; two names with one key look alike."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    folded = re.sub(r"\s+", " ", folded).strip()
    folded = unicodedata.normalize("NFD", folded).translate(_lookalikes())
    folded = unicodedata.normalize("NFC", folded.casefold())
    return folded.translate(MORE_LOOKALIKES)


def isolated(name: str) -> str:
    """The name for a sentence in which no <bdi> can stand: where letters of it run from right to
    left, it is between isolates, so that the words around it keep their places."""
    if any(unicodedata.bidirectional(c) in ("R", "AL") for c in name):
        return f"{FIRST_STRONG_ISOLATE}{name}{POP_ISOLATE}"
    return name


@cache
def _lookalikes() -> dict[int, str]:
    """Every character that has a look-alike, mapped to one that stands for its whole family.

    The families are those of UTS 39: no case folding inside them, or chains of capital and small
    letters would make nearly all letters one.
    """
    family: dict[str, str] = {}

    def head(c: str) -> str:
        while family.setdefault(c, c) != c:
            family[c] = family[family[c]]
            c = family[c]
        return c

    def join(a: str, b: str) -> None:
        # The lowest code point leads, letters before signs, so that the key is stable.
        first, second = sorted(
            (head(a), head(b)), key=lambda c: (not c.isalpha(), not c.islower(), c)
        )
        family[second] = first

    for character, others in confusables_data.items():
        alone = character.strip(LEFT_TO_RIGHT_MARK)
        for other in others:
            lookalike = other["c"].strip(LEFT_TO_RIGHT_MARK)
            if len(alone) == len(lookalike) == 1:
                join(alone, lookalike)
    table = {c: head(c) for c in family}
    # "СВ" in Cyrillic capitals looks like "CB" though "св" does not look like "cb": where only the
    # capitals are alike, the small letter follows its capital, or case would tell names apart.
    for character in list(table):
        small = character.casefold()
        if len(small) == 1 and table[character].isascii() and not table.get(small, small).isascii():
            table[small] = table[character].casefold()
    return {ord(c): stands_for for c, stands_for in table.items()}
