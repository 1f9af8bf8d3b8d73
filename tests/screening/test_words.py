"""Words are found whole, whatever they are dressed in, and never inside others."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forum.screening.words import Phrases, words

# Without ŀ, which is l·: a letter and the end of a word in one.
letters = st.characters(
    whitelist_categories=("Ll", "Lu", "Nd"), max_codepoint=0x2FF, blacklist_characters="Ŀŀ"
)
plain_words = st.text(letters, min_size=1, max_size=8)
breaks = st.sampled_from([" ", ", ", "-", "\n", ". ", "’", "(", "/"])


def found(phrase, text):
    return Phrases([phrase]).found_in(words(text))


@given(plain_words, st.text(letters, max_size=5), st.text(letters, max_size=5))
@example("ass", "cl", "")
@example("cunthorpe", "S", "")
def test_word_inside_another_is_not_found(word, before, after):
    inside = before + word + after
    assert bool(found(word, f"so {inside} it is")) == (words(inside) == words(word))


@given(plain_words, st.lists(plain_words, max_size=4), st.lists(plain_words, max_size=4), breaks)
def test_word_on_its_own_is_found_wherever_it_stands(word, before, after, between):
    assert found(word, between.join([*before, word, *after])) == [word]


@given(st.text(max_size=60), st.text(min_size=1, max_size=6))
def test_what_is_found_is_a_row_of_whole_words(text, phrase):
    said, wanted = words(text), words(phrase)
    rows = [said[place : place + len(wanted)] for place in range(len(said))]
    assert bool(found(phrase, text)) == (bool(wanted) and wanted in rows)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("viagra", "V\u00adi\u200bagra for all"),
        ("viagra", "Ｖｉａｇｒａ!"),
        ("STRASSE", "in der straße"),
        ("état", "l’e\u0301tat"),
        ("buy now", "Buy — now!"),
        ("赌博", "网上赌博网站"),
        ("नमस्ते", "नमस्ते!"),
        ("การพนัน", "เว็บการพนันออนไลน์"),
    ],
)
def test_word_is_found_in_other_dress(phrase, text):
    assert found(phrase, text) == [phrase]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [("ass", "class pass"), ("नम", "नमस्ते"), ("buy now", "now buy"), ("now", "snow"), ("a", "á")],
)
def test_other_words_are_not_found(phrase, text):
    assert found(phrase, text) == []
