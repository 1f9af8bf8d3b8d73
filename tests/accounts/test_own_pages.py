"""The page on which members keep their e-mail addresses, and the others about signing in."""

import pytest
from django.core import mail
from django.urls import reverse

from accounts.signin_forms import AuthenticateForm, ReauthenticateByCodeForm
from tests.accounts.signing_in import sign_in_afresh
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = make_member(email="zoe@example.org")
    sign_in_afresh(client, member)
    return member


def offered(client):
    page = client.get(reverse("account_email")).content.decode()
    return {each for each in ("primary", "send", "remove") if f"action_{each}" in page}


def test_what_can_be_done_with_addresses_is_offered_and_nothing_else(client, member):
    assert offered(client) == set()
    second = member.emailaddress_set.create(email="second@example.org", verified=False)
    assert offered(client) == {"primary", "send", "remove"}
    second.verified = True
    second.save()
    assert offered(client) == {"primary", "remove"}


def test_another_address_is_made_the_main_one_and_the_former_is_told(client, member):
    member.emailaddress_set.create(email="second@example.org", verified=True)
    words = {"email": "second@example.org", "action_primary": ""}
    client.post(reverse("account_email"), words)
    member.refresh_from_db()
    assert member.email == "second@example.org"
    (message,) = mail.outbox
    assert message.to == ["zoe@example.org"]
    assert "from zoe@example.org to second@example.org" in message.body
    client.post(reverse("account_email"), words)
    assert len(mail.outbox) == 1


def test_who_turned_back_elsewhere_while_signed_in_is_not_told_to_sign_in(client, member):
    for name in ("socialaccount_login_cancelled", "socialaccount_login_error"):
        page = client.get(reverse(name)).content.decode()
        assert f'class="button" href="{reverse("socialaccount_connections")}"' in page
        assert reverse("account_login") not in page
    asks = client.get(f"{reverse('github_login')}?process=connect").content.decode()
    assert f'href="{reverse("socialaccount_connections")}"' in asks
    assert f'href="{reverse("account_login")}"' not in asks


def test_password_that_there_is_none_of_is_not_said_to_be_enough(client, member):
    assert "your password alone" in client.get(reverse("account_security")).content.decode()
    member.set_unusable_password()
    member.save()
    client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "your password alone" not in client.get(reverse("account_security")).content.decode()


@pytest.mark.parametrize("form", [AuthenticateForm, ReauthenticateByCodeForm])
def test_who_has_no_app_is_not_asked_for_its_code(form):
    member = make_member()
    member.authenticator_set.create(type="webauthn", data={})
    assert form(user=member).fields["code"].help_text == "One of your recovery codes."
    member.authenticator_set.create(type="totp", data={})
    assert "authenticator app" in form(user=member).fields["code"].help_text
