"""Writing in place: each way to lose a text is tried, and none does."""

import re
from urllib.parse import urljoin

import pytest
from django.conf import settings as site
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from forum.articles.models import Article
from forum.comments import flows
from forum.comments.models import Comment, Draft
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_accessibility import troubles
from tests.factories import make_article, make_comment, make_member

both_sizes = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
TEXT = "A thought that took half an hour."


@pytest.fixture
def talk():
    """1 by CB, with an answer 2 by michael reynolds; 3 by Zoë."""
    article = make_article(text="The river was low.\n\nThen it rained for a week.")
    zoe = make_member("Zoë", username="zoe")
    one = make_comment(article, make_member("CB"), text="Would a *comparison* help?")
    make_comment(parent=one, author=make_member("michael reynolds"), text="Not with 1976.")
    make_comment(article, zoe, text="My own remark.")
    return article


@pytest.fixture
def write(visit, talk):
    """Opens the discussion as Zoë, or the address given."""

    def open_page(path="", *, username="zoe", **options):
        page = visit("/robots.txt", **options)
        sign_in(page, username)
        page.goto(path or talk.get_absolute_url())
        return page

    return open_page


def sign_in(page, username):
    client = Client()
    client.force_login(User.objects.get(username=username))
    name = site.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": urljoin(page.url, "/")}
    page.context.add_cookies([cookie])


def reply(page, number=1):
    """The field below a card."""
    page.locator(f"#comment-{number}").get_by_role("link", name="Reply").click()
    area = page.locator(f"#comment-{number} textarea")
    expect(area).to_be_focused()
    return area


def post(area):
    area.locator("xpath=ancestor::form").get_by_role("button", name=re.compile("Post|Save")).click()


def refusal(page):
    return page.locator(".writing .field-error:not(:empty)")


def said():
    return Comment.objects.filter(author__username="zoe", number__gt=3)


def expect_kept(page, area, words):
    expect(refusal(page)).to_contain_text(words)
    assert TEXT in area.input_value()
    assert not area.is_disabled()


@both_sizes
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_answer_appears_in_place_focused_and_the_count_moves(write, viewport, theme):
    page = write(viewport=viewport, color_scheme=theme, bypass_csp=True)
    page.evaluate("window.sameDocument = true")
    area = reply(page)
    assert area.input_value() == "@CB: "
    page.keyboard.type(TEXT)
    assert troubles(page) == []
    post(area)
    card = page.locator("#comment-4")
    expect(card).to_be_focused()
    expect(card).to_be_in_viewport()
    expect(card.locator("a.reply-link")).to_have_attribute("href", "#comment-1")
    expect(page.locator("#discussion-title")).to_have_text("4 comments")
    expect(page.locator("#comment-1 textarea")).to_have_count(0)
    assert page.evaluate("window.sameDocument")
    card.get_by_role("link", name="Edit").click()
    edited = card.locator("textarea")
    expect(edited).to_be_focused()
    page.keyboard.type(" And more.")
    assert troubles(page) == []
    post(edited)
    expect(card.locator(".prose").first).to_contain_text("And more.")
    expect(card.locator(".card-head")).to_contain_text("edited")
    assert page.evaluate("window.sameDocument")


def test_first_comment_of_a_discussion_appears_in_place(write):
    article = make_article()
    page = write(article.get_absolute_url())
    area = page.locator("#composer textarea")
    area.click()
    page.get_by_role("toolbar").wait_for()
    page.keyboard.type(TEXT)
    post(area)
    expect(page.locator("#comment-1")).to_be_focused()
    expect(area).to_have_value("")
    area.click()
    page.keyboard.type("And a second.")
    post(area)
    expect(page.locator("#comment-2")).to_be_focused()


def test_draft_is_gone_once_it_is_posted(write):
    page = write()
    area = page.locator("#composer textarea")
    area.click()
    page.get_by_role("toolbar").wait_for()
    type_and_keep(page, TEXT)
    page.reload()
    area.click()
    expect(area).to_have_value(TEXT)
    expect(page.locator("#composer .restored")).to_contain_text("is back")
    post(area)
    expect(page.locator("#comment-4")).to_be_focused()
    expect(page.locator("#composer .restored")).to_be_hidden()
    expect(area).to_have_value("")
    assert not Draft.objects.exists()
    page.reload()
    area.click()
    page.get_by_role("toolbar").wait_for()
    expect(area).to_have_value("")


