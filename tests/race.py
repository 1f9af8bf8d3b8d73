"""Real concurrency: calls that start together, each on its own thread and connection."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, connections


def race(*calls: Callable[[], Any]) -> list[Any]:
    """Run all calls at once; what each returned, or the exception it raised, in their order.

    For tests marked `django_db(transaction=True)`: the threads see what is committed only.
    """
    barrier = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            connections["default"].ensure_connection()
            barrier.wait(timeout=20)
            results[place] = call()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def wait_until_somebody_waits() -> None:
    """Until another connection stands at a lock that this transaction holds."""
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
                " AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
