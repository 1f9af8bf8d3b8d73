"""Authors write, preview, publish and revise in the browser."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from forum.articles.models import Article
from tests.factories import make_article, make_author, make_comment, make_member, make_moderator

pytestmark = pytest.mark.django_db
WORDS = {
    "headline": "A river in July",
    "standfirst": "What low water shows.",
    "text": "The *first* paragraph.\r\n\r\nThe second.",
    "tag_names": "rivers, Low Water, rivers",
}


@pytest.fixture
def author(client):
    author = make_author("Inês")
    client.force_login(author)
    return author


def picture(kind="PNG", size=(40, 30)):
    written = io.BytesIO()
    Image.new("RGB", size, "teal").save(written, kind)
    return SimpleUploadedFile("cover.png", written.getvalue(), content_type="image/png")


def write(client, **changes):
    return client.post(reverse("article_new"), WORDS | changes)


def test_article_goes_from_draft_to_readers(client, author):
    answer = write(client, cover=picture(), cover_alt="Stones.", cover_caption="In July.")
    article = Article.objects.get()
    assert answer.url == reverse("article_preview", args=[article.pk])
    preview = client.get(answer.url).content.decode()
    assert "<em>first</em>" in preview
    client.logout()
    assert client.get(answer.url).status_code == 302
    client.force_login(author)
    published = client.post(reverse("article_publish", args=[article.pk]))
    client.logout()
    page = client.get(published.url).content.decode()
    assert page.count("A river in July") >= 2
    assert "What low water shows." in page
    assert 'alt="Stones."' in page
    assert "In July." in page
    assert reverse("tag", args=["low-water"]) in page
    assert article.tags.count() == 2


def test_picture_is_stored_anew_and_served(client, author):
    write(client, cover=picture("JPEG"), cover_alt="Stones.")
    article = Article.objects.get()
    assert article.cover.name.endswith(".webp")
    assert (article.cover_width, article.cover_height) == (40, 30)
    answer = client.get(article.cover.url)
    assert b"".join(answer.streaming_content)[8:12] == b"WEBP"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"headline": ""}, "headline", "required"),
        ({"headline": "x" * 201}, "headline", "at most 200"),
        ({"text": "*[" * 3000}, "text", "Use fewer"),
        ({"tag_names": ",".join(f"tag {n}" for n in range(20))}, "tag_names", "20 tags"),
        ({"cover": SimpleUploadedFile("x.png", b"<svg onload=alert(1)>")}, "cover", "not be read"),
        ({"cover": SimpleUploadedFile("x.png", b"GIF89a" + b"\0" * 50)}, "cover", "not be read"),
    ],
)
def test_refused_article_says_why_and_keeps_the_words(client, author, changes, field, words):
    page = write(client, **changes)
    assert words in str(page.context["form"].errors[field])
    assert "What low water shows." in page.content.decode()
    assert not Article.objects.exists()


def test_cover_outlives_a_form_that_was_refused(client, author):
    page = write(client, headline="", cover=picture(), cover_alt="Stones.")
    form = page.context["form"]
    assert form.kept_picture in page.content.decode()
    write(client, cover_alt="Stones.", kept_cover=form["kept_cover"].value())
    assert Article.objects.get().cover.url == form.kept_picture


def test_cover_is_taken_away_and_is_not_taken_from_others(client, author):
    write(client, cover=picture())
    article = Article.objects.get()
    write(client, kept_cover=article.cover.name)
    assert not Article.objects.latest("pk").cover
    client.post(reverse("article_edit", args=[article.pk]), WORDS | {"cover-clear": "on"})
    article.refresh_from_db()
    assert not article.cover


def test_picture_is_put_into_the_text_without_javascript(client, author):
    sent = {
        "add_picture": "",
        "picture-picture": picture(),
        "picture-alt": "Stones [wet]",
        "picture-caption": 'In "July"',
    }
    form = write(client, **sent).context["form"]
    text = form["text"].value()
    assert text.startswith(
        "The *first* paragraph.\r\n\r\nThe second.\n\n![Stones \\[wet\\]](/media/"
    )
    assert not Article.objects.exists()
    client.post(reverse("article_new"), WORDS | {"text": text})
    html = Article.objects.get().html
    assert 'alt="Stones [wet]"' in html
    assert '<figcaption>In "July"</figcaption>' in html


def test_picture_for_the_text_that_is_refused_says_why_and_keeps_the_words(client, author):
    svg = SimpleUploadedFile("x.svg", b"<svg onload=alert(1)>", content_type="image/svg+xml")
    page = write(client, add_picture="", **{"picture-picture": svg})
    assert "could not be read" in str(page.context["picture"].errors["picture"])
    assert "The *first* paragraph." in page.context["form"]["text"].value()


def test_sent_picture_answers_with_what_the_editor_needs(client, author):
    address = reverse("picture_upload")
    answer = client.post(address, {"picture-picture": picture()}).json()
    assert answer["markdown"] == f"![]({answer['address']})"
    assert write(client, kept_cover=answer["kept"]).status_code == 302
    assert Article.objects.get().cover.url == answer["address"]
    refused = client.post(address, {"picture-picture": SimpleUploadedFile("x", b"x")})
    assert (refused.status_code, "could not be read" in refused.json()["said"]) == (422, True)
    client.force_login(make_member())
    assert client.post(address, {"picture-picture": picture()}).status_code == 403


def test_picture_in_the_text_must_say_what_it_shows_before_it_is_published(client, author):
    address = client.post(reverse("picture_upload"), {"picture-picture": picture()}).json()
    write(client, text=address["markdown"])
    article = Article.objects.get()
    page = client.post(reverse("article_publish", args=[article.pk]))
    assert "Say what the picture in the text shows" in page.content.decode()
    article.refresh_from_db()
    assert article.published_at is None


def test_picture_without_a_description_is_not_published(client, author):
    write(client, cover=picture())
    article = Article.objects.get()
    page = client.post(reverse("article_publish", args=[article.pk]))
    assert "Say what the picture shows" in page.content.decode()
    article.refresh_from_db()
    assert article.published_at is None


def test_revised_article_keeps_its_discussion_and_its_old_address_redirects(client, author):
    article = make_article(author, headline="First title")
    make_comment(article)
    former = article.get_absolute_url()
    answer = client.post(
        reverse("article_edit", args=[article.pk]),
        WORDS | {"headline": "Second title", "slug": "second-title"},
    )
    article.refresh_from_db()
    assert answer.url == article.get_absolute_url() != former
    moved = client.get(former)
    assert (moved.status_code, moved.url) == (301, article.get_absolute_url())
    assert (article.comment_count, article.last_number) == (1, 1)


def test_piece_that_came_out_elsewhere_names_its_first_address(client, author):
    write(client, canonical_url="https://example.org/first?a=1&b=2")
    article = Article.objects.get()
    page = client.post(reverse("article_publish", args=[article.pk]), follow=True).content.decode()
    assert '<link rel="canonical" href="https://example.org/first?a=1&amp;b=2">' in page
    assert 'First published at <a href="https://example.org/first?a=1&amp;b=2"' in page
    assert ">example.org</a>" in page


@pytest.mark.parametrize("address", ["javascript:alert(1)", "example.org", "ftp://example.org/x"])
def test_first_address_must_be_one_of_the_web(client, author, address):
    page = write(client, canonical_url=address)
    assert "Enter a valid URL" in str(page.context["form"].errors["canonical_url"])


def test_same_slug_on_one_day_gets_a_number(author):
    at = timezone.now() - timedelta(hours=2)
    addresses = {
        make_article(author, headline="Same", published=at).get_absolute_url() for _ in range(3)
    }
    assert len(addresses) == 3


def test_scheduled_article_is_out_at_its_time_and_not_before(client, author):
    write(client)
    article = Article.objects.get()
    later = timezone.localtime(timezone.now() + timedelta(days=2))
    client.post(reverse("article_publish", args=[article.pk]), {"at": f"{later:%Y-%m-%dT%H:%M}"})
    article.refresh_from_db()
    assert article.is_scheduled
    assert client.get(article.get_absolute_url()).status_code == 200
    client.logout()
    assert client.get(article.get_absolute_url()).status_code == 404
    assert "A river in July" not in client.get("/").content.decode()
    Article.objects.update(published_at=timezone.now())
    assert client.get(article.get_absolute_url()).status_code == 200


def test_unpublished_article_is_a_draft_again(client, author):
    article = make_article(author)
    address = article.get_absolute_url()
    url = reverse("article_unpublish", args=[article.pk])
    assert client.get(url).status_code == 200
    client.post(url)
    client.logout()
    assert client.get(address).status_code == 404
    client.force_login(author)
    client.post(reverse("article_publish", args=[article.pk]))
    # Past midnight it is published on another day than it was, and the address leads there.
    assert client.get(address, follow=True).status_code == 200


def test_own_articles_are_listed_with_their_state(client, author):
    make_article(author, headline="Out already")
    make_article(author, headline="Still a draft", published=False)
    make_article(headline="Somebody else's")
    page = client.get(reverse("articles_mine")).content.decode()
    assert "Out already" in page
    assert "Still a draft" in page
    assert "Somebody else" not in page


@pytest.mark.parametrize("name", ["article_edit", "article_preview", "article_publish"])
def test_article_of_another_author_is_not_there_to_change(client, author, name):
    article = make_article(published=False)
    assert client.get(reverse(name, args=[article.pk])).status_code == 404


def test_moderator_may_edit_every_article(client):
    client.force_login(make_moderator())
    article = make_article()
    assert client.get(reverse("article_edit", args=[article.pk])).status_code == 200


def test_members_do_not_write_articles(client):
    client.force_login(make_member())
    page = client.get(reverse("article_new"))
    assert page.status_code == 403
    assert "Only authors write articles here." in page.content.decode()


def test_words_of_an_author_who_was_signed_out_come_back(client):
    author = make_author(username="ines")
    page = write(client)
    assert page.status_code == 403
    assert "The *first* paragraph." in page.content.decode()
    client.force_login(author)
    initial = client.get(reverse("article_new")).context["form"].initial
    assert (initial["headline"], initial["standfirst"]) == (WORDS["headline"], WORDS["standfirst"])
