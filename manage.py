#!/usr/bin/env python
"""The site's commands. With a private PostgreSQL, each starts it where it is not running."""

import os
import sys


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forum.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        print("Run `make run` once: it installs what the site needs.", file=sys.stderr)
        return 1
    from forum.database import DatabaseTrouble, explain, serving

    try:
        from django.conf import settings

        with serving(settings.DATA_DIR, settings.DATABASE_URL):
            execute_from_command_line(sys.argv)
    except DatabaseTrouble as trouble:
        return explain(trouble)
    return 0


if __name__ == "__main__":
    sys.exit(main())
