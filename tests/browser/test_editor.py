"""The editor in a browser: what is typed is kept, and two who write at once lose nothing."""

import pytest
from django.urls import reverse

from forum.articles.flows import Piece, revise_article
from forum.articles.models import Article, WorkingCopy
from tests.browser.test_journey import sign_in
from tests.factories import make_article, make_author, make_moderator


@pytest.fixture
def author():
    return make_author("Inês", username="ines")


def open_as(visit, login, address, **options):
    page = visit(f"{reverse('account_login')}?next={address}", **options)
    sign_in(page, login)
    page.get_by_label("Headline").wait_for()
    return page


def revise(article, by, **words):
    piece = Piece(**{"headline": article.headline, "slug": article.slug} | words)
    return revise_article(article=article, piece=piece, by=by)


def test_what_was_typed_is_there_again_after_the_page_was_lost(visit, author):
    page = open_as(visit, "ines", reverse("article_new"))
    page.get_by_label("Headline").fill("A river in July")
    page.get_by_label("Text", exact=True).fill("Typed, never saved.")
    page.get_by_text("not saved yet").wait_for()
    page.goto(reverse("articles_mine"))
    page.get_by_role("link", name="A river in July").click()
    assert page.get_by_label("Text", exact=True).input_value() == "Typed, never saved."
    page.get_by_role("button", name="Save and preview").click()
    page.get_by_role("button", name="Publish").wait_for()
    assert Article.objects.get().text == "Typed, never saved."
    assert not WorkingCopy.objects.exists()


def test_writer_hears_that_the_session_is_over_and_loses_nothing(visit, author):
    page = open_as(visit, "ines", reverse("article_new"))
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Headline").fill("Typed on")
    page.get_by_text("You are signed out").wait_for()
    assert page.get_by_label("Headline").input_value() == "Typed on"


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["", "no JavaScript"])
def test_two_editors_lose_nothing(visit, author, options):
    article = make_article(author, text="The first text.")
    page = open_as(visit, "ines", reverse("article_edit", args=[article.pk]), **options)
    revise(article, make_moderator("Zoë"), text="Their text.")
    page.get_by_label("Text", exact=True).fill("My text.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Saved meanwhile by Zoë").wait_for()
    assert page.get_by_label("Text", exact=True).input_value() == "My text."
    assert "Their" in page.locator("ins").first.inner_text()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    texts = article.revisions.order_by("pk").values_list("text", flat=True)
    assert list(texts) == ["The first text.", "Their text.", "My text."]


def test_earlier_text_is_compared_and_restored(visit, author):
    article = make_article(author, text="The first text.")
    revise(article, author, text="The second text.")
    page = open_as(visit, "ines", reverse("article_edit", args=[article.pk]))
    page.get_by_role("link", name="Revisions").click()
    page.get_by_role("button", name="Compare the two chosen").click()
    assert "second" in page.locator("ins").inner_text()
    page.get_by_role("button", name="Restore the earlier text").click()
    page.get_by_text("That text is back.").wait_for()
    article.refresh_from_db()
    assert article.text == "The first text."
