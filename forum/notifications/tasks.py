from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from forum.notifications.models import Notification


@app.task(retry=RetryStrategy(max_attempts=6, exponential_wait=20))
def mail_notification(*, notification: int) -> None:
    """Send a notification to its member's confirmed address, when there is one."""
    told = Notification.objects.filter(pk=notification).first()
    if told is None:
        return
    address = EmailAddress.objects.filter(user=told.member_id, primary=True, verified=True).first()
    if address is not None:
        send_mail(
            subject=told.text,
            message=f"{told.text}\n\n{settings.SITE_URL}{told.url}\n",
            from_email=None,
            recipient_list=[address.email],
        )
