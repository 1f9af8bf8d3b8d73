"""Two readers of one discussion: what one writes, the other is told of, and nothing moves."""

import re
from time import sleep

import pytest
from django.db import connection
from playwright.sync_api import expect

from forum.comments import announcements, flows
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_accessibility import troubles
from tests.browser.test_journey import sign_in
from tests.factories import make_article, make_comment, make_member

both_sizes = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture
def talk():
    """1 > 2 > 4, and long enough to scroll: 1 and 4 by One, 2 by Two."""
    article = make_article()
    one, two = make_member("One"), make_member("Two")
    top = make_comment(article, one, text="The first.")
    answer = make_comment(author=two, parent=top, text="The answer.")
    for n in range(12):
        make_comment(article, text=f"Remark {n}. " + "Words and words. " * 40)
    article.answer = answer
    return article


def bar(page):
    return page.locator("#live")


def shape(page):
    """The cards as they stand: who is where, at which indent, with which chip."""
    cards = page.locator(".card").evaluate_all(
        """cards => cards.map(card => [
             card.id, card.className.replace(' is-new', ''), card.querySelector('.chip')?.className,
             [...card.querySelectorAll('a.reply-link, .chip')].map(a => a.getAttribute('href'))])"""
    )
    return [tuple(map(str, card)) for card in cards]


def top_of(page, selector):
    return page.locator(selector).evaluate("e => e.getBoundingClientRect().top")


SETTLED = """async (element) => {
  let before, now = NaN;
  for (let frames = 0; frames < 10; frames++) {
    before = now;
    await new Promise(requestAnimationFrame);
    now = element.getBoundingClientRect().top;
    if (now !== before) frames = 0;
  }
}"""


def settle(page, selector):
    """Until nothing moves the element for ten frames: comments take their height when they first
    come near the window, and a click from afar brings many there at once."""
    page.locator(selector).evaluate(SETTLED)


@both_sizes
def test_new_comments_are_announced_and_put_in_place_when_asked(visit, talk, viewport):
    page = visit(talk.get_absolute_url(), viewport=viewport)
    expect(bar(page)).to_be_empty()
    before = shape(page)
    height = page.evaluate("document.documentElement.scrollHeight")
    one, two = talk.comments.get(number=1).author, talk.answer.author
    run = make_comment(author=one, parent=talk.answer, text="@Two: in a run.")
    expect(bar(page)).to_contain_text("1 new comment")
    make_comment(author=two, parent=run, text="@One: and on.")
    make_comment(parent=talk.comments.get(number=1), text="@One: another answer.")
    make_comment(talk, text="A thread of its own, for @One#1.")
    expect(bar(page)).to_contain_text("4 new comments")
    assert shape(page) == before
    assert page.evaluate("document.documentElement.scrollHeight") == height
    assert troubles(page) == []

    bar(page).get_by_role("button", name="Show").click()
    expect(bar(page)).to_contain_text("New: #15 #16 #17 #18")
    expect(page.locator(".is-new")).to_have_count(4)
    assert page.locator("#discussion-title").inner_text() == "18 comments"
    shown = shape(page)
    bar(page).get_by_role("link", name="#17").click()
    expect(page.locator("#comment-17")).to_be_in_viewport()
    page.reload()
    assert shown == shape(page)


@pytest.mark.parametrize("order", ["threads", "time"])
def test_reader_stays_at_their_place(visit, talk, order):
    page = visit(f"{talk.get_absolute_url()}?order={order}")
    page.locator("#comment-9").evaluate("e => e.scrollIntoView()")
    make_comment(parent=talk.answer, text="Above all eyes. " * 30)
    make_comment(talk, text="Below them.")
    expect(bar(page)).to_contain_text("2 new comments")
    before = top_of(page, "#comment-9")
    bar(page).get_by_role("button", name="Show").click()
    expect(page.locator("#comment-15")).to_be_attached()
    assert abs(top_of(page, "#comment-9") - before) < 2
    expect(bar(page).get_by_role("link").first).to_be_focused()


@both_sizes
def test_typing_reader_loses_no_letter_and_no_place(visit, talk, viewport):
    make_member("Zoë", username="zoe")
    page = visit("/accounts/login/", viewport=viewport)
    sign_in(page, "zoe")
    page.goto(talk.get_absolute_url())
    box = page.get_by_label("Your comment")
    box.click()
    page.keyboard.type("Half a tho")
    page.get_by_role("toolbar").wait_for()
    settle(page, "#thread-text")
    page.keyboard.type("u")
    settle(page, "#thread-text")
    before = top_of(page, "#thread-text")
    make_comment(parent=talk.answer, text="Meanwhile. " * 30)
    expect(bar(page)).to_contain_text("1 new comment")
    page.keyboard.type("ght")
    expect(box).to_be_focused()
    assert box.input_value() == "Half a thought"
    assert top_of(page, "#thread-text") == before
    bar(page).get_by_role("button", name="Show").evaluate("button => button.click()")
    expect(page.locator("#comment-15")).to_be_attached()
    page.keyboard.type(", whole")
    assert box.input_value() == "Half a thought, whole"
    assert abs(top_of(page, "#thread-text") - before) < 2


