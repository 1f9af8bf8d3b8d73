"""Pictures that people send into the editor: how many in a day, how a form carries them, and which
are cleared away."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core import signing
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.models import User
from forum import pictures
from forum.articles import covers
from forum.articles.models import SentPicture, WorkingCopy
from forum.uploads import PictureRefused

DAY = timedelta(days=1)
# Longer than anybody leaves a picture in a form that is neither saved nor kept.
UNUSED_KEPT = timedelta(days=30)


def take_picture(*, upload: File, by: User | None = None) -> str:
    """The name of the picture, stored anew; raises PictureRefused, also for more than a day's share
    of `by` (setting PICTURES_PER_DAY). Some that are sent at the same moment can go beyond it."""
    if by is not None and (full_until := _full_until(by)):
        raise PictureRefused(
            _(
                "You have sent %(most)d pictures within a day, which is as many as one member can. "
                "What you wrote is kept: send this one after %(time)s."
            )
            % {"most": settings.PICTURES_PER_DAY, "time": full_until}
        )
    name = covers.store(upload)
    stored = pictures.stored_at(name)
    SentPicture.objects.create(name=name, stem=stored.stem if stored else name, sent_by=by)
    return name


def unused_pictures() -> Iterator[SentPicture]:
    """Those that were sent long ago and that no article has, no kept text of one, and nothing that
    waits to be saved; the oldest first."""
    old = SentPicture.objects.unused().filter(sent_at__lt=timezone.now() - UNUSED_KEPT)
    waiting = "\n".join(
        f"{fields.get('text', '')}\n{unsigned(fields.get('kept_cover', ''))}"
        for fields in WorkingCopy.objects.values_list("fields", flat=True)
    )
    for picture in old.order_by("sent_at", "pk").iterator():
        if picture.stem not in waiting:
            yield picture


def clear_picture(*, picture: SentPicture) -> bool:
    """The picture is gone with all its variants, unless an article has come to have it."""
    with transaction.atomic():
        deleted, _rows = SentPicture.objects.unused().filter(pk=picture.pk).delete()
        if deleted:
            transaction.on_commit(partial(covers.delete, picture.name))
    return bool(deleted)


def signed(name: str) -> str:
    """The name of a stored picture as a form may carry it."""
    return signing.dumps(name, salt="picture")


def unsigned(value: str) -> str:
    """The name that was signed; empty for what was not."""
    try:
        return signing.loads(value, salt="picture")
    except signing.BadSignature:
        return ""


def is_there(name: str) -> bool:
    """Whether the picture was not cleared away meanwhile."""
    return default_storage.exists(name)


def _full_until(member: User) -> str:
    """When the member can send a picture again, in words; empty for now."""
    recent = SentPicture.objects.by(member).since(timezone.now() - DAY).order_by("-sent_at")
    most = settings.PICTURES_PER_DAY
    first = recent[most - 1 : most].first() if most else None
    if first is None:
        return ""
    return formats.date_format(timezone.localtime(first.sent_at + DAY), "DATETIME_FORMAT")
