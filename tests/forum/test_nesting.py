"""HTML that stands too deep in itself is made shallow before it is parsed; every word stays."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum import markup
from forum.nesting import DEEPEST, shallow

VOID = {"br", "hr", "img"}
# A cell stands in its table three deep, and is counted with it.
MOST = 4 * DEEPEST + 4
# Tags that close others, are ignored, or hide what looks like tags.
TRICKS = [
    *("<blockquote>", "</blockquote>", "<ul>", "</ul>", "<li>", "</li>", "<b>", "</b>", "<a>"),
    *("<div>", "</div>", "<table>", "</table>", "<td>", "</td>", "<caption>", "</caption>"),
    *("<svg>", "</svg>", "<select>", "</select>", "<button>", "</button>", "<object>"),
    *("</object>", "<q>", "</q>", "<p>", "</p>", "<h2>", "</h3>", "<form>", "</form>", "<dl>"),
    *("<dd>", "</dl>", "<textarea>", "</textarea>", "<title>", "<!--", "-->", "<html>", "</body>"),
    *("<b/>", "<svg/>", "<br>", "<i'>", "<![CDATA[", "<x='</blockquote>'>", '"', "'", "=", ">"),
]


def clean(html):
    return markup.clean_html(html, link_rel="nofollow")


def depth(html):
    deepest = now = 0
    for end, name in re.findall(r"<(/?)([a-z0-9]+)", html):
        if name not in VOID:
            now += -1 if end else 1
            deepest = max(deepest, now)
    return deepest


@pytest.mark.parametrize(
    "part",
    [
        "<ul><li>word ",
        "<blockquote>word ",
        "<b>word ",
        "<div><marquee></div></marquee><blockquote>word ",
        "<blockquote title='</blockquote>'>word ",
        "<blockquote><!--</blockquote>-->word ",
        "<table><tr><td>word ",
        "<li><dl></svg><dd>word ",
    ],
)
def test_deep_html_is_shallow_and_says_all_it_said(part):
    html = clean(part * 5000)
    assert depth(html) <= MOST
    assert html.count("word") == 5000
    assert clean(html) == html


@given(st.lists(st.sampled_from(TRICKS), min_size=1, max_size=6).map("".join))
@settings(max_examples=60)
def test_no_trick_hides_depth(part):
    assert depth(clean(part * 1000)) <= MOST


@pytest.mark.parametrize(
    "part",
    [
        "<p>one <b>two</b><br>",
        "<ul><li>one<li>two</ul>",
        "<table><tr><td>one<td>two</table>",
        "<p><b><i>one</b></i>",
        "<a href=/x>one",
        "<blockquote><p>one</blockquote>",
        "<p title=it's>one</p>",
        "<!-- <ul> --><p>one",
        "<div><ul><li><div>one</div></li></ul></div>",
    ],
)
def test_long_html_that_is_not_deep_is_left_as_it_is(part):
    assert shallow(part * 300) == part * 300


def test_shallow_part_of_what_becomes_deep_is_left_as_it_is():
    html = "<ul><li>" * 20 + "<p>word</p>" + "</li></ul>" * 20
    deep = "<blockquote>" * 300 + "deep" + "</blockquote>" * 300
    assert shallow(html + deep).startswith(html)
    assert shallow(deep + html).endswith(html)