def test_closing_keeps_the_text_and_gives_the_focus_back(write):
    page = write()
    reply(page)
    page.keyboard.type(TEXT)
    page.keyboard.press("Escape")
    expect(page.locator("#comment-1 textarea")).to_have_count(0)
    link = page.locator("#comment-1").get_by_role("link", name="Reply")
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    area = page.locator("#comment-1 textarea")
    expect(area).to_have_value(f"@CB: {TEXT}")
    expect(page.locator("#comment-1 .restored")).to_contain_text("is back")
    page.locator("#comment-1").get_by_role("button", name="Discard it").click()
    expect(area).to_have_value("@CB: ")
    expect(page.locator("#comment-1 .restored")).to_be_hidden()
    page.locator("#comment-1").get_by_role("link", name="Cancel").click()
    assert reply(page).input_value() == "@CB: "


def test_text_is_there_also_where_it_was_still_on_its_way_when_the_composer_opened(write):
    page = write()
    reply(page)
    page.keyboard.type(TEXT)
    # The draft leaves late and the composer's page comes late: what it was made of was older.
    page.evaluate("""() => {
        const send = fetch;
        const after = (time, act) => new Promise((done) => setTimeout(done, time)).then(act);
        window.fetch = (...what) => String(what[0]).includes("/draft/")
            ? after(300, () => send(...what))
            : send(...what).then((response) => after(900, () => response));
    }""")
    page.keyboard.press("Escape")
    expect(page.locator("#comment-1").get_by_role("link", name="Reply")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#comment-1 textarea")).to_have_value(f"@CB: {TEXT}")


def test_composer_opens_also_where_what_was_typed_never_arrives(write):
    page = write()
    reply(page)
    page.keyboard.type(TEXT)
    page.evaluate("""() => {
        const send = fetch;
        window.fetch = (...what) =>
            String(what[0]).includes("/draft/") ? new Promise(() => {}) : send(...what);
    }""")
    page.keyboard.press("Escape")
    expect(page.locator("#comment-1").get_by_role("link", name="Reply")).to_be_focused()
    page.keyboard.press("Enter")
    area = page.locator("#comment-1 textarea")
    area.wait_for()
    expect(area).to_have_value(f"@CB: {TEXT}")


def test_text_is_there_again_after_the_page_was_left(write):
    page = write()
    reply(page)
    page.keyboard.type(TEXT)
    page.goto("/tags/")
    page.go_back()
    assert reply(page).input_value() == f"@CB: {TEXT}"


def test_text_goes_on_on_another_screen(write):
    laptop = write()
    reply(laptop)
    with laptop.expect_response("**/draft/") as saved:
        laptop.keyboard.type(TEXT)
    assert saved.value.status == 204
    phone = write(viewport=PHONE)
    area = reply(phone)
    assert area.input_value() == f"@CB: {TEXT}"
    post(area)
    expect(phone.locator("#comment-4")).to_be_focused()
    assert not Draft.objects.exists()
    post(laptop.locator("#comment-1 textarea"))
    expect(laptop.locator("#comment-4")).to_be_focused()
    assert said().count() == 1


def type_and_keep(page, words):
    """Types until the server has it."""
    with page.expect_response("**/draft/") as saved:
        page.keyboard.type(words)
    assert saved.value.status == 204


def torn_off(page, words):
    """What is typed reaches no server before the page is gone; the same page anew."""
    address = page.url
    page.context.set_offline(True)
    page.keyboard.type(words)
    page.close()
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(address)
    return again


def set_clock(page, years):
    """The browser's clock is wrong by so many years."""
    page.add_init_script(f"const now = Date.now; Date.now = () => now() + {years} * 31536e6")
    page.reload()


def test_text_of_the_other_screen_is_ahead_whatever_the_clock_of_this_one_says(write, talk):
    laptop = write()
    set_clock(laptop, 70)
    reply(laptop)
    type_and_keep(laptop, TEXT)
    phone = write(viewport=PHONE)
    reply(phone)
    type_and_keep(phone, " And the end of it.")
    laptop.reload()
    expect(reply(laptop)).to_have_value(f"@CB: {TEXT} And the end of it.")


def test_text_that_did_not_reach_the_server_is_ahead_whatever_the_clock_says(write, talk):
    page = write()
    set_clock(page, -30)
    reply(page)
    type_and_keep(page, TEXT)
    again = torn_off(page, " And the end of it.")
    set_clock(again, -30)
    expect(reply(again)).to_have_value(f"@CB: {TEXT} And the end of it.")
    said = re.compile(r"last changed (this minute|\d+ minutes? ago)\.")
    expect(again.locator("#comment-1 .restored")).to_contain_text(said)


def test_what_was_typed_apart_on_two_screens_is_there_as_a_whole(write, talk):
    laptop = write()
    reply(laptop)
    type_and_keep(laptop, TEXT)
    phone = write(viewport=PHONE)
    reply(phone)
    again = torn_off(laptop, " On the train.")
    type_and_keep(phone, " At home.")
    again.reload()
    both = f"@CB: {TEXT} At home.\n\n@CB: {TEXT} On the train."
    expect(reply(again)).to_have_value(both)


def test_text_that_was_posted_on_another_screen_does_not_come_back(write, talk):
    laptop = write()
    reply(laptop)
    type_and_keep(laptop, TEXT)
    phone = write(viewport=PHONE)
    post(reply(phone))
    expect(phone.locator("#comment-4")).to_be_focused()
    laptop.reload()
    expect(reply(laptop)).to_have_value("@CB: ")


def change(page, number):
    """The field over the text of one's own comment."""
    page.locator(f"#comment-{number}").get_by_role("link", name="Edit").click()
    area = page.locator(f"#comment-{number} textarea")
    expect(area).to_be_focused()
    return area


def test_edit_goes_on_on_another_screen_and_is_saved_once(write, talk):
    laptop = write()
    change(laptop, 3)
    with laptop.expect_response("**/draft/") as saved:
        laptop.keyboard.type(f" {TEXT}")
    assert saved.value.status == 204
    phone = write(viewport=PHONE)
    area = change(phone, 3)
    expect(area).to_have_value(f"My own remark. {TEXT}")
    expect(phone.locator("#comment-3 .restored")).to_contain_text("is back")
    post(area)
    expect(phone.locator("#comment-3 textarea")).to_have_count(0)
    expect(phone.locator("#comment-3 .prose")).to_contain_text(TEXT)
    assert not Draft.objects.exists()
    assert talk.comments.get(number=3).revisions.count() == 1


@both_sizes
def test_time_left_for_an_edit_counts_down_to_its_end(write, talk, viewport):
    page = write(viewport=viewport)
    page.clock.install()
    change(page, 3)
    left = page.locator("#comment-3 .time-left p:visible")
    expect(left).to_contain_text("You can change this for 14 minutes.")
    page.clock.fast_forward("10:00")
    expect(left).to_contain_text("You can change this for 4 minutes.")
    page.clock.fast_forward("04:20")
    expect(left).to_contain_text(re.compile(r"You can change this for \d\d? seconds?\."))
    page.clock.fast_forward("01:00")
    expect(left).to_have_text("Small slips can still be mended for 23 hours.")
    page.clock.fast_forward("24:00:00")
    expect(left).to_contain_text("The time for changes is over. Your text is kept here")


def test_comment_that_is_held_says_so_and_is_shown_to_its_writer(write, talk):
    Article.objects.update(comments_policy="held")
    page = write()
    post_it = reply(page)
    page.keyboard.type(TEXT)
    post(post_it)
    expect(page.get_by_text("Your comment waits for a moderator.")).to_be_visible()
    expect(page.locator("#waiting")).to_contain_text(TEXT)
    expect(page.locator("#comment-1 textarea")).to_have_count(0)


def test_two_tabs_of_one_browser_post_once(write, talk):
    page = write()
    reply(page)
    page.keyboard.type(TEXT)
    other = page.context.new_page()
    other.goto(talk.get_absolute_url())
    area = reply(other)
    keys = [tab.locator("#comment-1 [name=post_key]").input_value() for tab in (page, other)]
    assert keys[0] == keys[1]
    post(area)
    expect(other.locator("#comment-4")).to_be_focused()
    post(page.locator("#comment-1 textarea"))
    expect(page.locator("#comment-4")).to_be_focused()
    assert said().count() == 1


def test_double_click_posts_once(write):
    page = write()
    area = reply(page)
    page.keyboard.type(TEXT)
    page.locator("#comment-1").get_by_role("button", name="Post reply").dblclick()
    expect(page.locator("#comment-4")).to_be_focused()
    page.keyboard.press("Control+Enter")
    assert area.count() == 0
    assert said().count() == 1


def test_expired_session_keeps_the_text_and_posting_goes_on_after_signing_in(write):
    page = write()
    area = reply(page)
    page.keyboard.type(TEXT)
    Session.objects.all().delete()
    post(area)
    expect_kept(page, area, "You are signed out. Your text is kept")
    sign_in(page, "zoe")
    post(area)
    expect(page.locator("#comment-4")).to_be_focused()


def test_stale_token_is_renewed_without_a_word(write):
    page = write()
    area = reply(page)
    page.keyboard.type(TEXT)
    token = page.locator("#comment-1 .form [name=csrfmiddlewaretoken]")
    token.evaluate("field => field.value = 'x'.repeat(64)")
    post(area)
    expect(page.locator("#comment-4")).to_be_focused()
    assert said().count() == 1


def test_nobody_posts_under_another_name_unasked(write):
    make_member("Abdou", username="abdou")
    page = write()
    area = reply(page)
    page.keyboard.type(TEXT)
    Session.objects.all().delete()
    sign_in(page, "abdou")
    token = page.locator("#comment-1 .form [name=csrfmiddlewaretoken]")
    token.evaluate("field => field.value = 'x'.repeat(64)")
    post(area)
    expect_kept(page, area, "You are signed in as Abdou now")
    post(area)
    expect(page.locator("#comment-4 .author")).to_have_text("Abdou")


def lock(talk):
    Article.objects.update(locked_at=timezone.now(), lock_reason="enough said")


def withdraw(talk):
    parent = talk.comments.get(number=1)
    flows.withdraw_comment(comment=parent, by=parent.author)


def ban(talk):
    User.objects.filter(username="zoe").update(banned_at=timezone.now(), ban_reason="advertising")


def unpublish(talk):
    Article.objects.update(published_at=None, publish_date=None)


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (lock, "enough said"),
        (withdraw, "no longer there"),
        (ban, "advertising"),
        (unpublish, "no longer there"),
    ],
)
def test_what_happens_meanwhile_is_said_and_the_text_kept(write, talk, happens, words):
    page = write()
    area = reply(page)
    page.keyboard.type(TEXT)
    happens(talk)
    post(area)
    expect_kept(page, area, words)
    assert not said().exists()


