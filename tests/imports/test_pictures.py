import pytest
from PIL import Image

from forum.articles.models import Article
from forum.imports import posts as arriving
from forum.imports.report import PICTURE
from forum.pictures import stored_at
from tests.imports.wxr import bring_in, item, meta, told

pytestmark = pytest.mark.django_db

ADDRESS = "https://old.example.org/wp-content/uploads/2014/05/dog.jpg"


@pytest.fixture
def uploads(tmp_path):
    folder = tmp_path / "uploads" / "2014" / "05"
    folder.mkdir(parents=True)
    Image.new("RGB", (40, 30), "brown").save(folder / "dog.jpg")
    (folder / "words.jpg").write_text("no picture")
    (tmp_path / "secret.jpg").write_bytes((folder / "dog.jpg").read_bytes())
    return tmp_path / "uploads"


def attachment(**fields):
    return item(
        99,
        meta("_wp_attached_file", "2014/05/dog.jpg"),
        meta("_wp_attachment_image_alt", "A brown dog"),
        post_type="attachment",
        attachment_url=ADDRESS,
        excerpt="Our dog",
        **fields,
    )


def test_featured_picture_is_the_cover_though_it_comes_later(uploads):
    report = bring_in(item(10, meta("_thumbnail_id", "99")), attachment(), uploads=uploads)
    article = Article.objects.get()
    assert (article.cover_width, article.cover_height) == (40, 30)
    assert article.cover.name.endswith(".webp")
    assert (article.cover_alt, article.cover_caption) == ("A brown dog", "Our dog")
    assert report.counts.pictures == 1
    assert not told(report, PICTURE)


def test_first_picture_becomes_the_cover_and_leaves_the_text(uploads):
    small = ADDRESS.replace("dog", "dog-20x15")
    bring_in(item(10, content=f'<p><img src="{small}" alt="Dog" /></p>\n\nWords.'), uploads=uploads)
    article = Article.objects.get()
    assert (article.cover_width, article.cover_alt) == (40, "Dog")
    assert article.html == "<p>Words.</p>"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("2014/05/cat.jpg", "not in the uploads folder"),
        ("../secret.jpg", "not in the uploads folder"),
        ("2014/05/words.jpg", "could not be read as a picture"),
    ],
)
def test_picture_that_cannot_come_in_is_reported_with_its_address(uploads, path, said):
    source = f"https://old.example.org/wp-content/uploads/{path}"
    report = bring_in(item(10, content=f'<img src="{source}" />'), uploads=uploads)
    assert not Article.objects.get().cover
    assert source in Article.objects.get().html
    [note] = told(report, PICTURE)
    assert source in note
    assert said in note


def test_pictures_in_the_text_are_copied_too(uploads, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    gone = "https://old.example.org/wp-content/uploads/gone.png"
    report = bring_in(
        item(
            10,
            meta("_thumbnail_id", "99"),
            content=f'One. <img src="{ADDRESS}">\n\n<img src="{gone}"> <img src="{gone}">',
        ),
        attachment(),
        uploads=uploads,
    )
    article = Article.objects.get()
    assert ADDRESS not in article.html
    stored = [p for p in (tmp_path / "media/pictures").rglob("*.webp") if stored_at(str(p))]
    [copy] = [p for p in stored if article.cover.path != str(p)]
    assert f'src="/media/{copy.relative_to(tmp_path / "media")}"' in article.html
    assert report.counts.pictures == 2
    assert len(told(report, PICTURE)) == 1
    assert article.html.count(gone) == 2


@pytest.mark.parametrize(
    ("content", "html"),
    [
        (
            f'<img class="x" src="{ADDRESS}" alt="A &quot;brown&quot; dog" width="5">',
            f'<p><a href="{ADDRESS}" rel="noopener">A "brown" dog</a></p>',
        ),
        (f'<img src="{ADDRESS}" alt="">', f'<p><a href="{ADDRESS}" rel="noopener">dog.jpg</a></p>'),
        (
            f'<a href="/big.jpg"> <img src="{ADDRESS}"> </a>',
            '<p><a href="/big.jpg" rel="noopener"> dog.jpg </a></p>',
        ),
        (
            f'[caption id="a"]<img src="{ADDRESS}" alt="Dog"> Our dog[/caption]',
            f'<figure><a href="{ADDRESS}" rel="noopener">Dog</a>'
            "<figcaption>Our dog</figcaption></figure>",
        ),
        (
            f'<a href="/a">My {"<img alt=Dog>"} </a>',
            '<p><a href="/a" rel="noopener">My Dog </a></p>',
        ),
        ('<img src="javascript:alert(1)" alt="<i>Dog">', "<p>&lt;i&gt;Dog</p>"),
        ("So: <img> yes.", "<p>So:  yes.</p>"),
    ],
)
def test_picture_that_did_not_come_in_is_a_link_in_its_words(content, html):
    bring_in(item(10, content=f"{content}\n\nWords."))
    assert Article.objects.get().html.removesuffix("<p>Words.</p>").strip() == html


def test_picture_that_is_written_out_in_the_text_does_not_fill_the_report():
    [note] = told(bring_in(item(10, content=f'<img src="data:image/png,{"A" * 9000}">')), PICTURE)
    assert len(note) < 700


def test_without_uploads_no_picture_is_fetched():
    report = bring_in(item(10, meta("_thumbnail_id", "99")), attachment())
    assert ADDRESS in told(report, PICTURE)[0]


def test_dry_run_writes_no_picture(uploads, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    report = bring_in(
        item(10, meta("_thumbnail_id", "99"), content=f'<img src="{ADDRESS}">'),
        attachment(),
        uploads=uploads,
        dry_run=True,
    )
    assert report.counts.pictures == 2
    assert not (tmp_path / "media").exists()


def test_article_that_fails_leaves_no_picture(uploads, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "media"

    def fails(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(arriving.Discussion, "plant", fails)
    with pytest.raises(KeyboardInterrupt):
        bring_in(
            item(10, meta("_thumbnail_id", "99"), content=f'<img src="{ADDRESS}">'),
            attachment(),
            uploads=uploads,
        )
    assert not [p for p in (tmp_path / "media").rglob("*") if p.is_file()]


@pytest.mark.parametrize(
    "name", ["http://[y/z.jpg", "/files/a%00b.jpg", f"/files/{'a' * 5000}.jpg"]
)
def test_names_that_no_file_can_have_stop_nothing(uploads, name):
    report = bring_in(item(10, content=f'<img src="{name}">'), uploads=uploads)
    assert Article.objects.count() == 1
    assert len(told(report, PICTURE)) == 1
