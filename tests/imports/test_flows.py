import io
from threading import Thread

import pytest
from django.db import connections

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment, ReplyLink
from forum.comments.rendering import redraw
from forum.imports import posts as arriving
from forum.imports.flows import ImportRefused, import_wordpress
from forum.imports.models import ImportedArticle, ImportedMember
from forum.imports.report import GUESSED, LEFT_OUT, NOTED, Report
from forum.tags.models import Category, Tag
from tests.imports.wxr import (
    at,
    bring_in,
    export,
    head,
    heading,
    item,
    remark,
    told,
)
from tests.invariants import assert_threads_sound

pytestmark = pytest.mark.django_db


def comment(legacy_id):
    return Comment.objects.get(former_id=legacy_id)


def test_article_comes_in_with_its_words_and_headings():
    report = bring_in(
        item(
            10,
            heading("News"),
            heading("Dogs", "post_tag"),
            title="Cats &amp; <em>dogs</em>",
            excerpt="In <b>short</b>.",
            content="Hello<script>alert(1)</script>.\n\n<blockquote id='q'>So.</blockquote>",
        )
    )
    article = Article.objects.get()
    assert (article.headline, article.standfirst) == ("Cats & dogs", "In short.")
    assert article.html == "<p>Hello.</p>\n<blockquote><p>So.</p>\n</blockquote>"
    assert article.markup == "html"
    assert article.published_at.isoformat() == "2014-05-06T08:00:00+00:00"
    assert article.get_absolute_url() == "/2014/05/06/post-10/"
    assert [c.name for c in article.categories.all()] == ["News"]
    assert [t.name for t in article.tags.all()] == ["Dogs"]
    assert (report.counts.articles, report.counts.categories, report.counts.tags) == (1, 1, 1)


@pytest.mark.parametrize(
    ("fields", "published"),
    [
        ({"status": "publish"}, True),
        ({"status": "future", "post_date_gmt": "2999-01-01 00:00:00"}, True),
        ({"status": "draft"}, False),
        ({"status": "private"}, False),
        ({"status": "pending"}, False),
        ({"post_password": "secret"}, False),
        ({"post_date": "", "post_date_gmt": "0000-00-00 00:00:00"}, False),
    ],
)
def test_only_what_was_public_is_public(fields, published):
    report = bring_in(item(10, **fields))
    assert (Article.objects.get().published_at is not None) == published
    assert bool(told(report, NOTED)) == (not published)


def test_date_of_the_feed_serves_where_there_is_no_other():
    bring_in(item(10, post_date="", post_date_gmt="", pubDate="Tue, 06 May 2014 08:00:00 +0000"))
    assert Article.objects.get().published_at.year == 2014


@pytest.mark.parametrize("kind", ["page", "nav_menu_item", "revision", "attachment"])
def test_what_is_no_post_is_left_out_with_its_line(kind):
    report = bring_in(item(10, post_type=kind))
    assert not Article.objects.exists()
    [note] = report.notes(LEFT_OUT)
    assert note.line == (head()).count("\n") + 1


@pytest.mark.parametrize("status", ["trash", "auto-draft", "inherit"])
def test_what_was_thrown_away_is_left_out(status):
    report = bring_in(item(10, status=status))
    assert not Article.objects.exists()
    assert len(told(report, LEFT_OUT)) == 1


def test_post_without_words_or_title_has_a_headline():
    bring_in(item(10, title="", content="The first words of it."))
    assert Article.objects.get().headline == "The first words of it."


def test_closed_discussion_stays_closed():
    bring_in(item(10, remark(1), comment_status="closed"))
    assert Article.objects.get().is_locked


def test_comments_are_threads_with_reply_links():
    bring_in(
        item(
            10,
            remark(1, author="Ada"),
            remark(2, at(1, "Ada") + "\n\nYes.", author="Bo"),
            remark(3, "Another thing.", author="Cy"),
            remark(4, f"Hm, {at(2, 'Bo')} and {at(3, 'Cy')} no.", author="Ada"),
        )
    )
    assert_threads_sound()
    assert comment(2).parent == comment(1)
    assert comment(4).parent == comment(2)
    links = ReplyLink.objects.order_by("comment", "position")
    assert list(
        links.values_list("comment__number", "target__number", "handle", "is_prefix", "is_guessed")
    ) == [
        (2, 1, "ada", True, False),
        (4, 2, "bo#2", False, False),
        (4, 3, "cy#3", False, False),
    ]
    assert comment(2).text == "<p>Yes.</p>"
    assert comment(2).html == (
        '<p><bdi><a class="reply-link" href="#comment-1">@Ada</a></bdi>: Yes.</p>'
    )
    assert '<a class="reply-link" href="#comment-2">@Bo#2</a></bdi>: and <bdi><a' in comment(4).html