def test_post_succeeds_once_it_can(write, talk):
    page = write()
    area = reply(page)
    page.keyboard.type(TEXT)
    lock(talk)
    post(area)
    expect_kept(page, area, "enough said")
    Article.objects.update(locked_at=None)
    post(area)
    expect(page.locator("#comment-4")).to_be_focused()


def test_closed_discussion_says_so_where_an_answer_would_be_written(write, talk):
    page = write()
    lock(talk)
    page.locator("#comment-1").get_by_role("link", name="Reply").click()
    expect(page.locator("#comment-1 .notice-error")).to_contain_text("enough said")


def test_text_that_is_too_long_is_counted_and_kept(write, settings):
    settings.LONGEST_COMMENT = 50
    page = write()
    area = reply(page)
    page.keyboard.type(TEXT)
    status = page.locator("#comment-1").get_by_text("Characters")
    expect(status).to_have_count(0)
    page.keyboard.type(" And then")
    expect(status).to_have_text("Characters left: 3")
    page.keyboard.type(" some 🙂")
    expect(status).to_have_text("Characters too many: 4")
    post(area)
    expect_kept(page, area, "4 characters too long")


ARRIVED_NOWHERE = "This did not arrive. Your text is kept"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (None, ARRIVED_NOWHERE),
        (500, ARRIVED_NOWHERE),
        (502, ARRIVED_NOWHERE),
        (429, "too much in a short time. Your text is kept"),
    ],
)
def test_post_that_does_not_arrive_is_kept_and_sent_again(write, status, words):
    page = write()
    area = reply(page)
    page.keyboard.type(TEXT)

    def fail(route):
        if route.request.method != "POST":
            route.continue_()
        elif status is None:
            route.abort()
        else:
            route.fulfill(status=status, body="<h1>?</h1>")

    page.route("**/reply/", fail)
    post(area)
    expect_kept(page, area, words)
    page.unroute("**/reply/")
    post(area)
    expect(page.locator("#comment-4")).to_be_focused()


