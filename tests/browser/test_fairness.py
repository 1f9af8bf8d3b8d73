"""A member asks for a second look, and another moderator than the one who acted gives it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from forum.fairness.figures import count_days
from forum.fairness.flows import appeal
from forum.moderation import flows as moderation
from forum.moderation import threads
from forum.moderation.models import LogEntry
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_composer import sign_in
from tests.factories import make_article, make_comment, make_member


@pytest.fixture
def hidden():
    """A comment of Zoë's, hidden by Pilar; Otto moderates too."""
    pilar = make_member("Pilar", username="pilar", is_staff=True)
    make_member("Otto", username="otto", is_staff=True)
    zoe = make_member("Zoë", username="zoe")
    comment = make_comment(make_article(headline="On otters"), zoe, text="Too much.")
    moderation.hide(comment=comment, by=pilar, reason="off topic")
    return comment


@pytest.mark.parametrize(
    "options",
    [{}, {"viewport": PHONE}, {"java_script_enabled": False}],
    ids=["desktop", "phone", "without JavaScript"],
)
def test_member_appeals_and_another_moderator_decides(visit, hidden, options):
    page = visit("/", **options)
    sign_in(page, "zoe")
    page.goto(hidden.author.get_absolute_url())
    page.get_by_role("link", name="Moderation of your comments").click()
    expect(page.get_by_role("main")).to_contain_text("off topic")
    page.get_by_role("link", name="Appeal").click()
    page.get_by_label("Why this was wrong").fill("It was a jest.")
    page.get_by_role("button", name="Appeal").click()
    expect(page.get_by_role("main")).to_contain_text("It waits for a moderator.")

    theirs = visit("/", **options)
    sign_in(theirs, "pilar")
    theirs.goto(reverse("appeals"))
    theirs.get_by_role("link", name="It was a jest.").click()
    expect(theirs.get_by_role("main")).to_contain_text("another moderator decides")
    sign_in(theirs, "otto")
    theirs.goto(reverse("admin:index"))
    theirs.get_by_role("link", name="Appeals").click()
    theirs.get_by_role("link", name="It was a jest.").click()
    theirs.get_by_label("Undo it").check()
    theirs.get_by_label("Answer").fill("So it was.")
    theirs.get_by_role("button", name="Decide").click()
    expect(theirs.get_by_role("main")).to_contain_text("No appeal waits.")

    page.goto(reverse("notifications"))
    page.get_by_role("link", name="what was done is undone").click()
    expect(page.get_by_role("main")).to_contain_text("So it was.")
    page.goto(hidden.article.get_absolute_url())
    expect(page.locator("#comment-1")).to_contain_text("Too much.")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_of_fairness_have_no_accessibility_troubles(visit, hidden, size, theme):
    pilar = User.objects.get(username="pilar")
    closed = make_comment(hidden.article, text="Stop here.")
    threads.lock_branch(comment=closed, by=pilar, reason="enough said")
    asked = appeal(
        entry=LogEntry.objects.get(comment=hidden), by=hidden.author, text="It was a jest."
    )
    make_comment(hidden.article, hidden.author, posted_at=timezone.now())
    count_days()
    page = visit("/", viewport=size, color_scheme=theme, bypass_csp=True)
    mine = (reverse("my_acts"), reverse("my_act", args=[asked.entry_id]))
    desk = (
        reverse("appeals"),
        reverse("appeal_decide", args=[asked.pk]),
        reverse("handover"),
        reverse("figures"),
        reverse("comment_page", args=[closed.pk]),
    )
    for login, addresses in {
        "": (reverse("moderation_log"), hidden.article.get_absolute_url()),
        "zoe": mine,
        "otto": desk,
    }.items():
        if login:
            sign_in(page, login)
        for address in addresses:
            page.goto(address)
            page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
            found = Axe().run(page, options={"resultTypes": ["violations"]})
            assert found.response["violations"] == [], address
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], address
