"""Joining and signing in in every way there is, through the pages alone."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from tests.accounts.signing_in import code_in, code_of
from tests.accounts.test_second_factors import with_app
from tests.browser.provider import provider
from tests.browser.test_journey import sign_in
from tests.factories import PASSWORD, make_member

ZOE = {"sub": "zoe-at-the-guild", "name": "Zoë de la Cruz", "preferred_username": "Zoe"}
VERIFIED = ZOE | {"email": "zoe@example.org", "email_verified": True}


@pytest.fixture(autouse=True)
def no_limits(settings):
    settings.ACCOUNT_RATE_LIMITS = False
    settings.MFA_RATE_LIMITS = False


def in_main(page):
    return page.get_by_role("main")


def heading(page, name):
    expect(in_main(page).get_by_role("heading", name=name, level=1)).to_be_visible()


def press(page, name):
    in_main(page).get_by_role("button", name=name).click()


def signed_in_as(page, name):
    expect(page.get_by_label("Site").get_by_role("link", name=name)).to_be_visible()


def sign_out(page):
    page.goto(reverse("account_logout"))
    press(page, "Sign out")
    expect(page.get_by_label("Site").get_by_role("link", name="Join")).to_be_visible()


def type_code(page):
    page.get_by_label("Code").fill(code_in(mail.outbox[-1]))
    press(page, "Go on")


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["", "no script"])
def test_member_signs_in_with_a_code_by_mail(visit, options):
    make_member("Zoë", email="zoe@example.org")
    page = visit(f"{reverse('account_login')}?next=/tags/", **options)
    in_main(page).get_by_role("link", name="E-mail me a code").click()
    page.get_by_label("E-mail address").fill("zoe@example.org")
    press(page, "E-mail me a code")
    heading(page, "Look into your mail")
    page.get_by_label("Code").fill("AAAA-AAAA")
    press(page, "Go on")
    expect(in_main(page)).to_contain_text("not the code that we sent")
    press(page, "Send another code")
    assert len(mail.outbox) == 2
    type_code(page)
    expect(page).to_have_url(re.compile("/tags/$"))
    signed_in_as(page, "Zoë")


def reach(page, thing):
    """By the keyboard alone, as somebody does who sees where the focus is."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if thing.evaluate("thing => thing === document.activeElement"):
            return
    pytest.fail("The keyboard does not lead there.")


def test_keyboard_alone_is_enough_to_sign_in_with_a_code_and_a_second_factor(visit):
    secret = with_app(make_member("Zoë", email="zoe@example.org"))
    page = visit(f"{reverse('account_login')}?next=/tags/")
    reach(page, in_main(page).get_by_role("link", name="E-mail me a code"))
    page.keyboard.press("Enter")
    reach(page, page.get_by_label("E-mail address"))
    page.keyboard.type("zoe@example.org")
    page.keyboard.press("Enter")
    heading(page, "Look into your mail")
    reach(page, page.get_by_label("Code"))
    page.keyboard.type("AAAA-AAAA")
    reach(page, in_main(page).get_by_role("button", name="Go on"))
    page.keyboard.press("Enter")
    expect(in_main(page)).to_contain_text("not the code that we sent")
    reach(page, page.get_by_label("Code"))
    page.keyboard.press("Control+A")
    page.keyboard.type(code_in(mail.outbox[-1]))
    page.keyboard.press("Enter")
    heading(page, "One more step")
    reach(page, page.get_by_label("Code"))
    page.keyboard.type(code_of(secret))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/tags/$"))
    signed_in_as(page, "Zoë")


