#!/usr/bin/env python
"""The site's commands. With a private PostgreSQL, each starts it where it is not running."""

import errno
import os
import signal
import sys

# What the machine refuses, and nobody can mend in the code.
NOT_OURS = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forum.settings")
    for ending in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(ending) is signal.SIG_DFL:
            signal.signal(ending, signal.default_int_handler)
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import OperationalError
        from environs import EnvError
    except ImportError:
        return explain("Run `make run` once: it installs what the site needs.")
    from forum.database import DatabaseTrouble, serving

    try:
        from django.conf import settings

        with serving(settings.DATA_DIR, settings.DATABASE_URL):
            execute_from_command_line(sys.argv)
    except (DatabaseTrouble, ImproperlyConfigured, EnvError) as trouble:
        return explain(trouble)
    except OperationalError as trouble:
        return explain(f"The database refuses: {trouble}")
    except OSError as trouble:
        if trouble.errno not in NOT_OURS:
            raise
        return explain(f"{trouble.strerror}: {trouble.filename or settings.DATA_DIR}")
    return 0


def explain(trouble: object) -> int:
    print(trouble, file=sys.stderr)
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
