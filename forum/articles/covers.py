"""Pictures that people send, made safe to show.

Nothing is served as it was sent: the pixels are read, turned upright, scaled down and written anew
as WebP, which leaves behind metadata (place, camera) and anything that hid in the file.
"""

import io
import uuid

from django.core.files import File
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
WIDEST = 1600


class PictureRefused(Exception):
    """The file is not a picture the site can take; the message is for the person who sent it."""


def reencoded(upload: File) -> ContentFile:
    """The picture as a new WebP file, at most WIDEST pixels wide; raises PictureRefused."""
    if upload.size > MOST_BYTES:
        raise PictureRefused(_("This picture is larger than 10 MB. Please send a smaller one."))
    try:
        with Image.open(upload, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise PictureRefused(
                    _("This picture has more than 40 million pixels. Please send a smaller one.")
                )
            upright = ImageOps.exif_transpose(picture)
            upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            upright.thumbnail((WIDEST, WIDEST * 4))
            written = io.BytesIO()
            upright.save(written, "WEBP", quality=82, method=4)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as error:
        raise PictureRefused(
            _("This file could not be read as a picture. JPEG, PNG, WebP, GIF and AVIF can.")
        ) from error
    return ContentFile(written.getvalue(), name=f"{uuid.uuid4().hex}.webp")
