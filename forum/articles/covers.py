"""Pictures that people send, made safe to show.

Nothing is served as it was sent: the pixels are read, turned upright, scaled down and written anew
as WebP and AVIF in several widths, which leaves behind metadata (place, camera) and anything that
hid in the file. How the files are named is in `forum.pictures`.
"""

import io
import uuid

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from forum import pictures

READ = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
# AVIF at 60 looks like WebP at 82, and is a third smaller; speed 8 takes half a second.
WRITTEN = {"webp": {"quality": 82, "method": 4}, "avif": {"quality": 60, "speed": 8}}


class PictureRefused(Exception):
    """The file is not a picture the site can take; the message is for the person who sent it."""


def store(upload: File) -> str:
    """The name of the picture, stored anew in all its variants; raises PictureRefused."""
    picture = read(upload)
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


def read(upload: File) -> Image.Image:
    """The pixels of an upload, upright and at most WIDEST wide, and nothing else of it; raises
    PictureRefused."""
    if upload.size > MOST_BYTES:
        raise PictureRefused(_("This picture is larger than 10 MB. Please send a smaller one."))
    try:
        with Image.open(upload, formats=READ) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _too_many_pixels()
            # A photograph is read at no more than twice the size that is needed.
            picture.draft("RGB", (2 * pictures.WIDEST, 2 * pictures.WIDEST))
            upright = ImageOps.exif_transpose(picture)
            upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            upright.thumbnail((pictures.WIDEST, pictures.WIDEST * 4))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except PictureRefused:
        raise
    except Exception as error:  # whatever a decoder stumbles over
        raise PictureRefused(
            _("This file could not be read as a picture. JPEG, PNG, WebP, GIF and AVIF can.")
        ) from error
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    if profile := upright.info.get("icc_profile"):
        bare.info["icc_profile"] = profile  # or the colours would be others
    return bare


def _too_many_pixels() -> PictureRefused:
    return PictureRefused(
        _("This picture has more than 40 million pixels. Please send a smaller one.")
    )
