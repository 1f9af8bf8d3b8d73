"""What a page says of itself, whatever it says."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.cards.words import LONGEST_DESCRIPTION, LONGEST_TITLE, words_of


@pytest.mark.parametrize(
    ("html", "title", "description"),
    [
        ("<title> A \n title </title>", "A title", ""),
        ("<title>A &amp; B &lt;b&gt;</title>", "A & B <b>", ""),
        ('<title>A</title><meta property="og:title" content="B">', "B", ""),
        ('<meta name=description content="About it"><title>A', "A", "About it"),
        ('<meta property="og:description" content=" "><title>A', "A", ""),
        ("<svg><title>Icon</title></svg><p>no title", "Icon", ""),
        ("<head><title>Right</title></head><svg><title>Wrong</title></svg>", "Right", ""),
        ("<script>'<title>no</title>'</script><title>yes</title>", "yes", ""),
        ("<!-- <title>no</title> -->", "", ""),
        ("<title>left\u202eright\u2066\x00\u0007</title>", "leftright\ufffd", ""),
        ("<title>שלום</title>", "שלום", ""),
        ("", "", ""),
    ],
)
def test_words_are_plain(html, title, description):
    words = words_of(html)
    assert (words.title, words.description) == (title, description)


def test_long_words_are_cut_at_a_word():
    words = words_of(f"<title>{'word ' * 10_000}</title>")
    assert words.title.endswith("word…")
    assert len(words.title) <= LONGEST_TITLE


@given(st.text(max_size=80), st.text(max_size=600))
def test_any_page_gives_words_that_fit(title, description):
    words = words_of(f'<title>{title}</title><meta name="description" content="{description}">')
    assert len(words.title) <= LONGEST_TITLE
    assert len(words.description) <= LONGEST_DESCRIPTION
    said = words.title + words.description
    assert not [char for char in said if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")]
