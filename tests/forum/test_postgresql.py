"""The pool of connections, on a pool of the test's own."""

import pytest
from django.db import connection

from forum.postgresql import POOL
from forum.postgresql.base import DatabaseWrapper

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pooled():
    options = {**connection.settings_dict["OPTIONS"], "pool": POOL}
    wrapper = DatabaseWrapper({**connection.settings_dict, "OPTIONS": options}, alias="default")
    yield wrapper
    wrapper.close()
    wrapper.close_pool()


def process(wrapper):
    """The process of the server that answers; the connection goes back to the pool."""
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    wrapper.close()
    return pid


def test_connection_goes_back_to_the_pool_and_is_lent_out_again(pooled):
    assert len({process(pooled) for _ in range(10)}) < 5


def test_connection_that_the_server_ended_is_not_lent_out(pooled):
    ended = process(pooled)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [ended])
    assert process(pooled) != ended


def test_connection_with_something_to_say_is_kept(pooled):
    with pooled.cursor() as cursor:
        cursor.execute("LISTEN weather")
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    pooled.close()
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY weather")
        cursor.execute("SELECT 1")
    assert pid in {process(pooled) for _ in range(10)}
