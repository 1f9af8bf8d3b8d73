from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection

# Any number, the same in every process that prepares the site.
LOCK = 7_310_525


def prepare(*, demo: bool, stdout) -> None:
    """Migrate, and load the demo community where the site has no members (and `demo` says so).

    Several that start at once do it one after the other: the later ones find it done.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        _migrate()
        if demo:
            call_command("demo", if_empty=True, stdout=stdout)
    finally:
        connection.close()  # and the lock with it


def _migrate() -> None:
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise CommandError(f"The database cannot be brought up to date: {error}") from error
