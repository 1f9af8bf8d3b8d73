import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

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
def test_member_signs_out_everywhere_else(two_devices):
    here, there = two_devices
    here.post(reverse("usersessions_list"))
    assert who(here).is_authenticated
    assert who(there) == AnonymousUser()
    assert UserSession.objects.count() == 1


@pytest.mark.django_db
def test_new_password_signs_out_everywhere_else(two_devices):
    here, there = two_devices
    new = "another-long-passphrase"
    words = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post(reverse("account_change_password"), words).url == reverse("account_security")
    assert who(here).is_authenticated
    assert who(there) == AnonymousUser()
