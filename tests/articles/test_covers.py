import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from forum.articles import covers


def upload(content):
    return SimpleUploadedFile("picture", content)


def encoded(kind="JPEG", size=(80, 60), **options):
    written = io.BytesIO()
    Image.new("RGB", size, "olive").save(written, kind, **options)
    return written.getvalue()


def opened(content):
    return Image.open(covers.reencoded(upload(content)))


def test_place_and_camera_are_left_behind():
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[1] = "N"
    picture = opened(encoded(exif=exif))
    assert picture.format == "WEBP"
    assert not picture.getexif()


def test_picture_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert opened(encoded(exif=exif)).size == (60, 80)


def test_wide_picture_is_scaled_down():
    assert opened(encoded(size=(3200, 1000))).size == (covers.WIDEST, 500)


def test_transparency_is_kept():
    written = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(written, "PNG")
    assert opened(written.getvalue()).mode == "RGBA"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.4",
        encoded()[:200],
        encoded("BMP"),
        encoded("TIFF"),
    ],
)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(covers.PictureRefused):
        covers.reencoded(upload(content))


def test_picture_that_unfolds_to_too_many_pixels_is_refused(monkeypatch):
    monkeypatch.setattr(covers, "MOST_PIXELS", 4000)
    with pytest.raises(covers.PictureRefused, match="pixels"):
        covers.reencoded(upload(encoded()))


def test_too_large_file_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(covers, "MOST_BYTES", 10)
    with pytest.raises(covers.PictureRefused, match="10 MB"):
        covers.reencoded(upload(encoded()))


def test_words_behind_the_picture_are_left_behind():
    clean = covers.reencoded(upload(encoded() + b"<script>alert(1)</script>")).read()
    assert b"script" not in clean
