"""What this machine and this server can do at most: views that do nothing, and next to nothing.

Served like the site itself, by granian with as many workers, from a Django without middleware.
"""

import os
import secrets

from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path


def trivial(request):
    return HttpResponse("Hello.")


def one_query(request):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return HttpResponse(str(cursor.fetchone()[0]))


urlpatterns = [path("trivial/", trivial), path("one-query/", one_query)]


def _settings() -> None:
    from django.conf import settings

    from forum.postgresql import POOL
    from forum.settings import DATABASES

    # A connection made for each request would be most of what is measured.
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = POOL
    settings.configure(
        SECRET_KEY=secrets.token_hex(25),
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        DATABASES=DATABASES,
        MIDDLEWARE=[],
    )


if "DJANGO_SETTINGS_MODULE" not in os.environ:
    _settings()
    application = get_wsgi_application()
