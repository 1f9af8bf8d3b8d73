"""Articles by several people, and articles that an editor publishes."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from forum.articles import flows
from forum.articles.flows import ArticleRefused, publish_article, return_article, submit_article
from forum.articles.models import Article
from forum.comments import discussion
from forum.notifications.models import Notification
from forum.postgresql import prepared
from forum.reading import states
from tests.factories import make_article, make_author, make_comment, make_member, make_moderator

pytestmark = pytest.mark.django_db
WORDS = {"headline": "Together", "text": "What we wrote."}


@pytest.fixture
def shared():
    other = make_author("Maren", username="maren", biography="Writes on rivers.")
    return make_article(make_author("Inês"), co_authors=[other], text="What we wrote.")


def make_editor(name=""):
    return make_member(name, is_editor=True)


def make_contributor(name=""):
    return make_member(name, is_contributor=True)


@pytest.fixture
def contributor(client):
    contributor = make_contributor("Tobias")
    client.force_login(contributor)
    return contributor


# Several authors --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["maren", "Maren", "MAREN"])
def test_co_authors_are_named_by_name_or_login_name(client, name):
    make_author("Maren", username="maren")
    author = make_author()
    client.force_login(author)
    client.post(reverse("article_new"), WORDS | {"co_author_names": f"{name}, {author.username}, "})
    assert [one.username for one in Article.objects.get().co_authors.all()] == ["maren"]
    form = client.get(reverse("article_edit", args=[Article.objects.get().pk])).context["form"]
    assert form["co_author_names"].value() == "maren"


@pytest.mark.parametrize("name", ["nobody", "Zoë"])
def test_who_does_not_write_here_is_no_co_author(client, name):
    make_member("Zoë")
    client.force_login(make_author())
    page = client.post(reverse("article_new"), WORDS | {"co_author_names": name})
    assert f"“{name}”" in str(page.context["form"].errors["co_author_names"])
    assert "What we wrote." in page.content.decode()


def test_byline_and_author_box_name_all_authors(client, shared):
    page = client.get(shared.get_absolute_url()).content.decode()
    assert page.count(">Maren<") >= 2
    assert "Writes on rivers." in page
    assert ">Maren<" in client.get("/").content.decode()
    own = client.get(reverse("author", args=["maren"])).content.decode()
    assert shared.headline in own
    assert "1 piece" in own


def test_co_author_edits_and_reads_the_draft(client, shared):
    flows.unpublish_article(article=shared)
    client.force_login(shared.co_authors.get())
    assert shared.headline in client.get(reverse("articles_mine")).content.decode()
    for name in ("article_edit", "article_preview"):
        assert client.get(reverse(name, args=[shared.pk])).status_code == 200
    client.force_login(make_author())
    assert client.get(reverse("article_preview", args=[shared.pk])).status_code == 404


def test_co_authors_carry_the_badge_and_do_not_wait(shared):
    Article.objects.update(comments_policy="held")
    make_comment(shared, shared.co_authors.get())
    make_comment(shared, make_moderator())
    article = Article.objects.for_reading().get()
    cards = discussion.read(article, order="time").cards
    assert [card.is_host for card in cards] == [True, False]


def test_kept_page_follows_its_authors(client, shared):
    def page():
        return client.get(shared.get_absolute_url()).content.decode()

    other = shared.co_authors.get()
    assert "Maren" in page()
    other.display_name = "Maren Holm"
    other.save()
    assert "Maren Holm" in page()
    shared.co_authors.clear()  # as erasing a member does
    assert "Maren" not in page()


@pytest.mark.parametrize(("days", "is_past"), [(None, ""), (9, "f"), (1, "t")])
def test_kept_page_knows_when_the_comments_closed(days, is_past):
    at = timezone.now() - timedelta(days=2)
    article = make_article(published=at, comments_days=days)
    state = prepared.ask(*states.article(article.publish_date, article.slug))
    article.refresh_from_db()
    assert state.startswith(f"({article.pk},{article.version},{is_past},")


@pytest.mark.parametrize("count", [1, 12])
def test_pages_with_co_authors_cost_the_same(client, django_assert_max_num_queries, count):
    others = [make_author() for _ in range(count)]
    for _ in range(count):
        article = make_article(co_authors=others)
    with django_assert_max_num_queries(5):
        client.get(article.get_absolute_url())
    with django_assert_max_num_queries(7):
        client.get("/")


# Review -----------------------------------------------------------------------------------------


def test_contributor_hands_in_and_an_editor_publishes(client, contributor):
    client.post(reverse("article_new"), WORDS)
    article = Article.objects.get()
    preview = client.get(reverse("article_preview", args=[article.pk])).content.decode()
    assert "Hand it in" in preview
    assert reverse("article_publish", args=[article.pk]) not in preview
    client.post(reverse("article_submit", args=[article.pk]), {"note": "For the July number?"})
    client.force_login(make_editor())
    assert "Together" in client.get(reverse("articles_mine")).content.decode()
    assert (
        "For the July number?"
        in client.get(reverse("article_preview", args=[article.pk])).content.decode()
    )
    page = client.post(reverse("article_publish", args=[article.pk]), follow=True)
    assert "What we wrote." in page.content.decode()
    article.refresh_from_db()
    assert article.submitted_at is None
    assert article.author == contributor


def test_editor_sends_back_with_a_note_and_it_can_be_handed_in_again(client, contributor):
    article = make_article(contributor, published=False)
    assert submit_article(article=article, by=contributor)
    assert not submit_article(article=article, by=contributor)
    client.force_login(make_editor())
    address = reverse("article_return", args=[article.pk])
    empty = client.post(address, {"back-note": " "})
    assert "required" in str(empty.context["return_form"].errors)
    client.post(address, {"back-note": "Shorter, please."})
    client.force_login(contributor)
    assert "sent back" in client.get(reverse("articles_mine")).content.decode()
    page = client.get(reverse("article_preview", args=[article.pk])).content.decode()
    assert "Shorter, please." in page
    assert submit_article(article=article, by=contributor)
    article.refresh_from_db()
    assert (article.returned_at, article.return_note) == (None, "")


def told(member):
    return [one.text for one in Notification.objects.filter(member=member)]


def test_editors_are_told_once_that_a_draft_was_handed_in(contributor):
    editor, moderator, author = make_editor(), make_moderator(), make_author()
    article = make_article(contributor, headline="Low water", published=False)
    for _twice in range(2):
        submit_article(article=article, by=contributor)
    words = ["An article waits for an editor: “Low water”"]
    assert told(editor) == told(moderator) == words
    assert told(contributor) == told(author) == []
    preview = reverse("article_preview", args=[article.pk])
    assert {one.url for one in Notification.objects.all()} == {preview}


def test_writers_are_told_once_what_an_editor_did(contributor):
    editor, other = make_editor(), make_author()
    words = {"headline": "Low water", "co_authors": [other]}
    article = make_article(contributor, published=False, **words)
    submit_article(article=article, by=contributor)
    for _twice in range(2):
        return_article(article=article, by=editor, note="Shorter.")
    submit_article(article=article, by=contributor)
    for _twice in range(2):
        publish_article(article=article, by=editor)
    assert sorted(told(contributor)) == [
        "An editor sent your article back, with a note: “Low water”",
        "Your article is published: “Low water”",
    ]
    assert told(other) == told(contributor)


def test_author_who_publishes_tells_only_those_they_wrote_with(contributor):
    author = make_author()
    words = {"headline": "Low water", "co_authors": [contributor], "published": False}
    at = timezone.now() + timedelta(days=1)
    article = make_article(author, **words)
    for _twice in range(2):
        publish_article(article=article, at=at, by=author)
    assert told(author) == []
    assert told(contributor) == ["Your article will come out: “Low water”"]


def test_contributor_does_not_publish_change_or_take_back_what_is_published(client, contributor):
    draft = make_article(contributor, published=False)
    page = client.post(reverse("article_publish", args=[draft.pk]))
    assert "An editor publishes what you write" in page.content.decode()
    draft.refresh_from_db()
    assert draft.published_at is None

    article = make_article(contributor, text="As published.")
    page = client.post(reverse("article_edit", args=[article.pk]), WORDS | {"text": "Changed."})
    assert "ask an editor to change it" in page.content.decode()
    assert "Changed." in page.content.decode()
    client.post(reverse("article_unpublish", args=[article.pk]))
    first = article.revisions.newest()
    with pytest.raises(ArticleRefused):
        flows.restore_revision(revision=first, by=contributor)
    article.refresh_from_db()
    assert (article.text, article.is_published) == ("As published.", True)


def test_only_editors_send_back_and_see_what_others_handed_in(client, contributor):
    article = make_article(contributor, published=False)
    submit_article(article=article, by=contributor)
    address = reverse("article_return", args=[article.pk])
    assert client.post(address, {"back-note": "x"}).status_code == 403
    client.force_login(make_author())
    assert client.get(reverse("article_preview", args=[article.pk])).status_code == 404
    assert "Handed in" not in client.get(reverse("articles_mine")).content.decode()


def test_published_article_is_not_handed_in(contributor):
    article = make_article(contributor)
    assert not submit_article(article=article, by=contributor)
    assert not return_article(article=article, by=make_editor(), note="x")
    assert not submit_article(article=make_article(published=False), by=contributor)


def test_refusal_names_the_reason(contributor):
    with pytest.raises(ArticleRefused, match="An editor publishes what you write"):
        publish_article(article=make_article(contributor, published=False), by=contributor)


def test_desk_lists_what_was_handed_in(client, contributor):
    article = make_article(contributor, headline="Waits", published=False)
    make_article(headline="Does not", published=False)
    submit_article(article=article, by=contributor)
    client.force_login(make_moderator())
    page = client.get(reverse("admin:articles_article_changelist"), {"state": "submitted"})
    assert "Waits" in page.content.decode()
    assert "Does not" not in page.content.decode()
