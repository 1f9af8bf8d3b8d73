"""Text to safe HTML: whatever comes in, nothing runs."""

import re
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


def test_text_of_nothing_but_marks_is_refused():
    with pytest.raises(markup.MarkupRefused):
        markup.render_markdown("*[" * 3000, link_rel=REL)


def test_deep_quotations_are_bounded():
    html = markup.render_markdown("> " * 500 + "a", link_rel=REL)
    assert html.count("<blockquote>") <= markup.DEEPEST_NESTING


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
    ("html", "count"),
    [("<p>One two</p>", 2), ("", 0), ("<p>陈思远你好</p>", 2), ("<p>d'accord</p>", 2)],
)
def test_words_are_counted_in_every_script(html, count):
    assert markup.word_count(html) == count
