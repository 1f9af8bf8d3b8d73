"""Pictures that people send, made safe: nothing is served as it was sent.

The pixels are read, turned upright and scaled down; whoever keeps them writes them anew. That
leaves behind metadata (place, camera) and anything that hid in the file.
"""

from django.core.files import File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

READ = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000


class PictureRefused(Exception):
    """The file is not a picture the site can take; the message is for the person who sent it."""


def read(upload: File, *, widest: int) -> Image.Image:
    """The pixels of an upload, upright and at most `widest` wide, and nothing else of it; raises
    PictureRefused."""
    if upload.size > MOST_BYTES:
        raise PictureRefused(_("This picture is larger than 10 MB. Please send a smaller one."))
    try:
        with Image.open(upload, formats=READ) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _too_many_pixels()
            # A photograph is read at no more than twice the size that is needed.
            picture.draft("RGB", (2 * widest, 2 * widest))
            upright = ImageOps.exif_transpose(picture)
            upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            upright.thumbnail((widest, widest * 4))
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