def test_reader_who_was_cut_off_catches_up(visit, talk):
    page = visit(talk.get_absolute_url())
    make_comment(talk)
    expect(bar(page)).to_contain_text("1 new comment")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE application_name = 'rejoinder live' AND datname = current_database()"
        )
    make_comment(talk)
    flows.hide_comment(comment=talk.answer, reason="")
    expect(bar(page)).to_contain_text("2 new comments")
    expect(page.locator("#comment-2")).to_contain_text("No longer shown.")


def test_page_that_lost_its_stream_opens_another(visit, talk):
    page = visit(talk.get_absolute_url())
    make_comment(talk)
    expect(bar(page)).to_contain_text("1 new comment")
    page.context.set_offline(True)
    make_comment(talk)
    page.context.set_offline(False)
    expect(bar(page)).to_contain_text("2 new comments")


@both_sizes
def test_hidden_text_vanishes_at_once_and_nothing_moves(visit, talk, viewport):
    page = visit(talk.get_absolute_url(), viewport=viewport)
    make_comment(parent=talk.answer)
    expect(bar(page)).to_contain_text("1 new comment")
    before = top_of(page, "#comment-9")
    flows.hide_comment(comment=talk.answer, reason="off topic")
    card = page.locator("#comment-2")
    expect(card).to_contain_text("No longer shown.")
    assert "The answer" not in card.inner_text()
    assert "Two" not in card.inner_text()
    assert card.get_by_role("link", name="Reply").count() == 0
    assert top_of(page, "#comment-9") == before
    assert troubles(page) == []


def test_hidden_text_that_is_heard_of_twice_vanishes_once(visit, talk):
    page = visit(talk.get_absolute_url())
    page.route("**/arrivals*.js", lambda route: (sleep(0.5), route.continue_()))
    flows.hide_comment(comment=talk.answer, reason="off topic")
    announcements.gone(talk.pk, [talk.answer.number])
    expect(page.locator("#comment-2")).to_contain_text("No longer shown.")


def test_new_comment_that_is_hidden_before_it_was_shown_is_forgotten(visit, talk):
    page = visit(talk.get_absolute_url())
    comment = make_comment(talk)
    expect(bar(page)).to_contain_text("1 new comment")
    flows.hide_comment(comment=comment, reason="")
    expect(bar(page)).to_be_empty()


def test_edited_comment_offers_its_new_text(visit, talk):
    page = visit(talk.get_absolute_url())
    card = page.locator("#comment-2")
    before = top_of(page, "#comment-9")
    # Until the stream is open nothing of an edit is lost either.
    flows.edit_comment(comment=talk.answer, by=talk.answer.author, text="A better answer.")
    changed = card.get_by_role("button", name=re.compile("Changed"))
    changed.wait_for()
    assert top_of(page, "#comment-9") == before
    assert "The answer." in card.inner_text()
    changed.click()
    expect(card).to_contain_text("A better answer.")
    expect(changed).to_have_count(0)
    page.reload()
    make_comment(talk)
    expect(bar(page)).to_contain_text("1 new comment")
    expect(page.locator(".changed")).to_have_count(0)


def test_comment_for_another_page_is_linked(visit, talk, settings):
    settings.COMMENTS_PER_PAGE = 5
    page = visit(talk.get_absolute_url())
    make_comment(talk, text="On the last page.")
    bar(page).get_by_role("button", name="Show").click()
    assert page.locator("#comment-15").count() == 0
    bar(page).get_by_role("link", name="#15").click()
    expect(page.locator("#comment-15")).to_be_in_viewport()


def test_first_comment_of_all_is_announced(visit):
    article = make_article()
    page = visit(article.get_absolute_url())
    make_comment(article, text="Nobody said a word before.")
    bar(page).get_by_role("button", name="Show").click()
    expect(page.locator("#comment-1")).to_contain_text("Nobody said a word before.")
    assert page.locator("#discussion-title").inner_text() == "1 comment"


def test_cards_that_do_not_come_can_be_asked_for_again(visit, talk):
    page = visit(talk.get_absolute_url())
    make_comment(talk)
    page.route("**/cards/**", lambda route: route.abort())
    bar(page).get_by_role("button", name="Show").click()
    expect(bar(page)).to_contain_text("could not be loaded")
    page.unroute("**/cards/**")
    bar(page).get_by_role("button", name="Try again").click()
    expect(page.locator("#comment-15")).to_be_attached()


def test_cards_that_were_there_say_what_answers_them(visit, talk):
    """A run of two goes straight down until somebody else answers between them."""
    one, two = talk.comments.get(number=1).author, talk.answer.author
    run = make_comment(author=one, parent=talk.answer, text="@Two: in a run.")
    make_comment(author=two, parent=run, text="@One: and on.")
    page = visit(talk.get_absolute_url())
    make_comment(parent=talk.answer, author=make_member("Three"), text="@Two: between.")
    make_comment(talk, text="@One#1: from far below.")
    expect(bar(page)).to_contain_text("2 new comments")
    bar(page).get_by_role("button", name="Show").click()
    expect(page.locator("#comment-1 .answered-by")).to_contain_text("#18")
    mended = shape(page)
    replies = page.locator("#comment-1").get_attribute("data-replies")
    page.reload()
    assert mended == shape(page)
    assert replies == page.locator("#comment-1").get_attribute("data-replies") == "4 replies"
