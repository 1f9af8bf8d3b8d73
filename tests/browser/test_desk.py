"""A moderator works through the queue with the keyboard alone; a member flags and is warned."""

from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from accounts.models import User
from forum.comments.models import Case, Comment
from forum.flags.flows import flag_comment
from forum.flags.models import Flag
from forum.moderation import letters
from forum.moderation.models import LogEntry
from tests.browser.conftest import PHONE
from tests.browser.test_journey import sign_in
from tests.factories import make_article, make_comment, make_member, make_moderator


@pytest.fixture
def waiting():
    """Four comments that wait, worst first, each by another new member."""
    article = make_article(headline="On otters")
    said = [make_comment(article, text=f"Remark number {n}.") for n in (1, 2, 3, 4)]
    for comment, flags in zip(said, (3, 2, 1, 0), strict=True):
        for _ in range(flags):
            flag_comment(comment=comment, by=make_member(), reason="uncivil")
    make_member("Pilar", username="pilar", is_staff=True)
    return said


def at_the_desk(visit, **options):
    page = visit(reverse("account_login"), **options)
    sign_in(page, "pilar")
    page.goto("/admin/")
    return page


def large(page, number):
    page.locator(".case-text", has_text=f"Remark number {number}.").wait_for()


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE, "java_script_enabled": False}])
def test_comment_is_held_from_its_place_in_the_discussion_and_the_moderator_is_back_there(
    visit, waiting, options
):
    first, second = waiting[2:]
    page = at_the_desk(visit, **options)
    page.goto(second.article.get_absolute_url())
    page.locator(f"#{second.anchor}").get_by_role("link", name="More").click()
    page.get_by_role("link", name="Hold", exact=True).click()
    page.get_by_label("Reason").fill("Is it so?")
    page.get_by_role("button", name="Hold").click()
    page.get_by_text("Done: Hold.").wait_for()
    assert urlsplit(page.url).path == second.article.get_absolute_url()
    assert urlsplit(page.url).fragment == first.anchor
    assert page.locator(f"#{second.anchor}").count() == 0
    page.get_by_role("link", name="At the desk").click()
    large(page, 4)


def test_queue_is_worked_off_with_the_keyboard_alone(visit, waiting):
    page = at_the_desk(visit)
    press = page.keyboard.press
    large(page, 1)
    press("h")
    press("2")
    press("Enter")
    large(page, 2)
    press("a")
    large(page, 3)
    press("d")
    page.keyboard.type("Say it more kindly, please.")
    press("Enter")
    large(page, 4)
    press("u")
    page.get_by_text("Taken back.").wait_for()
    large(page, 3)
    press("j")
    large(page, 4)
    press("k")
    large(page, 3)
    press("w")
    page.keyboard.type("This is a warning.")
    press("Control+Enter")
    page.get_by_text("Done: Warn.").wait_for()
    press("s")
    large(page, 4)
    press("b")
    press("ArrowDown")
    press("Tab")
    assert page.locator(":focus").get_attribute("name") in ("reason", "period")
    press("Escape")
    assert page.locator("details[open]").count() == 0
    hidden, approved, *_ = waiting
    hidden.refresh_from_db()
    assert hidden.hidden_reason == "About the person, not the matter."
    assert Case.objects.get(comment=approved).verdict == "approved"
    verbs = list(LogEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["hide", "approve", "send_back", "restore", "warn"]


def test_letters_typed_into_a_field_call_no_verb(visit, waiting):
    page = at_the_desk(visit)
    page.keyboard.press("m")
    page.keyboard.type("a hush bad sad")
    assert page.locator("textarea:focus").input_value() == "a hush bad sad"
    assert not LogEntry.objects.exists()


def test_keys_can_be_turned_off(visit, waiting):
    page = at_the_desk(visit)
    page.locator("#keys-on").uncheck()
    page.reload()
    page.keyboard.press("a")
    large(page, 1)
    assert not LogEntry.objects.exists()


def test_desk_works_without_scripts_on_a_phone(visit, waiting):
    page = visit(reverse("account_login"), viewport=PHONE, java_script_enabled=False)
    sign_in(page, "pilar")
    page.goto("/admin/")
    large(page, 1)
    page.locator("summary", has_text="Hide").click()
    page.get_by_label("Off topic.").check()
    page.get_by_role("button", name="Hide", exact=True).click()
    large(page, 2)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_two_moderators_are_given_different_comments(visit, waiting):
    make_moderator("Olga", username="olga")
    one = at_the_desk(visit)
    large(one, 1)
    other = visit(reverse("account_login"))
    sign_in(other, "olga")
    other.goto("/admin/")
    large(other, 2)
    other.goto(reverse("admin:desk_item", args=["all", waiting[0].pk]))
    other.get_by_text("Pilar has been looking at this").wait_for()


def test_member_flags_a_comment_and_a_warned_one_posts_after_reading(visit):
    comment = make_comment(text="Something rude.")
    tom = make_member("Tom", username="tom")
    page = visit(reverse("account_login"))
    sign_in(page, "tom")
    page.goto(reverse("comment_page", args=[comment.pk]))
    page.get_by_role("link", name="Flag").click()
    page.get_by_label("Uncivil").check()
    page.get_by_role("button", name="Flag it").click()
    page.get_by_text("A moderator will look").wait_for()
    assert Flag.objects.get().member == tom
    letters.warn(member=tom, by=make_moderator(), text="Mind your words.")
    page.goto(comment.article.get_absolute_url())
    page.get_by_label("Your comment", exact=True).fill("What I meant to say.")
    page.get_by_role("button", name="Post comment").click()
    page.get_by_text("Mind your words.").wait_for()
    assert page.get_by_label("Your comment", exact=True).input_value() == "What I meant to say."
    page.get_by_label("I have read this.").check()
    page.get_by_role("button", name="Post comment").click()
    page.locator(".card", has_text="What I meant to say.").wait_for()
    assert Comment.objects.get(author=tom).text == "What I meant to say."
    assert User.objects.get(pk=tom.pk).warned_at is None
