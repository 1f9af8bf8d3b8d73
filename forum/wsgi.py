"""What a server loads."""

import os

from django.core.wsgi import get_wsgi_application

from forum.postgresql import pool_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forum.settings")

_django = get_wsgi_application()
pool_connections()

from forum.reading.fast_path import FastPath  # noqa: E402 - settings come first
from forum.reading.kept_pages import variant  # noqa: E402

application = FastPath(_django, variant)
