import re

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.login_names import is_reserved, login_key, login_name_key, looking_like
from accounts.models import User
from accounts.names import display_key
from tests.factories import make_member

login_names = st.from_regex(re.compile(r"[a-z0-9][a-z0-9_-]{2,29}", re.ASCII), fullmatch=True)


@pytest.mark.parametrize(
    "name", ["admin", "adm1n", "ad-min", "rnoderator", "no-reply", "support_", "r00t"]
)
def test_word_that_speaks_for_the_site_is_reserved(name):
    assert is_reserved(name)


@pytest.mark.parametrize("name", ["zoe", "administrix", "modest", "teamwork", "owners-daughter"])
def test_ordinary_name_is_not_reserved(name):
    assert not is_reserved(name)


@given(login_names, login_names)
def test_two_login_names_look_alike_where_display_names_would(one, other):
    alike = display_key(one) == display_key(other)
    assert (login_name_key(one) == login_name_key(other)) == alike


@pytest.mark.django_db
def test_database_makes_the_same_key():
    names = ["0123456789", "abcdefghijklmnopqrstuvwxyz", "rnodern-wizard_1", "vvest"]
    for name in names:
        make_member(username=name)
    keys = User.objects.values_list("username", login_key())
    assert {name: key for name, key in keys if name in names} == {
        name: login_name_key(name) for name in names
    }


@pytest.mark.django_db
def test_members_of_a_look_are_found_by_their_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "user_login_key" in looking_like(User.objects, "zoe").explain()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("zo", "at least 3"),
        ("x" * 31, "at most 30"),
        ("no spaces", "small letters a to z"),
        ("adm1n", "speak for the site"),
        ("paypal", "has this login name"),
        ("PAYPAL", "has this login name"),
        ("paypa1", "too much like another"),
        ("zoe", ""),
    ],
)
def test_login_name_is_judged_while_it_is_typed_as_when_it_is_sent(client, name, words):
    make_member(username="paypal")
    said = client.get(reverse("account_login_name"), {"username": name}).json()["trouble"]
    assert words in said
    assert bool(words) == bool(said)
    form = client.post(reverse("account_signup"), {"username": name}).context["form"]
    assert " ".join(form.errors.get("username", [])) == said


@pytest.mark.django_db
def test_asking_for_a_login_name_tells_nothing_of_addresses(client):
    make_member(username="paypal", email="zoe@example.org")
    place = reverse("account_login_name")
    answers = [
        client.get(place, {"username": "free", "email": email}).content
        for email in ("zoe@example.org", "nobody@example.org")
    ]
    assert answers[0] == answers[1] == b'{"trouble": ""}'


@pytest.mark.django_db
def test_login_names_are_asked_for_so_often_and_no_more(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_name": "2/m/ip"}
    place = reverse("account_login_name")
    codes = [client.get(place, {"username": "zoe"}).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
