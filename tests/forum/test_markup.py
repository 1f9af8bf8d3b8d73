"""Text to safe HTML: whatever comes in, nothing runs."""

import re
import sys
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum import markup

REL = "ugc nofollow noopener"
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVa\tScript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form action=//evil.example><button>x</button></form>",
    "<style>@import '//evil.example'</style>",
    "<p style='position:fixed;inset:0'>x</p>",
    "<math><mtext></p><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<p id=composer class=card>x</p>",
    "<!--><img src=x onerror=alert(1)>-->",
    "[x](javascript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](vbscript:msgbox)",
    "![x](javascript:alert(1))",
    f"<p><img src='/m/{'0' * 32}-9x9.webp' title='</figcaption><script>' alt='\"><script>'></p>",
    f"<a href=/><img src='//x/{'0' * 32}-9x9.webp' alt='<b onclick=x>'>",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    '[x](https://a.example "\\" onmouseover=alert(1) ")',
]
ALLOWED_ATTRIBUTES = {"href", "title", "rel", "start", "align", "src", "alt", "width", "height"}
VARIANTS = {"srcset", "sizes", "type", "loading"}


class Inspector(HTMLParser):
    """Fails for any element or attribute that a text may not hold."""

    def handle_starttag(self, tag, attributes):
        assert tag in markup.TAGS | markup.PICTURE_TAGS | markup.VARIANT_TAGS, tag
        for name, value in attributes:
            allowed = tag in ("img", "source") and name in VARIANTS
            assert allowed or name in ALLOWED_ATTRIBUTES, name
            if name in ("href", "src"):
                assert re.match(r"(https?:|mailto:|[^:]*$)", value, re.IGNORECASE), value
            if name == "rel":
                assert value == REL


def inspect(html):
    Inspector().feed(html)
    return html


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("images", [False, True])
def test_hostile_text_runs_nothing(text, images):
    inspect(markup.render_markdown(text, link_rel=REL, images=images))
    inspect(markup.clean_html(text, link_rel=REL, images=images))


# Tags that do harm by themselves; in the others it is the text or an address that would.
TAGS = [one for one in HOSTILE if re.match("<[a-z!]", one) and not re.search("javas|0{32}", one)]


@pytest.mark.parametrize("text", TAGS)
def test_tags_are_shown_as_typed_in_markdown(text):
    html = markup.render_markdown(text, link_rel=REL)
    assert re.sub(r"</?p>", "", html).startswith("&lt;")


@pytest.mark.parametrize("text", [one for one in TAGS if "<!" not in one])
def test_control_uncleaned_it_would_not_pass(text):
    with pytest.raises(AssertionError):
        inspect(text)


pieces = st.lists(
    st.sampled_from(
        [*HOSTILE, "*", "_", "`", "> ", "- ", "\n\n", "@Zoë#1: ", "&lt;", "<", ">", '"']
    )
    | st.text(max_size=20),
    max_size=12,
).map("".join)


@given(pieces)
@settings(max_examples=300)
def test_any_text_runs_nothing_and_cleaning_twice_changes_nothing(text):
    for html in (
        markup.render_markdown(text, link_rel=REL),
        markup.clean_html(text, link_rel=REL),
    ):
        inspect(html)
        assert markup.clean_html(html, link_rel=REL) == html
    html = inspect(markup.clean_html(text, link_rel=REL, images=True))
    assert markup.clean_html(html, link_rel=REL, images=True) == html


@given(st.text(alphabet="ab <>&'\"é\n", max_size=80))
def test_words_of_plain_text_are_all_kept(text):
    html = markup.render_markdown(text.replace("\n", " ").strip(), link_rel=REL)
    words = [w for w in re.split(r"\s+", text) if w]
    if words and words[0].isalnum():
        assert markup.plain_text(html).split() == words


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*a* **b**", "<p><em>a</em> <strong>b</strong></p>"),
        ("~~a~~", "<p><s>a</s></p>"),
        ("# a", "<h2>a</h2>"),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
        ("`<b>`", "<p><code>&lt;b&gt;</code></p>"),
        ("a <b>c</b>", "<p>a &lt;b&gt;c&lt;/b&gt;</p>"),
        (
            "https://example.org/a_b",
            f'<p><a href="https://example.org/a_b" rel="{REL}">https://example.org/a_b</a></p>',
        ),
        (
            "www.example.org.",
            f'<p><a href="https://www.example.org" rel="{REL}">www.example.org</a>.</p>',
        ),
        ("example.org and me@example.org", "<p>example.org and me@example.org</p>"),
    ],
)
def test_markdown_is_what_people_expect(text, html):
    assert markup.render_markdown(text, link_rel=REL) == html


STORED = f"/media/pictures/2026/11/{'0' * 32}-1600x900"


def with_pictures(text):
    html = markup.render_markdown(text, link_rel=REL, images=True)
    inspect(html)
    assert markup.clean_html(html, link_rel=REL, images=True) == html
    return html


