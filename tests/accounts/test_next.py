"""`next` leads back to where one came from, through each page that takes it, and never off the
site. What is off the site is tried in test_promises.py."""

import pytest
from django.core import mail
from django.urls import reverse

from tests.accounts.signing_in import code_in, code_of, link_in, sign_in
from tests.accounts.test_second_factors import with_app
from tests.factories import PASSWORD, make_member

pytestmark = pytest.mark.django_db

NEW = "another-long-passphrase"


def by_login(client, member, place):
    return sign_in(client, member, next=place)


def by_login_and_second_factor(client, member, place):
    secret = with_app(member)
    sign_in(client, member, next=place)
    return client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})


def by_code(client, member, place):
    words = {"email": member.email, "next": place}
    confirm = client.post(reverse("account_request_login_code"), words).url
    words = {"code": code_in(mail.outbox[-1]), "next": place}
    return client.post(confirm, words)


def by_joining(client, member, place):
    words = {"display_name": "Zoë", "username": "zoe", "email": "z@example.org", "next": place}
    confirm = client.post(reverse("account_signup"), words | {"password1": PASSWORD}).url
    return client.post(confirm, {"code": code_in(mail.outbox[-1])})


def by_joining_with_a_link(client, member, place):
    words = {"display_name": "Zoë", "username": "zoe", "email": "z@example.org", "next": place}
    client.post(reverse("account_signup"), words | {"password1": PASSWORD})
    return client.post(link_in(mail.outbox[-1]))


def by_signing_out(client, member, place):
    sign_in(client, member)
    return client.post(reverse("account_logout"), {"next": place})


def by_reauthenticating(client, member, place):
    sign_in(client, member)
    return client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": place})


def by_reauthenticating_with_a_code(client, member, place):
    secret = with_app(member)
    sign_in(client, member)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    code = member.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()[0]
    return client.post(reverse("mfa_reauthenticate"), {"code": code, "next": place})


def by_new_password(client, member, place):
    sign_in(client, member)
    words = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW, "next": place}
    return client.post(reverse("account_change_password"), words)


def by_looking_again(client, member, place):
    """A page for strangers that a member opens."""
    sign_in(client, member)
    return client.get(reverse("account_login"), {"next": place})


WAYS = [
    by_login,
    by_login_and_second_factor,
    by_code,
    by_joining,
    by_joining_with_a_link,
    by_signing_out,
    by_reauthenticating,
    by_reauthenticating_with_a_code,
    by_new_password,
    by_looking_again,
]


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def way(request, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = request.param != by_joining_with_a_link
    return request.param


def test_next_leads_back_through_every_page(client, way):
    assert way(client, make_member(), "/tags/?order=name").url == "/tags/?order=name"


def test_next_leads_off_the_site_through_no_page(client, way):
    answer = way(client, make_member(), "https://evil.example/")
    assert answer.status_code == 302
    assert answer.url.startswith("/")
    assert not answer.url.startswith("//")
    assert "evil" not in answer.url


@pytest.mark.parametrize(("next_", "kept"), [("/tags/", True), ("https://evil.example/", False)])
def test_next_that_goes_through_another_site_is_kept_here_and_is_of_this_site(client, next_, kept):
    client.post(f"{reverse('github_login')}?process=login", {"next": next_})
    assert (next_ in str(dict(client.session))) == kept
