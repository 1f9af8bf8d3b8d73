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

from accounts import second_factor, sessions
from accounts.models import User
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
    if address := _address_of(found.member):
        _send_link(found, address)


@app.task(retry=RetryStrategy(max_attempts=6, exponential_wait=20))
def mail_second_factor_taken_away(*, member: int) -> None:
    """Tell a member by mail that the owner took their second factor away."""
    found = User.objects.filter(pk=member).first()
    if found is None or not (address := _address_of(found)):
        return
    with translation.override(settings.LANGUAGE_CODE):
        words = {
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
            "must_have_one": second_factor.is_asked_of(found),
        }
        send_mail(
            subject=_("Signing in asks for no second factor any more"),
            message=render_to_string("people/second_factor_message.txt", words),
            from_email=None,
            recipient_list=[address],
        )


@app.periodic(cron="20 3 * * *")
@app.task(queueing_lock="forget_old_records")
def forget_old_records(timestamp: int) -> None:
    """Delete downloads that expired, old sign-ins, and sessions that are over."""
    now = timezone.now()
    expired = list(Export.objects.filter(expires_at__lt=now).values_list("pk", flat=True))
    exporting.delete_files(expired)
    Export.objects.filter(pk__in=expired).delete()
    SignIn.objects.filter(at__lt=now - SIGN_INS_KEPT_FOR).delete()
    sessions.forget_ended()


@app.periodic(cron="50 3 * * *")
@app.task(queueing_lock="remove_unconfirmed_accounts")
def remove_unconfirmed_accounts(timestamp: int) -> None:
    """Remove accounts whose address was never confirmed, so that their names are free again."""
    unconfirmed.remove()


def _address_of(member: User) -> str:
    """The member's confirmed main address, or nothing."""
    addresses = EmailAddress.objects.filter(user=member, primary=True, verified=True)
    return addresses.values_list("email", flat=True).first() or ""


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
