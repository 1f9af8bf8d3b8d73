"""The site's settings, made quick and observable for tests; nothing the product promises is off."""

import os

os.environ.setdefault("SITE_URL", "http://testserver")
os.environ.setdefault("GITHUB_CLIENT_ID", "rejoinder")
os.environ.setdefault("GITHUB_CLIENT_SECRET", "known-to-both")
os.environ.setdefault("GOOGLE_CLIENT_ID", "rejoinder")
os.environ.setdefault("GOOGLE_CLIENT_SECRET", "known-to-both")
os.environ.setdefault("OIDC_CLIENT_ID", "rejoinder")
os.environ.setdefault("OIDC_CLIENT_SECRET", "known-to-both")
os.environ.setdefault("OIDC_SERVER", "http://127.0.0.1:9")
os.environ.setdefault("OIDC_NAME", "The Guild")

from forum.settings import *  # noqa: F403
from forum.settings import DATA_DIR, DATABASES

DATABASES["default"]["TEST"] = {"NAME": os.environ.get("REJOINDER_TEST_DB", "test_rejoinder")}
# A commit need not reach the disk: a test database is thrown away.
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
_scratch = DATA_DIR / "tests" / os.environ.get("PYTEST_XDIST_WORKER", "alone")
MEDIA_ROOT = _scratch / "media"
STATIC_ROOT = _scratch / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
