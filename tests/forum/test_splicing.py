"""Compressed bytes, joined."""

import zlib

from hypothesis import given
from hypothesis import strategies as st

from forum import splicing

parts = st.lists(st.tuples(st.booleans(), st.binary(max_size=300)), max_size=8)


@given(parts)
def test_joined_blocks_are_one_gzip_stream_of_all_parts(pieces):
    whole = b"".join(piece for _is_kept, piece in pieces)
    given_parts = [splicing.block(piece) if kept else piece for kept, piece in pieces]
    inflate = zlib.decompressobj(31)  # checks length and checksum at the end
    assert inflate.decompress(splicing.gzip(*given_parts)) == whole
    assert inflate.eof
    assert inflate.unused_data == b""
    assert splicing.join(*given_parts) == whole