def test_post_that_comes_too_soon_says_when_to_try_again(write):
    page = write()
    area = reply(page)
    page.keyboard.type(TEXT)
    wait = {"status": 429, "headers": {"Retry-After": "180"}, "body": "<h1>?</h1>"}
    page.route("**/reply/", lambda route: route.fulfill(**wait), times=1)
    post(area)
    expect_kept(page, area, "try again in 3 minutes.")
    post(area)
    expect(page.locator("#comment-4")).to_be_focused()


@pytest.mark.parametrize("javascript", [True, False], ids=["", "no JavaScript"])
def test_refusal_of_the_flow_is_shown_in_place(write, talk, monkeypatch, javascript):
    parent = talk.comments.get(number=1)
    page = write(reverse("comment_reply", args=[parent.pk]), java_script_enabled=javascript)
    area = page.get_by_label("Your comment")
    area.fill(TEXT)

    def refuse(*args):
        raise flows.TooSoon("One comment in two minutes here.", retry_after=100)

    with monkeypatch.context() as patched:
        patched.setattr(flows, "_post", refuse)
        post(area)
        expect_kept(page, area, "One comment in two minutes here.")
    post(area)
    page.wait_for_url("**#comment-4")
    assert said().count() == 1


def lose_the_answer(route):
    route.fetch()
    route.abort()


