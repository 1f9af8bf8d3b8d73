"""Every text of an article is kept, and two who edit it at once lose nothing."""

import re
import threading
from uuid import uuid4

import pytest
from django.urls import reverse

from forum.articles import flows
from forum.articles.flows import ArticleChanged, Piece, create_article, revise_article
from forum.articles.models import Article, ArticleRevision
from tests.factories import make_article, make_author, make_moderator
from tests.race import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(client):
    author = make_author("Inês")
    client.force_login(author)
    return author


@pytest.fixture
def article(author):
    return make_article(author, headline="Low water", text="The first text.")


def fields(client, article, **changes):
    """The form as the editor's page gives it, with some fields changed."""
    form = client.get(reverse("article_edit", args=[article.pk])).context["form"]
    return {
        name: form[name].value() or ""
        for name in form.fields
        if name not in ("cover", "categories")
    } | changes


def save(client, article, words):
    return client.post(reverse("article_edit", args=[article.pk]), words)


def revise(article, by, *, text, began_from=None, **words):
    piece = Piece(headline=article.headline, slug=article.slug, text=text, **words)
    return revise_article(article=article, piece=piece, by=by, began_from=began_from)


def texts(article):
    return list(article.revisions.order_by("pk").values_list("text", flat=True))


def test_every_saved_text_is_kept_with_who_saved_it(client, author, article):
    save(client, article, fields(client, article, text="The second text."))
    moderator = make_moderator()
    client.force_login(moderator)
    save(client, article, fields(client, article, text="The third text."))
    assert texts(article) == ["The first text.", "The second text.", "The third text."]
    assert article.revisions.newest().saved_by == moderator


def test_save_that_changes_nothing_leaves_no_trace(client, author, article):
    save(client, article, fields(client, article))
    article.refresh_from_db()
    assert article.revised_at is None
    assert article.revisions.count() == 1


def test_new_tags_alone_are_a_revision_that_says_so(client, author, article):
    save(client, article, fields(client, article, tag_names="rivers"))
    assert article.revisions.newest().changed_words is False
    page = client.get(reverse("article_revisions", args=[article.pk])).content.decode()
    assert "picture, tags or address only" in page


@pytest.mark.parametrize("count", [1, 12])
def test_list_of_revisions_costs_the_same_however_many(
    client, author, article, django_assert_num_queries, count
):
    for n in range(count):
        revise(article, author, text=f"Text {n}.")
    with django_assert_num_queries(4):
        page = client.get(reverse("article_revisions", args=[article.pk])).content.decode()
    assert page.count('name="old"') == count + 1


def test_two_revisions_are_compared_word_by_word(client, author, article):
    revise(article, author, text="The second text.")
    old, new = article.revisions.order_by("pk")
    for query in (f"?old={old.pk}&new={new.pk}", f"?old={new.pk}&new={old.pk}"):
        page = client.get(reverse("article_compare", args=[article.pk]) + query)
        (difference,) = page.context["differences"]
        assert [(run.kind, run.text) for run in difference.runs] == [
            ("same", "The "),
            ("gone", "first"),
            ("new", "second"),
            ("same", " text."),
        ]


@pytest.mark.parametrize("query", ["", "?old=x&new=1", "?old=1", "?old=0&new=0", f"?old={10**30}"])
def test_comparison_of_what_is_no_revision_is_not_there(client, author, article, query):
    assert client.get(reverse("article_compare", args=[article.pk]) + query).status_code == 404


def test_revision_of_another_article_is_not_compared_or_restored(client, author, article):
    other = make_article(author).revisions.newest()
    mine = article.revisions.newest()
    compared = reverse("article_compare", args=[article.pk]) + f"?old={mine.pk}&new={other.pk}"
    assert client.get(compared).status_code == 404
    restored = reverse("article_restore", args=[article.pk, other.pk])
    assert client.post(restored).status_code == 404


def test_hostile_words_are_compared_as_words(client, author, article):
    revise(article, author, text="<script>alert(1)</script>")
    old, new = article.revisions.order_by("pk")
    address = reverse("article_compare", args=[article.pk]) + f"?old={old.pk}&new={new.pk}"
    page = client.get(address).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_restored_text_is_read_and_the_one_before_it_stays(client, author, article):
    first = article.revisions.newest()
    revise(article, author, text="The *second* text.", tag_names=["rivers"])
    for _twice in range(2):
        client.post(reverse("article_restore", args=[article.pk, first.pk]))
    article.refresh_from_db()
    assert (article.text, article.html) == ("The first text.", "<p>The first text.</p>")
    assert texts(article) == ["The first text.", "The *second* text.", "The first text."]
    assert [tag.name for tag in article.tags.all()] == ["rivers"]


