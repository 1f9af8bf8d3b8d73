"""What every template may use of the site itself."""

from functools import partial

from django.conf import settings

from forum.reading.themes import theme_for


def site(request):
    """The site's name, tagline and address, and the theme of who asks; no queries."""
    return {
        "site_name": settings.SITE_NAME,
        "site_tagline": settings.SITE_TAGLINE,
        "site_url": settings.SITE_URL,
        "has_moderation_log": settings.PUBLIC_MODERATION_LOG,
        "theme": partial(theme_for, request),
    }
