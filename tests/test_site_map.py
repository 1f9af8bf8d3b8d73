"""Every address answers everybody as it should, and no address is forgotten."""

from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.site_map import ADDRESSES, content, make_world, names


def test_every_address_of_the_site_is_asked_for():
    assert set(names()) == ADDRESSES.keys()


@pytest.mark.django_db
def test_addresses_answer_readers_members_moderators_and_the_owner():
    """In one test, because the site that they are asked of takes longer to make than they all."""
    world, wrong = make_world(), []
    for kind in ("reader", "member", "moderator", "owner"):
        client = Client()
        if person := world.person(kind):
            client.force_login(person)
        for name, address in ADDRESSES.items():
            place = reverse(name, args=address.key(world))
            with undone():
                said = wrong_with(client.get(place, address.query(world)), address, kind, world)
            if said:
                wrong.append((name, kind, said))
    assert wrong == []


@contextmanager
def undone():
    """What a request did is undone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def wrong_with(answer, address, kind, world):
    """What is wrong with the answer, None where it is as it should be."""
    expected = address.answer(kind)
    if isinstance(expected, int):
        return None if answer.status_code == expected else answer.status_code
    if callable(expected):
        leads_to = answer.status_code == 302 and urlsplit(answer.url).path
        return None if leads_to == expected(world) else answer
    if answer.status_code != 200:
        return answer
    return None if expected in content(answer).decode() else f"without {expected!r}"
