"""What every template may use of the site itself."""

from functools import partial

from django.conf import settings

from forum.demo import mail
from forum.reading.themes import theme_for


def site(request):
    """The site's name, tagline and address, the theme of who asks, and whether the mail of the
    demo can be looked into; no queries."""
    return {
        "site_name": settings.SITE_NAME,
        "site_tagline": settings.SITE_TAGLINE,
        "site_url": settings.SITE_URL,
        "has_moderation_log": settings.PUBLIC_MODERATION_LOG,
        "has_demo_mail": mail.is_shown,
        "theme": partial(theme_for, request),
    }