def test_drawing_an_imported_comment_again_changes_nothing():
    bring_in(
        item(
            10,
            remark(1, author="Ada"),
            remark(2, f"{at(1, 'Ada')} Yes.\n\n@Ada and {at(1, 'Ada')} No.", author="Bo"),
        )
    )
    before = comment(2).html
    assert before.count("reply-link") == 3
    redraw([comment(2)])
    assert comment(2).html == before


def test_plain_names_are_guessed_and_listed():
    report = bring_in(
        item(
            10,
            remark(1, author="Ada"),
            remark(2, "@ada: Yes. And @Ada again.", author="Bo"),
        )
    )
    links = ReplyLink.objects.values_list("target__number", "is_prefix", "is_guessed")
    assert set(links) == {(1, True, True), (1, False, True)}
    assert comment(2).parent == comment(1)
    assert len(told(report, GUESSED)) == 2


def test_link_in_the_text_to_what_did_not_come_in_is_guessed_once():
    report = bring_in(
        item(10, remark(1, author="Ada"), remark(2, f"Hm, {at(99, 'Ada')} no.", author="Bo"))
    )
    [link] = ReplyLink.objects.all()
    assert (link.target.number, link.is_guessed, link.is_prefix) == (1, True, False)
    assert len(told(report, GUESSED)) == 1


def test_addresses_in_comments_are_links():
    bring_in(item(10, remark(1, "See https://example.org/a?b=1&c=2.")))
    assert 'href="https://example.org/a?b=1&amp;c=2"' in comment(1).html
    assert 'rel="ugc nofollow noopener"' in comment(1).html


def test_prefix_of_two_by_one_name_names_each_once():
    bring_in(
        item(
            10,
            remark(1, author="Ada"),
            remark(2, author="Ada"),
            remark(3, f"{at(1, 'Ada')} {at(2, 'Ada')} {at(1, 'Ada')} Yes.", author="Bo"),
        )
    )
    handles = ReplyLink.objects.order_by("position").values_list("handle", flat=True)
    assert list(handles) == ["ada", "ada#2"]


def test_prefix_that_leads_nowhere_stays_as_words():
    gone = at(99, "Gone")
    bring_in(
        item(
            10,
            remark(2, f"{gone} Yes."),
            remark(3, "@Nobody: No."),
            remark(4, f"<p>{gone} Yes.</p>", author="Ada"),
            remark(5, f"{gone} {at(4, 'Ada')} Yes."),
        )
    )
    assert comment(2).html == comment(4).html == "<p>@Gone: Yes.</p>"
    assert comment(5).html.endswith(">@Ada</a></bdi>: @Gone: Yes.</p>")
    assert comment(3).html == "<p>@Nobody: No.</p>"


def test_links_to_comments_lead_to_them_here():
    bring_in(item(10, remark(801), remark(802, '<a href="#comment-801">See above</a>.')))
    assert 'href="#comment-1"' in comment(802).html
    assert not ReplyLink.objects.exists()


def test_held_comments_wait_and_do_not_count():
    report = bring_in(item(10, remark(1), remark(2, approved="0"), remark(3, approved="spam")))
    article = Article.objects.get()
    assert (article.comment_count, article.last_number) == (1, 2)
    assert comment(2).held_at is not None
    assert article.last_commented_at == comment(1).posted_at
    assert (report.counts.comments, report.counts.held) == (2, 1)
    assert_threads_sound()


def test_twice_changes_nothing():
    items = [item(10, remark(1), remark(2, at(1, "Bert") + " Yes.")), item(11)]
    bring_in(*items)
    before = [list(m.objects.order_by("pk").values()) for m in (Article, Comment, User, ReplyLink)]
    report = bring_in(*items)
    after = [list(m.objects.order_by("pk").values()) for m in (Article, Comment, User, ReplyLink)]
    assert after == before
    assert (report.counts.articles, report.counts.already_here) == (0, 2)
    assert not told(report, LEFT_OUT)


def test_second_run_says_which_comments_are_new_there():
    bring_in(item(10, remark(1)))
    report = bring_in(item(10, remark(1), remark(2)))
    assert Comment.objects.count() == 1
    assert "after its article was brought in" in told(report, LEFT_OUT)[0]


def test_export_over_https_is_of_the_same_site():
    bring_in(item(10))
    before_the_move = export(item(10)).replace(b"https://old", b"http://old")
    report = import_wordpress(file=io.BytesIO(before_the_move))
    assert report.counts.already_here == Article.objects.count() == 1


