from contextlib import ExitStack

import pytest

_until_the_end = ExitStack()


def pytest_configure(config):
    """The tests run on the site's own PostgreSQL, which is started where it is not running."""
    from django.conf import settings

    from forum.database import serving

    _until_the_end.enter_context(serving(settings.DATA_DIR, settings.DATABASE_URL))


def pytest_unconfigure(config):
    _until_the_end.close()


@pytest.fixture(autouse=True)
def no_leftovers():
    """Rate limits and caches of one test must not reach the next, nor streams that are open."""
    from django.core.cache import cache

    from forum.live.channels import switchboard

    cache.clear()
    yield
    switchboard.end()
