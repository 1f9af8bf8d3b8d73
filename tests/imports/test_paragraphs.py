import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.imports.paragraphs import with_paragraphs
from forum.markup import clean_html, plain_text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("", ""),
        (" \n\n ", ""),
        ("One.", "<p>One.</p>"),
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("One.\r\n\r\n\r\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("One.\n \nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("One\ntwo.", "<p>One<br>\ntwo.</p>"),
        ("One<br />\ntwo.", "<p>One<br>\ntwo.</p>"),
        ("<p>One\ntwo.</p>", "<p>One<br>\ntwo.</p>"),
        ("<p>One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("<p></p>\n<p>One.</p>", "<p>One.</p>"),
        ("<h2>One</h2>\nTwo.", "<h2>One</h2><p>Two.</p>"),
        ("One.\n<hr />\nTwo.", "<p>One.</p>\n<hr /><p>Two.</p>"),
        ("<pre>a\n\nb</pre>", "<pre>a\n\nb</pre>"),
        ("<!-- wp:paragraph -->\n<p>One.</p>\n<!-- /wp:paragraph -->", "<p>One.</p>"),
        ("One.<!--more-->\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
    ],
)
def test_paragraphs_are_those_that_wordpress_shows(raw, shown):
    assert with_paragraphs(raw) == shown


def test_quotations_hold_paragraphs_of_their_own():
    raw = "He says:\n\n<blockquote>One.\n\nTwo.</blockquote>\n\nNo."
    assert _tags(with_paragraphs(raw)) == ("<p></p><blockquote><p></p><p></p></blockquote><p></p>")


def test_quotation_inside_a_paragraph_ends_it():
    raw = "<p>He says:<blockquote>One.</blockquote>No.</p>"
    assert _tags(with_paragraphs(raw)) == "<p></p><blockquote><p></p></blockquote><p></p>"


def test_lists_hold_no_paragraphs():
    raw = "<ul>\n<li>One</li>\n<li>Two</li>\n</ul>\nThree."
    assert _tags(with_paragraphs(raw)) == "<ul><li></li><li></li></ul><p></p>"


def test_what_is_left_open_is_closed():
    assert with_paragraphs("<blockquote>One.") == "<blockquote><p>One.</p>\n</blockquote>"


def test_end_without_a_beginning_is_none():
    assert with_paragraphs("One.</blockquote>") == "<p>One.</p>"


def test_comment_that_never_ends_hides_nothing():
    shown = clean_html(with_paragraphs("<!-- One.\n\nTwo."), link_rel="nofollow")
    assert "One." in shown
    assert "Two." in shown


def test_caption_becomes_a_figure():
    raw = '[caption id="a" width="9"]<img src="/a.jpg" alt="A dog" /> Our dog[/caption]\n\nOne.'
    assert with_paragraphs(raw) == (
        '<figure><img src="/a.jpg" alt="A dog" /><figcaption>Our dog</figcaption></figure>'
        "<p>One.</p>"
    )


WORDS = st.sampled_from(
    [f"<{end}{tag}>" for tag in ("p", "blockquote", "ul", "li", "em", "pre") for end in ("", "/")]
    + ["one", "two", " ", "\n", "\n\n", "<br>", "<!--", "-->", "<hr>", "<td>"]
)


@given(st.lists(WORDS, max_size=30))
def test_words_stay_and_paragraphs_do_not_nest(pieces):
    raw = "".join(pieces)
    raw_words = re.findall("one|two", re.sub(r"<!--.*?-->", "", raw, flags=re.DOTALL))
    shown = with_paragraphs(raw)
    assert re.findall("one|two", shown) == raw_words
    clean = clean_html(shown, link_rel="nofollow")
    assert re.findall("one|two", plain_text(clean)) == raw_words
    assert not re.search(r"<p>(?:(?!</p>).)*<p>", clean, re.DOTALL)


@given(st.lists(st.sampled_from(["one", " ", "\n", "\n\n", "<blockquote>", "<li>"]), max_size=20))
def test_cleaned_text_keeps_its_paragraphs_the_second_time(pieces):
    once = clean_html(with_paragraphs("".join(pieces)), link_rel="nofollow")
    twice = clean_html(with_paragraphs(once), link_rel="nofollow")
    assert _tags(twice).replace("<br>", "") == _tags(once).replace("<br>", "")


@given(st.text(max_size=300))
def test_any_text_has_paragraphs(raw):
    assert isinstance(with_paragraphs(raw), str)


def _tags(html):
    return "".join(re.findall(r"</?(?:p|blockquote|ul|li|br)\b[^>]*>", html))
