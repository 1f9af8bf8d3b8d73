"""Channels on the real PostgreSQL: the listening connection is another than the announcing one."""

import time

import pytest
from django.db import connection, transaction

from forum.live import channels
from forum.live.channels import Ended, announce, subscribed

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 10  # seconds, for what takes milliseconds


@pytest.fixture
def river():
    """A subscription whose connection listens."""
    with subscribed("river") as subscription:
        assert subscription.next(SOON) is None
        yield subscription


def listeners():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = %s"
            " AND datname = current_database()",
            [channels.LISTENER],
        )
        return [pid for (pid,) in cursor]


def test_what_is_announced_is_heard_on_its_channel_in_order(river):
    announce("rain", {"n": 0})
    announce("river", {"n": 1})
    announce("river", {"n": 2})
    assert [river.next(SOON) for _ in range(2)] == [{"n": 1}, {"n": 2}]


def test_every_subscriber_hears_it(river):
    with subscribed("river") as second:
        announce("river", {"n": 1})
        assert river.next(SOON) == second.next(SOON) == {"n": 1}
    assert len(listeners()) == 1


def test_announcement_waits_for_the_commit_and_is_lost_with_a_rollback(river):
    with transaction.atomic():
        announce("river", {"n": "never"})
        transaction.set_rollback(True)
    with transaction.atomic():
        announce("river", {"n": 1})
        with pytest.raises(TimeoutError):
            river.next(0.2)
    assert river.next(SOON) == {"n": 1}


def test_announcing_is_a_transaction_of_its_own(river, django_assert_num_queries):
    with django_assert_num_queries(3) as queries, transaction.atomic():  # BEGIN, COMMIT, NOTIFY
        announce("river", {"n": 1})
    assert [query["sql"].split()[0] for query in queries] == ["BEGIN", "COMMIT", "SELECT"]


def test_lost_connection_is_made_anew_and_subscribers_are_told_of_the_gap(river):
    (pid,) = listeners()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    assert river.next(SOON) is None
    announce("river", {"n": 1})
    assert river.next(SOON) == {"n": 1}
    assert listeners() != [pid]


def test_who_is_too_slow_is_dropped_and_the_others_hear_on(river, monkeypatch):
    with subscribed("river") as slow:
        for n in range(channels.MOST_WAITING + 1):
            announce("river", {"n": n})
            assert river.next(SOON) == {"n": n}
        with pytest.raises(Ended):
            slow.next(SOON)
        announce("river", {"n": "last"})
        assert river.next(SOON) == {"n": "last"}
        with pytest.raises(TimeoutError):
            slow.next(0.1)


def test_connection_ends_after_the_last_subscriber():
    with subscribed("river") as subscription:
        assert subscription.next(SOON) is None
        assert len(listeners()) == 1
    end = time.monotonic() + SOON
    while listeners() and time.monotonic() < end:
        time.sleep(0.05)
    assert listeners() == []
    with subscribed("river") as subscription:
        assert subscription.next(SOON) is None
        announce("river", {"n": 1})
        assert subscription.next(SOON) == {"n": 1}


def test_announcement_that_is_too_long_is_logged_and_stops_nobody(river, caplog):
    with transaction.atomic():
        announce("river", {"n": "x" * 9000})
    assert "payload string too long" in caplog.text
    announce("river", {"n": 1})
    assert river.next(SOON) == {"n": 1}
