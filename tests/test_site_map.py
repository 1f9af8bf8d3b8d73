"""Every address answers everybody as it should, and no address is forgotten."""

import re
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.site_map import ADDRESSES, BARRED, DESK, NOT_SO, SIGN_IN, content, make_world, names


def test_every_address_of_the_site_is_asked_for():
    assert set(names()) == ADDRESSES.keys()


# "Nov. 25, 2026" and "25 November 2026": one way of writing dates is enough.
OTHER_DATE = re.compile(r"\b[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}\b|\b\d{1,2} [A-Z][a-z]{3,8} \d{4}\b")


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


# What everybody may read, and find elsewhere.
FOR_ALL = {
    *("home", "article", "comment", "comment_by_number", "tags", "tag", "category", "author"),
    *("member", "member_liked", "media", "privacy"),
}


@pytest.mark.django_db
def test_crawlers_are_asked_to_leave_out_what_is_for_one_person_alone(client):
    world = make_world()
    rules = client.get(reverse("robots")).content.decode()
    left_out = [
        re.compile(re.escape(path).replace(r"\*", ".*"))
        for path in re.findall(r"^Disallow: (.+)$", rules, re.MULTILINE)
    ]
    for name, address in ADDRESSES.items():
        place = reverse(name, args=address.key(world))
        is_left_out = any(rule.match(place) for rule in left_out)
        if address.reader in (SIGN_IN, DESK, BARRED, NOT_SO):
            assert is_left_out, place
        elif name in FOR_ALL:
            assert not is_left_out, place
    here = world.article.get_absolute_url()
    assert any(rule.match(f"{here}?order=time&start=9") for rule in left_out)
    assert not any(rule.match(f"{here}?order=threads&start=9") for rule in left_out)


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
    page = content(answer).decode()
    if other := OTHER_DATE.search(page):
        return f"{other[0]!r}, which is not how the site writes dates"
    return None if expected in page else f"without {expected!r}"