def post_unanswered(write):
    """A reply that the site has, and its writer knows nothing of."""
    page = write()
    area = reply(page)
    page.keyboard.type(TEXT)
    page.route("**/reply/", lose_the_answer, times=1)
    post(area)
    expect_kept(page, area, "did not arrive")
    return page, area


def test_post_that_arrived_while_the_answer_did_not_is_one_comment(write):
    page, area = post_unanswered(write)
    post(area)
    expect(page.locator("#comment-4")).to_be_focused()
    assert said().count() == 1


def test_text_changed_after_it_arrived_unnoticed_is_posted_at_the_second_press(write):
    page, area = post_unanswered(write)
    area.press("End")
    page.keyboard.type(" And more.")
    post(area)
    expect_kept(page, area, "posted from here already, as comment 4")
    post(area)
    expect(page.locator("#comment-5")).to_be_focused()
    assert said().count() == 2


def test_composer_that_cannot_be_opened_says_so(write):
    page = write()
    page.route("**/reply/", lambda route: route.abort())
    page.locator("#comment-1").get_by_role("link", name="Reply").click()
    failed = page.locator("#comment-1 .writing-failed")
    expect(failed).to_contain_text("could not be opened")
    page.unroute("**/reply/")
    failed.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Reply")).to_be_visible()


def test_comment_on_another_page_of_the_discussion_is_shown_there(write, talk, settings):
    settings.COMMENTS_PER_PAGE = 2
    page = write()
    area = page.locator("#composer textarea")
    area.click()
    page.get_by_role("toolbar").wait_for()
    page.keyboard.type(TEXT)
    post(area)
    page.wait_for_url("**#comment-4")
    expect(page.locator("#comment-4")).to_be_in_viewport()


def test_text_changed_before_the_scripts_came_is_not_doubled(write, talk):
    zoe, parent = User.objects.get(username="zoe"), talk.comments.first() or make_comment(talk)
    flows.save_draft(member=zoe, article=talk, parent=parent, text="From the phone.")
    page = write("/robots.txt")
    page.route("**/composer*.js", lambda route: (page.wait_for_timeout(500), route.continue_()))
    page.goto(reverse("comment_reply", args=[parent.pk]), wait_until="commit")
    area = page.locator("textarea")
    area.fill("Thought over.")
    page.get_by_role("toolbar").wait_for()
    expect(area).to_have_value("Thought over.")


def test_tab_to_the_button_before_the_rest_has_come_is_not_lost(write, talk):
    page = write()
    page.route("**/comment/", lambda route: (page.wait_for_timeout(500), route.continue_()))
    page.locator("#composer textarea").click()
    page.keyboard.type("Typed at once.")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Post comment")).to_be_focused()
    page.get_by_role("toolbar").wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("#comment-4")).to_contain_text("Typed at once.")


