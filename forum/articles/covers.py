"""Pictures of articles: stored as WebP and AVIF in several widths.

What people send is made safe by `forum.uploads`; how the files are named is in `forum.pictures`.
"""

import io
import uuid

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from forum import pictures
from forum.uploads import read

# AVIF at 60 looks like WebP at 82, and is a third smaller; speed 8 takes half a second.
WRITTEN = {"webp": {"quality": 82, "method": 4}, "avif": {"quality": 60, "speed": 8}}


def store(upload: File) -> str:
    """The name of the picture, stored anew in all its variants; raises PictureRefused."""
    picture = read(upload, widest=pictures.WIDEST)
    place = f"pictures/{timezone.now():%Y/%m}/{uuid.uuid4().hex}-{picture.width}x{picture.height}"
    stored = pictures.StoredPicture(place, picture.width, picture.height)
    for width in stored.widths():
        narrow = picture.copy()
        narrow.thumbnail((width, picture.height))
        for kind in pictures.FORMATS:
            written = io.BytesIO()
            narrow.save(written, kind, **WRITTEN[kind])
            default_storage.save(stored.variant(width, kind), ContentFile(written.getvalue()))
    return stored.address


def delete(name: str) -> None:
    """Delete the picture of this name with all its variants."""
    stored = pictures.stored_at(name)
    for variant in stored.variants() if stored else [name]:
        default_storage.delete(variant)