def test_login_name_is_judged_while_it_is_typed(visit):
    make_member(username="paypal")
    page = visit(reverse("account_signup"))
    name, said = page.get_by_label("Login name"), in_main(page).get_by_role("status")
    for typed, words in [
        ("zo", "at least 3"),
        ("adm1n", "seem to speak for the site"),
        ("paypa1", "too much like another"),
        ("no spaces", "small letters a to z"),
        ("zoe", "You can have this one."),
    ]:
        name.fill("")
        name.press_sequentially(typed)
        expect(said).to_contain_text(words)
    name.fill("")
    expect(said).to_be_empty()
    # What the form said of a name goes with the name.
    page.get_by_label("Name", exact=True).fill("Zoë")
    name.fill("adm1n")
    page.get_by_label("E-mail address").fill("zoe@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Join")
    expect(name).to_have_attribute("aria-invalid", "true")
    page.wait_for_load_state()
    expect(in_main(page).get_by_text("seem to speak for the site")).to_have_count(1)
    name.fill("zoe")
    expect(said).to_have_text("You can have this one.")
    expect(in_main(page).get_by_text("seem to speak for the site")).to_have_count(0)
    expect(name).not_to_have_attribute("aria-invalid", "true")


# Passkeys: Chromium stands in for a phone that asks for a finger and gets it.


@pytest.fixture
def phone():
    """Give the page a device that makes passkeys; answers with its devtools session and name."""

    def hold(page, **changes):
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        kind = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": kind | changes})
        return devtools, made["authenticatorId"]

    return hold


def test_stranger_joins_and_signs_in_with_a_passkey_alone(visit, phone):
    page = visit(reverse("account_signup"))
    phone(page)
    in_main(page).get_by_role("link", name="Join with a passkey").click()
    page.get_by_label("Name", exact=True).fill("Zoë")
    page.get_by_label("Login name").fill("zoe")
    page.get_by_label("E-mail address").fill("zoe@example.org")
    press(page, "Join")
    type_code(page)
    heading(page, "Make your passkey")
    press(page, "Make the passkey")
    signed_in_as(page, "Zoë")
    member = User.objects.get(username="zoe")
    assert not member.has_usable_password()
    sign_out(page)
    page.goto(f"{reverse('account_login')}?next=/tags/")
    press(page, "Use a passkey")
    signed_in_as(page, "Zoë")
    expect(page).to_have_url(re.compile("/tags/$"))
    # What changes how they sign in asks for the passkey again, and then goes on.
    UserSession.objects.all().delete()
    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    press(page, "Use a passkey")
    signed_in_as(page, "Zoë")
    page.goto(reverse("mfa_add_webauthn"))
    heading(page, "Your passkey, please")
    press(page, "Use a passkey")
    heading(page, "Add a passkey")


def test_passkey_is_added_used_beside_the_password_renamed_and_removed(visit, phone):
    make_member("Zoë", username="zoe")
    page = visit(reverse("account_login"))
    phone(page)
    sign_in(page, "zoe")
    page.goto(reverse("account_security"))
    in_main(page).get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Go on")
    page.get_by_label("What you call it").fill("Blue phone")
    page.get_by_label("Sign in with it alone").uncheck()
    press(page, "Make the passkey")
    heading(page, "Your recovery codes")
    assert mail.outbox[-1].subject == "You have a new passkey"
    sign_out(page)
    page.goto(reverse("account_login"))
    sign_in(page, "zoe")
    heading(page, "One more step")
    press(page, "Use a passkey")
    signed_in_as(page, "Zoë")
    page.goto(reverse("mfa_list_webauthn"))
    in_main(page).get_by_role("link", name="Rename Blue phone").click()
    if page.get_by_role("heading", name="please").is_visible():
        page.get_by_label("Password").fill(PASSWORD)
        press(page, "Go on")
    page.get_by_label("What you call it").fill("Red phone")
    press(page, "Save")
    in_main(page).get_by_role("link", name="Remove Red phone").click()
    press(page, "Remove")
    expect(in_main(page)).to_contain_text("You have none yet.")
    assert not Authenticator.objects.exists()