def test_pictures_are_for_articles():
    text = f"![Stones]({STORED}.webp)"
    assert "<img" in with_pictures(text)
    assert "<img" not in markup.render_markdown(text, link_rel=REL)


def test_picture_of_the_site_is_a_figure_with_its_variants():
    html = with_pictures(f'![Two "stones"]({STORED}.webp "In <July>")')
    assert html.startswith("<figure><picture><source")
    assert f'srcset="{STORED}-480.avif 480w, {STORED}-960.avif 960w, {STORED}.avif 1600w"' in html
    assert 'alt="Two &quot;stones&quot;" width="1600" height="900"' in html
    assert html.endswith("<figcaption>In &lt;July&gt;</figcaption></figure>")


def test_picture_amid_words_is_no_figure():
    html = with_pictures(f'Here ![x]({STORED}.webp "y") it is')
    assert "<figure>" not in html
    assert 'title="y"' in html


@pytest.mark.parametrize("address", ["https://evil.example/x.png", "//evil.example/x.png"])
def test_picture_from_elsewhere_is_a_link_and_loads_nothing(address):
    html = with_pictures(f"![Stones]({address}) [![Stones]({address})](/there)")
    assert "<img" not in html
    assert f'<a href="{address}" rel="{REL}">Stones</a>' in html
    assert f'<a href="/there" rel="{REL}">Stones</a>' in html


@pytest.mark.parametrize(
    "address", [f"{STORED}.webp,https://evil.example/{'0' * 32}-9x9.webp", f"/a&quot;{STORED}.webp"]
)
def test_no_address_reaches_further_than_its_own_variants(address):
    html = markup.clean_html(f'<img src="{address}" srcset="x">', link_rel=REL, images=True)
    assert "srcset" not in html


def test_pictures_that_say_nothing_are_counted():
    html = with_pictures(f"![x]({STORED}.webp) ![]({STORED}.webp) ![ ]({STORED}.webp)")
    assert markup.pictures_without_words(html) == 2


MANY = 50_000
# Each once made parsers slow: by the square of its length, or by its length times its depth.
PATHOLOGICAL = {
    "brackets in brackets": "[" * MANY + "a" + "]" * MANY,
    "brackets that stay open": "[a" * MANY,
    "links that stay open": "[a](" * MANY,
    "links in brackets": "[a](b" * MANY,
    "pictures in pictures": "![[]()" * MANY,
    "quotations in quotations": "> " * MANY + "a",
    "lists in lists": "* " * MANY + "a",
    "lists that go deeper by the line": "".join("  " * n + "- a\n" for n in range(200)),
    "lines that lazily go on with a deep quotation": "> " * 18 + "a\n" + "b\n" * MANY,
    "emphasis that stays open": "*a **a " * MANY,
    "emphasis within words": "a**b" * MANY + "c* " * MANY,
    "stars": "*" * MANY + "a" + "*" * MANY,
    "strikethrough that stays open": "~~a" * MANY,
    "backticks in growing numbers": "".join("e" + "`" * n for n in range(1, 320)),
    "code that stays open": "`a" * MANY,
    "fences": "```\n" * MANY,
    "a table of many columns": "|" + "a|" * MANY + "\n|" + "-|" * MANY + "\n",
    "a table that fills up short rows": "|" + "a|" * 300 + "\n|" + "-|" * 300 + "\n" + "a\n" * MANY,
    "the heads of tables alone": "> a|b\n> -|-\n\n" * MANY,
    "autolinks that stay open": "<http:" * MANY,
    "entities": "&amp;" * MANY,
    "entities that are none": "&#" * MANY,
    "a title that goes on by the line": "[a]: /u '" + "a\n" * MANY,
    "items": "- a\n" * MANY,
    "headings": "# a\n" * MANY,
    "underlined headings": "a\n=\n" * MANY,
    "paragraphs": "a\n\n" * MANY,
    "lines": "a\n" * MANY,
    "more than the longest text": "a" * (markup.LONGEST_TEXT + 1),
}