@pytest.mark.parametrize("name", ["article_revisions", "article_compare"])
def test_revisions_are_for_those_who_may_edit(client, article, name):
    client.force_login(make_author())
    assert client.get(reverse(name, args=[article.pk])).status_code == 404


def test_second_save_shows_what_the_first_changed_and_keeps_both(client, author, article):
    mine = fields(client, article, text="My text.", tag_names="mine")
    other = make_moderator("Zoë")
    revise(article, other, text="Their text.", tag_names=["theirs"])
    page = save(client, article, mine)
    said = page.content.decode()
    assert page.status_code == 409
    assert "Zoë saved this article after you had opened it" in said
    assert page.context["form"]["text"].value() == "My text."
    assert "Their text." in said
    assert page.context["conflict"].filing == {"Tags": "theirs"}
    article.refresh_from_db()
    assert article.text == "Their text."

    again = mine | {"began_from": page.context["form"]["began_from"].value()}
    assert save(client, article, again).status_code == 302
    assert texts(article) == ["The first text.", "Their text.", "My text."]


def test_tags_saved_meanwhile_are_not_overwritten_unseen(client, author, article):
    mine = fields(client, article, text="My text.")
    revise(article, make_moderator("Zoë"), text=article.text, tag_names=["theirs"])
    page = save(client, article, mine)
    assert page.status_code == 409
    assert "theirs" in page.content.decode()


def test_form_sent_twice_is_saved_once(client, author, article):
    words = fields(client, article, text="Once.")
    assert [save(client, article, words).status_code for _ in range(2)] == [302, 302]
    assert texts(article) == ["The first text.", "Once."]


def test_new_article_sent_twice_is_one_article_with_the_later_words(client, author):
    words = {
        "headline": "New",
        "text": "Once.",
        "write_key": "9b0f4f0e-0000-4000-8000-00000000001a",
    }
    client.post(reverse("article_new"), words)
    client.post(reverse("article_new"), words)
    client.post(reverse("article_new"), words | {"text": "Twice."})
    article = Article.objects.get()
    assert texts(article) == ["Once.", "Twice."]


def test_moderators_desk_tells_of_a_save_in_between(client, article):
    client.force_login(make_moderator())
    address = reverse("admin:articles_article_change", args=[article.pk])
    form = client.get(address).context["adminform"].form
    words = {name: form[name].value() or "" for name in form.fields if name != "categories"}
    words |= {"text": "From the desk.", "published_at_0": "", "published_at_1": "", "cover": ""}
    revise(article, article.author, text="From the author.")
    page = client.post(address, words)
    shown = page.content.decode()
    assert "saved this article after you had opened it" in shown
    assert "Saved meanwhile by" in shown
    assert re.search(r"<ins>.*From the author", shown)
    assert "From the desk." in shown
    words["began_from"] = page.context["adminform"].form["began_from"].value()
    assert client.post(address, words).status_code == 302
    assert texts(article)[1:] == ["From the author.", "From the desk."]


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_who_save_at_once_one_is_told():
    article = make_article(text="Start.")
    began = article.revisions.newest().pk
    editors = [article.author, make_moderator()]
    results = race(
        *(
            lambda by=by: revise(article, by, text=f"By {by.pk}.", began_from=began)
            for by in editors
        )
    )
    assert sorted(type(one).__name__ for one in results) == ["Article", "ArticleChanged"]
    told = next(one for one in results if isinstance(one, ArticleChanged))
    article.refresh_from_db()
    assert told.newest.text == article.text
    assert len(texts(article)) == 2


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_one_of_two_editors_is_overwritten_unseen(monkeypatch):
    article = make_article(text="Start.")
    began = article.revisions.newest().pk
    both_have_read = threading.Barrier(2)

    def unlocked(article):
        return Article.objects.get(pk=article.pk)

    refuse = flows._refuse_the_overtaken

    def checked(*args):
        refuse(*args)
        both_have_read.wait(timeout=10)

    monkeypatch.setattr(flows, "_hold", unlocked)
    monkeypatch.setattr(flows, "_refuse_the_overtaken", checked)
    results = race(
        *(
            lambda n=n: revise(article, article.author, text=f"Text {n}.", began_from=began)
            for n in range(2)
        )
    )
    assert [type(one) for one in results] == [Article, Article]


@pytest.mark.django_db(transaction=True)
def test_new_article_sent_twice_at_once_is_one_article():
    author, key = make_author(), uuid4()
    piece = Piece(headline="New", text="Once.")
    results = race(*[lambda: create_article(author=author, piece=piece, write_key=key)] * 3)
    assert len({article.pk for article in results}) == 1
    assert Article.objects.count() == ArticleRevision.objects.count() == 1
