import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts import avatars, flows
from forum import uploads
from forum.comments.flows import hide_comment
from tests.articles.test_covers import encoded, png
from tests.factories import make_article, make_comment, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = make_member("Zoë", username="zoe")
    client.force_login(member)
    return member


def send(client, content):
    file = SimpleUploadedFile("me.jpg", content, "image/jpeg")
    return client.post(reverse("account_avatar"), {"avatar": file})


def files_of(name):
    return [f"{name}-{size}.webp" for size in (avatars.LARGE, avatars.SMALL)]


def test_pattern_follows_from_the_name_and_holds_nothing_of_it():
    one, same, other = (avatars.small(name, "") for name in ("Zoë <b>", "ZOË <b>", "Tobias"))
    assert one == same != other
    assert "Zo" not in one
    assert "style" not in one


def test_no_two_patterns_of_many_names_are_alike_by_chance_alone():
    patterns = {avatars.small(f"Name {n}", "") for n in range(200)}
    assert len(patterns) > 180


def test_picture_is_cut_to_a_square_and_written_anew(client, member):
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[1] = "N"
    script = b"<script>alert(1)</script>"
    content = encoded("JPEG", (900, 300), exif=exif, comment=script) + script
    assert send(client, content).url == reverse("account_profile")
    member.refresh_from_db()
    for name, size in zip(files_of(member.avatar), (192, 48), strict=True):
        with default_storage.open(name) as file:
            written = file.read()
        picture = Image.open(io.BytesIO(written))
        assert (picture.format, picture.size) == ("WEBP", (size, size))
        assert not picture.getexif()
        assert b"script" not in written


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "be read"),
        (b"GIF89a" + b"\0" * 50, "be read"),
        (b"", "empty"),
        (encoded("TIFF"), "be read"),
        (png(12_000, 12_000), "pixels"),
        (png(65_000, 65_000), "pixels"),
    ],
)
def test_hostile_picture_is_refused_in_words_and_nothing_changes(client, member, content, words):
    page = send(client, content)
    assert page.status_code == 200
    assert words in str(page.context["avatar_form"].errors["avatar"])
    member.refresh_from_db()
    assert member.avatar == ""


def test_too_large_picture_is_refused(client, member, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    assert "10 MB" in str(send(client, encoded()).context["avatar_form"].errors["avatar"])


def test_extreme_shapes_become_squares(member):
    for size in ((1, 3000), (3000, 1), (1, 1)):
        name = avatars.store(SimpleUploadedFile("thin", encoded("PNG", size)))
        with default_storage.open(files_of(name)[0]) as file:
            assert Image.open(file).size == (192, 192)


def test_picture_before_is_deleted_with_the_commit(
    client, member, django_capture_on_commit_callbacks
):
    first = SimpleUploadedFile("me", encoded())
    flows.change_avatar(member=member, upload=first)
    before = files_of(member.avatar)
    with django_capture_on_commit_callbacks(execute=True):
        send(client, encoded())
    assert not [name for name in before if default_storage.exists(name)]
    member.refresh_from_db()
    after = files_of(member.avatar)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("account_avatar"), {"remove": "1"})
    member.refresh_from_db()
    assert member.avatar == ""
    assert not [name for name in after if default_storage.exists(name)]


def test_picture_is_served_from_the_site_for_good(client, member):
    send(client, encoded())
    member.refresh_from_db()
    answer = client.get(default_storage.url(files_of(member.avatar)[0]))
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]
    answer.close()


def test_cards_box_and_page_show_the_picture_from_now_on(client, member):
    article = make_article(member)
    make_comment(article, member)
    places = [article.get_absolute_url(), member.get_absolute_url()]
    client.logout()
    for place in places:
        assert "/media/avatars/" not in client.get(place).content.decode()
    flows.change_avatar(member=member, upload=SimpleUploadedFile("me", encoded()))
    pages = [client.get(place).content.decode() for place in places]
    assert pages[0].count(f"/media/{member.avatar}-48.webp") == 1
    assert pages[0].count(f"/media/{member.avatar}-192.webp") == 1
    assert pages[1].count(f"/media/{member.avatar}-192.webp") == 1


def test_picture_of_who_is_out_of_sight_is_not_on_the_page(client, member):
    comment = make_comment(author=member)
    make_comment(parent=comment)
    flows.change_avatar(member=member, upload=SimpleUploadedFile("me", encoded()))
    hide_comment(comment=comment, reason="off topic")
    client.logout()
    assert member.avatar not in client.get(comment.article.get_absolute_url()).content.decode()


def test_a_page_of_many_comments_asks_for_no_picture_but_those_that_were_sent(client):
    article = make_article()
    for n in range(20):
        make_comment(article, make_member(f"Name {n}"))
    page = client.get(article.get_absolute_url()).content.decode()
    assert "<img" not in page
    assert page.count('<svg class="avatar"') == 21
    heaviest = max(len(avatars.small(f"Name {n}", "")) for n in range(20))
    assert heaviest < 200
