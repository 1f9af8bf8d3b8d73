"""Jobs that pages leave to be done behind them.

The queue is procrastinate's, in the site's own PostgreSQL: a job that is deferred inside a
transaction is there when the transaction commits and never was when it does not. Jobs are
functions in the `tasks.py` of a room, take primary keys, and can be done twice: a worker that is
killed in the middle of one leaves it to the next.
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import connections
from procrastinate import App
from procrastinate.contrib.django import app

STOP_WITHIN = 5  # seconds for the jobs that are being done; then they are left for another time
AT_ONCE = 4


def work(*, wait: bool = True, server: int | None = None) -> None:
    """Do the jobs that wait; with `wait`, go on with those to come until a signal says to stop,
    or until the process `server` is no longer this one's parent."""
    with _without_kept_connections(), app.replace_connector(_connector()) as worker:
        asyncio.run(_work(worker, wait=wait, server=server))


async def _work(worker: App, *, wait: bool, server: int | None) -> None:
    async with worker.open_async():
        working = asyncio.ensure_future(
            worker.run_worker_async(
                wait=wait,
                concurrency=AT_ONCE,
                shutdown_graceful_timeout=STOP_WITHIN,
                install_signal_handlers=wait,
                listen_notify=wait,
            )
        )
        while server is not None and os.getppid() == server and not working.done():
            await asyncio.wait([working], timeout=1)
        if server is not None:
            working.cancel()
        with suppress(asyncio.CancelledError):
            await working


def _connector():
    return app.connector.get_worker_connector()  # type: ignore[attr-defined]


@contextmanager
def _without_kept_connections() -> Iterator[None]:
    """Django keeps a connection for each thread; the threads that jobs run in come and go."""
    settings = connections.settings["default"]
    kept = settings["CONN_MAX_AGE"]
    settings["CONN_MAX_AGE"] = 0
    try:
        yield
    finally:
        settings["CONN_MAX_AGE"] = kept
