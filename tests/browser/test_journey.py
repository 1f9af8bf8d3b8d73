"""From a stranger to a member whose comment a moderator hides, through the pages alone."""

import pytest
from django.core import mail
from playwright.sync_api import expect

from forum.screening.models import Rule
from tests.accounts.signing_in import code_in
from tests.browser.conftest import PHONE
from tests.factories import PASSWORD, make_article, make_comment, make_member, make_moderator


def sign_in(page, login):
    page.get_by_label("Login name or e-mail address").fill(login)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize(
    "options",
    [{}, {"viewport": PHONE}, {"java_script_enabled": False}],
    ids=["desktop", "phone", "without JavaScript"],
)
def test_stranger_joins_comments_answers_edits_and_is_hidden(visit, settings, options):
    settings.ACCOUNT_RATE_LIMITS = False
    Rule.objects.all().delete()  # a site that shows first comments at once
    article = make_article(headline="A river in July")
    make_comment(article, make_member("michael reynolds"), text="It was lower in 1976.")
    make_moderator("Pilar", username="pilar")

    page = visit(article.get_absolute_url(), **options)
    page.get_by_role("link", name="Join").last.click()
    page.get_by_label("Name", exact=True).fill("Zoë de la Cruz")
    page.get_by_label("Login name").fill("zoe")
    page.get_by_label("E-mail address").fill("zoe@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Join").click()
    page.get_by_role("heading", name="Look into your mail").wait_for()

    page.get_by_label("Code").fill(code_in(mail.outbox[0]))
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Site").get_by_role("link", name="Zoë de la Cruz").wait_for()

    page.goto(article.get_absolute_url())
    page.get_by_label("Your comment").fill("First, a *question*: where was the gauge?")
    page.get_by_role("button", name="Post comment").click()
    mine = page.locator("#comment-2")
    assert mine.locator("em").inner_text() == "question"

    page.locator("#comment-1").get_by_role("link", name="Reply").click()
    box = page.get_by_label("Your comment").first
    expect(box).to_have_value("@michael reynolds: ")
    box.fill("@michael reynolds: no, that was the yaer before.")
    page.get_by_role("button", name="Post reply").click()
    answer = page.locator("#comment-3")
    expect(answer).to_be_in_viewport()
    assert answer.locator("a.reply-link").get_attribute("href") == "#comment-1"

    if options.get("java_script_enabled", True):
        answer.get_by_role("link", name="Edit").click()
    else:
        answer.get_by_role("link", name="More").click()
        page.get_by_role("main").get_by_role("link", name="Edit").click()
    expect(box).to_have_value("@michael reynolds: no, that was the yaer before.")
    box.fill("@michael reynolds: no, that was the year before.")
    page.get_by_role("button", name="Save").click()
    expect(answer).to_contain_text("the year before")
    expect(answer.get_by_role("textbox")).to_have_count(0)
    answer.get_by_role("link", name="edited").click()
    assert "the yaer before" in page.get_by_role("main").inner_text()

    desk = visit("/admin/comments/comment/", **options)
    sign_in(desk, "pilar")
    row = desk.locator("tr", has_text="the year before")
    row.locator("input[type=checkbox]").check()
    desk.locator("select[name=action]").select_option("hide")
    desk.get_by_role("button", name="Go").click()
    desk.get_by_label("Reason").fill("off topic")
    desk.get_by_role("button", name="Hide").click()
    assert "Done: Hide." in desk.locator(".messagelist").inner_text()

    page.goto(article.get_absolute_url())
    assert page.locator("#comment-3").count() == 0
    assert "the year before" not in page.content()


def test_keyboard_alone_is_enough_to_comment(visit):
    article = make_article()
    make_comment(article, make_member("michael reynolds"))
    make_member("Zoë", username="zoe")
    page = visit(article.get_absolute_url())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    sign = page.get_by_role("link", name="Sign in to comment")
    for _ in range(40):
        page.keyboard.press("Tab")
        if sign.evaluate("link => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Sign in").wait_for()
    page.get_by_label("Login name or e-mail address").focus()
    page.keyboard.type("zoe")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    box = page.get_by_label("Your comment")
    box.wait_for()
    page.wait_for_load_state()  # the address ends in #composer: going there takes the focus along
    box.focus()
    page.keyboard.type("Typed.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#comment-2").wait_for()
