"""A member's mailbox on the site. Who is told of what is decided where the thing happens."""

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone, translation
from django.utils.functional import Promise

from accounts.models import User
from forum.notifications import tasks
from forum.notifications.models import Notification


@transaction.atomic
def notify(*, member: User, text: str | Promise, url: str, mail: bool = False) -> Notification:
    """Tell a member something: a sentence and the path of the page it is about.

    The sentence must quote nobody: what is hidden later would stay readable here. A lazy
    translation is put into the site's language. With `mail` it is also sent to their confirmed
    address, once the transaction has committed.
    """
    with translation.override(settings.LANGUAGE_CODE):
        words = " ".join(str(text).split())
    notification = Notification.objects.create(member=member, text=words[:500], url=url)
    User.objects.filter(pk=member.pk).update(unread_notifications=F("unread_notifications") + 1)
    if mail:
        tasks.mail_notification.defer(notification=notification.pk)
    return notification


@transaction.atomic
def mark_read(*, notification: Notification) -> bool:
    """The member has seen it; False when they had before."""
    changed = (
        Notification.objects.unread().filter(pk=notification.pk).update(read_at=timezone.now())
    )
    _count_down(notification.member_id, changed)
    return bool(changed)


@transaction.atomic
def mark_all_read(*, member: User) -> int:
    """The member has seen all there is; how many were new."""
    changed = Notification.objects.of(member).unread().update(read_at=timezone.now())
    _count_down(member.pk, changed)
    return changed


def _count_down(member: int, by: int) -> None:
    User.objects.filter(pk=member).update(
        unread_notifications=Greatest(F("unread_notifications") - by, 0)
    )
