import shutil
from contextlib import ExitStack

import hypothesis
import pytest

# Nothing asserts on time: a machine may be busy with other things.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

_until_the_end = ExitStack()


def pytest_configure(config):
    """The tests run on the site's own PostgreSQL, which is started where it is not running."""
    from django.conf import settings

    from forum.database import DatabaseTrouble, serving

    try:
        _until_the_end.enter_context(serving(settings.DATA_DIR, settings.DATABASE_URL))
    except DatabaseTrouble as trouble:
        raise pytest.UsageError(str(trouble)) from trouble


def pytest_unconfigure(config):
    from django.conf import settings

    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    _until_the_end.close()


@pytest.fixture
def empty_queue(transactional_db):
    """The tables of jobs, empty before and after: Django does not know them as its own and clears
    them not."""
    from django.db import connection

    truncate = "TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE"
    with connection.cursor() as cursor:
        cursor.execute(truncate)
    yield
    with connection.cursor() as cursor:
        cursor.execute(truncate)


@pytest.fixture(autouse=True)
def no_jobs_left(request):
    """Whatever a test commits leaves no jobs for the next."""
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        request.getfixturevalue("empty_queue")


@pytest.fixture(autouse=True)
def no_leftovers():
    """Rate limits and caches of one test must not reach the next, nor streams that are open."""
    from django.core.cache import cache

    from forum.live import channels

    channels.LOOK_ROUND = 0.05  # its end is waited for
    cache.clear()
    yield
    channels.switchboard.end()
