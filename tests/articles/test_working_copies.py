"""What is typed and not saved is kept for its writer, and for nobody else."""

from threading import Event
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import reverse

from forum.articles.flows import Piece, create_article, keep_working_copy
from forum.articles.models import Article, WorkingCopy
from tests.factories import make_article, make_author, make_member, make_moderator
from tests.race import race, wait_until_somebody_waits

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(client):
    author = make_author("Inês")
    client.force_login(author)
    return author


def typed(key, **words):
    return {"headline": "Typed", "text": "Not saved.", "write_key": key, "tag_names": "a"} | words


def test_new_article_is_kept_given_back_and_gone_when_saved(client, author):
    key = str(uuid4())
    answer = client.post(reverse("article_new_autosave"), typed(key))
    assert "not saved yet" in answer.json()["said"]
    assert not Article.objects.exists()
    page = client.get(reverse("article_new"))
    form = page.context["form"]
    assert "Restored" in page.content.decode()
    assert (form["text"].value(), form["tag_names"].value()) == ("Not saved.", "a")
    assert str(form["write_key"].value()) == key
    client.post(reverse("article_new"), typed(key))
    assert not WorkingCopy.objects.exists()
    assert "Restored" not in client.get(reverse("article_new")).content.decode()


def test_published_text_is_untouched_until_it_is_saved(client, author):
    article = make_article(author, text="What readers read.")
    address = reverse("article_autosave", args=[article.pk])
    for text in ("One.", "Two."):
        client.post(address, typed(uuid4(), text=text, categories=["7"]))
    page = client.get(reverse("article_edit", args=[article.pk]))
    assert page.context["form"]["text"].value() == "Two."
    assert page.context["form"]["categories"].value() == ["7"]
    article.refresh_from_db()
    assert article.text == "What readers read."
    assert article.revisions.count() == 1
    assert WorkingCopy.objects.count() == 1


def test_each_editor_has_their_own(client, author):
    article = make_article(author)
    client.post(reverse("article_autosave", args=[article.pk]), typed(uuid4(), text="Mine."))
    client.force_login(make_moderator())
    page = client.get(reverse("article_edit", args=[article.pk]))
    assert page.context["copy"] is None
    copy = WorkingCopy.objects.get()
    assert client.post(reverse("article_discard", args=[copy.pk])).status_code == 404


def test_discarded_it_is_gone_and_the_article_stays(client, author):
    article = make_article(author, text="Saved.")
    client.post(reverse("article_autosave", args=[article.pk]), typed(uuid4()))
    answer = client.post(reverse("article_discard", args=[WorkingCopy.objects.get().pk]))
    page = client.get(answer.url)
    assert page.context["form"]["text"].value() == "Saved."


def test_several_new_articles_are_kept_apart_and_listed(client, author):
    keys = [str(uuid4()) for _ in range(2)]
    for n, key in enumerate(keys):
        client.post(reverse("article_new_autosave"), typed(key, headline=f"Piece {n}"))
    page = client.get(reverse("articles_mine")).content.decode()
    assert "Piece 0" in page
    assert "Piece 1" in page
    first = client.get(reverse("article_new"), {"key": keys[0]}).context["form"]
    assert first["headline"].value() == "Piece 0"
    assert client.get(reverse("article_new"), {"fresh": ""}).context["copy"] is None
    assert client.get(reverse("article_new"), {"key": "x"}).status_code == 200


def test_writer_is_told_when_somebody_saves_meanwhile(client, author):
    article = make_article(author)
    began = article.revisions.newest().pk
    address = reverse("article_autosave", args=[article.pk])
    client.force_login(make_moderator("Zoë"))
    client.post(
        reverse("article_edit", args=[article.pk]), {"headline": "x", "text": "y", "slug": "z"}
    )
    client.force_login(author)
    said = client.post(address, typed(uuid4(), began_from=began)).json()["said"]
    assert said == "Zoë saved this article meanwhile. Your text is kept."
    page = client.get(reverse("article_edit", args=[article.pk]))
    assert page.context["form"]["began_from"].value() == str(began)


def test_what_arrives_after_the_save_is_not_kept(client, author):
    key = str(uuid4())
    client.post(reverse("article_new"), typed(key))
    assert client.post(reverse("article_new_autosave"), typed(key)).json() == {"said": "Saved."}
    assert not WorkingCopy.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_saving_and_keeping_at_once_leave_nothing_typed_behind():
    author = make_author()
    for _ in range(5):
        key = uuid4()
        race(
            lambda key=key: create_article(
                author=author, piece=Piece(headline="x", text="y"), write_key=key
            ),
            *[
                lambda key=key: keep_working_copy(
                    editor=author, article=None, write_key=key, fields={}
                )
            ]
            * 3,
        )
    assert Article.objects.count() == 5
    assert not WorkingCopy.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_comes_while_a_new_article_is_saved_is_not_kept():
    author, key = make_author(), uuid4()
    is_saving = Event()

    def save():
        with transaction.atomic():
            create_article(author=author, piece=Piece("Typed", "Saved."), write_key=key)
            is_saving.set()
            wait_until_somebody_waits()

    def keep():
        is_saving.wait(timeout=20)
        return keep_working_copy(editor=author, article=None, write_key=key, fields={})

    assert race(save, keep) == [None, None]
    assert not WorkingCopy.objects.exists()


@pytest.mark.parametrize(
    ("words", "status"),
    [({"text": "x" * 230_000}, 422), ({"write_key": "x"}, 422), ({"text": "a\0b"}, 200)],
)
def test_what_cannot_be_kept_is_refused(client, author, words, status):
    answer = client.post(reverse("article_new_autosave"), typed(uuid4()) | words)
    assert answer.status_code == status


def test_only_authors_keep_and_only_what_they_may_edit(client):
    client.force_login(make_member())
    assert client.post(reverse("article_new_autosave"), typed(uuid4())).status_code == 403
    client.force_login(make_author())
    other = reverse("article_autosave", args=[make_article().pk])
    assert client.post(other, typed(uuid4())).status_code == 404


@pytest.mark.parametrize("count", [1, 12])
def test_own_articles_page_costs_the_same_however_many(
    client, author, django_assert_num_queries, count
):
    for _ in range(count):
        make_article(author)
        client.post(reverse("article_new_autosave"), typed(uuid4()))
    with django_assert_num_queries(4):
        client.get(reverse("articles_mine"))
