"""What members do with what others see of them."""

from datetime import timedelta

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import avatars
from accounts.models import FormerName, User

# The time that `NAME_CHANGES_A_MONTH` counts in.
MONTH = timedelta(days=30)


class RenameRefused(Exception):
    """The member cannot have this name now; the message is for them."""


def change_profile(
    *, member: User, display_name: str, pronouns: str = "", biography: str = "", website: str = ""
) -> None:
    """What the member tells of themselves is this from now on. The database keeps the name they
    had (`FormerName`). Raises RenameRefused for a change of name too many, and for one that
    somebody else took a moment ago; then nothing is changed."""
    try:
        with transaction.atomic():
            now = User.objects.select_for_update(no_key=True).get(pk=member.pk)
            if display_name != now.display_name and (refusal := why_not_rename(now)):
                raise RenameRefused(refusal)
            now.display_name, now.pronouns = display_name, pronouns
            now.biography, now.website = biography, website
            now.save(update_fields=["display_name", "pronouns", "biography", "website"])
    except IntegrityError as error:
        raise RenameRefused(_("Somebody took this name a moment ago.")) from error


def why_not_rename(member: User) -> str:
    """Why the member cannot change their name now, in words; empty when they can. One query."""
    most = settings.NAME_CHANGES_A_MONTH
    since = timezone.now() - MONTH
    changes = list(
        FormerName.objects.filter(member=member, given_up_at__gt=since)
        .order_by("-given_up_at")
        .values_list("given_up_at", flat=True)[: max(most, 1)]
    )
    if len(changes) < most:
        return ""
    if not most:
        return _("Names cannot be changed on this site.")
    said = ngettext(
        "You changed your name in the last 30 days. You can change it again after %(day)s.",
        "You changed your name %(count)d times in the last 30 days. You can change it again after "
        "%(day)s.",
        most,
    )
    day = formats.date_format(timezone.localtime(changes[-1] + MONTH), "DATE_FORMAT")
    return said % {"count": most, "day": day}


def how_often_renamed() -> str:
    """What a member should know before they change their name, in words."""
    most = settings.NAME_CHANGES_A_MONTH
    if not most:
        return _("Names cannot be changed on this site.")
    said = ngettext(
        "You can change it once in 30 days, and members can see what it was before.",
        "You can change it %(count)d times in 30 days, and members can see what it was before.",
        most,
    )
    return said % {"count": most}


def change_avatar(*, member: User, upload: File) -> None:
    """The member's picture is this one; the one before is deleted with the commit. Raises
    uploads.PictureRefused for what is no picture."""
    _set_avatar(member, avatars.store(upload))


def remove_avatar(*, member: User) -> bool:
    """The member's picture is the one drawn from their name; False when it was before."""
    return _set_avatar(member, "")


@transaction.atomic
def _set_avatar(member: User, name: str) -> bool:
    now = User.objects.select_for_update(no_key=True).get(pk=member.pk)
    before, now.avatar = now.avatar, name
    now.save(update_fields=["avatar"])
    member.avatar = name
    if before:
        transaction.on_commit(lambda: avatars.delete(before))
    return before != name
