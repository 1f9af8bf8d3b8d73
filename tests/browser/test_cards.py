"""Liking in place, the card behind a reply link, and where a number leads."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from forum.comments import branches, flows
from forum.comments.models import Like
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_accessibility import troubles
from tests.browser.test_journey import sign_in
from tests.factories import make_article, make_comment, make_member


@pytest.fixture
def talk():
    """2 answers 1, and 3 answers both 1 and 2, by name."""
    article = make_article()
    one = make_comment(article, make_member("One"), text="The *first* remark.")
    make_comment(
        parent=one, author=make_member("Two"), text="@One: no.\n\nSee https://example.org/."
    )
    make_comment(article, make_member("Three"), text="@One: yes. @Two: no.")
    return article


def as_member(visit, article, **options):
    make_member("Zoë", username="zoe")
    page = visit(reverse("account_login"), **options)
    sign_in(page, "zoe")
    page.get_by_role("link", name="Zoë").wait_for()
    page.goto(article.get_absolute_url())
    return page


def test_names_from_right_to_left_turn_no_line_round(visit):
    """Nor do they lend their direction to a text that begins with one."""
    article = make_article()
    one = make_comment(article, make_member("חנה לוי"), text="The first remark.")
    make_comment(parent=one, author=make_member("سعيد"), text="@חנה לוי: no, as I said.")
    make_comment(article, text="لا أوافق.")
    page = visit(article.get_absolute_url())
    directions = page.locator(".card .prose").evaluate_all(
        "texts => texts.map(text => getComputedStyle(text).direction)"
    )
    assert directions == ["ltr", "ltr", "rtl"]
    # From left to right: the link, the colon behind it, the words, the time and the number.
    link = page.locator("#comment-2 a.reply-link")
    text = page.locator("#comment-2 .prose p")
    assert link.bounding_box()["x"] == text.bounding_box()["x"]
    head = page.locator("#comment-2 .card-head")
    lefts = [head.locator(part).bounding_box()["x"] for part in (".author", "time", ".number")]
    assert lefts == sorted(lefts)
    page.goto(User.objects.get(display_name="سعيد").get_absolute_url())
    said = page.get_by_role("link", name="no, as I said")
    assert said.evaluate("link => getComputedStyle(link).direction") == "ltr"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_like_is_given_and_taken_back_in_place(visit, talk, size):
    page = as_member(visit, talk, viewport=size)
    card = page.locator("#comment-1")
    button = card.get_by_role("button", name="Like")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    card.get_by_role("link", name="1 like").wait_for()
    page.reload()
    assert button.get_attribute("aria-pressed") == "true"
    button.focus()
    page.keyboard.press("Space")
    card.get_by_role("link", name="1 like").wait_for(state="hidden")
    assert button.get_attribute("aria-pressed") == "false"
    assert not Like.objects.exists()


def test_like_that_is_refused_says_why_and_is_not_shown(visit, talk):
    page = as_member(visit, talk)
    # What is hidden leaves open pages by itself, so the answer is given here in the site's place.
    words = {"words": "This comment is no longer shown."}
    page.route("**/like/", lambda route: route.fulfill(status=422, json=words))
    card = page.locator("#comment-3")
    card.get_by_role("button", name="Like").click()
    assert "no longer shown" in card.get_by_role("alert").inner_text()
    assert card.get_by_role("button", name="Like").get_attribute("aria-pressed") == "false"


def test_link_that_moves_under_a_resting_pointer_shows_no_card(visit, talk):
    page = visit(talk.get_absolute_url())
    link = page.locator("#comment-2 a.reply-link")
    link.hover()
    page.locator(".peek").wait_for()
    box = link.bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 60)
    page.locator(".peek").wait_for(state="detached")
    page.evaluate("document.getElementById('cards').style.translate = '0 58px'")
    expect(page.locator("a.reply-link:hover")).to_have_count(1)
    page.wait_for_timeout(600)
    expect(page.locator(".peek")).to_have_count(0)
    page.mouse.move(box["x"] + 7, box["y"] + 61)
    page.locator(".peek").wait_for()


def test_own_comment_has_no_like(visit, talk):
    page = as_member(visit, talk)
    make_comment(talk, User.objects.get(username="zoe"))
    page.reload()
    page.locator("#comment-4").get_by_role("link", name="Withdraw").wait_for()
    assert page.locator("#comment-4").get_by_text("Like").count() == 0
    assert page.locator("#comment-1").get_by_role("button", name="Like").count() == 1


def test_like_and_exchange_without_script(visit, talk):
    page = as_member(visit, talk, java_script_enabled=False)
    page.locator("#comment-2").get_by_role("link", name="Like").click()
    page.get_by_role("button", name="Like it").click()
    page.locator("#comment-2").get_by_role("link", name="1 like").click()
    assert page.get_by_role("main").get_by_role("link", name="Zoë").count() == 1
    page.goto(talk.get_absolute_url())
    page.get_by_role("link", name="Most liked").click()
    assert page.locator(".card").first.get_attribute("id") == "comment-1"
    page.locator("#comment-2").get_by_role("link", name="Exchange").click()
    assert page.locator(".card").count() == 2


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pointing_at_a_reply_link_shows_the_comment_until_one_leaves(visit, talk, size):
    page = visit(talk.get_absolute_url(), viewport=size, bypass_csp=True)
    page.locator("#comment-3 .reply-link", has_text="@Two").hover()
    peek = page.get_by_role("tooltip")
    peek.wait_for()
    assert "no." in peek.inner_text()
    assert peek.locator("a[href], [id]").count() == 0
    assert page.locator(".is-lit").evaluate_all("all => all.map(c => c.id)") == [
        "comment-2",
        "comment-3",
    ]
    box = peek.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    peek.hover()
    page.wait_for_timeout(600)
    assert peek.is_visible()
    assert troubles(page) == []
    page.mouse.move(2, 2)
    peek.wait_for(state="detached")
    assert page.locator(".is-lit").count() == 0


def test_keyboard_opens_the_card_and_escape_closes_it(visit, talk):
    page = visit(talk.get_absolute_url())
    link = page.locator("#comment-3 .reply-link", has_text="@One")
    page.locator("#by-3").focus()
    for _ in range(6):
        page.keyboard.press("Tab")
        if link.evaluate("link => link === document.activeElement"):
            break
    peek = page.get_by_role("tooltip")
    peek.wait_for()
    assert "first" in peek.inner_text()
    assert link.get_attribute("aria-describedby") == peek.get_attribute("id")
    page.keyboard.press("Escape")
    peek.wait_for(state="detached")
    assert link.evaluate("link => link === document.activeElement")
    page.keyboard.press("Enter")
    page.wait_for_url("**#comment-1")


def test_number_of_an_answer_shows_it_too(visit, talk):
    page = visit(talk.get_absolute_url())
    page.locator("#comment-2 .answered-by a").hover()
    peek = page.get_by_role("tooltip")
    peek.wait_for()
    assert "yes." in peek.inner_text()
    assert page.locator("#comment-3.is-lit").count() == 1


def test_comment_on_another_page_is_fetched_and_a_hidden_one_is_not(visit, talk, settings):
    settings.COMMENTS_PER_PAGE = 2
    one = talk.comments.get(number=1)
    page = visit(f"{talk.get_absolute_url()}?order=time&start=3")
    link = page.locator("#comment-3 .reply-link", has_text="@One")
    link.hover()
    peek = page.get_by_role("tooltip")
    peek.wait_for()
    assert "first" in peek.inner_text()
    page.reload()
    flows.hide_comment(comment=one, reason="off topic")
    with page.expect_response("**/card/") as answer:
        link.hover()
    assert answer.value.status == 404
    page.locator("#comment-3.is-lit").wait_for()
    assert peek.count() == 0


def test_long_press_shows_the_card_and_does_not_follow_the_link(visit, talk):
    page = visit(talk.get_absolute_url(), viewport=PHONE, has_touch=True, is_mobile=True)
    link = page.locator("#comment-3 .reply-link", has_text="@Two")
    link.scroll_into_view_if_needed()
    box = link.bounding_box()
    touch = page.context.new_cdp_session(page)
    point = {"x": box["x"] + 5, "y": box["y"] + 5}

    def press(milliseconds):
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
        page.wait_for_timeout(milliseconds)
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    press(700)
    peek = page.get_by_role("tooltip")
    peek.wait_for()
    page.wait_for_timeout(400)
    assert peek.is_visible()
    assert "#comment" not in page.url
    page.touchscreen.tap(5, 5)
    peek.wait_for(state="detached")
    press(50)
    page.wait_for_url("**#comment-2")
    assert peek.count() == 0


def test_anchor_of_a_comment_that_is_elsewhere_leads_there(visit, talk, settings):
    settings.COMMENTS_PER_PAGE = 2
    page = visit(f"{talk.get_absolute_url()}#comment-3")
    page.wait_for_url("**start=3**")
    assert page.locator("#comment-3:target").count() == 1
    new = make_article()
    branches.move_comment(comment=talk.comments.get(number=3), article=new)
    page.goto("about:blank")
    page.goto(f"{talk.get_absolute_url()}#comment-3")
    page.wait_for_url(f"**{new.get_absolute_url()}#comment-1")
    page.goto("about:blank")
    page.goto(f"{talk.get_absolute_url()}#comment-99")
    page.wait_for_timeout(300)
    assert page.url.endswith("#comment-99")


def test_printed_discussion_has_words_and_no_buttons(visit, talk, settings):
    settings.COMMENTS_PER_PAGE = 2
    flows.like_comment(comment=talk.comments.get(number=1), by=make_member())
    page = visit(talk.get_absolute_url())
    page.emulate_media(media="print")
    card = page.locator("#comment-2")
    assert card.locator(".verb").evaluate_all("all => all.every(v => !v.checkVisibility())")
    assert card.locator(".chip").is_visible()
    assert page.locator("#comment-1").get_by_text("1 like").is_visible()
    assert not page.locator(".order-switch").is_visible()
    assert not page.locator(".pager").is_visible()
