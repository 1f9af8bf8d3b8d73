from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from forum.people import exporting, unconfirmed
from forum.people.models import Export, SignIn

EXPORT_KEPT_FOR = timedelta(days=7)
SIGN_INS_KEPT_FOR = timedelta(days=90)


@app.task(retry=RetryStrategy(max_attempts=4, exponential_wait=60))
def make_export(*, export: str) -> None:
    """Put everything of a member's into one file, and send them the link."""
    found = Export.objects.select_related("member").filter(pk=export, ready_at=None).first()
    if found is None:
        return
    file = exporting.place(found.pk)
    exporting.write(found.member, file)
    now = timezone.now()
    ready = Export.objects.filter(pk=found.pk, ready_at=None).update(
        ready_at=now, expires_at=now + EXPORT_KEPT_FOR, size=file.stat().st_size
    )
    if not ready:
        exporting.delete_files([found.pk])  # the account was erased meanwhile
        return
    address = EmailAddress.objects.filter(user=found.member, primary=True, verified=True).first()
    if address is not None:
        _send_link(found, address.email)


@app.periodic(cron="20 3 * * *")
@app.task(queueing_lock="forget_old_records")
def forget_old_records(timestamp: int) -> None:
    """Delete downloads that expired, and old sign-ins."""
    now = timezone.now()
    expired = list(Export.objects.filter(expires_at__lt=now).values_list("pk", flat=True))
    exporting.delete_files(expired)
    Export.objects.filter(pk__in=expired).delete()
    SignIn.objects.filter(at__lt=now - SIGN_INS_KEPT_FOR).delete()


@app.periodic(cron="50 3 * * *")
@app.task(queueing_lock="remove_unconfirmed_accounts")
def remove_unconfirmed_accounts(timestamp: int) -> None:
    """Remove accounts whose address was never confirmed, so that their names are free again."""
    unconfirmed.remove()


def _send_link(export: Export, address: str) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        words = {
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
            "link": f"{settings.SITE_URL}{reverse('export', args=[export.pk])}",
            "days": EXPORT_KEPT_FOR.days,
        }
        send_mail(
            subject=_("Your words from %(site)s are ready") % {"site": settings.SITE_NAME},
            message=render_to_string("people/export_message.txt", words),
            from_email=None,
            recipient_list=[address],
        )