@pytest.mark.parametrize("draft", ["", "From the phone."], ids=["no draft", "a draft"])
def test_typing_before_the_rest_has_come_is_not_lost(write, talk, draft):
    zoe = User.objects.get(username="zoe")
    flows.save_draft(member=zoe, article=talk, parent=None, text=draft)
    page = write()
    page.route("**/comment/", lambda route: (page.wait_for_timeout(500), route.continue_()))
    area = page.locator("#composer textarea")
    area.click()
    page.keyboard.type("Typed at once.")
    place = area.bounding_box()["y"]
    page.get_by_role("toolbar").wait_for()
    assert abs(area.bounding_box()["y"] - place) < 2
    page.keyboard.type(" And on.")
    expect(area).to_have_value(f"{draft}\n\nTyped at once. And on.".strip())


@both_sizes
def test_preview_is_what_is_posted(write, viewport):
    page = write(viewport=viewport)
    area = reply(page)
    page.keyboard.type("*yes*, and @michael reynolds too:\n\n> quoted\n\nhttps://example.org/")
    page.locator("#comment-1").get_by_role("button", name="Preview").click()
    preview = page.locator("#comment-1 .preview .prose")
    expect(preview.locator("em")).to_have_text("yes")
    shown = preview.inner_html()
    post(area)
    expect(page.locator("#comment-4")).to_be_focused()
    assert page.locator("#comment-4 .prose").inner_html() == shown == said().get().html


def test_tools_and_keys_mark_the_selection_and_can_be_undone(write):
    page = write()
    area = reply(page)
    area.fill("one two")

    def select(start, end):
        area.evaluate(f"area => {{ area.focus(); area.setSelectionRange({start}, {end}) }}")

    select(0, 3)
    page.keyboard.press("Control+b")
    expect(area).to_have_value("**one** two")
    page.keyboard.press("Control+b")
    expect(area).to_have_value("one two")
    page.keyboard.press("Control+z")
    expect(area).to_have_value("**one** two")
    area.fill("one two")
    select(4, 7)
    page.keyboard.press("Control+i")
    expect(area).to_have_value("one *two*")
    page.keyboard.press("Control+k")
    page.keyboard.type("https://example.org/")
    expect(area).to_have_value("one *[two](https://example.org/)*")
    tools = page.get_by_role("toolbar", name="Formatting")
    for tool, text in {
        "List": "- one\n- two",
        "Quote": "> one\n> two",
        "Code": "```\none\ntwo\n```",
    }.items():
        area.fill("one\ntwo")
        select(0, 7)
        tools.get_by_role("button", name=tool).click()
        expect(area).to_have_value(text)
    tools.get_by_role("button", name="Bold").focus()
    for name in ("Italic", "Link"):
        page.keyboard.press("ArrowRight")
        expect(tools.get_by_role("button", name=name)).to_be_focused()
    area.fill("@CB: posted by keys")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#comment-4")).to_be_focused()


