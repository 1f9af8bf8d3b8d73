"""The whole CommonMark specification, and where Rejoinder differs from it on purpose.

The specification's HTML goes through the cleaner too: a text's headings begin at the second level,
code carries no class for its language, and links get the site's `rel`.
"""

import json
from pathlib import Path

import pytest

from forum import markup

EXAMPLES = json.loads((Path(__file__).parent / "commonmark" / "spec.json").read_text())
REL = "ugc nofollow noopener"

RAW_HTML = {
    *(21, 31, 201, 308, 309, 344, 475, 476, 477, 491, 494, 524, 536, 642, 643),
    *range(148, 192),
    *(613, 614, 615, 616, 617, 623, 625, 626, 627, 628, 629, 630, 631),
}
BARE_ADDRESSES = {602, 608, 611}
PICTURES = {*(517, 520, 531), *range(572, 590), 591}
DIFFERENT = {
    **dict.fromkeys(RAW_HTML, "raw HTML is shown as it was typed"),
    **dict.fromkeys(BARE_ADDRESSES, "an address is a link without angle brackets too"),
}
DIFFERENT_IN_COMMENTS = {
    **DIFFERENT,
    **dict.fromkeys(PICTURES, "no pictures in comments: an exclamation mark and a link"),
}


def rendered(example, images):
    return markup.render_markdown(example["markdown"], link_rel=REL, images=images)


def expected(example, images):
    html = example["html"].replace("<blockquote>\n</blockquote>", "<blockquote></blockquote>")
    return markup.clean_html(html, link_rel=REL, images=images)


@pytest.mark.parametrize(
    ("images", "reasons"),
    [(True, DIFFERENT), (False, DIFFERENT_IN_COMMENTS)],
    ids=["articles", "comments"],
)
def test_specification_is_followed_but_for_the_differences_listed(images, reasons):
    assert len(EXAMPLES) == 652
    differ = [e for e in EXAMPLES if rendered(e, images) != expected(e, images)]
    surprising = [(e["number"], rendered(e, images)) for e in differ if e["number"] not in reasons]
    assert not surprising
    assert {e["number"] for e in differ} == set(reasons)


def test_raw_html_is_shown_as_it_was_typed():
    for example in EXAMPLES:
        if example["number"] in RAW_HTML:
            assert "&lt;" in rendered(example, True), example["number"]