def calls_to_render(text):
    """How many functions are called to render a text, or to refuse it: work that does not depend
    on the machine, nor on what the parser counts itself."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        markup.render_markdown(text, link_rel=REL, images=True)
    except markup.MarkupRefused:
        return calls, True
    finally:
        sys.setprofile(before)
    return calls, False


# A step is a line or a place that is looked at, by as many rules as there are.
CALLS_A_STEP = 80


@pytest.mark.parametrize("text", PATHOLOGICAL.values(), ids=PATHOLOGICAL)
def test_pathological_text_is_refused_before_it_takes_work(text):
    calls, is_refused = calls_to_render(text)
    assert is_refused
    assert calls <= CALLS_A_STEP * markup.STEPS


@pytest.mark.parametrize(
    "piece",
    ["A sentence with *emphasis* and a [link](https://example.org/). ", "> quoted words here\n\n"],
)
def test_work_grows_with_the_length_of_a_text_and_no_faster(piece):
    calls_to_render(piece)  # what is made once
    taken = [calls_to_render(piece * times)[0] for times in (100, 200, 400)]
    assert taken[1] <= 2.1 * taken[0]
    assert taken[2] <= 2.1 * taken[1]


def test_long_honest_text_is_rendered_whole():
    paragraph = "Some *words* of [somebody](https://example.org/a-page), and more of my own. " * 6
    text = f"{paragraph}\n\n- an item\n- and another\n\n> quoted\n\n" * 400
    assert 0.95 * markup.LONGEST_TEXT < len(text) < markup.LONGEST_TEXT
    assert markup.render_markdown(text, link_rel=REL).count("<em>") == 6 * 400


def test_address_defined_once_cannot_be_used_to_make_a_huge_page():
    with pytest.raises(markup.MarkupRefused, match="long addresses"):
        markup.render_markdown(f"[a]: /{'u' * 5000}\n\n" + "[a] and " * 500, link_rel=REL)


def test_too_deep_quotations_are_refused_and_nothing_is_cut_off():
    deepest = markup.DEEPEST_NESTING - 1
    html = markup.render_markdown("> " * deepest + "a", link_rel=REL)
    assert html.count("<blockquote>") == deepest
    assert "<p>a</p>" in html
    with pytest.raises(markup.MarkupRefused, match="too deep"):
        markup.render_markdown("> " * (deepest + 1) + "a", link_rel=REL)


def test_text_taken_by_an_older_engine_is_shown_as_typed_where_this_one_refuses():
    html, is_whole = markup.render_stored("> " * 50 + "<b>a", syntax="markdown", link_rel=REL)
    assert not is_whole
    assert markup.plain_text(html) == "> " * 50 + "<b>a"
    assert markup.render_stored("*a*", syntax="markdown", link_rel=REL) == (
        "<p><em>a</em></p>",
        True,
    )
    assert markup.render_stored("<i>a</i>", syntax="html", link_rel=REL) == ("<i>a</i>", True)


addresses = st.sampled_from(
    [
        "https://example.org/",
        "http://a.example/b?c=d&e",
        "www.example.org",
        "/here",
        "#comment-1",
        "mailto:a@example.org",
        "//example.org",
    ]
)
links = st.builds(
    lambda shape, address: shape.replace("ADDRESS", address),
    st.sampled_from(
        [
            "[words](ADDRESS)",
            "<ADDRESS>",
            "ADDRESS",
            '[words](<ADDRESS> "title")',
            "[words][1]\n\n[1]: ADDRESS\n\n",
            "![words](ADDRESS)",
            '<a href="ADDRESS" rel="me follow">words</a>',
            "<a rel=opener href=ADDRESS>words</a>",
            "| a | b |\n|-|-|\n| ADDRESS | [x](ADDRESS) |\n\n",
            "> - ADDRESS\n\n",
        ]
    ),
    addresses,
)


@given(st.lists(links | st.sampled_from([" ", "\n\n", "*", "`", "\\"]), max_size=8).map("".join))
def test_every_link_of_a_member_says_that_it_is_one(text):
    for html in (
        markup.render_markdown(text, link_rel=REL),
        markup.clean_html(text, link_rel=REL),
    ):
        for anchor in re.findall(r"<a\b[^>]*>", html):
            assert f'rel="{REL}"' in anchor


def test_endless_word_is_shown_without_links():
    html = markup.render_markdown("www." * 5000, link_rel=REL)
    assert "<a" not in html
    assert "www.www." in html


@pytest.mark.parametrize(
    ("html", "length", "short"),
    [
        ("<p>One two three</p>", 100, "One two three"),
        ("<p>One two three</p>", 8, "One two…"),
        ("<blockquote><p>Theirs</p></blockquote><p>Mine</p>", 100, "Mine"),
        ("<blockquote><p>Theirs</p></blockquote>", 100, "Theirs"),
        ("<p>a &lt;b&gt; &amp; c</p>", 100, "a <b> & c"),
        ("<p>" + "x" * 50 + "</p>", 10, "xxxxxxxxx…"),
        ("<p>One</p><p>Two</p>", 100, "One Two"),
    ],
)
def test_excerpt_is_the_beginning_in_plain_words(html, length, short):
    assert markup.excerpt(html, length) == short


@pytest.mark.parametrize(
    ("html", "length", "short"),
    [
        ("<p>A &lt; b &amp; c.</p>", 20, "A &lt; b &amp; c."),
        ("<p><bdi><a>@Ada &amp; Bo</a></bdi>: no.</p>", 30, "<bdi>@Ada &amp; Bo</bdi>: no."),
        ("<p>Yes, <bdi><a>@Ada Two</a></bdi>.</p>", 12, "Yes, <bdi>@Ada…</bdi>"),
    ],
)
def test_excerpt_in_html_keeps_names_apart(html, length, short):
    assert markup.excerpt_html(html, length) == short


@pytest.mark.parametrize(
    ("html", "count"),
    [("<p>One two</p>", 2), ("", 0), ("<p>陈思远你好</p>", 2), ("<p>d'accord</p>", 2)],
)
def test_words_are_counted_in_every_script(html, count):
    assert markup.word_count(html) == count
