"""Channels as streams for browsers: server-sent events, one JSON object each.

A stream takes a thread of the server as long as it is open, so there is a limit to them, and they
end after some minutes and are opened again: a process that is to stop is not held up for ever.
It takes no connection to the database: what it borrows to answer is given back before it waits.
"""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from accounts.addresses import client_address
from forum.live import channels

# Seconds. Proxies cut what is silent for a minute, and a browser that left is noticed only when
# something is sent to it.
HEARTBEAT = 20
# Not all at the same moment, where many came at once.
SHORTEST, LONGEST = 240, 480
RETRY_AFTER = 60

# How many streams of this process are open, by the address they go to.
_open: Counter[str] = Counter()
_lock = threading.Lock()


def stream(
    request: HttpRequest, channel: str, *, missed: Callable[[], dict[str, Any]]
) -> HttpResponseBase:
    """First what `missed` answers, then what is announced on the channel; empty objects keep the
    line open. `missed` is asked again whenever announcements may have been lost.

    Answers 503 where the process has as many open streams as the settings allow, and 429 where
    the address of who asks has: nobody takes the place of all others.
    """
    address = client_address(request)
    later = {"Retry-After": str(RETRY_AFTER)}
    if _open.total() >= settings.MOST_STREAMS:
        return HttpResponse(status=503, headers=later)
    if _open[address] >= settings.MOST_STREAMS_OF_AN_ADDRESS:
        return HttpResponse(status=429, headers=later)
    # A compressor would hold back what it is given until it has enough.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    return StreamingHttpResponse(
        _events(channel, missed, address),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _events(channel: str, missed: Callable[[], dict[str, Any]], address: str) -> Iterator[bytes]:
    with _place(address), channels.subscribed(channel) as subscription:
        yield _event(_asked(missed))
        end = time.monotonic() + random.uniform(SHORTEST, LONGEST)  # noqa: S311 - only to spread
        while (left := end - time.monotonic()) > 0:
            try:
                message = subscription.next(min(left, HEARTBEAT))
            except TimeoutError:
                yield _event({})
            except channels.Ended:
                return
            else:
                yield _event(_asked(missed) if message is None else message)


@contextmanager
def _place(address: str) -> Iterator[None]:
    """One of the streams of this process."""
    with _lock:
        _open[address] += 1
    try:
        yield
    finally:
        with _lock:
            _open[address] -= 1
            if not _open[address]:
                del _open[address]


def _asked(missed: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return missed()
    finally:
        connection.close()


def _event(message: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(message, separators=(',', ':'))}\n\n".encode()
