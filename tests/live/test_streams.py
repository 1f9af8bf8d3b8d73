import json

import pytest
from django.db import connection
from django.test import RequestFactory

from forum.live import streams
from forum.live.channels import announce, switchboard

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_stream():
    """Opens a stream; those left open are closed at the end."""
    opened = []

    def open_one(missed=lambda: {"missed": True}, **headers):
        request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip", **headers})
        opened.append(streams.stream(request, "river", missed=missed))
        return opened[-1]

    yield open_one
    for response in opened:
        response.close()


def events(response):
    """What the stream says, without empty objects."""
    for chunk in response:
        assert chunk.startswith(b"data: ")
        assert chunk.endswith(b"\n\n")
        if message := json.loads(chunk[6:]):
            yield message


def test_stream_begins_with_what_was_missed_and_goes_on_with_what_is_announced(open_stream):
    heard = events(open_stream())
    # A second time, because the process began to listen after it had asked.
    assert [next(heard), next(heard)] == [{"missed": True}] * 2
    announce("river", {"n": 1})
    assert next(heard) == {"n": 1}


def test_gap_is_filled_by_asking_again(open_stream):
    answers = iter([{"n": 0}, {"n": 0}, {"n": "after the gap"}])
    heard = events(open_stream(lambda: next(answers)))
    assert [next(heard), next(heard)] == [{"n": 0}] * 2
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'rejoinder live' AND datname = current_database()"
        )
    assert next(heard) == {"n": "after the gap"}


def test_silence_is_broken_by_an_empty_event(open_stream, monkeypatch):
    monkeypatch.setattr(streams, "HEARTBEAT", 0.05)
    chunks = iter(open_stream(dict))
    assert [next(chunks) for _ in range(4)] == [b"data: {}\n\n"] * 4


def test_connection_is_given_back_before_the_stream_waits(open_stream):
    def missed():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return {"n": 1}

    heard = events(open_stream(missed))
    next(heard)
    assert connection.connection is None


def test_too_many_streams_are_told_to_come_later(open_stream, settings):
    settings.MOST_STREAMS = 2
    first, second = open_stream(), open_stream()
    next(iter(first))
    next(iter(second))
    third = open_stream()
    assert (third.status_code, third["Retry-After"]) == (503, "60")
    first.close()
    assert open_stream().status_code == 200


def test_stream_that_was_never_read_takes_no_place(open_stream, settings):
    settings.MOST_STREAMS = 1
    open_stream().close()
    assert open_stream().status_code == 200


def test_stream_ends_after_its_time(open_stream, monkeypatch):
    monkeypatch.setattr(streams, "SHORTEST", 0)
    monkeypatch.setattr(streams, "LONGEST", 0)
    assert list(open_stream()) == [b'data: {"missed":true}\n\n']


def test_stream_ends_when_the_process_hangs_up(open_stream):
    stream = iter(open_stream())
    next(stream)
    switchboard.end()
    assert list(stream) in ([], [b'data: {"missed":true}\n\n'])


def test_one_address_takes_no_more_than_its_share(open_stream, settings):
    settings.TRUSTED_PROXIES, settings.MOST_STREAMS_OF_AN_ADDRESS = 1, 2
    mine = {"X-Forwarded-For": "198.51.100.7"}
    streams_open = [open_stream(**mine) for _ in range(2)]
    for one in streams_open:
        next(iter(one))
    # What the reader puts before what the proxy adds makes nobody of them.
    again = open_stream(**{"X-Forwarded-For": "203.0.113.1, 198.51.100.7"})
    assert (again.status_code, again["Retry-After"]) == (429, "60")
    assert open_stream(**{"X-Forwarded-For": "203.0.113.1"}).status_code == 200
    streams_open[0].close()
    assert open_stream(**mine).status_code == 200
