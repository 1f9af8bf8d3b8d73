"""Nobody writes more than their budget, however many processes and proxies stand between."""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.addresses import client_address
from forum.comments.models import Comment, Like
from forum.screening.budgets import Budget, budgets
from forum.screening.limits import Purse, take
from forum.screening.models import Allowance
from forum.screening.trust import Level
from tests.factories import make_article, make_comment, make_member, make_moderator
from tests.race import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def few(settings):
    settings.LIMITS = budgets("comment=2/1h,preview=2/1h,like=1/1h,other=5/1h")


def post_url(article):
    return reverse("comment_post", args=[article.publish_date, article.slug])


def later(seconds):
    """Let everybody's budgets grow for so long."""
    for kept in Allowance.objects.all():
        kept.free_at -= timedelta(seconds=seconds)
        kept.save()


def test_budget_is_used_up_and_comes_back_one_by_one():
    purse = Purse("x", Budget(3, 90))
    assert [take(purse) for _ in range(3)] == [0, 0, 0]
    assert 25 <= take(purse) <= 30
    later(31)
    assert take(purse) == 0
    assert take(purse) > 0
    later(1000)
    assert [take(purse) for _ in range(3)] == [0, 0, 0]
    assert take(purse) > 0


def test_what_an_account_is_refused_is_not_taken_from_its_address():
    own, shared = Purse("own", Budget(1, 60)), Purse("shared", Budget(2, 60))
    assert take(own, shared) == 0
    for _ in range(5):
        assert take(own, shared) > 0
    assert take(Purse("another", Budget(1, 60)), shared) == 0


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_take_no_more_than_there_is():
    purse = Purse("x", Budget(3, 3600))
    answers = race(*[lambda: take(purse)] * 8)
    assert sum(answer == 0 for answer in answers) == 3


def test_too_many_comments_are_answered_in_words_with_the_text(client, few):
    client.force_login(make_member(trust_level=Level.NEW))
    addresses = [post_url(make_article(comments_from_level=0)) for _ in range(3)]
    for address in addresses[:2]:
        assert client.post(address, {"text": "One of two."}).status_code == 302
    answer = client.post(addresses[2], {"text": "The third, half an hour's work."})
    assert answer.status_code == 429
    assert 1700 < int(answer["Retry-After"]) <= 1800
    page = answer.content.decode()
    assert "The third, half an hour&#x27;s work." in page
    assert "You can send it in 30 minutes." in page
    assert Comment.objects.count() == 2
    script = client.post(addresses[2], {"text": "x"}, headers={"X-Requested-With": "fetch"})
    assert script.status_code == 429
    assert "Try again in 30 minutes" in script.json()["words"]
    later(1801)
    assert client.post(addresses[2], {"text": "The third."}).status_code == 302


def test_previews_and_likes_have_budgets_of_their_own(client, few):
    member = make_member(trust_level=Level.NEW)
    client.force_login(member)
    address = post_url(make_article())
    statuses = [client.post(address, {"text": "x", "preview": "1"}).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert client.post(address, {"text": "x"}).status_code == 302
    likes = [
        client.post(reverse("comment_like", args=[make_comment().pk]), {"like": "1"}).status_code
        for _ in range(2)
    ]
    assert likes == [302, 429]
    assert Like.objects.count() == 1


def test_trust_lifts_the_limits_and_moderators_are_trusted(client, few):
    for person, most in ((make_member(trust_level=Level.MEMBER), 2), (make_moderator(), 4)):
        client.force_login(person)
        other = {"like": "1"}
        comments = [make_comment() for _ in range(most + 1)]
        statuses = [
            client.post(reverse("comment_like", args=[one.pk]), other).status_code
            for one in comments
        ]
        assert statuses == [302] * most + [429]


def test_address_is_limited_whoever_signs_in(client, few):
    address = reverse("comment_like", args=[make_comment().pk])
    for _ in range(10):
        client.force_login(make_member())
        assert client.post(address, {"like": "1"}).status_code == 302
    client.force_login(make_member())
    assert client.post(address, {"like": "1"}).status_code == 429
    assert client.post(address, {"like": "1"}, REMOTE_ADDR="192.0.2.7").status_code == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "somebody", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_address_is_what_the_outermost_trusted_proxy_saw(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})
    assert client_address(request) == address


@pytest.mark.parametrize(("proxies", "last"), [(0, 429), (1, 302)])
def test_forged_addresses_change_nothing_but_those_the_proxy_wrote(
    client, few, settings, proxies, last
):
    settings.TRUSTED_PROXIES = proxies
    settings.SECURE_PROXY_SSL_HEADER = None
    address = reverse("comment_like", args=[make_comment().pk])
    for n in range(11):
        client.force_login(make_member())
        # What stands last was written by the proxy, what is before it by the client.
        seen = {"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.{n if proxies else 1}"}
        status = client.post(address, {"like": "1"}, headers=seen).status_code
    assert status == last


def test_forged_addresses_in_front_of_the_proxys_do_not_help(client, few, settings):
    settings.TRUSTED_PROXIES = 1
    address = reverse("comment_like", args=[make_comment().pk])
    for n in range(11):
        client.force_login(make_member())
        seen = {"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.1"}
        status = client.post(address, {"like": "1"}, headers=seen).status_code
    assert status == 429


def test_neighbours_in_one_ipv6_network_are_one(client, few):
    address = reverse("comment_like", args=[make_comment().pk])
    for n in range(11):
        client.force_login(make_member())
        status = client.post(address, {"like": "1"}, REMOTE_ADDR=f"2001:db8::{n}").status_code
    assert status == 429


def test_allowances_that_are_whole_again_are_forgotten():
    from forum.screening.tasks import forget_whole_allowances

    take(Purse("x", Budget(1, 60)))
    Allowance.objects.create(key="old", free_at=timezone.now() - timedelta(hours=1))
    forget_whole_allowances(timestamp=0)
    assert list(Allowance.objects.values_list("key", flat=True)) == ["x"]


@pytest.mark.parametrize("written", ["comment=lots", "comment=0/1h", "posts=1/1h"])
def test_limits_that_cannot_be_read_are_refused_in_words(written):
    with pytest.raises(ValueError, match="LIMITS"):
        budgets(written)