def test_device_that_refuses_is_told_of_and_can_be_asked_again(visit, phone):
    make_member("Zoë", username="zoe")
    page = visit(reverse("account_login"))
    devtools, device = phone(page)
    press(page, "Use a passkey")
    expect(in_main(page).get_by_role("alert")).to_contain_text("That did not work")
    expect(in_main(page).get_by_role("button", name="Use a passkey")).to_be_enabled()
    devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})


def test_page_says_where_there_are_no_passkeys(visit):
    page = visit(reverse("account_login"), java_script_enabled=False)
    assert "Passkeys need JavaScript." in page.locator("noscript").inner_text()
    expect(in_main(page).get_by_role("button", name="Use a passkey")).to_have_count(0)
    by_number = page.url.replace("localhost", "127.0.0.1")
    page = visit(by_number)
    expect(in_main(page)).to_contain_text("not a number")
    expect(in_main(page).get_by_role("button", name="Use a passkey")).to_have_count(0)
    in_main(page).get_by_role("link", name="this page by its name").click()
    expect(in_main(page).get_by_role("button", name="Use a passkey")).to_be_visible()


def test_nobody_joins_with_a_passkey_where_they_could_not_make_it(visit):
    """They would have confirmed their address, and stood before a button that is not there."""
    place = reverse("account_signup_by_passkey")
    page = visit(place, java_script_enabled=False)
    assert "Passkeys need JavaScript." in page.locator("noscript").inner_text()
    expect(in_main(page).get_by_role("button", name="Join")).to_have_count(0)
    expect(in_main(page).get_by_role("link", name="Rather with a password")).to_be_visible()
    page = visit(page.url.replace("localhost", "127.0.0.1"))
    expect(in_main(page)).to_contain_text("not a number")
    expect(in_main(page).get_by_role("button", name="Join")).to_have_count(0)


def test_long_address_and_key_are_whole_on_a_phone(visit):
    address = "wilhelmina.featherstonehaugh.cholmondeley@correspondence.example.org"
    member = make_member("Wilhelmina", username="mina", email=address)
    member.emailaddress_set.create(email=f"old.{address}", verified=True)
    page = visit(reverse("account_login"), viewport={"width": 320, "height": 800})
    sign_in(page, "mina")
    for name in ("account_email", "account_security"):
        page.goto(reverse(name))
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.goto(reverse("mfa_activate_totp"))
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Go on")
    key = page.get_by_label("Key")
    expect(key).to_have_value(re.compile("^[A-Z2-7]{32}$"))
    assert key.evaluate("key => key.scrollWidth <= key.clientWidth")


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["", "no script"])
def test_app_is_set_up_asked_for_and_removed(visit, options):
    make_member("Zoë", username="zoe")
    page = visit(reverse("account_login"), **options)
    sign_in(page, "zoe")
    page.goto(reverse("account_profile"))
    in_main(page).get_by_role("link", name="Sign-in and security").click()
    in_main(page).get_by_role("link", name="Second factor and recovery codes").click()
    in_main(page).get_by_role("link", name="Set up an app").click()
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Go on")
    secret = page.get_by_label("Key").input_value()
    page.get_by_label("Code").fill(code_of(secret))
    press(page, "Use this app from now on")
    heading(page, "Your recovery codes")
    code = in_main(page).locator(".codes li").first.inner_text()
    sign_out(page)
    page.goto(reverse("account_login"))
    sign_in(page, "zoe")
    heading(page, "One more step")
    page.get_by_label("Code").fill(code)
    press(page, "Sign in")
    signed_in_as(page, "Zoë")
    page.goto(reverse("mfa_deactivate_totp"))
    if in_main(page).get_by_label("Password").is_visible():
        page.get_by_label("Password").fill(PASSWORD)
        press(page, "Go on")
    press(page, "Remove the app")
    expect(in_main(page)).to_contain_text("Your authenticator app is removed.")
    assert not Authenticator.objects.exists()


