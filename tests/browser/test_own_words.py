"""Claiming, downloading and erasing as people do it, and merging as moderators do."""

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from forum.comments.models import Comment
from forum.people import flows, tasks
from forum.people.models import Export
from tests.accounts.signing_in import code_in
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_accessibility import troubles
from tests.browser.test_journey import sign_in
from tests.factories import (
    PASSWORD,
    make_article,
    make_author,
    make_comment,
    make_member,
    make_moderator,
)
from tests.imports.wxr import bring_in, item, remark
from tests.loops import no_loop_running

WAYS = pytest.mark.parametrize(
    "options",
    [{}, {"viewport": PHONE}, {"java_script_enabled": False}],
    ids=["desktop", "phone", "without JavaScript"],
)


@pytest.fixture(autouse=True)
def without_limits(settings, tmp_path):
    settings.ACCOUNT_RATE_LIMITS = False
    settings.DATA_DIR = tmp_path


def again(page):
    """The password, when it is asked for once more."""
    page.get_by_role("heading", name="Your password, please").wait_for()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def old_comments():
    bring_in(
        item(
            10,
            remark(1, author="Bert", email="bert@example.org", content="I was here."),
            remark(2, author="Cleo", email="cleo@example.org", content="@Bert: so was I."),
        )
    )


@WAYS
def test_member_confirms_the_address_of_old_and_gets_words_and_name_back(visit, options):
    old_comments()
    make_member("Bert the Younger", username="albert")
    page = visit(reverse("account_login"), **options)
    sign_in(page, "albert")
    page.goto(reverse("account_email"))
    page.get_by_label("E-mail").last.fill("bert@example.org")
    page.get_by_role("button", name="Add it").click()
    again(page)
    code = page.get_by_label("Code")
    code.wait_for()
    code.fill(code_in(mail.outbox[-1]))
    page.get_by_role("main").get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="Have a look").click()
    page.get_by_role("heading", name="Is this you?").wait_for()
    page.get_by_label("Be Bert again").check()
    page.get_by_role("button", name="That was me").click()
    expect(page.get_by_role("heading", name="Bert", exact=True)).to_be_visible()
    page.goto(Comment.objects.get(former_id=2).get_absolute_url())
    expect(page.locator("#comment-2 a.reply-link")).to_have_text("@Bert")
    expect(page.locator("#comment-1 .card-head")).to_contain_text("Bert")


@WAYS
def test_member_takes_everything_along_and_erases_the_account(visit, options):
    article = make_article()
    zoe = make_member("Zoë", username="zoe")
    said = make_comment(article, zoe, text="It was lower in 1976.")
    make_comment(article, parent=said, text="@Zoë: no.")
    page = visit(reverse("account_login"), **options)
    sign_in(page, "zoe")
    page.goto(reverse("account_profile"))
    page.get_by_role("link", name="Your words").click()
    page.get_by_role("button", name="Put it together").click()
    again(page)
    expect(page.locator("li", has_text="Being put together")).to_be_visible()
    with no_loop_running():
        tasks.make_export(export=str(Export.objects.get().pk))
    page.reload()
    with page.expect_download() as download:
        page.get_by_role("link", name="Your words as of").click()
    assert download.value.suggested_filename.endswith(".zip")
    page.get_by_role("link", name="Erase it").click()
    page.get_by_role("button", name="Erase my account").click()
    assert User.objects.get(pk=zoe.pk).is_active
    page.get_by_label("stay, under").first.check()
    page.get_by_label("I know that this cannot be undone").check()
    page.get_by_role("button", name="Erase my account").click()
    page.get_by_role("heading", name="Your account is erased").wait_for()
    page.goto(article.get_absolute_url())
    expect(page.locator("#comment-1")).to_contain_text("Former member 1")
    expect(page.locator("#comment-2 a.reply-link")).to_have_text("@Former member 1")
    assert "Zoë" not in page.content()


@WAYS
def test_moderator_merges_two_members_and_takes_them_apart(visit, options):
    article = make_article()
    make_comment(article, make_member("Zoë"), text="One.")
    make_member("Zoë Two", username="zoe2")
    make_moderator("Pilar", username="pilar")
    page = visit(reverse("account_login"), **options)
    sign_in(page, "pilar")
    page.goto(reverse("admin:accounts_user_changelist"))
    for name in ("Zoë", "Zoë Two"):
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))
        row.get_by_role("checkbox").check()
    page.locator("select[name=action]").select_option(label="Merge two accounts")
    page.get_by_role("button", name="Go", exact=True).click()
    page.get_by_label("Zoë Two (zoe2)").check()
    page.get_by_label("Reason").fill("one person")
    page.get_by_role("button", name="Merge two accounts").click()
    assert Comment.objects.get().author.username == "zoe2"
    page.get_by_role("link", name="Take apart").click()
    page.get_by_role("button", name="Take the accounts apart").click()
    assert Comment.objects.get().author.display_name == "Zoë"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_have_no_accessibility_troubles(visit, size, theme):
    old_comments()
    bert = make_author("Albert", username="albert", email="bert@example.org")
    make_article(bert)
    page = visit(reverse("account_login"), viewport=size, color_scheme=theme, bypass_csp=True)
    sign_in(page, "albert")
    page.goto(reverse("account_erase"))
    again(page)
    page.get_by_role("button", name="Erase my account").click()
    assert troubles(page) == []
    flows.ask_for_export(member=bert)
    for name in ("own_words", "claims", "privacy", "erased"):
        page.goto(reverse(name))
        assert troubles(page) == [], name
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, name


def test_way_to_take_a_merge_apart_is_seen_without_scrolling(visit):
    gone = make_member("Beatrix Hollander-Montgomery-Fitzwilliam", username="beatrix")
    olga = make_moderator("Olga", username="olga")
    flows.merge_members(gone=gone, kept=make_member(), by=olga, reason="one person " * 20)
    page = visit(reverse("account_login"))
    sign_in(page, "olga")
    page.goto(reverse("admin:people_merge_changelist"))
    table = page.locator(".results").bounding_box()
    link = page.get_by_role("link", name="Take apart").bounding_box()
    assert link["x"] + link["width"] <= table["x"] + table["width"]
