"""What members show of themselves, and whom they follow and mute, through the pages alone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from tests.articles.test_covers import encoded
from tests.browser.conftest import PHONE
from tests.browser.test_journey import sign_in
from tests.factories import make_article, make_comment, make_member

WITHOUT_SCRIPTS = {"java_script_enabled": False}


@pytest.fixture
def talk():
    article = make_article(headline="A river in July")
    zoe = make_member("Zoë", username="zoe")
    loud = make_member("Loud", username="loud")
    first = make_comment(article, zoe, text="It was lower in 1976.")
    make_comment(parent=first, author=loud, text="Buy my boats.")
    return article


def open_as(visit, name, place, **options):
    page = visit(f"{reverse('account_login')}?next={place}", **options)
    sign_in(page, name)
    page.wait_for_url(f"**{place}")
    return page


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}, WITHOUT_SCRIPTS])
def test_member_changes_name_picture_and_pronouns(visit, talk, options):
    page = open_as(visit, "zoe", reverse("account_profile"), **options)
    page.get_by_label("Name", exact=True).fill("Zoë Brandt")
    page.get_by_label("Pronouns").fill("she/her")
    page.get_by_role("main").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    picture = {"name": "me.png", "mimeType": "image/png", "buffer": encoded("PNG", (300, 200))}
    page.get_by_label("Picture", exact=True).set_input_files(picture)
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Take it away").wait_for()

    page.goto(talk.get_absolute_url())
    card = page.locator("#comment-1")
    expect(card.locator(".author")).to_have_text("Zoë Brandt")
    shown = card.locator("img.avatar")
    shown.scroll_into_view_if_needed()
    box = shown.bounding_box()
    assert (box["width"], box["height"]) == (24, 24)
    if options != WITHOUT_SCRIPTS:
        page.wait_for_function("document.querySelector('img.avatar').naturalWidth === 48")

    other = open_as(visit, "loud", "/members/zoe/", **options)
    other.get_by_text("Earlier names").click()
    expect(other.get_by_role("main")).to_contain_text("Zoë until")
    expect(other.get_by_role("main")).to_contain_text("she/her")


def test_refused_picture_says_why_beside_the_field(visit, talk):
    page = open_as(visit, "zoe", reverse("account_profile"))
    svg = {"name": "me.svg", "mimeType": "image/svg+xml", "buffer": b"<svg onload='alert(1)'/>"}
    page.get_by_label("Picture", exact=True).set_input_files(svg)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".own-picture .field-error")).to_contain_text("could not be read")


def mute(page):
    page.goto("/members/loud/")
    page.get_by_role("link", name="Follow or mute").click()
    page.get_by_label("Mute:").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("You mute this member.")


def test_muted_comment_is_folded_and_opened_in_place(visit, talk):
    page = open_as(visit, "zoe", talk.get_absolute_url())
    card = page.locator("#comment-2")
    expect(card.locator(".prose")).to_be_visible()
    mute(page)
    page.goto(talk.get_absolute_url())
    expect(card.locator(".prose")).to_be_hidden()
    expect(card.locator(".card-foot")).to_be_hidden()
    expect(page.locator("#comment-1 .prose")).to_be_visible()
    card.get_by_role("button", name="Muted: show").press("Enter")
    expect(card.locator(".prose")).to_be_visible()
    expect(card.locator(".unfold")).to_have_count(0)
    expect(card.locator(".author")).to_be_focused()


def test_muted_comment_that_a_link_leads_to_is_open(visit, talk):
    page = open_as(visit, "zoe", talk.get_absolute_url())
    mute(page)
    page.goto(f"{talk.get_absolute_url()}#comment-2")
    expect(page.locator("#comment-2 .prose")).to_be_visible()


def test_muted_comment_opens_by_its_number_without_scripts(visit, talk):
    page = open_as(visit, "zoe", talk.get_absolute_url(), **WITHOUT_SCRIPTS)
    mute(page)
    page.goto(talk.get_absolute_url())
    card = page.locator("#comment-2")
    expect(card.locator(".prose")).to_be_hidden()
    card.locator(".number").click()
    expect(card.locator(".prose")).to_be_visible()


def test_card_behind_a_link_keeps_folded_what_is_muted(visit, talk):
    first = talk.comments.get(number=2)
    make_comment(talk, make_member("Third"), text="@Loud: no, thank you.", parent=first)
    page = open_as(visit, "zoe", talk.get_absolute_url())
    mute(page)
    page.goto(talk.get_absolute_url())
    page.locator("#comment-3 .reply-link").hover()
    expect(page.locator(".peek")).to_contain_text("Loud")
    expect(page.locator(".peek .prose")).to_have_count(0)


def test_what_is_muted_arrives_folded_and_is_not_new(visit, talk):
    page = open_as(visit, "zoe", talk.get_absolute_url())
    mute(page)
    page.goto(talk.get_absolute_url())
    make_comment(talk, User.objects.get(username="loud"), text="More boats.")
    page.locator("#live").get_by_role("button").click()
    card = page.locator("#comment-3")
    expect(card.get_by_role("button", name="Muted: show")).to_be_visible()
    expect(card.locator(".prose")).to_be_hidden()
    expect(card.locator(".new-mark")).to_have_count(0)


@pytest.mark.parametrize("options", [{}, WITHOUT_SCRIPTS])
def test_reader_without_an_account_chooses_the_dark(visit, talk, options):
    page = visit("/", color_scheme="light", **options)
    page.get_by_role("link", name="How you read").click()
    page.get_by_label("Dark", exact=True).check()
    page.get_by_role("button", name="Save").click()
    for place in ("/", talk.get_absolute_url()):
        page.goto(place)
        paper = page.locator("html").evaluate("e => getComputedStyle(e).backgroundColor")
        assert paper == "rgb(21, 22, 26)"


def test_member_reads_in_the_light_on_a_dark_device(visit, talk):
    page = open_as(visit, "zoe", "/preferences/", color_scheme="dark")
    page.get_by_label("Light", exact=True).check()
    page.get_by_role("button", name="Save").click()
    page.goto("/")
    paper = page.locator("html").evaluate("e => getComputedStyle(e).backgroundColor")
    assert paper == "rgb(254, 253, 250)"
