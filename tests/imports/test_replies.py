import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.imports.replies import Reference, joined, read

CB = '<a href="#comment-9" rel="nofollow">CB</a>'


def taken(html):
    """The prefix as names and keys, and the text behind it with references as they were written."""
    found = read(html)
    return (
        [(r.name, r.legacy_id) for r in found.prefix],
        joined(found.pieces, lambda reference: reference.written),
    )


@pytest.mark.parametrize(
    "html",
    [
        f"@{CB}: Yes.",
        f"@{CB}:\n\nYes.",
        f"  \n@{CB} :  Yes.",
        f"@ {CB}: Yes.",
        f"@{CB} Yes.",
        f"@{CB}\n\nYes.",
        f"@{CB}, Yes.",
        f"@{CB} – Yes.",
        f"@{CB}:<br />\nYes.",
        f"&#64;{CB}: Yes.",
        f"@&nbsp;{CB}:&nbsp;Yes.",
        f"<strong>@{CB}</strong>: Yes.",
        f"@<strong>{CB}</strong>: Yes.",
        f"@<em>{CB}:</em> Yes.",
        '@<a href="#comment-9" rel="nofollow ugc">CB</a>: Yes.',
        "@<a rel='nofollow ugc' title=\"to > CB\" href='#comment-9'>CB</a>: Yes.",
        '@<a class="x" HREF="http://old.example.org/2014/a/comment-page-2/#comment-9">CB</a>: Yes.',
        '@<a href="https://old.example.org/?p=4&amp;cpage=2#comment-9">CB</a>: Yes.',
        "@<a href=#comment-9>CB</a>: Yes.",
        '@<A HREF="#div-comment-9">CB</A>: Yes.',
        '@<a href="&#035;comment-9"> CB </a>: Yes.',
        '<a href="#comment-9">@CB</a>: Yes.',
        '<a href="#comment-9">@CB:</a> Yes.',
        '<a href="#comment-9"><b>@CB</b></a>: Yes.',
    ],
)
def test_every_form_of_the_link_is_a_prefix(html):
    assert taken(html) == ([("CB", 9)], "Yes.")


def test_prefix_in_a_paragraph_leaves_the_paragraph():
    assert taken(f"<p>@{CB}: Yes.</p>\n<p>No.</p>") == (
        [("CB", 9)],
        "<p>Yes.</p>\n<p>No.</p>",
    )


@pytest.mark.parametrize("between", [", ", " and ", " &amp; ", ": ", " / ", "\n", " "])
def test_prefix_may_name_several(between):
    dora = '<a href="#comment-11">Dora Doe</a>'
    assert taken(f"@{CB}{between}@{dora}: Yes.") == ([("CB", 9), ("Dora Doe", 11)], "Yes.")


@pytest.mark.parametrize(
    ("html", "names"),
    [
        ("@CB: Yes.", ["CB"]),
        ("@michael reynolds: Yes.", ["michael reynolds"]),
        ("@CB:\nYes.", ["CB"]),
        ("@d&#039;Artagnan: Yes.", ["d'Artagnan"]),
        ("<p>@CB: Yes.", ["CB"]),
        ("@CB and @Dora Doe: Yes.", ["CB", "Dora Doe"]),
        ("@CB, @Dora: Yes.", ["CB", "Dora"]),
    ],
)
def test_plain_name_with_a_colon_is_a_prefix(html, names):
    prefix, text = taken(html)
    assert prefix == [(name, None) for name in names]
    assert text.removeprefix("<p>") == "Yes."


@pytest.mark.parametrize(
    "html",
    [
        "Yes.",
        "",
        "@CB, yes.",
        "@CB yes.",
        "@http://example.org",
        "me@example.org: yes.",
        f"@{CB} is right.",
        f"@{CB}’s point.",
        '@<a href="https://example.org/">CB</a>: Yes.',
        '@<a href="#section-9">CB</a>: Yes.',
        f"Yes, @{CB}: indeed.",
        f"<blockquote>@{CB}: Yes.</blockquote>",
    ],
)
def test_what_is_no_prefix_stays(html):
    assert taken(html) == ([], html)


def test_links_in_the_middle_are_references():
    found = read(f"@{CB}: Yes.\n\n@<a href='#comment-11'>Dora</a>: No.")
    assert [(r.name, r.legacy_id) for r in found.references] == [("Dora", 11)]
    assert found.pieces[0] == "Yes.\n\n"
    assert found.pieces[2] == ": No."


def test_links_without_an_at_or_in_a_quotation_answer_nobody():
    found = read(f"See {CB}. <blockquote>@{CB}: Yes.</blockquote> <code>@{CB}</code> @{CB}!")
    assert [r.is_reply for r in found.references] == [False, False, False, True]


def test_opening_is_what_a_name_may_begin():
    assert read("@CB, yes.").opening == "CB, yes."
    assert read("Yes @CB").opening == ""


def test_long_lists_stay_in_the_text():
    found = read(f"@{CB} " * 30 + "Yes.")
    assert len(found.prefix) == 20
    assert len(found.references) == 10


@given(st.text(alphabet=st.sampled_from("@<>a/:b#\"'=&; \ncomment-9p"), max_size=200))
def test_nothing_is_lost(html):
    found = read(html)
    written = joined(found.pieces, lambda reference: reference.written)
    if found.head:
        assert html.endswith(written.removeprefix("<p>"))
    else:
        assert written == html


@pytest.mark.parametrize(
    "hostile",
    [
        "<a ",
        "@",
        '@<a href="',
        "<b>",
        "&nbsp;",
        "@<b>",
        '@<a href="#comment-9">CB</a>',
        "@a ",
        "</b>",
    ],
)
def test_hostile_text_takes_no_time(hostile):
    # Quadratic work would not come back within the limit of the whole test run.
    assert read(hostile * 20_000).pieces


def test_reference_is_told_by_its_words():
    assert Reference("CB", 9, "x") == Reference("CB", 9, "x")
