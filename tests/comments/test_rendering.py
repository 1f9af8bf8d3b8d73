"""Stored HTML: previewed, posted and rendered again, a text always looks the same."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from forum import markup
from forum.comments import branches, flows, rendering, reply_links
from forum.comments.models import Comment, CommentRevision
from tests.factories import make_article, make_comment, make_member
from tests.race import race

pytestmark = pytest.mark.django_db
OLD = "<p>old</p>"


def age(*comments):
    """As if an older engine had made them."""
    Comment.objects.filter(pk__in=[c.pk for c in comments]).update(html=OLD, html_version=0)


def render_all_again(**options):
    return sum(done.number for done in rendering.render_again(**options))


def html_of(comment):
    return Comment.objects.get(pk=comment.pk).html


pieces = st.sampled_from(
    [
        "@Zoë: ",
        "@Zoë#1",
        "@Amal",
        "@Nobody",
        "**a**",
        "> quoted\n\n",
        "![x](/media/x.webp)",
        "`@Zoë`",
        "<b>",
        "&",
        "\n",
        "x ",
    ]
)


@given(st.lists(pieces, min_size=1, max_size=6).map("".join).filter(str.strip))
@settings(max_examples=25, deadline=None)
@override_settings(COMMENT_PICTURES_FROM=0)
def test_preview_is_byte_for_byte_what_is_posted(text):
    article = make_article()
    zoe, writer = make_member("Zoë"), make_member("Somebody")
    make_member("Amal")
    parent = make_comment(article, zoe)
    preview = flows.preview_comment(article=article, author=writer, text=text, parent=parent)
    posted = make_comment(article, writer, text=text, parent=parent)
    assert preview == posted.html
    before_edit = flows.preview_comment(
        article=article, author=writer, text=text + "!", parent=parent, comment=posted
    )
    edited = flows.edit_comment(comment=posted, by=writer, text=text + "!")
    assert before_edit == edited.html
    # Members are unique by name.
    for member in type(zoe).objects.all():
        type(member).objects.filter(pk=member.pk).update(
            display_name=f"m{member.pk}", display_key=f"m{member.pk}"
        )


def test_every_text_knows_the_engine_that_made_its_html():
    comment = make_comment()
    assert comment.html_version == markup.ENGINE
    edited = flows.edit_comment(comment=comment, by=comment.author, text="Better.")
    edited.refresh_from_db()
    assert edited.html_version == edited.revisions.get().html_version == markup.ENGINE
    assert edited.article.html_version == markup.ENGINE


def test_rendering_again_gives_what_was_there_with_links_from_the_rows():
    article = make_article()
    zoe = make_member("Zoë")
    first = make_comment(article, zoe)
    answer = make_comment(article, text="@Zoë: *yes*, and @Zoë#1 again")
    zoe.display_name = "Zoë Q"
    zoe.save()
    later = make_comment(article, zoe)
    age(first, answer, later)
    assert render_all_again() == 3
    html = html_of(answer)
    # The comment meant then, by the name of today; a later one by that name changes nothing.
    assert html.count(f'href="#comment-{first.number}">@Zoë Q') == 2
    assert "<em>yes</em>" in html
    assert f"#comment-{later.number}" not in html


def test_rendering_again_changes_no_text_and_nothing_that_is_new():
    old, new = make_comment(text="*old* words"), make_comment()
    age(old)
    Comment.objects.filter(pk=new.pk).update(html="<p>untouched</p>")
    before = Comment.objects.values("pk", "text", "edited_at", "number").order_by("pk")
    before = list(before)
    assert render_all_again() == 1
    assert html_of(new) == "<p>untouched</p>"
    assert html_of(old) == "<p><em>old</em> words</p>"
    assert before == list(Comment.objects.values(*before[0]).order_by("pk"))
    assert render_all_again() == 0


def test_links_that_came_as_data_are_drawn_again():
    first = make_comment(author=make_member("Zoë"))
    answer = make_comment(first.article, text="<i>Yes.</i>")
    Comment.objects.filter(pk=answer.pk).update(markup="html")
    answer.reply_links.create(target=first, handle="zoë", is_prefix=True)
    age(answer)
    render_all_again()
    assert html_of(answer) == (
        f'<p><bdi><a class="reply-link" href="#{first.anchor}">@Zoë</a></bdi>: </p><i>Yes.</i>'
    )


def test_earlier_texts_are_rendered_again_with_the_links_they_had():
    first = make_comment(author=make_member("Zoë"))
    comment = make_comment(first.article, text="@Zoë: yes")
    drawn = comment.html
    flows.edit_comment(comment=comment, by=comment.author, text="no")
    CommentRevision.objects.update(html=OLD, html_version=0)
    assert render_all_again() == 1
    assert CommentRevision.objects.get().html == drawn


def test_run_that_was_cut_off_goes_on():
    article = make_article()
    comments = [make_comment(article) for _n in range(5)]
    age(*comments)
    batches = rendering.render_again(size=2)
    assert next(batches).number == 2
    batches.close()
    assert Comment.objects.filter(html=OLD).count() == 3
    assert render_all_again(size=2) == 3


@pytest.mark.parametrize("number", [1, 12])
def test_batch_takes_a_constant_number_of_queries(number, django_assert_num_queries):
    article = make_article()
    make_comment(article, make_member("Zoë"))
    age(*[make_comment(article, text="@Zoë: yes") for _n in range(number)])
    with django_assert_num_queries(10):
        render_all_again()


def test_text_edited_meanwhile_keeps_its_new_html(monkeypatch):
    comment = make_comment(text="Before.")
    age(comment)
    clean = rendering._clean

    def edited_meanwhile(written):
        monkeypatch.setattr(rendering, "_clean", clean)
        flows.edit_comment(comment=comment, by=comment.author, text="After.")
        return clean(written)

    monkeypatch.setattr(rendering, "_clean", edited_meanwhile)
    render_all_again()
    assert html_of(comment) == "<p>After.</p>"


@pytest.mark.django_db(transaction=True)
def test_rendering_again_is_safe_while_people_post_edit_and_move():
    article, other = make_article(), make_article()
    zoe = make_member("Zoë")
    first = make_comment(article, zoe)
    writers = [make_member(f"Writer {n}") for n in range(3)]
    old = [make_comment(article, writer, text="@Zoë: first") for writer in writers * 4]
    age(first, *old)

    def post():
        return [make_comment(article, writers[0], text="@Writer 1: new") for _n in range(5)]

    def edit():
        return [flows.edit_comment(comment=c, by=c.author, text=f"@Zoë: {c.pk}") for c in old[::2]]

    def move():
        return branches.move_comment(comment=first, article=other)

    def again():
        return render_all_again(size=3)

    results = race(post, edit, move, again, again)
    assert not [one for one in results if isinstance(one, Exception)]
    render_all_again()
    moved = Comment.objects.get(pk=first.pk)
    for comment in Comment.objects.exclude(pk=first.pk):
        assert comment.html_version == markup.ENGINE
        clean = flows.render(comment.text)
        kept = reply_links.kept([comment])[comment.pk].answers
        drawn, _used = reply_links.draw(clean, kept, article_id=comment.article_id)
        assert comment.html == drawn
    assert moved.html == "<p>A remark.</p>"


def test_command_says_what_it_did_and_what_is_shown_as_typed():
    comment, deep = make_comment(text="*a*"), make_comment()
    Comment.objects.filter(pk=deep.pk).update(text="> " * 50 + "deep")
    age(comment, deep)
    article = comment.article
    type(article).objects.filter(pk=article.pk).update(html=OLD, html_version=0, word_count=0)
    said = StringIO()
    call_command("render_again", stdout=said)
    assert "1 articles: rendered anew." in said.getvalue()
    assert "2 comments" in said.getvalue()
    assert "1 of them cannot be rendered any more" in said.getvalue()
    article.refresh_from_db()
    assert article.html == "<p>Some paragraphs.</p>\n<p>And more.</p>"
    assert article.word_count == 4
    assert "deep" in html_of(deep)
    assert connection.in_atomic_block  # the test's own
