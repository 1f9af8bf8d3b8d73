"""Pictures sent into the editor: a day's share for each member, and those nobody uses go."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from forum import pictures
from forum.articles import flows, uploads
from forum.articles.models import Article, SentPicture, WorkingCopy
from forum.comments.tasks import clear_unused_pictures
from tests.factories import make_article, make_author, make_comment

pytestmark = pytest.mark.django_db
WORDS = {"headline": "A river in July", "text": "Half an hour of work."}


@pytest.fixture
def author(client):
    author = make_author("Inês")
    client.force_login(author)
    return author


def picture():
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(written, "PNG")
    return SimpleUploadedFile("picture.png", written.getvalue())


def send(client):
    return client.post(reverse("picture_upload"), {"picture-picture": picture()})


def sent(by, days=31):
    """A picture that was sent so long ago; its address."""
    name = uploads.take_picture(upload=picture(), by=by)
    SentPicture.objects.filter(name=name).update(sent_at=timezone.now() - timedelta(days=days))
    return default_storage.url(name)


def files(address):
    stored = pictures.stored_at(address.removeprefix("/media/"))
    return [name for name in stored.variants() if default_storage.exists(name)]


def clear(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        clear_unused_pictures(timestamp=0)


def test_day_has_its_share_of_pictures_and_words_are_kept(client, author, settings):
    settings.PICTURES_PER_DAY = 2
    assert [send(client).status_code for _ in range(3)] == [200, 200, 422]
    assert "2 pictures within a day" in send(client).json()["said"]
    page = client.post(reverse("article_new"), WORDS | {"cover": picture()})
    assert "2 pictures within a day" in page.context["form"].errors["cover"][0]
    assert WORDS["text"] in page.content.decode()
    assert SentPicture.objects.count() == 2
    assert client.post(reverse("article_new"), WORDS).status_code == 302


def test_picture_can_be_sent_again_the_day_after(client, author, settings):
    settings.PICTURES_PER_DAY = 1
    assert send(client).status_code == 200
    SentPicture.objects.update(sent_at=timezone.now() - timedelta(hours=25))
    assert send(client).status_code == 200


def test_share_of_one_member_is_not_that_of_another(client, author, settings):
    settings.PICTURES_PER_DAY = 1
    assert send(client).status_code == 200
    client.force_login(make_author())
    assert send(client).status_code == 200


def test_picture_nobody_uses_is_cleared_away_with_all_its_files(
    author, django_capture_on_commit_callbacks
):
    address = sent(author)
    assert len(files(address)) == 2
    clear(django_capture_on_commit_callbacks)
    assert files(address) == []
    assert not SentPicture.objects.exists()


def in_the_text(author, address):
    make_article(author, text=f"![Stones.]({address})")


def in_an_earlier_text(author, address):
    article = make_article(author, text=f"![Stones.]({address})")
    piece = flows.Piece(headline=article.headline, text="Without.")
    flows.revise_article(article=article, piece=piece, by=author)


def as_cover(author, address):
    piece = flows.Piece(**WORDS, cover=address.removeprefix("/media/"))
    flows.create_article(author=author, piece=piece)


def in_what_is_typed(author, address):
    fields = {"text": f"![]({address})"}
    WorkingCopy.objects.create(editor=author, article=make_article(author), fields=fields)


def as_cover_that_waits(author, address):
    fields = {"kept_cover": uploads.signed(address.removeprefix("/media/"))}
    WorkingCopy.objects.create(editor=author, article=make_article(author), fields=fields)


def in_a_comment(author, address):
    make_comment(text=f"See {address}")


def lately(author, address):
    SentPicture.objects.update(sent_at=timezone.now() - timedelta(days=29))


@pytest.mark.parametrize(
    "use",
    [
        in_the_text,
        in_an_earlier_text,
        as_cover,
        in_what_is_typed,
        as_cover_that_waits,
        in_a_comment,
        lately,
    ],
)
def test_picture_that_is_used_stays(author, django_capture_on_commit_callbacks, use):
    address = sent(author)
    use(author, address)
    clear(django_capture_on_commit_callbacks)
    assert len(files(address)) == 2


def test_picture_that_comes_into_use_at_the_last_moment_stays(author):
    address = sent(author)
    (found,) = uploads.unused_pictures()
    in_the_text(author, address)
    assert not uploads.clear_picture(picture=found)
    assert len(files(address)) == 2


def test_cover_that_was_cleared_away_is_asked_for_again(
    client, author, django_capture_on_commit_callbacks
):
    name = sent(author).removeprefix("/media/")
    clear(django_capture_on_commit_callbacks)
    page = client.post(reverse("article_new"), WORDS | {"kept_cover": uploads.signed(name)})
    assert "no longer there" in page.context["form"].errors["cover"][0]
    assert WORDS["text"] in page.content.decode()
    form = page.context["form"]
    again = WORDS | {"kept_cover": form["kept_cover"].value()}
    assert client.post(reverse("article_new"), again).status_code == 302
    assert not Article.objects.get().cover
