"""What tells one release of the site from another, for what is kept longer than a process lives."""

import hashlib
from functools import cache

from django.conf import settings


@cache
def release() -> str:
    """A short name that differs whenever the code of the pages, their templates, their styles or
    the words of the site do; the same in all processes of a release."""
    mark = hashlib.sha256()
    for setting in ("SITE_NAME", "SITE_TAGLINE", "SITE_URL", "COMMENTS_PER_PAGE", "TIME_ZONE"):
        mark.update(f"{getattr(settings, setting)}\0".encode())
    for folder in ("templates", "static", "forum", "accounts"):
        for path in sorted((settings.BASE_DIR / folder).rglob("*.*")):
            if path.suffix in (".html", ".css", ".js", ".svg", ".py"):
                mark.update(path.read_bytes())
    return mark.hexdigest()[:12]
