"""Every address answers everybody as it should, and no address is forgotten."""

from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from tests.site_map import ADDRESSES, content, make_world, names


def test_every_address_of_the_site_is_asked_for():
    assert set(names()) == ADDRESSES.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ADDRESSES)
def test_address_answers_readers_members_moderators_and_the_owner(client, name):
    world, address = make_world(), ADDRESSES[name]
    place = reverse(name, args=address.key(world))
    for kind in ("reader", "member", "moderator", "owner"):
        client.logout()
        if person := world.person(kind):
            client.force_login(person)
        answer, expected = client.get(place, address.query(world)), address.answer(kind)
        if isinstance(expected, int):
            assert answer.status_code == expected, kind
        elif callable(expected):
            assert answer.status_code == 302, kind
            assert urlsplit(answer.url).path == expected(world), kind
        else:
            assert answer.status_code == 200, kind
            assert expected in content(answer).decode(), kind
