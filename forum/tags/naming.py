"""When two names are the same tag. Pure but for the language of the site."""

import re
import unicodedata
from collections.abc import Iterable

from django.conf import settings

LONGEST_TAG = 60
APOSTROPHES = re.compile(r"['’`´]")
# "Low-water" and "low water" are one tag; "C", "C++" and "C#" are three.
BETWEEN_WORDS = re.compile(r"[\s\-_‐-―./:;,!?\"“”()]+")
# Nouns whose singular is another word, or has the same s.
NO_PLURALS = re.compile(r"(?:ss|us|is|ics|news|series|species|means)$")


def clean_tag_names(names: Iterable[str]) -> list[str]:
    """The names in NFKC, single-spaced, without empties and repeats, in the order given."""
    seen: dict[str, str] = {}
    for name in names:
        name = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", name)).strip(" ,#")[:LONGEST_TAG]
        if name:
            seen.setdefault(tag_key(name), name)
    return list(seen.values())


def tag_key(name: str) -> str:
    """The same for all names of one tag: case, apostrophes, what stands between words, and in
    English the plural of the last word make no difference."""
    key = APOSTROPHES.sub("", unicodedata.normalize("NFKC", name).casefold())
    key = BETWEEN_WORDS.sub(" ", key).strip()
    if settings.LANGUAGE_CODE.startswith("en"):
        key = _singular(key)
    return key or name.casefold()


def _singular(key: str) -> str:
    last = key.rpartition(" ")[2]
    if len(last) < 4 or not last.isascii() or not last.endswith("s") or NO_PLURALS.search(last):
        return key
    if last.endswith("ies") and len(last) > 4:
        return f"{key[:-3]}y"
    return key[:-2] if re.search(r"(?:ss|x|ch|sh)es$", last) else key[:-1]
