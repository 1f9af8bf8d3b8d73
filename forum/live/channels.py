"""Channels: what one process announces, those who subscribed hear in every process.

PostgreSQL carries it. An announcement is a NOTIFY, and each process with subscribers has one
connection that LISTENs, on a thread of its own that begins with the first subscriber and ends after
the last. All share one channel of PostgreSQL's, and the name of ours stands in the message, so
nobody has to LISTEN anew; a pooler between site and database has to let sessions through for it.

Nothing is kept for who was not there, and a connection can be lost. So a subscriber is told when
something may have been missed (None), once the process listens again, and asks the database for
what is so by now. It is told so once at the start as well, where it came before the connection was
made: from then on nothing is missed.
"""

import json
import logging
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from django.db import connection, transaction

logger = logging.getLogger(__name__)

POSTGRES_CHANNEL = "live"
# Names the connection in pg_stat_activity.
LISTENER = "rejoinder live"
# What waits for a subscriber that is busy with the one before; who is further behind has to begin
# anew.
MOST_WAITING = 64
# Seconds: how soon the thread sees that nobody is left, and how long it waits for a database that
# is away.
LOOK_ROUND = 1
TRY_AGAIN = 2
# A database that vanished without a word is missed after a minute.
KEEPALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}

Message = dict[str, Any] | None


class Ended(Exception):
    """The subscription is over: its reader was too slow, or the process stops."""


class Subscription:
    """What came to a channel and was not read yet."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self._waiting: queue.Queue = queue.Queue(MOST_WAITING)

    def next(self, seconds: float) -> Message:
        """The next announcement, or None where some may have been missed.

        Raises TimeoutError when there is none within `seconds`, and Ended.
        """
        try:
            message = self._waiting.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError from None
        if message is Ended:
            raise Ended
        return message

    def put(self, message: Message) -> bool:
        """False when the reader is too far behind; it will find its subscription ended."""
        try:
            self._waiting.put_nowait(message)
        except queue.Full:
            self.end()
            return False
        return True

    def end(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()
        self._waiting.put_nowait(Ended)


class Switchboard:
    """The subscribers of this process, and the connection that listens for them."""

    def __init__(self) -> None:
        # Held by whoever changes the subscribers or puts something into their queues.
        self._lock = threading.Lock()
        self._subscribers: dict[str, set[Subscription]] = {}
        self._thread: threading.Thread | None = None

    def add(self, subscription: Subscription) -> None:
        with self._lock:
            self._subscribers.setdefault(subscription.channel, set()).add(subscription)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=LISTENER, daemon=True)
                self._thread.start()

    def remove(self, subscription: Subscription) -> None:
        with self._lock:
            self._remove(subscription)

    def end(self) -> None:
        """End all subscriptions and wait until the connection is closed."""
        with self._lock:
            for subscription in self._all():
                subscription.end()
            self._subscribers.clear()
            thread, self._thread = self._thread, None
        if thread:
            thread.join()

    def _run(self) -> None:
        is_away = False
        while self._is_wanted():
            try:
                self._listen()
            except psycopg.Error as error:
                if not is_away:
                    logger.warning("The connection that listens was lost: %s", error)
                is_away = True
                time.sleep(TRY_AGAIN)
            else:
                is_away = False

    def _listen(self) -> None:
        parameters = {
            **connection.get_connection_params(),
            **KEEPALIVE,
            "application_name": LISTENER,
            "autocommit": True,
        }
        with psycopg.connect(**parameters) as listening:
            listening.execute(f"LISTEN {POSTGRES_CHANNEL}")
            with self._lock:
                self._tell(self._all(), None)
            while self._is_wanted():
                for notice in listening.notifies(timeout=LOOK_ROUND):
                    channel, message = json.loads(notice.payload)
                    with self._lock:
                        self._tell(list(self._subscribers.get(channel, ())), message)

    def _is_wanted(self) -> bool:
        """Whether the thread that asks is to go on; if not, the next subscriber begins another."""
        with self._lock:
            if self._thread is not threading.current_thread():
                return False
            if not self._subscribers:
                self._thread = None
            return self._thread is not None

    def _all(self) -> list[Subscription]:
        return [one for subscribers in self._subscribers.values() for one in subscribers]

    def _tell(self, subscribers: list[Subscription], message: Message) -> None:
        for subscription in subscribers:
            if not subscription.put(message):
                self._remove(subscription)

    def _remove(self, subscription: Subscription) -> None:
        subscribers = self._subscribers.get(subscription.channel, set())
        subscribers.discard(subscription)
        if not subscribers:
            self._subscribers.pop(subscription.channel, None)


switchboard = Switchboard()


def announce(channel: str, message: dict[str, Any]) -> None:
    """Tell the subscribers of the channel, once the transaction is committed.

    Small things only: PostgreSQL takes 8,000 bytes. Who may subscribe decides who reads it, so it
    says which things changed and not what they are. What cannot be sent is logged and lost.
    """
    # By itself, after the commit: a transaction that writes and notifies would hold a lock of the
    # whole database until its writing is on the disk, and all who post would wait for each other.
    payload = json.dumps([channel, message], separators=(",", ":"))

    def notify() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [POSTGRES_CHANNEL, payload])

    transaction.on_commit(notify, robust=True)


@contextmanager
def subscribed(channel: str) -> Iterator[Subscription]:
    """Within the block, what is announced on the channel can be read from what is yielded."""
    subscription = Subscription(channel)
    switchboard.add(subscription)
    try:
        yield subscription
    finally:
        switchboard.remove(subscription)
