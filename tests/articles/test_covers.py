import io
import random
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from forum import pictures, uploads
from forum.articles import covers


def upload(content):
    return SimpleUploadedFile("picture", content)


def encoded(kind="JPEG", size=(80, 60), **options):
    written = io.BytesIO()
    Image.new("RGB", size, "olive").save(written, kind, **options)
    return written.getvalue()


def stored(content):
    """Every variant of the picture as it is stored, by width and format, opened."""
    picture = pictures.stored_at(covers.store(upload(content)))
    found = {}
    for width in picture.widths():
        for kind in pictures.FORMATS:
            with default_storage.open(picture.variant(width, kind)) as file:
                found[width, kind] = Image.open(io.BytesIO(file.read()))
    return picture, found


def png(width, height, *chunks):
    """A PNG that says it is of this size, whatever it holds."""

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
    more = b"".join(chunk(*one) for one in chunks)
    return b"\x89PNG\r\n\x1a\n" + header + more + rows + chunk(b"IEND", b"")


def test_place_and_camera_are_left_behind():
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[1] = "N"
    photograph = encoded(exif=exif, xmp=b"<x:xmpmeta>place</x:xmpmeta>")
    assert not uploads.read(upload(photograph), widest=80).info
    _picture, found = stored(photograph)
    for image in found.values():
        assert not image.getexif()
        assert not {"exif", "xmp", "comment"} & image.info.keys()


def test_picture_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    picture, found = stored(encoded(exif=exif))
    assert (picture.width, picture.height) == (60, 80)
    assert {image.size for image in found.values()} == {(60, 80)}


def test_wide_picture_is_stored_in_three_widths_and_two_formats():
    picture, found = stored(encoded(size=(3200, 1000)))
    assert {key: (image.size, image.format) for key, image in found.items()} == {
        (width, kind): ((width, round(width / 3.2)), kind.upper())
        for width in (480, 960, 1600)
        for kind in ("webp", "avif")
    }
    assert picture.avif.endswith("-1600x500.avif 1600w")


def test_transparency_is_kept():
    written = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(written, "PNG")
    _picture, found = stored(written.getvalue())
    assert {image.mode for image in found.values()} == {"RGBA"}


def test_deleted_picture_leaves_no_variant():
    picture = pictures.stored_at(covers.store(upload(encoded(size=(1000, 10)))))
    covers.delete(picture.address)
    assert not [name for name in picture.variants() if default_storage.exists(name)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><script>alert(1)</script>",
        b"%PDF-1.4",
        b"GIF89a" + b"\0" * 50,
        b"RIFF\x10\0\0\0WEBPVP8 ",
        encoded()[:200],
        encoded("BMP"),
        encoded("TIFF"),
        encoded("PPM"),
        png(40, 40, (b"zTXt", b"x\0\0" + zlib.compress(b"0" * 80_000_000))),
    ],
)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(uploads.PictureRefused, match="could not be read"):
        covers.store(upload(content))


@pytest.mark.parametrize("size", [(6400, 6400), (12_000, 12_000), (65_000, 65_000)])
def test_picture_that_unfolds_to_too_many_pixels_is_refused_before_it_is_unfolded(size):
    with pytest.raises(uploads.PictureRefused, match="pixels"):
        covers.store(upload(png(*size)))


def test_too_large_file_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    with pytest.raises(uploads.PictureRefused, match="10 MB"):
        covers.store(upload(encoded()))


def test_words_behind_and_inside_the_picture_are_left_behind():
    script = b"<script>alert(1)</script>"
    picture, _found = stored(encoded("JPEG", comment=script) + script)
    for name in picture.variants():
        with default_storage.open(name) as file:
            assert b"script" not in file.read()


@pytest.mark.parametrize("kind", uploads.READ)
def test_damaged_pictures_are_stored_whole_or_refused_and_leave_nothing(kind, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    chance = random.Random(kind)
    whole = encoded(kind, (60, 40))
    refused = 0
    for _ in range(40):
        damaged = bytearray(whole)
        for _ in range(chance.randrange(1, 12)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        before = set(tmp_path.rglob("*.*"))
        try:
            _picture, found = stored(bytes(damaged))
        except uploads.PictureRefused:
            refused += 1
            assert set(tmp_path.rglob("*.*")) == before
            continue
        for (width, form), image in found.items():
            image.load()
            assert (image.format.lower(), image.width) == (form, width)
    assert refused
