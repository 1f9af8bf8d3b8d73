"""Held and told, refused and the text back, with scripts and without; a countdown to wait for."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from forum.comments.models import Comment
from forum.screening.models import Action, Kind, Rule
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_accessibility import troubles
from tests.browser.test_composer import sign_in
from tests.factories import make_article, make_comment, make_member

with_and_without = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


@pytest.fixture
def write(visit):
    """Opens a discussion as Zoë."""
    make_member("Zoë", username="zoe")
    Rule.objects.all().delete()

    def open_page(article, **options):
        page = visit("/robots.txt", **options)
        sign_in(page, "zoe")
        page.goto(article.get_absolute_url())
        return page

    return open_page


def post(page, text):
    page.locator("#composer textarea").fill(text)
    page.locator("#composer").get_by_role("button", name="Post comment").click()


@with_and_without
def test_held_comment_is_shown_to_its_author_with_the_reason(write, scripts):
    Rule.objects.create(name="Casinos", kind=Kind.WORDS, terms="casino")
    article = make_article()
    page = write(article, java_script_enabled=scripts)
    post(page, "Come to my casino, all of you.")
    waiting = page.locator("#waiting")
    expect(waiting).to_contain_text("Come to my casino, all of you.")
    expect(waiting).to_contain_text("A moderator looks at what it says first.")
    expect(page.get_by_role("main")).to_contain_text("Your comment waits for a moderator.")
    assert Comment.objects.get().held_at


@with_and_without
def test_refused_comment_comes_back_with_why_and_the_text(write, scripts):
    Rule.objects.create(
        name="Casinos",
        kind=Kind.WORDS,
        terms="casino",
        action=Action.REFUSE,
        message="No advertising, please.",
    )
    page = write(make_article(), java_script_enabled=scripts)
    post(page, "A casino, and half an hour of thought.")
    expect(page.get_by_text("No advertising, please.")).to_be_visible()
    expect(page.locator("textarea")).to_have_value("A casino, and half an hour of thought.")
    page.locator("textarea").fill("Half an hour of thought.")
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator("#comment-1")).to_contain_text("Half an hour of thought.")


@with_and_without
def test_slow_mode_says_when_to_go_on_and_keeps_the_text(write, scripts):
    article = make_article(comments_pace=300)
    page = write(article, java_script_enabled=scripts)
    post(page, "First.")
    expect(page.locator("#comment-1")).to_contain_text("First.")
    page.goto(article.get_absolute_url())
    post(page, "Second.")
    expect(page.get_by_text("Slow mode: 5 minutes").first).to_be_visible()
    expect(page.locator(".writing textarea")).to_have_value("Second.")
    if scripts:
        expect(page.locator(".wait output")).to_contain_text("4:")
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_of_screening_have_no_accessibility_troubles(visit, size, theme):
    make_member("Pilar", username="pilar", is_staff=True)
    article = make_article(comments_pace=300)
    make_comment(article, make_member("Ruth", username="ruth"), text="My casino.")
    rule = Rule.objects.create(name="Casinos", kind=Kind.WORDS, terms="casino")
    page = visit("/robots.txt", viewport=size, color_scheme=theme, bypass_csp=True)
    sign_in(page, "ruth")
    for address in (
        reverse("standing"),
        reverse("comment_post", args=[article.publish_date, article.slug]),
    ):
        page.goto(address)
        assert troubles(page) == [], address
    sign_in(page, "pilar")
    page.goto(reverse("admin:screening_rule_changelist"))
    assert troubles(page) == []
    page.goto(reverse("admin:screening_rule_change", args=[rule.pk]))
    page.get_by_role("button", name="Try it on recent comments").click()
    expect(page.get_by_text("Would have caught 1 of the last 1")).to_be_visible()
    assert troubles(page) == []
