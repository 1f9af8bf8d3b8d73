"""What the owner does for somebody who has lost what they sign in with."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from forum.moderation.models import LogEntry, Verb
from forum.notifications.models import Notification
from forum.people import flows, tasks
from tests.accounts.signing_in import sign_in, sign_in_afresh
from tests.accounts.test_second_factors import signed_in, with_app
from tests.factories import make_member, make_moderator

pytestmark = pytest.mark.django_db
SAID = {"reason": "She called me.", "sure": "on"}


@pytest.fixture
def pilar():
    """A moderator with an app, and signed in nowhere."""
    member = make_member("Pilar", username="pilar", is_staff=True)
    with_app(member)
    return member


@pytest.fixture
def owner(client):
    """Signed in a moment ago."""
    owner = make_moderator("Olga")
    sign_in_afresh(client, owner)
    return owner


def place(member):
    return reverse("members_second_factor", args=[member.pk])


def test_owner_takes_a_lost_second_factor_away(client, owner, pilar, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    phone = Client()
    phone.force_login(pilar)
    desk = reverse("admin:accounts_user_change", args=[pilar.pk])
    assert place(pilar) in client.get(desk).content.decode()
    assert "TOTP" in client.get(place(pilar)).content.decode()
    done = client.post(place(pilar), SAID)
    assert done.url == desk
    assert not Authenticator.objects.filter(user=pilar).exists()
    assert not signed_in(phone)
    sign_in(phone, pilar)
    assert signed_in(phone)
    assert place(pilar) not in client.get(desk).content.decode()


def test_it_is_in_the_log_and_its_member_is_told_here_and_by_mail(owner, pilar):
    assert flows.take_away_second_factor(member=pilar, by=owner, reason="She called me.")
    entry = LogEntry.objects.get(verb=Verb.REMOVE_FACTOR)
    assert (entry.moderator, entry.member, entry.reason) == (owner, pilar, "She called me.")
    assert "took your second factor away" in Notification.objects.get(member=pilar).text
    tasks.mail_second_factor_taken_away(member=pilar.pk)
    (message,) = mail.outbox
    assert message.to == [pilar.email]
    assert reverse("account_reset_password") in message.body
    assert "or with a code by mail" in message.body


def test_mail_says_that_a_moderator_must_set_up_a_new_one(pilar, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    tasks.mail_second_factor_taken_away(member=pilar.pk)
    assert "until then nothing else is open" in mail.outbox[0].body


def test_address_that_was_not_confirmed_is_told_nothing(pilar):
    pilar.emailaddress_set.update(verified=False)
    tasks.mail_second_factor_taken_away(member=pilar.pk)
    assert mail.outbox == []


def test_second_time_changes_nothing(owner, pilar):
    flows.take_away_second_factor(member=pilar, by=owner, reason="x")
    assert not flows.take_away_second_factor(member=pilar, by=owner, reason="x")
    assert LogEntry.objects.count() == 1
    assert Notification.objects.count() == 1


def test_owner_is_asked_who_they_are_first(client, pilar):
    client.force_login(make_moderator())
    for answer in (client.get(place(pilar)), client.post(place(pilar), SAID)):
        assert answer.url.startswith(reverse("account_reauthenticate"))
    assert Authenticator.objects.filter(user=pilar).exists()


@pytest.mark.parametrize("marks", [{"is_staff": True}, {"is_editor": True}, {}])
def test_nobody_else_takes_it_away(client, pilar, marks):
    other = make_member("Other", **marks)
    sign_in_afresh(client, other)
    answer = client.post(place(pilar), SAID)
    assert answer.status_code == (404 if marks.get("is_staff") else 302)
    desk = client.get(reverse("admin:accounts_user_change", args=[pilar.pk]))
    assert place(pilar) not in desk.content.decode()
    with pytest.raises(flows.FactorRefused):
        flows.take_away_second_factor(member=pilar, by=other, reason="x")
    assert Authenticator.objects.filter(user=pilar).exists()


def test_owner_has_other_pages_for_their_own(client, owner):
    with_app(owner)
    page = client.post(place(owner), SAID).content.decode()
    assert "under Sign-in and security" in page
    assert "She called me." in page
    assert Authenticator.objects.filter(user=owner).exists()


@pytest.mark.parametrize("left_out", ["reason", "sure"])
def test_why_and_whether_it_is_them_is_said_first(client, owner, pilar, left_out):
    words = {name: word for name, word in SAID.items() if name != left_out}
    assert client.post(place(pilar), words).context["form"].errors[left_out]
    assert User.objects.get(pk=pilar.pk).authenticator_set.exists()