def test_run_that_was_cut_off_goes_on(monkeypatch):
    items = [item(n, remark(n)) for n in (10, 11, 12)]
    plant, planted = arriving.Discussion.plant, []

    def fails_at_the_second(self):
        planted.append(self.article)
        if len(planted) == 2:
            raise KeyboardInterrupt
        plant(self)

    monkeypatch.setattr(arriving.Discussion, "plant", fails_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        bring_in(*items)
    assert Article.objects.count() == ImportedArticle.objects.count() == 1
    monkeypatch.setattr(arriving.Discussion, "plant", plant)
    report = bring_in(*items)
    assert (report.counts.already_here, report.counts.articles) == (1, 2)
    assert Comment.objects.exclude(former_id=None).count() == 3
    assert_threads_sound()


def test_damaged_file_brings_in_what_came_before():
    whole = (head() + item(10, remark(1))).encode()
    report = import_wordpress(file=io.BytesIO(whole + b"<item>\n<title>Half a post</title>\n<wp:"))
    assert Article.objects.count() == 1
    line = whole.count(b"\n")
    assert f"begins in line {line + 1}" in report.damage
    assert f"beyond line {line + 3}" in report.damage
    assert "Half a post" in report.damage


def test_comment_that_came_in_with_another_post_is_left_out():
    report = bring_in(item(10, remark(1)), item(11, remark(1)))
    assert Article.objects.count() == 2
    assert "a comment with this number is there already" in told(report, LEFT_OUT)[0]


def test_numbers_of_two_sites_are_two_comments():
    bring_in(item(10, remark(1)))
    other = export(item(10, remark(1))).replace(b"https://old.", b"https://other.")
    report = import_wordpress(file=io.BytesIO(other))
    assert Comment.objects.filter(former_id=1).count() == 2
    assert not told(report, LEFT_OUT)


def test_post_that_is_refused_is_left_out_whole_and_the_rest_comes_in(monkeypatch):
    plant = arriving.Discussion.plant

    def is_refused(self):
        plant(self)
        if self.article.headline == "Post 10":
            Comment.objects.filter(article=self.article).update(number=0)

    monkeypatch.setattr(arriving.Discussion, "plant", is_refused)
    report = bring_in(item(10, remark(1, author="Ada")), item(11, remark(2, author="Bo")))
    assert [a.headline for a in Article.objects.all()] == ["Post 11"]
    assert not User.objects.filter(display_name="Ada").exists()
    assert (report.counts.articles, report.counts.comments, report.counts.members) == (1, 1, 1)
    assert "could not be stored" in told(report, LEFT_OUT)[0]


def test_dry_run_says_the_same_and_leaves_nothing():
    items = [item(10, heading("News"), remark(1), remark(2, approved="spam")), item(11)]
    dry = bring_in(*items, dry_run=True)
    for model in (Article, Comment, User, Category, Tag, ImportedMember):
        assert not model.objects.exists()
    real = bring_in(*items)
    assert dry.counts == real.counts
    assert told(dry, LEFT_OUT) == told(real, LEFT_OUT)


def test_two_imports_at_once_are_refused():
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('rejoinder.import'))")
        with pytest.raises(ImportRefused):
            bring_in(item(10))
    finally:
        other.close()
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"link": "http://[x/", "content": '<img src="http://[y/z.jpg">'},
        {"link": "https://old.example.org/a%00b/", "content": '<img src="/files/a%00b.jpg">'},
        {"link": f"https://old.example.org/{'a' * 600}/", "post_name": "%00%ff"},
        {"content": f'<img src="/files/{"a" * 5000}.jpg">', "post_name": "x" * 300},
        {"title": "t" * 900, "excerpt": "e" * 5000, "creator": "c" * 900},
        {"title": "<b></b>", "content": "", "creator": "", "post_name": ""},
        {"post_date_gmt": "9999-12-31 23:59:59", "post_date": "0001-01-01", "pubDate": "never"},
        {"post_date_gmt": "", "post_date": "", "pubDate": "Wed, 30 Nov -0001 00:00:00 +0000"},
    ],
)
def test_odd_fields_stop_nothing(fields):
    odd = (
        heading("h" * 300),
        heading("H" * 300),
        heading("t" * 300, "post_tag"),
        remark(1, author="n" * 500, email="e" * 500 + "@example.org"),
        remark(2, date_gmt="9999-99-99", author="&#0;", email="none"),
    )
    report = bring_in(item(10, *odd, **fields), item(11))
    assert Article.objects.count() == 2
    assert report.counts.comments == 2
    assert_threads_sound()


def test_report_that_nobody_closed_is_cleared_away_by_any_thread():
    left = [Report()]
    thread = Thread(target=left.clear)
    thread.start()
    thread.join()
    assert not left
