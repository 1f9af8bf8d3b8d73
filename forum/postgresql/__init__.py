"""How a serving process shares its connections to the database among its threads."""

from django.conf import settings

# Of a process. Pages compute more than they wait, so more threads than this only take turns.
# Seconds: a page waits this long for a connection, also where the database is away.
POOL = {"min_size": 1, "max_size": 8, "timeout": 5, "reconnect_timeout": 30}


def pool_connections() -> None:
    """From now on; before the process has used one. Commands have no use for it: to them the
    database says itself why it cannot be had, and at once."""
    settings.DATABASES["default"].setdefault("OPTIONS", {})["pool"] = POOL