def test_member_sees_where_they_are_signed_in_and_signs_out_there(visit):
    make_member("Zoë", username="zoe")
    there = visit(reverse("account_login"))
    sign_in(there, "zoe")
    signed_in_as(there, "Zoë")
    page = visit(reverse("account_login"))
    sign_in(page, "zoe")
    page.goto(reverse("account_security"))
    expect(in_main(page)).to_contain_text("On 2 devices.")
    in_main(page).get_by_role("link", name="Where you are signed in").click()
    expect(in_main(page).get_by_role("listitem").filter(has_text="this one")).to_have_count(1)
    press(page, "Sign out everywhere else")
    expect(in_main(page)).to_contain_text("You are signed out everywhere else.")
    there.goto("/")
    expect(there.get_by_label("Site").get_by_role("link", name="Join")).to_be_visible()


# Accounts elsewhere: a real provider of OpenID Connect, whose own page is pressed.


@pytest.fixture
def guild(settings):
    """Let people sign in with a provider that knows these people."""
    running = []

    def open_guild(*people):
        context = provider(*people)
        running.append(context)
        settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"] = {
            "server_url": context.__enter__()
        }

    before = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]
    yield open_guild
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"] = before
    for context in running:
        context.__exit__(None, None, None)


def go_through_the_guild(page, button="Continue with The Guild", sub=ZOE["sub"]):
    press(page, button)
    page.get_by_role("button", name=sub).click()


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["", "no script"])
def test_stranger_joins_with_an_account_elsewhere_and_signs_in_again(visit, guild, options):
    guild(VERIFIED)
    page = visit(f"{reverse('account_login')}?next=/tags/", **options)
    go_through_the_guild(page)
    heading(page, "Join")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Zoë de la Cruz")
    expect(page.get_by_label("Login name")).to_have_value("zoe")
    expect(page.get_by_label("E-mail address")).to_have_value("zoe@example.org")
    press(page, "Join")
    # The guild has confirmed the address, so no message is sent.
    signed_in_as(page, "Zoë de la Cruz")
    assert mail.outbox == []
    sign_out(page)
    page.goto(reverse("account_login"))
    go_through_the_guild(page)
    signed_in_as(page, "Zoë de la Cruz")


def test_address_that_the_guild_has_not_confirmed_is_confirmed_here(visit, guild):
    guild(VERIFIED | {"email_verified": False})
    page = visit(reverse("account_signup"))
    go_through_the_guild(page, "Continue with The Guild")
    press(page, "Join")
    heading(page, "Look into your mail")
    type_code(page)
    signed_in_as(page, "Zoë de la Cruz")


def test_address_that_is_typed_instead_of_the_guilds_is_confirmed_and_the_guilds_not_kept(
    visit, guild
):
    guild(VERIFIED)
    page = visit(reverse("account_login"))
    go_through_the_guild(page)
    page.get_by_label("E-mail address").fill("private@example.org")
    press(page, "Join")
    heading(page, "Look into your mail")
    assert mail.outbox[-1].to == ["private@example.org"]
    type_code(page)
    signed_in_as(page, "Zoë de la Cruz")
    member = User.objects.get()
    assert member.email == "private@example.org"
    assert list(member.emailaddress_set.values_list("email", "verified")) == [
        ("private@example.org", True)
    ]


@pytest.mark.parametrize("confirmed", [True, False])
def test_account_is_not_taken_over_by_who_has_its_address_elsewhere(visit, guild, confirmed):
    make_member("Zoë", username="zoe", email="zoe@example.org")
    guild(VERIFIED | {"email_verified": confirmed})
    page = visit(reverse("account_login"))
    go_through_the_guild(page)
    page.get_by_label("Name", exact=True).fill("Somebody")
    page.get_by_label("Login name").fill("somebody")
    press(page, "Join")
    heading(page, "Look into your mail")
    assert "There is an account with it already" in mail.outbox[-1].body
    assert not SocialAccount.objects.exists()
    page.goto("/")
    expect(page.get_by_label("Site").get_by_role("link", name="Join")).to_be_visible()


