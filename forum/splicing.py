"""Joining compressed bytes, so that what was compressed once is never compressed again.

A gzip stream is a header, one deflate stream and a checksum. A deflate stream is a row of blocks,
and a block that ends in a full flush ends on a whole byte and leaves nothing for the next to refer
back to. So blocks made apart can stand one behind the other in one stream: what a page shows
everybody is kept as such a block, and what it shows one reader is compressed round it.

The checksum (CRC-32) of joined bytes follows from those of the parts: the first one is multiplied
by x to the power of eight times the second's length, as polynomials over GF(2) modulo the CRC's
own, and the second one is added (https://www.zlib.net/, crc32_combine). The factor is worked out
when a block is made, so that a page of a megabyte is joined without looking at its bytes.
"""

import struct
import zlib
from dataclasses import dataclass

# Kept bytes are read many times; what is made for one reader is small and read once.
LEVEL_KEPT = 6
LEVEL_ONCE = 4
HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
# CRC-32's polynomial and x, bits reversed, as zlib has them.
POLYNOMIAL = 0xEDB88320
X = 1 << 30


@dataclass(frozen=True)
class Block:
    """Bytes as a deflate block that ends in a full flush, with what their checksum needs."""

    deflated: bytes
    length: int
    checksum: int
    factor: int

    @property
    def plain(self) -> bytes:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(self.deflated)


def block(plain: bytes, level: int = LEVEL_KEPT) -> Block:
    """The bytes as a block that any number of streams can hold."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = deflate.compress(plain) + deflate.flush(zlib.Z_FULL_FLUSH)
    return Block(deflated, len(plain), zlib.crc32(plain), _x_to_the(8 * len(plain)))


def gzip(*parts: bytes | Block) -> bytes:
    """One gzip stream of all parts in their order; blocks go in as they are."""
    checksum, length, written = 0, 0, [HEADER]
    for part in parts:
        one = part if isinstance(part, Block) else block(part, LEVEL_ONCE)
        checksum = _times(one.factor, checksum) ^ one.checksum
        length += one.length
        written.append(one.deflated)
    written.append(LAST)
    written.append(struct.pack("<LL", checksum, length & 0xFFFFFFFF))
    return b"".join(written)


def join(*parts: bytes | Block) -> bytes:
    """All parts in their order, not compressed."""
    return b"".join(part.plain if isinstance(part, Block) else part for part in parts)


# An empty block that says that it is the last.
LAST = zlib.compressobj(wbits=-zlib.MAX_WBITS).flush()


def _times(one: int, other: int) -> int:
    product, bit = 0, 1 << 31
    while bit:
        if one & bit:
            product ^= other
        bit >>= 1
        other = (other >> 1) ^ POLYNOMIAL if other & 1 else other >> 1
    return product


def _x_to_the(power: int) -> int:
    result, square = 1 << 31, X
    while power:
        if power & 1:
            result = _times(square, result)
        square = _times(square, square)
        power >>= 1
    return result