SELECT = """element => {
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


@both_sizes
def test_selected_words_of_a_comment_are_quoted_with_a_reply_link(write, viewport):
    page = write(viewport=viewport)
    page.locator("#comment-1 .prose em").dblclick()
    quote = page.get_by_role("button", name="Quote this")
    expect(quote).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(quote).to_be_focused()
    page.keyboard.press("Enter")
    area = page.locator("#comment-1 textarea")
    expect(area).to_have_value("@CB:\n\n> comparison\n\n")
    expect(area).to_be_focused()
    page.keyboard.type("No.")
    page.locator("#comment-2 .prose p").evaluate(SELECT)
    quote.click()
    expect(area).to_have_value(
        "@CB:\n\n> comparison\n\nNo.\n\n@michael reynolds#2:\n\n> Not with 1976.\n\n"
    )
    post(area)
    links = page.locator("#comment-4 a.reply-link")
    expect(links).to_have_count(2)
    expect(links.last).to_have_attribute("href", "#comment-2")


def test_selected_words_of_the_article_are_quoted_below_it(write):
    page = write()
    page.locator(".article-body").evaluate(SELECT)
    page.get_by_role("button", name="Quote this").click()
    area = page.locator("#composer textarea")
    expect(area).to_have_value("> The river was low.\n>\n> Then it rained for a week.\n\n")
    page.locator("#discussion-title").evaluate(SELECT)
    expect(page.get_by_role("button", name="Quote this")).to_have_count(0)


@both_sizes
def test_names_are_completed_by_keyboard_with_the_comment_they_link_to(write, talk, viewport):
    make_member("Мария Ильина")
    make_member("michael of elsewhere")
    page = write(viewport=viewport, bypass_csp=True)
    area = reply(page)
    page.keyboard.type("see @mi")
    names = page.get_by_role("listbox")
    options = names.get_by_role("option")
    expect(options).to_have_count(2)
    expect(options.first).to_have_text("michael reynolds → 2: Not with 1976.")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert troubles(page) == []
    page.keyboard.press("ArrowDown")
    active = area.get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").inner_text() == "michael of elsewhere"
    page.keyboard.press("ArrowDown")
    page.keyboard.type("chael r")
    expect(options).to_have_count(1)
    page.keyboard.press("Enter")
    expect(area).to_have_value("@CB: see @michael reynolds ")
    expect(names).to_be_hidden()
    page.keyboard.type("and @мария иль")
    expect(options).to_have_text(["Мария Ильина"])
    page.keyboard.press("Escape")
    expect(names).to_be_hidden()
    expect(area).to_be_focused()
    page.keyboard.type("и")
    expect(options).to_have_count(1)
    options.first.click()
    expect(area).to_have_value("@CB: see @michael reynolds and @Мария Ильина ")
    post(area)
    card = page.locator("#comment-4")
    expect(card.locator("a.reply-link")).to_have_count(2)
    expect(card.locator("a.mention")).to_have_count(1)


def test_answers_that_came_in_meanwhile_are_told_and_the_text_kept(write, talk):
    page = write()
    area = reply(page)
    page.keyboard.type(TEXT)
    make_comment(parent=talk.comments.get(number=1), text="I was quicker.")
    newer = page.locator("#comment-1 .newer-answers")
    expect(newer.locator("summary")).to_have_text("1 answer since you began: show")
    newer.locator("summary").click()
    expect(newer).to_contain_text("I was quicker.")
    make_comment(parent=talk.comments.get(number=1), text="So was I.")
    page.locator("#comment-1").get_by_role("button", name="Preview").click()
    expect(newer.locator("summary")).to_have_text("2 answers since you began: show")
    expect(newer).to_contain_text("So was I.")
    assert TEXT in area.input_value()


def test_composer_on_its_own_page_has_it_all_too(write, talk):
    parent = talk.comments.get(number=1)
    page = write(reverse("comment_reply", args=[parent.pk]))
    area = page.get_by_label("Your comment")
    area.focus()
    page.keyboard.press("End")
    page.keyboard.type(TEXT)
    page.get_by_role("toolbar").wait_for()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview .prose")).to_contain_text(TEXT)
    page.reload()
    expect(area).to_have_value(f"@CB: {TEXT}")
    expect(page.locator(".restored")).to_be_visible()
    post(area)
    page.wait_for_url("**#comment-4")
    assert said().count() == 1


def test_without_scripts_a_reply_is_written_on_its_page(write):
    page = write(java_script_enabled=False)
    page.locator("#comment-1").get_by_role("link", name="Reply").click()
    expect(page.locator(".restored")).to_be_hidden()
    page.get_by_label("Your comment").fill(TEXT)
    page.get_by_role("button", name="Preview").click()
    assert TEXT in page.locator(".preview").inner_text()
    page.get_by_role("button", name="Post reply").click()
    page.wait_for_url("**#comment-4")
    assert said().count() == 1


def test_back_button_posts_once_without_scripts(write, talk):
    parent = talk.comments.get(number=1)
    page = write(reverse("comment_reply", args=[parent.pk]), java_script_enabled=False)
    page.get_by_label("Your comment").fill(TEXT)
    page.get_by_role("button", name="Post reply").click()
    page.wait_for_url("**#comment-4")
    page.go_back()
    assert page.get_by_label("Your comment").input_value() == TEXT
    page.get_by_role("button", name="Post reply").click()
    page.wait_for_url("**#comment-4")
    assert said().count() == 1


def test_article_page_loads_nothing_for_writing_before_somebody_writes(write):
    page = write()
    loaded = "performance.getEntriesByType('resource').map(one => new URL(one.name).pathname)"
    assert not [one for one in page.evaluate(loaded) if "composer" in one or "writing.css" in one]
    reply(page)
    assert [one for one in page.evaluate(loaded) if "composer" in one]
