"""The process that does the jobs, beside a server."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from forum.jobs import STOP_WITHIN

AGAIN_AFTER = 3  # seconds


@contextmanager
def working() -> Iterator[None]:
    """Within the block jobs are done: by a process that is started again when it dies, and that
    ends with the block or with this process, whatever becomes of it."""
    stop = threading.Event()
    keeper = threading.Thread(target=_keep, args=[stop])
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def _keep(stop: threading.Event) -> None:
    while not stop.is_set():
        worker = _start()
        while not stop.wait(0.2) and worker.poll() is None:
            pass
        if not stop.is_set():
            stop.wait(AGAIN_AFTER)
            continue
        worker.terminate()
        try:
            worker.wait(STOP_WITHIN + 2)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()


def _start() -> subprocess.Popen:
    """In a session of its own: Ctrl-C in the terminal is for the server, which stops it."""
    return subprocess.Popen(  # noqa: S603 - arguments of our own
        [sys.executable, "manage.py", "work", "--server", str(os.getpid())],
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
