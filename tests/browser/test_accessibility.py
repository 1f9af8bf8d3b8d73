"""axe finds nothing on any kind of page, in light and dark, on a desktop and a phone."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from accounts import flows as flows_of_names
from accounts.models import User
from forum.comments import flows
from forum.flags.flows import flag_comment
from forum.moderation import letters
from forum.moderation.sweeps import sweep
from forum.reading.flows import follow_person, mute, mute_person
from tests.accounts.signing_in import code_of
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_editor import revise
from tests.browser.test_journey import sign_in
from tests.factories import (
    PASSWORD,
    make_article,
    make_author,
    make_comment,
    make_member,
    make_moderator,
)


@pytest.fixture
def article():
    article = make_article(make_author("Inês", username="ines"), tag_names=["rivers"])
    zoe = make_member("Zoë", username="zoe")
    one = make_comment(article, zoe, text="> Quoted\n\n*Said*, see https://example.org/.")
    two = make_comment(article, make_member("ليلى حداد"), parent=one, text="@Zoë: نعم")
    make_comment(article, article.author, parent=two, text="@Zoë and more")
    hidden = make_comment(parent=one)
    make_comment(parent=hidden)
    flows.hide_comment(comment=hidden, reason="off topic")
    flows.edit_comment(comment=two, by=two.author, text="@Zoë: yes")
    for member in (zoe, article.author):
        flows.like_comment(comment=two, by=member)
    return article


def troubles(page):
    # Chromium would refuse the script that axe adds, as it should: it is run beside the page.
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{v['id']}: {v['help']} {[n['html'][:120] for n in v['nodes'][:3]]}"
        for v in found.response["violations"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_reading_pages_have_no_accessibility_troubles(visit, article, size, theme):
    page = visit("/", viewport=size, color_scheme=theme, bypass_csp=True)
    for address in (
        "/",
        article.get_absolute_url(),
        f"{article.get_absolute_url()}?order=time",
        f"{article.get_absolute_url()}?order=likes",
        f"{article.get_absolute_url()}?by=author",
        reverse("comment_exchange", args=[article.comments.get(number=2).pk]),
        reverse("member", args=["zoe"]),
        reverse("member_liked", args=["zoe"]),
        reverse("preferences"),
        reverse("author", args=["ines"]),
        reverse("tags"),
        reverse("tag", args=["rivers"]),
        reverse("comment_history", args=[article.comments.get(number=2).pk]),
        "/no-such-page/",
    ):
        page.goto(address)
        assert troubles(page) == [], address


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_writing_pages_have_no_accessibility_troubles(visit, article, theme):
    page = visit(reverse("account_login"), color_scheme=theme, bypass_csp=True)
    assert troubles(page) == []
    sign_in(page, "ines")
    zoe = User.objects.get(username="zoe")
    flows_of_names.change_profile(member=zoe, display_name="Zoë B.", pronouns="she/her")
    mute_person(member=article.author, person=zoe)
    mute(member=article.author, article=article, branch=article.comments.get(number=2))
    follow_person(member=article.author, person=User.objects.get(display_name="ليلى حداد"))
    comment = article.comments.get(number=3)
    revise(article, make_moderator("Pilar"), text="Other paragraphs.\n\nAnd more.")
    first, latest = article.revisions.order_by("pk")
    for address in (
        reverse("account_profile"),
        reverse("preferences"),
        reverse("followed_people"),
        reverse("muted"),
        reverse("muted_people"),
        reverse("member", args=["zoe"]),
        reverse("member_following", args=["zoe"]),
        reverse("account_email"),
        reverse("account_change_password"),
        reverse("account_logout"),
        article.get_absolute_url(),
        reverse("comment_reply", args=[comment.pk]),
        reverse("comment_like", args=[article.comments.get(number=2).pk]),
        reverse("comment_likes", args=[article.comments.get(number=2).pk]),
        reverse("comment_edit", args=[comment.pk]),
        reverse("comment_withdraw", args=[comment.pk]),
        reverse("articles_mine"),
        reverse("article_new"),
        reverse("article_edit", args=[article.pk]),
        reverse("article_preview", args=[article.pk]),
        reverse("article_unpublish", args=[article.pk]),
        reverse("article_revisions", args=[article.pk]),
        f"{reverse('article_compare', args=[article.pk])}?old={first.pk}&new={latest.pk}",
    ):
        page.goto(address)
        assert troubles(page) == [], address
    page.goto(reverse("article_new"))
    page.get_by_label("Headline").fill("x")
    page.get_by_label("Text", exact=True).fill("*[" * 3000)
    page.get_by_role("button", name="Save and preview").click()
    assert troubles(page) == []
    page.get_by_label("Tags", exact=True).press_sequentially("riv")
    page.get_by_role("option", name="rivers").wait_for()
    assert troubles(page) == []
    page.goto(reverse("article_edit", args=[article.pk]))
    revise(article, article.author, text="Saved meanwhile.")
    page.get_by_label("Text", exact=True).fill("Mine.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Saved meanwhile by").wait_for()
    assert troubles(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_joining_pages_have_no_accessibility_troubles(visit, settings, size, theme):
    settings.ACCOUNT_RATE_LIMITS = False
    make_member("Zoë", username="zoe", email="zoe@example.org")
    page = visit("/", viewport=size, color_scheme=theme, bypass_csp=True)
    for name in ("account_login", "account_signup", "account_reset_password"):
        page.goto(reverse(name))
        page.get_by_role("main").get_by_role("button").first.click()
        assert troubles(page) == [], name
    for name in (
        "account_signup_by_passkey",
        "account_request_login_code",
        "account_inactive",
        "socialaccount_login_cancelled",
        "socialaccount_login_error",
        "github_login",
    ):
        page.goto(reverse(name))
        assert troubles(page) == [], name
    page.goto(reverse("account_signup"))
    page.get_by_label("Login name").press_sequentially("zoe")
    page.get_by_text("Somebody has this login name").wait_for()
    assert troubles(page) == []
    page.goto(reverse("account_request_login_code"))
    page.get_by_label("E-mail address").fill("zoe@example.org")
    page.get_by_role("button", name="E-mail me a code").click()
    page.get_by_label("Code").wait_for()
    assert troubles(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_security_pages_have_no_accessibility_troubles(visit, settings, size, theme):
    settings.ACCOUNT_RATE_LIMITS = False
    zoe = make_member("Zoë", username="zoe")
    passkey = Authenticator.objects.create(
        user=zoe, type="webauthn", data={"name": "Blue phone", "credential": {}}
    )
    SocialAccount.objects.create(user=zoe, provider="github", uid="1", extra_data={"login": "zoe"})
    page = visit(reverse("account_login"), viewport=size, color_scheme=theme, bypass_csp=True)
    Authenticator.objects.update(user=make_member())
    sign_in(page, "zoe")
    page.get_by_role("link", name="Zoë").wait_for()
    Authenticator.objects.update(user=zoe)
    page.goto(f"{reverse('account_reauthenticate')}?next={reverse('mfa_index')}")
    assert troubles(page) == []
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="Second factor").wait_for()
    for address in (
        reverse("mfa_index"),
        reverse("account_security"),
        reverse("account_email"),
        reverse("account_change_password"),
        reverse("mfa_list_webauthn"),
        reverse("mfa_edit_webauthn", args=[passkey.pk]),
        reverse("mfa_remove_webauthn", args=[passkey.pk]),
        reverse("mfa_generate_recovery_codes"),
        reverse("usersessions_list"),
        reverse("socialaccount_connections"),
        reverse("account_logout"),
    ):
        page.goto(address)
        assert troubles(page) == [], address
    Authenticator.objects.all().delete()
    page.goto(reverse("mfa_add_webauthn"))
    assert troubles(page) == []
    page.goto(reverse("mfa_activate_totp"))
    assert troubles(page) == []
    page.get_by_label("Code").fill(code_of(page.get_by_label("Key").input_value()))
    page.get_by_role("button", name="Use this app").click()
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    assert troubles(page) == []
    page.goto(reverse("mfa_deactivate_totp"))
    assert troubles(page) == []


def test_pages_of_review_have_no_accessibility_troubles(visit):
    contributor = make_member("Tobias", username="tobias", is_contributor=True)
    make_member("Maren", username="maren", is_editor=True)
    draft = make_article(contributor, published=False)
    held = make_article(comments_policy="held", co_authors=[make_author()])
    make_comment(held, contributor)
    page = visit(reverse("account_login"), bypass_csp=True)
    sign_in(page, "tobias")
    preview = reverse("article_preview", args=[draft.pk])
    for address in (held.get_absolute_url(), preview):
        page.goto(address)
        assert troubles(page) == [], address
    page.get_by_role("button", name="Hand it in").click()
    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    sign_in(page, "maren")
    for address in (reverse("articles_mine"), preview):
        page.goto(address)
        assert troubles(page) == [], address


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_desk_has_no_accessibility_troubles(visit, article, size, theme):
    zoe = article.comments.get(number=1).author
    for _ in range(3):
        flag_comment(comment=article.comments.get(number=2), by=make_member(), reason="spam")
    pilar = make_member("Pilar", username="pilar", is_staff=True)
    sweep(comments=[make_comment(article, zoe)], by=pilar, reason="x", sought="By: Zoë")
    letters.warn(member=pilar, by=make_moderator(), text="For all to read.")
    page = visit(reverse("account_login"), viewport=size, color_scheme=theme, bypass_csp=True)
    sign_in(page, "pilar")
    for address in (
        reverse("admin:index"),
        reverse("admin:desk", args=["hidden"]),
        reverse("admin:desk", args=["sent-back"]),
        reverse("admin:desk", args=["held"]),
        reverse("admin:sweep"),
        f"{reverse('admin:sweep')}?like=Said&hours=24",
        f"{reverse('admin:act', args=['hide'])}?ids={article.comments.get(number=1).pk}",
        f"{reverse('admin:act', args=['move'])}?ids={article.comments.get(number=1).pk}",
        reverse("comment_flag", args=[article.comments.get(number=1).pk]),
        reverse("moderators_message", args=[pilar.moderators_messages.get().pk]),
        reverse("comment_reply", args=[article.comments.get(number=1).pk]),
    ):
        page.goto(address)
        assert troubles(page) == [], address
    page.goto(reverse("admin:desk_item", args=["all", article.comments.get(number=2).pk]))
    for key in ("h", "b"):
        page.keyboard.press(key)
        assert troubles(page) == [], key
        page.keyboard.press("Escape")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_owners_pages_about_an_account_have_no_accessibility_troubles(visit, size, theme):
    make_moderator("Olga", username="olga")
    zoe = make_member("Zoë", username="zoe")
    Authenticator.objects.create(user=zoe, type="recovery_codes", data={"seed": "x"})
    page = visit(reverse("account_login"), viewport=size, color_scheme=theme, bypass_csp=True)
    sign_in(page, "olga")
    page.get_by_role("link", name="Olga").wait_for()
    session = UserSession.objects.create(
        user=zoe, ip="127.0.0.1", session_key="x", user_agent="Firefox"
    )
    for address in (
        reverse("members_end_session", args=[zoe.pk, session.pk]),
        reverse("members_second_factor", args=[zoe.pk]),
        f"{reverse('members_merge')}?ids={zoe.pk},{make_member().pk}",
    ):
        page.goto(address)
        assert troubles(page) == [], address
