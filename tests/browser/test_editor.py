"""The editor in a browser: what is typed is kept, and two who write at once lose nothing."""

import io
import re

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

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
    page.wait_for_load_state()  # the modules have run
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


def picture(size=(60, 40)):
    written = io.BytesIO()
    Image.new("RGB", size, "teal").save(written, "PNG")
    return {"name": "stones.png", "mimeType": "image/png", "buffer": written.getvalue()}


DROP = """([target, name, bytes, kind]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
  const options = { bubbles: true, cancelable: true };
  document.querySelector(target).dispatchEvent(
    kind === "drop"
      ? new DragEvent("drop", { ...options, dataTransfer: data })
      : new ClipboardEvent("paste", { ...options, clipboardData: data }));
}"""


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_pictures_are_dropped_and_pasted_into_text_and_cover(visit, author, kind):
    page = open_as(visit, "ines", reverse("article_new"))
    page.get_by_label("Headline").fill("Stones")
    text = page.get_by_label("Text", exact=True)
    text.fill("Before.")
    words = list(picture()["buffer"])
    page.evaluate(DROP, ["textarea[name=text]", "stones.png", words, kind])
    expect(text).to_have_value(re.compile("/media/"))
    page.keyboard.type("Wet stones")
    assert text.input_value().startswith("Before.\n\n![Wet stones](/media/pictures/")
    page.evaluate(DROP, ["[data-cover]", "stones.png", words, kind])
    page.get_by_role("img", name="stones.png").wait_for()
    page.get_by_label("what the picture shows").fill("Stones.")
    page.get_by_role("button", name="Save and preview").click()
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("heading", name="Stones").first.wait_for()
    shown = page.locator("main picture img")
    assert shown.count() == 2
    assert all(
        one.evaluate("image => image.decode().then(() => image.naturalWidth)")
        for one in shown.all()
    )
    assert shown.first.evaluate("image => image.currentSrc").endswith(".avif")


def test_refused_picture_says_why_and_the_text_stays(visit, author):
    page = open_as(visit, "ines", reverse("article_new"))
    page.get_by_label("Text", exact=True).fill("Before.")
    page.evaluate(DROP, ["textarea[name=text]", "x.png", [1, 2, 3], "drop"])
    page.get_by_text("could not be read as a picture").wait_for()
    assert page.get_by_label("Text", exact=True).input_value().strip() == "Before."


def test_words_are_counted_while_one_writes(visit, author):
    page = open_as(visit, "ines", reverse("article_new"))
    text, said = page.get_by_label("Text", exact=True), page.locator("[data-word-count]")
    expect(said).to_have_text("0 words · 1 min")
    text.fill("One [two](https://example.org/three) *four*.")
    expect(said).to_have_text("3 words · 1 min")
    text.fill("word " * 720 + "水位很低")
    expect(said).to_have_text("722 words · 3 min")


def test_tag_that_exists_is_completed_by_keyboard(visit, author):
    make_article(author, tag_names=["low water", "rivers"])
    page = open_as(visit, "ines", reverse("article_new"))
    tags = page.get_by_label("Tags", exact=True)
    tags.press_sequentially("towns, low")
    offered = page.get_by_role("option", name="low water")
    offered.wait_for()
    tags.press("ArrowDown")
    assert offered.get_attribute("aria-selected") == "true"
    tags.press("Enter")
    assert tags.input_value() == "towns, low water, "
    assert page.locator(".completion-list").is_hidden()
    tags.press_sequentially("riv")
    page.get_by_role("option", name="rivers").click()
    assert tags.input_value() == "towns, low water, rivers, "


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
