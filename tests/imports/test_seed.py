"""A real article with its discussion comes in whole. The file is not part of the project."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from forum.articles.models import Article
from forum.comments.models import Comment, ReplyLink
from forum.tags.models import Category, Tag
from tests.invariants import assert_threads_sound

# Beside the project, or beside a folder that holds it.
PLACES = [
    folder / "shared/seed/outside-the-beltway.wxr.xml"
    for folder in Path(__file__).resolve().parents[3:]
]
SEED = next(filter(Path.exists, PLACES), PLACES[0])

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SEED.exists(), reason=f"the seed is not on this machine: {SEED}"),
]


def bring_in(**options):
    told = StringIO()
    call_command("import_wordpress", str(SEED), stdout=told, **options)
    return told.getvalue()


def test_seed_comes_in_whole():
    told = bring_in()
    assert (Article.objects.count(), Category.objects.count(), Tag.objects.count()) == (1, 3, 6)
    assert Comment.objects.visible().count() == Article.objects.get().comment_count == 6
    assert "1 article\n" in told
    assert "6 comments\n" in told
    assert_threads_sound()


def test_seed_has_two_threads_of_three():
    bring_in()
    parents = Comment.objects.in_time_order().values_list("number", "parent__number")
    assert list(parents) == [(1, None), (2, 1), (3, 2), (4, None), (5, 4), (6, 5)]
    threads = Comment.objects.in_thread_order().values_list("number", "level")
    assert list(threads) == [(1, 0), (2, 1), (3, 2), (4, 0), (5, 1), (6, 2)]


def test_seed_names_are_reply_links_to_the_comments_they_answered():
    bring_in()
    links = ReplyLink.objects.order_by("comment__number").values_list(
        "comment__number", "target__author__display_name", "target__number", "is_prefix"
    )
    assert list(links) == [
        (2, "michael reynolds", 1, True),
        (3, "CB", 2, True),
        (5, "Dave Schuler", 4, True),
        (6, "Doug Mataconis", 5, True),
    ]
    assert not ReplyLink.objects.filter(is_guessed=True).exists()


def test_seed_reads_as_it_did(client):
    bring_in()
    page = client.get(Article.objects.get().get_absolute_url()).content.decode()
    for name, number in [("michael reynolds", 1), ("CB", 2), ("Dave Schuler", 4)]:
        assert f'<a class="reply-link" href="#comment-{number}">@{name}</a></bdi>: ' in page
    assert '<a class="reply-link" href="#comment-5">@Doug Mataconis</a></bdi>: ' in page
    assert page.count(">Author</span>") == 2
    quoting = Comment.objects.get(number=4).html
    assert quoting.count("<blockquote>") == quoting.count("</blockquote>") == 1
    assert quoting.index("<p>") < quoting.index("<blockquote>")
    assert "@" not in Comment.objects.get(number=2).text


def test_seed_has_the_article_author_in_three_and_five():
    bring_in()
    author = Article.objects.get().author
    assert list(author.comments.order_by("number").values_list("number", flat=True)) == [3, 5]
    assert author.is_author
    assert not author.has_usable_password()
    assert author.email == ""


def test_seed_twice_changes_nothing():
    bring_in()
    before = list(Comment.objects.order_by("pk").values())
    assert "1 article was here already" in bring_in()
    assert list(Comment.objects.order_by("pk").values()) == before
    assert Article.objects.count() == 1


def test_seed_dry_run_changes_nothing():
    told = bring_in(dry_run=True)
    assert "6 comments" in told
    assert not Article.objects.exists()
    assert not Tag.objects.exists()


def test_seed_picture_that_is_not_at_hand_is_reported():
    told = bring_in()
    assert "Pictures that did not come in" in told
    assert "no uploads folder was named" in told


def test_seed_old_path_leads_on(client, settings):
    bring_in()
    article = Article.objects.get()
    answer = client.get(f"/{article.slug}/")
    assert answer.status_code == 301
    assert answer["Location"] == reverse("article", args=[article.publish_date, article.slug])
    page = client.get(answer["Location"]).content.decode()
    assert re.search(r'id="comment-6"[^>]*><article id="comment-1641235"', page)
