"""Branches and discussions that a member mutes: folded, and opened when they want."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from forum.articles.models import Article
from forum.reading import flows
from tests.browser.test_journey import sign_in
from tests.factories import make_comment, make_member


@pytest.mark.parametrize("order", ["threads", "time"])
def test_muted_branch_is_folded_and_opens_at_a_press(visit, order):
    zoe = make_member("Zoë", username="zoe")
    top = make_comment(text="The first.")
    branch = make_comment(parent=top, text="A quarrel begins.")
    make_comment(parent=branch, text="It goes on.")
    kept = make_comment(parent=branch, text="A part worth following.")
    flows.mute(member=zoe, article=top.article, branch=branch)
    flows.follow(member=zoe, article=top.article, branch=kept)
    page = visit(reverse("account_login"))
    sign_in(page, "zoe")
    page.goto(f"{top.article.get_absolute_url()}?order={order}")
    expect(page.get_by_text("The first.")).to_be_visible()
    expect(page.get_by_text("A quarrel begins.")).to_be_hidden()
    expect(page.get_by_text("It goes on.")).to_be_hidden()
    page.locator("#comment-2").get_by_role("button", name="Muted: show").click()
    for text in ("A quarrel begins.", "It goes on.", "A part worth following."):
        expect(page.get_by_text(text)).to_be_visible()


def test_muted_branch_is_folded_without_scripts_and_its_number_opens_it(visit):
    zoe = make_member("Zoë", username="zoe")
    branch = make_comment(parent=make_comment(), text="A quarrel begins.")
    flows.mute(member=zoe, article=branch.article, branch=branch)
    page = visit(reverse("account_login"), java_script_enabled=False)
    sign_in(page, "zoe")
    page.goto(branch.article.get_absolute_url())
    expect(page.get_by_text("A quarrel begins.")).to_be_hidden()
    page.goto(f"{branch.article.get_absolute_url()}#comment-2")
    expect(page.get_by_text("A quarrel begins.")).to_be_visible()


@pytest.fixture
def muted(visit):
    """Opens a discussion that Zoë mutes, but for the branch of comment 2."""

    def open_page(path="", **options):
        zoe = make_member("Zoë", username="zoe")
        top = make_comment(text="The first.")
        followed = make_comment(top.article, text="A part worth following.")
        make_comment(parent=followed, text="It goes on.")
        flows.mute(member=zoe, article=top.article)
        flows.follow(member=zoe, article=top.article, branch=followed)
        page = visit(reverse("account_login"), **options)
        sign_in(page, "zoe")
        page.goto(f"{top.article.get_absolute_url()}{path}")
        return page

    return open_page


@pytest.mark.parametrize("javascript", [True, False], ids=["", "no JavaScript"])
@pytest.mark.parametrize("order", ["threads", "time"])
def test_muted_discussion_is_folded_and_opens_at_a_press(muted, order, javascript):
    page = muted(f"?order={order}", java_script_enabled=javascript)
    expect(page.get_by_text("A part worth following.")).to_be_visible()
    expect(page.get_by_text("It goes on.")).to_be_visible()
    expect(page.get_by_text("The first.")).to_be_hidden()
    page.get_by_role("link", name="Show it").click()
    expect(page.get_by_text("The first.")).to_be_visible()
    expect(page.get_by_role("link", name="Show it")).to_be_hidden()


def test_link_into_a_muted_discussion_opens_it(muted):
    page = muted("#comment-1")
    expect(page.get_by_text("The first.")).to_be_in_viewport()


def test_what_one_says_in_a_muted_discussion_is_shown_and_nothing_else_announced(muted):
    page = muted()
    make_comment(Article.objects.get(), text="Said meanwhile.")
    page.locator("#composer textarea").fill("My own.")
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator("#comment-5")).to_be_in_viewport()
    expect(page.locator("#live")).to_be_empty()


def test_keys_pass_over_what_is_folded(muted):
    page = muted()
    page.keyboard.press("j")
    expect(page.locator("#comment-2 > article")).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("#comment-2 > article")).to_be_focused()
