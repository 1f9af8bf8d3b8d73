"""What a server loads."""

import os

from django.core.wsgi import get_wsgi_application

from forum.postgresql import pool_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forum.settings")

application = get_wsgi_application()
pool_connections()
