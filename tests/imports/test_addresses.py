import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.imports.addresses import with_links


def link(address):
    return f'<a href="{address}">{address}</a>'


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ("See http://example.org.", "http://example.org"),
        ("(https://example.org/a?b=1&amp;c=2)", "https://example.org/a?b=1&amp;c=2"),
        ("https://example.org/a_(b), no", "https://example.org/a_(b)"),
        ("<p>https://example.org/ü!</p>", "https://example.org/ü"),
        ("So: https://example.org&quot;", "https://example.org"),
    ],
)
def test_bare_address_becomes_a_link(html, address):
    assert with_links(html) == html.replace(address, link(address))


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://example.org">https://example.org</a>',
        "<code>https://example.org</code>",
        '<img src="https://example.org/a.jpg">',
        "ftp://example.org",
        "http://",
        "no address",
    ],
)
def test_other_text_stays(html):
    assert with_links(html) == html


@given(st.text(alphabet=st.sampled_from("https://ab.c <>()&;\"'="), max_size=100))
def test_nothing_but_links_is_added(html):
    linked = with_links(html)
    assert linked == html or "<a href=" in linked
    assert len(linked) >= len(html)