def test_address_that_was_given_and_never_confirmed_opens_nothing(visit, guild):
    """Somebody joins with another's address, and waits for them to sign in with it elsewhere."""
    thief = make_member("Thief", username="thief", email="zoe@example.org")
    thief.emailaddress_set.update(verified=False)
    guild(VERIFIED)
    page = visit(reverse("account_login"))
    go_through_the_guild(page)
    page.get_by_label("Login name").fill("zoe")
    press(page, "Join")
    assert not SocialAccount.objects.filter(user=thief).exists()
    thief.refresh_from_db()
    assert not thief.emailaddress_set.filter(verified=True).exists()


def test_member_connects_and_disconnects_an_account_elsewhere(visit, guild):
    member = make_member("Zoë", username="zoe", email="other@example.org")
    guild(VERIFIED)
    page = visit(reverse("account_login"))
    sign_in(page, "zoe")
    page.goto(reverse("account_security"))
    in_main(page).get_by_role("link", name="Connect and disconnect").click()
    go_through_the_guild(page, "Connect The Guild")
    if page.get_by_label("Password").is_visible():
        page.get_by_label("Password").fill(PASSWORD)
        press(page, "Go on")
    expect(in_main(page)).to_contain_text("The account is connected.")
    assert SocialAccount.objects.get().user == member
    assert mail.outbox[-1].subject == "You can sign in with The Guild"
    sign_out(page)
    page.goto(reverse("account_login"))
    go_through_the_guild(page)
    signed_in_as(page, "Zoë")
    page.goto(reverse("socialaccount_connections"))
    in_main(page).get_by_role("radio").check()
    press(page, "Disconnect")
    if page.get_by_label("Password").is_visible():
        page.get_by_label("Password").fill(PASSWORD)
        press(page, "Go on")
    expect(in_main(page)).to_contain_text("The account is disconnected.")
    assert not SocialAccount.objects.exists()


def test_second_factor_is_asked_of_whoever_comes_from_elsewhere_too(visit, guild):
    member = make_member("Zoë", username="zoe")
    SocialAccount.objects.create(user=member, provider="oidc", uid=ZOE["sub"])
    secret = with_app(member)
    guild(VERIFIED)
    page = visit(reverse("account_login"))
    go_through_the_guild(page)
    heading(page, "One more step")
    page.goto("/")
    expect(page.get_by_label("Site").get_by_role("link", name="Join")).to_be_visible()
    page.goto(reverse("account_login"))
    heading(page, "One more step")
    page.get_by_label("Code").fill(code_of(secret))
    press(page, "Sign in")
    signed_in_as(page, "Zoë")


def test_last_way_to_sign_in_is_not_disconnected(visit, guild):
    guild(VERIFIED)
    page = visit(reverse("account_login"))
    go_through_the_guild(page)
    press(page, "Join")
    signed_in_as(page, "Zoë de la Cruz")
    page.goto(reverse("socialaccount_connections"))
    in_main(page).get_by_role("radio").check()
    press(page, "Disconnect")
    expect(in_main(page)).to_contain_text("Set a password first")
    assert SocialAccount.objects.exists()


def test_account_of_another_member_is_not_connected(visit, guild):
    other = make_member()
    SocialAccount.objects.create(user=other, provider="oidc", uid=ZOE["sub"])
    make_member("Zoë", username="zoe")
    guild(VERIFIED)
    page = visit(reverse("account_login"))
    sign_in(page, "zoe")
    page.goto(reverse("socialaccount_connections"))
    go_through_the_guild(page, "Connect The Guild")
    if page.get_by_label("Password").is_visible():
        page.get_by_label("Password").fill(PASSWORD)
        press(page, "Go on")
    expect(in_main(page)).to_contain_text("Another member signs in with this account.")
    assert SocialAccount.objects.get().user == other


def test_provider_that_does_not_answer_is_said_so(visit):
    page = visit(reverse("account_login"))
    press(page, "Continue with The Guild")
    heading(page, "That did not work")
