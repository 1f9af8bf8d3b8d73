"""Closing branches, moving by keys, and keeping one's place."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_accessibility import troubles
from tests.browser.test_marks import LONG, at_hand, click
from tests.factories import make_article, make_comment, make_member

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])

UNDER_THE_EYES = """() => {
  const card = document.elementFromPoint(innerWidth / 2, 300).closest(".card");
  return [card.id, card.getBoundingClientRect().top];
}"""


@pytest.fixture
def article():
    """1 > 2 > 3 > 4 > 5, each by another, 6 below 2, and the threads 7 and 8, which answers 4."""
    article = make_article()
    people = [make_member(f"Person {n}") for n in range(6)]
    comments = [make_comment(article, people[0], text=LONG)]
    for n in range(1, 5):
        comments.append(make_comment(article, people[n], text=LONG, parent=comments[-1]))
    make_comment(article, people[5], text=LONG, parent=comments[1])
    make_comment(article, people[0], text=LONG)
    make_comment(article, people[1], text=f"@Person 3: no.\n\n{LONG}")
    return article


def shown(page):
    cards = page.locator(".card").evaluate_all("all => all.filter(c => !c.hidden).map(c => c.id)")
    return [int(card.removeprefix("comment-")) for card in cards]


def branch(page, number):
    return page.locator(f"#comment-{number} .branch")


@SIZES
def test_branch_is_closed_and_opened_by_its_button(visit, article, size):
    page = visit(article.get_absolute_url(), viewport=size)
    assert shown(page) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert page.locator(".branch").all_text_contents() == [
        "5 replies", "4 replies", "2 replies", "1 reply",
    ]  # fmt: skip
    button = branch(page, 2)
    button.focus()
    page.keyboard.press("Enter")
    assert shown(page) == [1, 2, 7, 8]
    assert button.get_attribute("aria-expanded") == "false"
    page.keyboard.press("Space")
    assert shown(page) == [1, 2, 3, 4, 5, 6, 7, 8]


@SIZES
def test_click_on_a_rule_closes_what_hangs_on_it(visit, article, size):
    page = visit(article.get_absolute_url(), viewport=size)
    step = 24 if size == DESKTOP else 14
    page.locator("#comment-4").scroll_into_view_if_needed()
    # Three rules stand left of comment 4: those of 1, 2 and 3. The middle one is that of 2.
    page.locator("#comment-4").click(position={"x": 16 + step, "y": 60})
    assert shown(page) == [1, 2, 7, 8]
    assert page.evaluate("document.activeElement.textContent") == "4 replies"
    assert 40 < branch(page, 2).bounding_box()["y"] < size["height"] - 40


def test_what_is_closed_stays_closed_for_the_visit(visit, article):
    page = visit(article.get_absolute_url())
    branch(page, 3).click()
    branch(page, 1).click()
    page.reload()
    assert shown(page) == [1, 7, 8]
    branch(page, 1).click()
    assert shown(page) == [1, 2, 3, 6, 7, 8]
    other = visit(article.get_absolute_url())
    assert shown(other) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_links_into_a_closed_branch_open_it(visit, article):
    page = visit(article.get_absolute_url())
    branch(page, 1).click()
    page.locator("#comment-8 .reply-link").click()
    assert shown(page) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert 0 <= page.locator("#comment-4").bounding_box()["y"] < 80


def test_permalink_into_a_closed_branch_opens_it(visit, article):
    page = visit(article.get_absolute_url())
    branch(page, 1).click()
    page.goto(article.comments.get(number=5).get_absolute_url())
    assert shown(page) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert 0 <= page.locator("#comment-5").bounding_box()["y"] < 80
    branch(page, 1).click()
    page.evaluate("location.hash = '#comment-6'")
    page.wait_for_function("!document.getElementById('comment-6').hidden")


def test_branches_are_whole_without_javascript_and_in_order_of_time(visit, article):
    page = visit(article.get_absolute_url(), java_script_enabled=False)
    assert shown(page) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert page.locator(".branch").count() == 0
    page = visit(f"{article.get_absolute_url()}?order=time")
    assert page.locator(".branch").count() == 0


@SIZES
def test_keys_lead_from_comment_to_comment(visit, article, size):
    page = visit(f"{article.get_absolute_url()}#discussion", viewport=size)
    for key, number in [("j", 1), ("j", 2), ("j", 3), ("k", 2), ("u", 1), ("j", 2), ("j", 3)]:
        page.keyboard.press(key)
        assert at_hand(page) == number
    page.keyboard.press("c")
    assert shown(page) == [1, 2, 3, 6, 7, 8]
    page.keyboard.press("j")
    assert at_hand(page) == 6
    page.keyboard.press("c")
    assert shown(page) == [1, 2, 7, 8]
    page.keyboard.press("r")
    page.wait_for_url("**/accounts/login/**")


def test_keys_are_letters_where_somebody_types_and_with_modifiers(visit, article):
    page = visit(article.get_absolute_url())
    page.keyboard.press("Control+j")
    page.keyboard.press("Alt+j")
    page.evaluate("document.querySelector('main').append(document.createElement('textarea'))")
    page.locator("textarea").last.focus()
    page.keyboard.type("junk?")
    assert page.locator("textarea").last.input_value() == "junk?"
    assert not page.locator("#keys").is_visible()


def test_keys_are_listed_and_can_be_turned_off(visit, article):
    page = visit(article.get_absolute_url())
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    assert "next comment" in dialog.inner_text()
    assert "next new comment" not in dialog.inner_text()
    dialog.get_by_label("Use these keys").uncheck()
    dialog.get_by_role("button", name="Close").click()
    page.reload()
    page.keyboard.press("?")
    assert not dialog.is_visible()
    page.get_by_role("button", name="Keys").click()
    assert dialog.is_visible()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_list_of_keys_is_offered_where_a_mouse_does_the_pointing(visit, article):
    page = visit(article.get_absolute_url())
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    phone = visit(article.get_absolute_url(), viewport=PHONE, has_touch=True, is_mobile=True)
    phone.keyboard.press("?")
    dialog = phone.get_by_role("dialog")
    dialog.get_by_label("Use these keys").uncheck()
    dialog.get_by_role("button", name="Close").click()
    expect(phone.get_by_role("button", name="Keys")).to_be_hidden()
    phone.reload()
    expect(phone.get_by_role("button", name="Keys")).to_be_visible()


@SIZES
def test_another_order_keeps_the_comment_under_ones_eyes_in_place(visit, article, size):
    page = visit(article.get_absolute_url(), viewport=size)
    page.locator("#comment-6").evaluate("card => card.scrollIntoView()")
    page.mouse.wheel(0, 60)
    page.wait_for_timeout(200)
    before = page.locator("#comment-6").bounding_box()["y"]
    click(page, page.get_by_role("link", name="In order of time"))
    page.wait_for_url("**order=time#comment-6")
    page.wait_for_timeout(200)
    assert shown(page) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert abs(page.locator("#comment-6").bounding_box()["y"] - before) < 3


def test_another_order_finds_the_page_of_the_comment(visit, article, settings):
    settings.COMMENTS_PER_PAGE = 4
    page = visit(f"{article.get_absolute_url()}?start=5")
    page.locator("#comment-6").evaluate("card => card.scrollIntoView()")
    click(page, page.get_by_role("link", name="In order of time"))
    page.wait_for_url("**order=time**#comment-6")
    assert 6 in shown(page)
    assert 0 <= page.locator("#comment-6").bounding_box()["y"] < 100


def test_head_of_the_discussion_stays_the_head_in_another_order(visit, article):
    page = visit(f"{article.get_absolute_url()}#discussion")
    page.get_by_role("link", name="In order of time").click()
    page.wait_for_url("**?order=time#discussion")
    assert shown(page) == sorted(shown(page))
    assert 0 <= page.locator("#discussion").bounding_box()["y"] < 100


@SIZES
def test_page_loaded_again_shows_what_it_showed(visit, size):
    article = make_article()
    person = make_member()
    for n in range(60):
        make_comment(article, person, text=LONG * (1 + n % 3))
    page = visit(article.get_absolute_url(), viewport=size)
    page.goto(f"{article.get_absolute_url()}#comment-50")
    page.wait_for_timeout(300)
    assert 0 <= page.locator("#comment-50").bounding_box()["y"] < 80
    page.mouse.wheel(0, -2000)
    page.wait_for_timeout(300)
    before = page.evaluate(UNDER_THE_EYES)
    page.reload()
    page.wait_for_timeout(300)
    after = page.evaluate(UNDER_THE_EYES)
    assert after[0] == before[0]
    assert abs(after[1] - before[1]) < 3


@SIZES
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_closed_branches_have_no_accessibility_troubles(visit, article, size, theme):
    page = visit(article.get_absolute_url(), viewport=size, color_scheme=theme, bypass_csp=True)
    branch(page, 2).click()
    assert troubles(page) == []
