"""A member's picture: the one they sent, or a pattern drawn from their name.

The pattern is part of the page, so it costs no request: four corners of quarter circles and
triangles in one colour. A picture that was sent is cut to a square and written anew in the two
sizes that pages show, under a name that is never given again.
"""

import io
import uuid
from functools import lru_cache
from hashlib import blake2b

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.html import format_html
from django.utils.safestring import SafeString
from PIL import Image, ImageOps

from accounts.names import display_key
from forum import uploads

# As wide as the member's page and a comment show it, at two pixels for one of the page's.
LARGE, SMALL = 192, 48
# What is cut to a square may be much wider than high.
WIDEST_READ = 1600
WRITTEN = {"quality": 84, "method": 6}

# Each can be told from the paper of both themes.
INKS = ("#56789a", "#a8614c", "#5f8a63", "#b08334", "#87699b", "#4c8a8c", "#9b6478", "#7d7f4a")
# In a corner of side 1 that begins at the pen: quarter circles, then triangles.
SHAPES = (
    "h1a1 1 0 0 1-1 1z",
    "h1v1a1 1 0 0 1-1-1z",
    "m1 0v1h-1a1 1 0 0 1 1-1z",
    "v1h1a1 1 0 0 0-1-1z",
    "h1v1z",
    "h1l-1 1z",
    "v1h1z",
    "m1 0v1h-1z",
)
CORNERS = ("M0 0", "M1 0", "M0 1", "M1 1")


def store(upload: File) -> str:
    """The name of a picture, stored anew as a square; raises uploads.PictureRefused."""
    picture = uploads.read(upload, widest=WIDEST_READ)
    name = f"avatars/{uuid.uuid4().hex}"
    for size in (LARGE, SMALL):
        written = io.BytesIO()
        square = ImageOps.fit(picture, (size, size), Image.Resampling.LANCZOS)
        square.save(written, "WEBP", **WRITTEN)
        default_storage.save(_file(name, size), ContentFile(written.getvalue()))
    return name


def delete(name: str) -> None:
    """Delete the picture of this name."""
    for size in (LARGE, SMALL):
        default_storage.delete(_file(name, size))


def small(display_name: str, picture: str) -> SafeString:
    """What stands beside a name, with the picture of this name if there is one: 24 pixels wide,
    and nothing to those who hear the page."""
    if not picture:
        return _pattern(display_name)
    address = default_storage.url(_file(picture, SMALL))
    return format_html(
        '<img class="avatar" src="{}" alt="" width="24" height="24" loading="lazy">', address
    )


def large(display_name: str, picture: str) -> SafeString:
    """The same at the head of a member's page and beside an author, up to 96 pixels wide."""
    if not picture:
        return _pattern(display_name)
    address = default_storage.url(_file(picture, LARGE))
    return format_html(
        '<img class="avatar" src="{}" alt="" width="96" height="96" loading="lazy">', address
    )


@lru_cache(maxsize=4096)
def _pattern(display_name: str) -> SafeString:
    key = display_key(display_name).encode()
    ink, *corners = blake2b(key, digest_size=5).digest()
    return format_html(
        '<svg class="avatar" viewBox="0 0 2 2" fill="{}" aria-hidden="true"><path d="{}"/></svg>',
        INKS[ink % len(INKS)],
        "".join(
            start + SHAPES[corner % len(SHAPES)]
            for start, corner in zip(CORNERS, corners, strict=True)
        ),
    )


def _file(name: str, size: int) -> str:
    return f"{name}-{size}.webp"
