"""Code that runs an event loop of its own, in a process where browser tests may have run."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_loop_running() -> Iterator[None]:
    """Playwright keeps its loop in the main thread between browser tests.

    For the call alone: Django has another connection where a loop runs than where none does.
    """
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(running)
