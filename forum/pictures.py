"""What the name of a stored picture tells. Pure: no files are opened.

A picture is stored in several widths and two formats under names made from one stem, which ends in
its size: `…/<32 hex digits>-1600x1067.webp` and `.avif`, and for smaller screens
`…-1600x1067-480.webp` and so on. So whoever has the address of a picture knows its size and where
its variants are, and a page needs no query for them.
"""

import re
from dataclasses import dataclass

FORMATS = ("webp", "avif")
WIDEST = 1600
# Phones, and phones with fine screens or columns of text.
NARROWER = (480, 960)
NAME = re.compile(r"(.*[0-9a-f]{32}-([1-9][0-9]{0,4})x([1-9][0-9]{0,4}))\.webp")


@dataclass(frozen=True)
class StoredPicture:
    """A picture by its stem, which is the beginning of an address or of a file's name."""

    stem: str
    width: int
    height: int

    def widths(self) -> list[int]:
        return [*(width for width in NARROWER if width < self.width), self.width]

    def variant(self, width: int, kind: str) -> str:
        return f"{self.stem}.{kind}" if width == self.width else f"{self.stem}-{width}.{kind}"

    def variants(self) -> list[str]:
        return [self.variant(width, kind) for kind in FORMATS for width in self.widths()]

    @property
    def address(self) -> str:
        return self.variant(self.width, "webp")

    @property
    def webp(self) -> str:
        return self._srcset("webp")

    @property
    def avif(self) -> str:
        return self._srcset("avif")

    def _srcset(self, kind: str) -> str:
        return ", ".join(f"{self.variant(width, kind)} {width}w" for width in self.widths())


def stored_at(name: str) -> StoredPicture | None:
    """The picture with this address or file name; None for one that was not stored so."""
    found = NAME.fullmatch(name)
    return StoredPicture(found[1], int(found[2]), int(found[3])) if found else None
