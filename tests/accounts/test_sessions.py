import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import last_seen
from accounts.templatetags.devices import device
from tests.accounts.signing_in import sign_in
from tests.factories import PASSWORD, make_member

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Mobile Safari on iOS"),
        ("curl/8.1", "curl"),
        ("", "An unknown browser"),
        ("<script>alert(1)</script>", "An unknown browser"),
    ],
)
def test_device_is_named_as_its_owner_knows_it(sent, words):
    assert device(sent) == words


@pytest.fixture
def two_devices():
    member = make_member()
    here, there = (Client(headers={"user-agent": agent}) for agent in (FIREFOX, IPHONE))
    for client in (here, there):
        sign_in(client, member)
    return here, there


def who(client):
    return client.get("/").wsgi_request.user


@pytest.mark.django_db
def test_sessions_are_listed_by_device_without_place(two_devices):
    here, _there = two_devices
    page = here.get(reverse("usersessions_list")).content.decode()
    assert page.index("Firefox on Windows") < page.index("this one") < page.index("Mobile Safari")
    assert "127.0.0.1" not in page


@pytest.mark.django_db
def test_session_is_last_used_when_a_page_was_read_with_it_to_the_hour(two_devices, monkeypatch):
    here, _there = two_devices
    known = UserSession.objects.filter(session_key=here.cookies["sessionid"].value)
    before = known.get().last_seen_at

    def read(hours):
        later = before + timedelta(hours=hours)
        monkeypatch.setattr(last_seen.time, "time", lambda: later.timestamp())
        monkeypatch.setattr(last_seen.timezone, "now", lambda: later)
        here.get(reverse("account_security"))
        return known.get().last_seen_at - before

    assert read(0.5) == timedelta(0)
    assert read(3) == timedelta(hours=3)
    with CaptureQueriesContext(connection) as queries:
        assert read(3.9) == timedelta(hours=3)
    assert not any(query["sql"].startswith("UPDATE") for query in queries)
    assert read(4.1) == timedelta(hours=4.1)
    others = UserSession.objects.exclude(pk=known.get().pk)
    assert others.get().last_seen_at < before + timedelta(hours=1)


@pytest.mark.django_db
def test_member_signs_out_everywhere_else(two_devices):
    here, there = two_devices
    here.post(reverse("usersessions_list"))
    assert who(here).is_authenticated
    assert who(there) == AnonymousUser()
    assert UserSession.objects.count() == 1


@pytest.mark.django_db
def test_member_signs_out_in_one_place_elsewhere(two_devices):
    here, there = two_devices
    page = here.get(reverse("usersessions_list")).content.decode()
    (place,) = re.findall(r"/accounts/sessions/\d+/end/", page)
    assert here.post(place).url == reverse("usersessions_list")
    assert who(here).is_authenticated
    assert who(there) == AnonymousUser()
    assert UserSession.objects.count() == 1
    assert here.post(place).url == reverse("usersessions_list")


@pytest.mark.django_db
def test_sessions_of_others_are_not_ended(two_devices):
    here, there = two_devices
    stranger = Client()
    sign_in(stranger, make_member())
    for session in UserSession.objects.all():
        stranger.post(reverse("account_end_session", args=[session.pk]))
    assert who(here).is_authenticated
    assert who(there).is_authenticated


@pytest.mark.django_db
def test_new_password_signs_out_everywhere_else(two_devices):
    here, there = two_devices
    before = here.cookies["sessionid"].value
    new = "another-long-passphrase"
    words = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post(reverse("account_change_password"), words).url == reverse("account_security")
    assert who(here).is_authenticated
    assert who(there) == AnonymousUser()
    # A copy of the session from before is worth nothing either.
    copy = Client()
    copy.cookies["sessionid"] = before
    assert who(copy) == AnonymousUser()
