"""What `manage.py check --deploy` demands of a site that is open to all, beyond Django's own.

With `--database default` it also looks for the demo's people.
"""

from email.utils import parseaddr

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def site_is_reached_by_https(app_configs, **kwargs):
    if not settings.SITE_URL.startswith("https://"):
        return [
            Warning(
                "SITE_URL does not begin with https://, so passwords travel in the open.",
                id="rejoinder.W001",
            )
        ]
    if not settings.TRUSTED_PROXIES:
        return [
            Error(
                "SITE_URL begins with https://, but TRUSTED_PROXIES is 0.",
                hint="The site itself speaks plain HTTP. Whatever speaks HTTPS in front of it must "
                "be counted, or each page redirects to itself without end.",
                id="rejoinder.E001",
            )
        ]
    return []


@register(deploy=True)
def mail_reaches_people(app_configs, **kwargs):
    found = []
    if not settings.EMAIL_BACKEND.endswith(".smtp.EmailBackend"):
        found.append(
            Error(
                "Mail does not leave this machine, so nobody can confirm an address and sign in.",
                hint="Set EMAIL_URL.",
                id="rejoinder.E002",
            )
        )
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    if sender.rpartition("@")[2] in ("", "localhost"):
        found.append(
            Error(
                "Mail comes from an address that nobody can answer and most servers refuse.",
                hint="Set DEFAULT_FROM_EMAIL.",
                id="rejoinder.E003",
            )
        )
    return found


@register(Tags.database, deploy=True)
def nobody_has_the_demo_password(app_configs, databases, **kwargs):
    kept = settings.DATA_DIR / "demo_password"
    if not databases or not kept.exists():
        return []
    owner = get_user_model().objects.filter(is_superuser=True, username="owner").first()
    if owner is None or not owner.check_password(kept.read_text().strip()):
        return []
    return [
        Error(
            "The people of the demo can sign in here, the owner of the site among them.",
            hint="Begin with an empty database: manage.py run --no-demo",
            id="rejoinder.E004",
        )
    ]
