"""New since the last visit, as a member meets it."""

import pytest
from django.urls import reverse

from forum.reading import flows
from forum.reading.models import ReadMark
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_accessibility import troubles
from tests.browser.test_journey import sign_in
from tests.factories import make_article, make_comment, make_member

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
LONG = "\n\n".join(
    ["Words that fill the screen, one after the other, to the end of the line."] * 24
)


@pytest.fixture
def zoe():
    return make_member("Zoë", username="zoe")


@pytest.fixture
def article(zoe):
    """1 > 2 and 3 to 6 were there when Zoë came; since then 7 below 2, 8 below 7, and 9."""
    article = make_article()
    others = [make_member(f"Person {n}") for n in range(3)]
    one = make_comment(article, others[0], text=LONG)
    two = make_comment(article, others[1], parent=one, text=LONG)
    for n in range(4):
        make_comment(article, others[n % 3], text=LONG)
    article.refresh_from_db()
    flows.visit(member=zoe, article=article)
    seven = make_comment(article, others[2], parent=two, text=LONG)
    make_comment(article, others[0], parent=seven, text=LONG)
    make_comment(article, others[1], text=LONG)
    return article


@pytest.fixture
def read(visit, article):
    """Opens the article as Zoë."""

    def open_page(query="", **options):
        page = visit(f"{reverse('account_login')}?next=/tags/", **options)
        sign_in(page, "zoe")
        page.get_by_role("heading", name="Tags").wait_for()
        page.goto(article.get_absolute_url() + query)
        return page

    return open_page


def marked(page):
    return [
        int(card.removeprefix("comment-"))
        for card in page.locator(".card:has(.new-mark)").evaluate_all("all => all.map(e => e.id)")
    ]


def at_hand(page):
    """The number of the comment with the focus, which must be at the top of the window."""
    found = page.evaluate(
        """() => { const card = document.activeElement.closest('.card');
                   const bar = document.getElementById('discussion-bar');
                   return card && [card.id, card.getBoundingClientRect().top
                                            - bar.getBoundingClientRect().bottom] }"""
    )
    assert found, "no comment has the focus"
    assert -2 <= found[1] < 40, found
    return int(found[0].removeprefix("comment-"))


def click(page, what):
    """As a hand does it: Playwright's own click may scroll first, also what stays in the window."""
    box = what.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def seen_by(member):
    return ReadMark.objects.get(member=member).seen


def report(page):
    return page.expect_response(lambda answer: answer.url.endswith("/new/seen/"))


@SIZES
def test_keys_step_through_what_is_new_in_the_order_on_the_screen(read, size):
    page = read(viewport=size)
    assert marked(page) == [7, 8, 9]
    assert page.locator(".new-count").inner_text() == "3 new"
    for number in (7, 8, 9, 9):
        page.keyboard.press("n")
        assert at_hand(page) == number
    page.keyboard.press("p")
    assert at_hand(page) == 8


@SIZES
def test_buttons_step_as_the_keys_do(read, size):
    page = read("?order=time#discussion", viewport=size)
    for name, number in [("Next", 7), ("Next", 8), ("Next", 9), ("Previous", 8)]:
        click(page, page.get_by_role("button", name=name))
        assert at_hand(page) == number


def test_stepping_opens_closed_branches_which_say_how_many_are_new_in_them(read):
    page = read()
    replies = page.locator("#comment-1 .branch")
    assert replies.inner_text() == "3 replies"
    replies.click()
    assert replies.inner_text() == "3 replies · 2 new"
    assert page.locator("#comment-7").get_attribute("hidden") == "until-found"
    page.keyboard.press("n")
    assert at_hand(page) == 7
    assert replies.inner_text() == "3 replies"
    assert replies.get_attribute("aria-expanded") == "true"


def test_what_was_on_the_screen_is_seen_and_the_rest_stays_new(read, zoe):
    page = read()
    with report(page):
        page.keyboard.press("n")
    assert seen_by(zoe) == [(1, 7)]
    assert marked(page) == [7, 8, 9]
    page.reload()
    assert marked(page) == [8, 9]


def test_what_was_seen_is_told_when_the_page_is_left_in_a_hurry(read, zoe):
    page = read()
    page.keyboard.press("n")
    page.wait_for_timeout(1300)
    page.goto("/tags/")
    for _ in range(50):
        if seen_by(zoe) == [(1, 7)]:
            break
        page.wait_for_timeout(100)
    assert seen_by(zoe) == [(1, 7)]


def test_comments_in_a_closed_branch_are_not_seen(read, zoe):
    page = read()
    page.locator("#comment-1 .branch").click()
    with report(page):
        page.locator("#comment-9").evaluate("card => card.scrollIntoView()")
    assert seen_by(zoe) == [(1, 6), (9, 9)]


@SIZES
def test_all_is_read_undone_and_set_back_without_leaving_the_page(read, size):
    page = read(viewport=size)
    page.evaluate("window.stayed = true")
    page.get_by_role("button", name="Mark all read").click()
    page.get_by_role("button", name="Undo").wait_for()
    assert marked(page) == []
    assert not page.get_by_role("button", name="Next").is_visible()
    page.get_by_role("button", name="Undo").click()
    page.locator(".new-mark").first.wait_for(state="attached")
    assert marked(page) == [7, 8, 9]
    assert page.evaluate("window.stayed")


def test_new_since_an_earlier_visit(read, zoe, article):
    visits = zoe.visits.get(article=article)
    visits.last_number = 3
    visits.save()
    zoe.visits.create(article=article, last_number=6)
    page = read()
    page.get_by_text("New since…").click()
    page.locator("details button").click()
    page.locator("#comment-4 .new-mark").wait_for(state="attached")
    assert marked(page) == [7, 8, 4, 5, 6, 9]
    assert page.locator(".new-count").inner_text() == "6 new"


@pytest.mark.parametrize("order", ["threads", "time"])
def test_stepping_goes_on_to_the_next_page_and_back(read, settings, order):
    """In threads the pages are 1 2, 7 8, 3 4, 5 6, 9; by time 1 2, 3 4, 5 6, 7 8, 9."""
    settings.COMMENTS_PER_PAGE = 2
    page = read(f"?order={order}")
    page.keyboard.press("n")
    page.wait_for_url("**#comment-7")
    page.keyboard.press("n")
    assert at_hand(page) == 8
    page.keyboard.press("n")
    page.wait_for_url("**#comment-9")
    page.keyboard.press("p")
    page.wait_for_url("**#comment-8")
    assert f"order={order}" in page.url


def test_bar_works_without_javascript(read, zoe):
    page = read(java_script_enabled=False)
    bar = page.locator("#new-bar")
    assert "3 new" in bar.inner_text()
    bar.get_by_role("link", name="#8").click()
    assert page.url.endswith("#comment-8")
    assert not page.get_by_role("button", name="Next").is_visible()
    assert not page.get_by_role("button", name="Keys").is_visible()
    page.get_by_role("button", name="Mark all read").click()
    assert seen_by(zoe) == [(1, 9)]
    page.get_by_role("button", name="Undo").click()
    assert "3 new" in bar.inner_text()


@SIZES
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bar_and_keys_have_no_accessibility_troubles(read, zoe, article, size, theme):
    zoe.visits.create(article=article, last_number=2)
    page = read(viewport=size, color_scheme=theme, bypass_csp=True)
    page.locator("#comment-1 .branch").click()
    page.get_by_text("New since…").click()
    assert troubles(page) == []
    page.get_by_text("New since…").click()
    page.keyboard.press("?")
    assert troubles(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
