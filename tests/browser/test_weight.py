"""What a browser loads for the page of an article, besides its words and pictures."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.test_journey import sign_in
from tests.factories import make_article, make_comment, make_member

MOST_SCRIPT, MOST_STYLE = 30_000, 25_000  # bytes, before compression
LOADED = """() => Object.fromEntries([".js", ".css"].map(kind => [kind,
  performance.getEntriesByType("resource")
    .filter(({ name }) => new URL(name).pathname.endsWith(kind))
    .reduce((sum, one) => sum + one.decodedBodySize, 0)]))"""


@pytest.mark.parametrize("who", ["reader", "member"])
def test_page_of_an_article_loads_little_script_and_style(visit, who):
    zoe = make_member("Zoë", username="zoe")
    article = make_article()
    make_comment(parent=make_comment(article), author=zoe)
    page = visit(reverse("account_login"))
    if who == "member":
        sign_in(page, "zoe")
    page.goto(article.get_absolute_url())
    # All that may come later without anybody writing: cards behind links, comments that arrive.
    page.locator(".card").first.hover()
    make_comment(article)
    page.locator("#live").get_by_role("button", name="Show").click()
    expect(page.locator(".card")).to_have_count(3)
    page.wait_for_load_state("networkidle")
    names = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    for name in ("reply_cards.js", "arrivals.js"):
        assert any(loaded.endswith(name) for loaded in names)
    loaded = page.evaluate(LOADED)
    assert 0 < loaded[".js"] <= MOST_SCRIPT
    assert 0 < loaded[".css"] <= MOST_STYLE
    hosts = page.evaluate("performance.getEntriesByType('resource').map(e => new URL(e.name).host)")
    assert set(hosts) == {page.evaluate("location.host")}


@pytest.mark.parametrize("who", ["reader", "member"])
def test_modules_of_the_page_of_an_article_are_named_in_its_head(visit, who):
    make_member("Zoë", username="zoe")
    article = make_article()
    make_comment(article)
    page = visit(reverse("account_login"))
    if who == "member":
        sign_in(page, "zoe")
    page.goto(article.get_absolute_url(), wait_until="networkidle")
    named = page.locator("link[rel=modulepreload]").evaluate_all("links => links.map(l => l.href)")
    loaded = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert sorted(named) == sorted(name for name in loaded if name.endswith(".js"))
