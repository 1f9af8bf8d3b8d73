import shutil
from contextlib import ExitStack

import hypothesis
import pytest

# Nothing asserts on time: a machine may be busy with other things.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

_until_the_end = ExitStack()


# Files that take longest, whatever the number of their tests.
LONG = ["test_loading.py", "test_migrations.py", "test_run.py", "test_machine.py", "test_leaks.py"]
# Made anew after each migration, and changed by no test.
LASTING = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}


def pytest_configure(config):
    """The tests run on the site's own PostgreSQL, which is started where it is not running."""
    from django.conf import settings
    from django.test import TransactionTestCase

    from forum.database import DatabaseTrouble, serving

    try:
        _until_the_end.enter_context(serving(settings.DATA_DIR, settings.DATABASE_URL))
    except DatabaseTrouble as trouble:
        raise pytest.UsageError(str(trouble)) from trouble

    TransactionTestCase._fixture_teardown = _empty_what_is_full


def pytest_collection_modifyitems(items):
    """The longest go first, so that nobody is left with one while all others are done."""
    items.sort(key=lambda item: item.path.name not in LONG)


def _empty_what_is_full(case):
    """What Django does after a test that commits, in a twentieth of the time: it makes every table
    anew, whether there is something in it or not, and then all permissions."""
    from django.db import connection, transaction

    tables = set(connection.introspection.django_table_names(only_existing=True)) - LASTING
    looks = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(looks))
        full = [table for (table,) in cursor.fetchall()]
        cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers, in any order
        for table in full:
            cursor.execute(f"DELETE FROM {table}")


def pytest_unconfigure(config):
    from django.conf import settings

    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    _until_the_end.close()


@pytest.fixture
def empty_queue(transactional_db):
    """The tables of jobs, empty before and after: Django does not know them as its own and clears
    them not."""
    from django.db import connection

    def empty():
        with connection.cursor() as cursor:
            for table in ("jobs", "workers"):
                cursor.execute(f"DELETE FROM procrastinate_{table}")

    empty()
    yield
    empty()


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
