import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.imports import wordpress
from forum.imports.wordpress import Attachment, Author, Damage, NotAnExport, Post, Site
from tests.imports.wxr import END, export, head, heading, item, meta, posts, read, remark


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_every_version_is_read(version, scheme):
    data = export(item(7, remark(1)), version=version, scheme=scheme)
    site, author, post = read(data)
    assert site == Site("A blog", "https://old.example.org", version)
    assert (author.login, author.name, author.legacy_id) == ("anna", "Anna Writer", 2)
    assert (post.legacy_id, post.comments[0].content) == (7, "A remark.")


def test_post_has_all_its_fields():
    [post] = posts(
        export(
            item(
                12,
                heading("Arts &amp; Letters"),
                heading("Dogs", "post_tag"),
                heading("aside", "post_format"),
                meta("_thumbnail_id", "99"),
                remark(5, "Hm.", author="d&#039;Artagnan", parent=3, user_id=2, approved="0"),
                excerpt="In short.",
                comment_status="closed",
                post_password="open sesame",
            )
        )
    )
    assert (post.categories, post.tags, post.thumbnail_id) == (["Arts & Letters"], ["Dogs"], 99)
    assert (post.excerpt, post.discussion_is_closed, post.password) == (
        "In short.",
        True,
        "open sesame",
    )
    comment = post.comments[0]
    assert (comment.author, comment.parent_id, comment.user_id) == ("d'Artagnan", 3, 2)
    assert comment.approved == "0"


def test_headings_of_the_oldest_version_count_once():
    old = (
        "<category><![CDATA[News]]></category>"
        '<category domain="category" nicename="news"><![CDATA[News]]></category>'
        '<category domain="tag"><![CDATA[Dogs]]></category>'
        '<category domain="tag" nicename="dogs"><![CDATA[Dogs]]></category>'
    )
    [post] = posts(export(item(1, old), version="1.0"))
    assert (post.categories, post.tags) == (["News"], ["Dogs"])


def test_attachment_has_where_its_file_is():
    data = export(
        item(
            99,
            meta("_wp_attached_file", "2014/05/dog.jpg"),
            meta("_wp_attachment_image_alt", "A dog"),
            post_type="attachment",
            attachment_url="https://old.example.org/wp-content/uploads/2014/05/dog.jpg",
            excerpt="Our dog",
        )
    )
    found = read(data)[-1]
    assert isinstance(found, Attachment)
    assert (found.legacy_id, found.path, found.alt) == (99, "2014/05/dog.jpg", "A dog")
    assert found.caption == "Our dog"


def test_attachments_are_read_alone_whatever_the_comments_hold():
    nested = "<wp:comment><wp:comment><x></x></wp:comment><item></item></wp:comment>"
    data = export(
        item(1, remark(1), nested, remark(2)),
        item(99, remark(3), post_type="attachment", attachment_url="https://old.example.org/a.jpg"),
        item(2, remark(4)),
        item(98, post_type="attachment"),
    )
    found = list(wordpress.attachments(io.BytesIO(data)))
    assert [(one.legacy_id, one.line) for one in found] == [
        (entry.legacy_id, entry.line) for entry in read(data) if isinstance(entry, Attachment)
    ]
    assert [one.legacy_id for one in found] == [99, 98]
    cut = data[: data.index(b"Post 2")]
    assert [one.legacy_id for one in wordpress.attachments(io.BytesIO(cut))] == [99]
    with pytest.raises(NotAnExport):
        list(wordpress.attachments(io.BytesIO(b"<html/>")))


def test_lines_are_those_of_the_file_with_blank_lines_before_it():
    data = b"\n\n" + export(item(1, remark(1)), item(2))
    lines = data.decode().split("\n")
    first, second = posts(data)
    assert lines[first.line - 1] == lines[second.line - 1] == "<item>"
    assert lines[first.comments[0].line - 1].startswith("<wp:comment>")
    assert "Post 2" in lines[second.line]


def test_missing_and_padded_fields_are_empty_or_trimmed():
    data = export("<item><title>  Bare \n</title><wp:comment></wp:comment></item>")
    [post] = posts(data)
    assert (post.title, post.legacy_id, post.content, post.status) == ("Bare", None, "", "publish")
    assert (post.comments[0].legacy_id, post.comments[0].parent_id) == (None, 0)
    [padded] = posts(export(item(post_id="  31\n ")))
    assert padded.legacy_id == 31


def test_forbidden_characters_are_replaced():
    data = export(item(1, content="a\x08b\x0bc")).replace(b"Post 1", b"&#8;&#x1F;\xff")
    [post] = posts(data)
    assert post.content == "a\ufffdb\ufffdc"
    assert post.title == "\ufffd\ufffd\ufffd"


def test_named_entities_of_html_are_read():
    data = export(item(1)).replace(b"<![CDATA[Post 1]]>", b"Zo&euml; &amp; &bogus; &#8212;")
    assert posts(data)[0].title == "Zoë & &bogus; —"


