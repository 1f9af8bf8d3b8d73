"""A member's mailbox on the site. Who is told of what is decided where the thing happens."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone, translation
from django.utils.functional import Promise

from accounts.models import User
from forum.notifications import tasks
from forum.notifications.models import Notification


@dataclass(frozen=True)
class Notice:
    """What `notify` takes."""

    member: User
    text: str | Promise
    url: str
    mail: bool = False


def notify(*, member: User, text: str | Promise, url: str, mail: bool = False) -> Notification:
    """Tell a member something: a sentence and the path of the page it is about.

    The sentence must quote nobody: what is hidden later would stay readable here. A lazy
    translation is put into the site's language. With `mail` it is also sent to their confirmed
    address, once the transaction has committed.
    """
    [notification] = notify_all([Notice(member, text, url, mail)])
    return notification


@transaction.atomic
def notify_all(notices: list[Notice]) -> list[Notification]:
    """`notify` of each, in a number of queries that depends on the mails alone. Who tells several
    members at once holds their rows already, or may wait in a circle with somebody who does."""
    with translation.override(settings.LANGUAGE_CODE):
        told = Notification.objects.bulk_create(
            Notification(
                member=notice.member, text=" ".join(str(notice.text).split())[:500], url=notice.url
            )
            for notice in notices
        )
    # Whose they are is asked of the rows: who was merged a moment ago is told as the kept account.
    new = Notification.objects.filter(pk__in=[one.pk for one in told]).order_by()
    own = new.filter(member=OuterRef("pk")).values("member").annotate(count=Count("pk"))
    User.objects.filter(pk__in=new.values("member")).update(
        unread_notifications=F("unread_notifications") + Subquery(own.values("count"))
    )
    for notice, notification in zip(notices, told, strict=True):
        if notice.mail:
            tasks.mail_notification.defer(notification=notification.pk)
    return told


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
