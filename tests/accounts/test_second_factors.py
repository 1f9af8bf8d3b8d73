"""Second factors without a browser; passkeys are in tests/browser/test_signing_in.py."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.urls import reverse

from tests.accounts.signing_in import code_in, code_of, sign_in
from tests.factories import PASSWORD, make_article, make_member, make_moderator

pytestmark = pytest.mark.django_db


def with_app(member):
    secret = generate_totp_secret()
    TOTP.activate(member, secret)
    RecoveryCodes.activate(member)
    return secret


def signed_in(client):
    return client.get("/").wsgi_request.user.is_authenticated


@pytest.mark.django_db(transaction=True)  # the mail waits for the commit
def test_app_is_set_up_after_asking_again_and_codes_come_with_it(client):
    member = make_member()
    sign_in(client, member)
    place = reverse("mfa_activate_totp")
    asks = client.get(place)
    assert asks.url.startswith(reverse("account_reauthenticate"))
    assert client.post(asks.url, {"password": PASSWORD}).url == place
    secret = client.get(place).context["form"].secret
    wrong = client.post(place, {"code": "000000"})
    assert "too old" in str(wrong.context["form"].errors["code"])
    assert wrong.context["form"].secret == secret
    done = client.post(place, {"code": code_of(secret)})
    assert done.url == reverse("mfa_view_recovery_codes")
    codes = client.get(done.url).context["unused_codes"]
    assert len(codes) == 10
    saved = client.get(reverse("mfa_download_recovery_codes")).content.decode()
    assert all(code in saved for code in codes)
    (message,) = mail.outbox
    assert message.subject == "Signing in asks for a code now"
    assert reverse("account_reset_password") in message.body


@pytest.mark.parametrize("login", ["password", "code by mail"])
def test_whoever_has_an_app_signs_in_with_its_code_as_well(client, login):
    member = make_member()
    secret = with_app(member)
    if login == "password":
        answer = sign_in(client, member)
    else:
        client.post(reverse("account_request_login_code"), {"email": member.email})
        code = {"code": code_in(mail.outbox[0])}
        answer = client.post(reverse("account_confirm_login_code"), code)
    assert answer.url == reverse("mfa_authenticate")
    assert not signed_in(client)
    client.post(answer.url, {"code": "000000"})
    assert not signed_in(client)
    client.post(answer.url, {"code": code_of(secret)})
    assert signed_in(client)


def test_recovery_code_works_once(client):
    member = make_member()
    with_app(member)
    codes = Authenticator.objects.get(user=member, type="recovery_codes").wrap()
    (code, *_) = codes.get_unused_codes()
    for works in (True, False):
        sign_in(client, member)
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert signed_in(client) == works
        client.post(reverse("account_logout"))


def test_codes_are_guessed_a_few_times_at_most(client):
    member = make_member()
    secret = with_app(member)
    sign_in(client, member)
    for _ in range(6):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    page = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert "Too many" in page.content.decode()
    assert not signed_in(client)


@pytest.mark.parametrize("way", ["is made", "signs in"])
def test_moderator_without_a_second_factor_gets_no_further_than_setting_one_up(
    client, settings, way
):
    settings.REQUIRE_SECOND_FACTOR = True
    member = make_member()
    if way == "is made":
        sign_in(client, member)
        assert client.get("/").status_code == 200
    type(member).objects.filter(pk=member.pk).update(is_staff=True)
    if way == "signs in":
        sign_in(client, member)
    there = reverse("account_second_factor")
    for place in ("/", "/admin/", make_article().get_absolute_url()):
        assert client.get(place).url == there
    assert "Set up an authenticator app" in client.get(there).content.decode()
    for name in ("account_security", "mfa_index", "account_logout", "account_profile"):
        assert client.get(reverse(name)).status_code == 200
    with_app(member)
    assert client.get("/admin/").status_code == 200
    assert client.get(there).url == reverse("account_security")


@pytest.mark.parametrize(
    ("marks", "must"),
    [
        ({}, False),
        ({"is_author": True}, False),
        ({"is_contributor": True}, False),
        ({"is_editor": True}, True),
        ({"moderated_categories": [1]}, True),
        ({"is_superuser": True}, True),
    ],
)
def test_who_has_power_over_the_words_of_others_must_have_a_second_factor(
    client, settings, marks, must
):
    settings.REQUIRE_SECOND_FACTOR = True
    sign_in(client, make_member(**marks))
    assert client.get("/").status_code == (302 if must else 200)


def test_words_of_a_moderator_without_a_second_factor_wait_for_them(client, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    moderator, article = make_moderator(), make_article()
    sign_in(client, moderator)
    place = reverse("comment_post", args=[article.publish_date, article.slug])
    sent = client.post(place, {"text": "Long in the writing."})
    assert sent.url == reverse("account_second_factor")
    with_app(moderator)
    assert "Long in the writing." in client.get(place).content.decode()


def test_second_factor_is_asked_of_moderators_alone_and_only_where_it_is_set(client, settings):
    moderator = make_moderator()
    sign_in(client, moderator)
    assert client.get("/admin/").status_code == 200
    assert client.get(reverse("account_second_factor")).url == reverse("account_security")
    settings.REQUIRE_SECOND_FACTOR = True
    client.logout()
    assert client.get("/").status_code == 200
    sign_in(client, make_member())
    assert client.get("/").status_code == 200


def test_desk_signs_in_through_the_pages_of_the_site(client):
    make_moderator(username="olga")
    asked = client.get("/admin/login/?next=/admin/comments/comment/")
    assert asked.url == "/accounts/login/?next=%2Fadmin%2Fcomments%2Fcomment%2F"
    words = {"login": "olga", "password": PASSWORD, "next": "/admin/comments/comment/"}
    assert client.post(asked.url, words).url == "/admin/comments/comment/"
    assert client.post("/admin/login/", {"username": "olga", "password": PASSWORD}).status_code