@pytest.mark.parametrize(
    "reference", ["&#0;", "&#8;", "&#x1F;", "&#55357;", "&#xDE00;", "&#xFFFE;", "&#1114112;"]
)
def test_forbidden_references_are_replaced(reference):
    data = export(item(1)).replace(b"<![CDATA[Post 1]]>", f"a{reference}b&#9;&#8212;".encode())
    assert posts(data)[0].title == "a\ufffdb\t—"


def test_forbidden_references_are_replaced_where_pieces_of_the_file_meet():
    for padding in range(12):
        data = export(item(1, content="x" * (wordpress_chunk() - 1500 + padding)))
        data = data.replace(b"Post 1", b"A" * 700 + b"&#11;" * 200)
        assert posts(data)[0].title == "A" * 700 + "\ufffd" * 200


def wordpress_chunk():
    from forum.imports.decoding import CHUNK

    return CHUNK


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-1"])
def test_other_encodings_are_read(encoding):
    text = export(item(1, title="Zoë")).decode().replace('"UTF-8"', f'"{encoding}"')
    assert posts(text.encode(encoding))[0].title == "Zoë"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"just words", "not XML"),
        (b"<!DOCTYPE html><html><body>", "not a WordPress export"),
        (b"<rss><channel><title>A feed</title><item></item></channel></rss>", "not a WordPress"),
        (b"<rss", "not XML"),
    ],
)
def test_what_is_no_export_is_refused(data, said):
    with pytest.raises(NotAnExport, match=said):
        read(data)


def test_entities_of_the_file_are_refused():
    laughs = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(NotAnExport, match="entities"):
        read(export(item(1)).replace(b"<rss", laughs.encode() + b"<rss", 1))


def test_outside_entities_are_not_fetched(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret words")
    outside = f'<!DOCTYPE rss SYSTEM "file://{secret}">'
    [post] = posts(export(item(1)).replace(b"<rss", outside.encode() + b"<rss", 1))
    assert post.title == "Post 1"


@pytest.mark.parametrize("damage", ["<wp:post_id>3</wp:post>", "& ", "<item", "]]>"])
def test_damage_gives_what_came_before_and_the_line(damage):
    before = head() + item(1) + item(2)
    data = f"{before}<item>\n<title>Broken</title>\n{damage}"
    *entries, last = read(data.encode() + b"</item>" + END.encode())
    assert [e.legacy_id for e in entries if isinstance(e, Post)] == [1, 2]
    assert isinstance(last, Damage)
    assert last.inside == "Broken"
    assert last.inside_line == before.count("\n") + 1
    assert last.inside_line <= last.line <= last.inside_line + 5


def test_file_that_breaks_off_gives_what_came_before():
    data = export(item(1), item(2), item(3))
    *entries, last = read(data[: data.index(b"Post 3")])
    assert [e.legacy_id for e in entries if isinstance(e, Post)] == [1, 2]
    assert isinstance(last, Damage)


@given(st.integers(min_value=0, max_value=4000))
def test_cut_anywhere_the_stream_is_a_beginning_of_the_whole(length):
    data = export(item(1, remark(1)), item(2, remark(2)), item(3))
    whole = read(data)
    try:
        part = read(data[:length])
    except NotAnExport:
        return
    if isinstance(part[-1], Damage):
        part.pop()
    assert whole[: len(part)] == part


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(noise):
    for data in (noise, head().encode() + noise, export(item(1)).replace(b"One line.", noise)):
        try:
            entries = read(data)
        except NotAnExport:
            continue
        assert isinstance(entries[0], Site)


@given(st.text(max_size=200))
def test_words_come_through(words):
    safe = words.replace("]]>", "").replace("&#", "")
    [post] = posts(export(item(1, content=safe)))
    unseen = {c for c in safe if not (c in "\t\n\r" or "\x20" <= c < "\ufffe" or c > "\uffff")}
    for character in unseen:
        safe = safe.replace(character, "\ufffd")
    assert post.content == safe.replace("\r\n", "\n").replace("\r", "\n").strip()


class Endless(io.RawIOBase):
    """An export of many posts that exists nowhere as a whole."""

    def __init__(self, times: int) -> None:
        one = item(1, *(remark(n, "word " * 200) for n in range(1, 21)))
        self.pieces = iter([head(), *[one] * times, END])
        self.left = b""

    def read(self, size: int = -1) -> bytes:
        while len(self.left) < size and (piece := next(self.pieces, "")):
            self.left += piece.encode()
        given_out, self.left = self.left[:size], self.left[size:]
        return given_out


def peak(times: int) -> int:
    tracemalloc.start()
    try:
        for _ in wordpress.read(Endless(times)):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_file():
    small = peak(20)
    assert peak(600) < small * 1.2


def test_authors_keep_their_login_where_they_have_no_name():
    authors = "<wp:author><wp:author_login>carl</wp:author_login></wp:author>"
    [author] = [e for e in read(export(authors=authors)) if isinstance(e, Author)]
    assert (author.name, author.legacy_id, author.email) == ("carl", None, "")
