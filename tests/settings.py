"""The site's settings, made quick and observable for tests; nothing the product promises is off."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SITE_URL", "http://testserver")

from forum.settings import *  # noqa: F403
from forum.settings import DATABASES

DATABASES["default"]["TEST"] = {"NAME": os.environ.get("REJOINDER_TEST_DB", "test_rejoinder")}
# A commit need not reach the disk: a test database is thrown away.
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
_scratch = Path(tempfile.mkdtemp(prefix="rejoinder-"))
MEDIA_ROOT = _scratch / "media"
STATIC_ROOT = _scratch / "static"
STATIC_ROOT.mkdir()
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
