"""The moderation desk in Django admin."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment
from forum.moderation import flows
from forum.moderation.admin import desk
from forum.moderation.models import LogEntry
from forum.tags.flows import category_named
from tests.factories import make_article, make_author, make_comment, make_member, make_moderator

pytestmark = pytest.mark.django_db

COMMENTS = "admin:comments_comment_changelist"
ARTICLES = "admin:articles_article_changelist"
MEMBERS = "admin:accounts_user_changelist"
LOG = "admin:moderation_logentry_changelist"


@pytest.fixture
def moderator(client):
    moderator = make_member("Pilar", is_staff=True)
    client.force_login(moderator)
    return moderator


@pytest.fixture
def owner(client):
    owner = make_moderator()
    client.force_login(owner)
    return owner


def act(client, where, action, *rows, **words):
    """Choose rows in a list, choose the action, fill in its page, and come back."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    ask = client.post(reverse(where), chosen)
    page = client.get(ask.url)
    assert page.status_code == 200
    return client.post(ask.url, words, follow=True)


def test_comments_are_hidden_and_restored_in_bulk_with_a_reason(client, moderator):
    article = make_article()
    comments = [make_comment(article) for _ in range(3)]
    page = act(client, COMMENTS, "hide", *comments[:2], reason="off topic")
    assert "2 done." in page.content.decode()
    assert set(Comment.objects.filter(hidden_reason="off topic")) == set(comments[:2])
    act(client, COMMENTS, "restore", *comments)
    assert Comment.objects.visible().count() == 3
    article.refresh_from_db()
    assert article.comment_count == 3
    assert list(LogEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "hide",
        "hide",
        "restore",
        "restore",
    ]


def test_hiding_without_a_reason_asks_for_it(client, moderator):
    comment = make_comment()
    ask = f"{reverse('admin:act', args=['hide'])}?ids={comment.pk}"
    page = client.post(ask, {"reason": " "})
    assert "This field is required" in page.content.decode()
    assert Comment.objects.visible().exists()


def test_discussion_is_locked_and_opened(client, moderator):
    article = make_article()
    act(client, ARTICLES, "lock", article, reason="enough")
    article.refresh_from_db()
    assert article.lock_reason == "enough"
    act(client, ARTICLES, "unlock", article)
    article.refresh_from_db()
    assert not article.is_locked


def test_member_is_banned_and_the_ban_lifted(client, moderator):
    member = make_member()
    act(client, MEMBERS, "ban_members", member, reason="x", until="2099-01-01T10:00")
    member.refresh_from_db()
    assert member.is_banned
    assert member.banned_until.year == 2099
    act(client, MEMBERS, "unban_members", member)
    member.refresh_from_db()
    assert not member.is_banned


def test_authors_of_chosen_comments_are_banned(client, moderator):
    comment = make_comment()
    act(client, COMMENTS, "ban_authors", comment, reason="x")
    comment.author.refresh_from_db()
    assert comment.author.is_banned


def test_refused_act_says_why(client, moderator):
    ask = f"{reverse('admin:act', args=['ban'])}?ids={moderator.pk}"
    assert "You cannot ban yourself" in client.post(ask, {"reason": "x"}).content.decode()


@pytest.mark.parametrize("query", ["", "?ids=", "?ids=x", "?ids=999999"])
def test_act_on_nothing_is_not_there(client, moderator, query):
    assert client.get(reverse("admin:act", args=["hide"]) + query).status_code == 404


def test_unknown_act_is_not_there(client, moderator):
    assert client.get(f"{reverse('admin:act', args=['burn'])}?ids=1").status_code == 404


def test_way_back_never_leads_to_another_site(client, moderator):
    comment = make_comment()
    ask = f"{reverse('admin:act', args=['hide'])}?ids={comment.pk}&next=https://evil.example/"
    assert client.post(ask, {"reason": "x"}).url == reverse(COMMENTS)


@pytest.mark.parametrize("where", [COMMENTS, ARTICLES, MEMBERS, LOG, "admin:index"])
def test_desk_is_for_moderators(client, where):
    assert reverse("account_login") in client.get(reverse(where), follow=True).redirect_chain[-1][0]
    client.force_login(make_author())
    assert client.get(reverse(where), follow=True).status_code == 403


@pytest.mark.parametrize("where", [COMMENTS, ARTICLES, MEMBERS, LOG])
def test_list_neither_counts_the_table_nor_reads_all_members(client, owner, monkeypatch, where):
    monkeypatch.setattr(desk, "FURTHEST", 3)
    monkeypatch.setattr(desk.DeskAdmin, "list_per_page", 2)
    for _ in range(5):
        make_comment()
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse(where))
    for query in queries.captured_queries:
        sql = query["sql"]
        if "COUNT(" in sql:
            assert "LIMIT 3" in sql
        if 'FROM "accounts_user"' in sql:
            assert "LIMIT" in sql or 'WHERE "accounts_user"."id" =' in sql


@pytest.mark.parametrize(
    ("search", "found"),
    [("otters", 1), ("OTTERS river", 1), ("otters nonsense", 0), ("@zo", 1), ("@zoë", 1), ("", 2)],
)
def test_comments_are_found_by_words_and_by_author(client, moderator, search, found):
    make_comment(author=make_member("Zoë"), text="Two otters in the river.")
    make_comment(author=make_member("Tom"), text="Nothing.")
    page = client.get(reverse(COMMENTS), {"q": search})
    assert page.context["cl"].result_count == found


@pytest.mark.parametrize(
    ("state", "found"), [("shown", 1), ("hidden", 1), ("withdrawn", 0), ("held", 0), ("edited", 0)]
)
def test_comments_are_filtered_by_state(client, moderator, state, found):
    flows.hide(comment=make_comment(), by=moderator, reason="x")
    make_comment()
    page = client.get(reverse(COMMENTS), {"state": state})
    assert page.context["cl"].result_count == found


@pytest.mark.parametrize("state", ["published", "scheduled", "draft", "locked"])
def test_articles_are_filtered_by_state(client, moderator, state):
    make_article()
    make_article(published=False)
    page = client.get(reverse(ARTICLES), {"state": state})
    assert page.context["cl"].result_count == {"published": 1, "draft": 1}.get(state, 0)


@pytest.mark.parametrize(
    "query", [{"posted_at__gte": "2020-01-01 00:00:00+00:00"}, {"author": 1}, {"article": 1}]
)
def test_comments_can_be_narrowed_by_links(client, moderator, query):
    assert client.get(reverse(COMMENTS), query).status_code == 200


def test_moderator_reads_a_comment_but_does_not_rewrite_it(client, moderator):
    comment = make_comment(parent=make_comment(text="A question?"), text="Words of theirs.")
    address = reverse("admin:comments_comment_change", args=[comment.pk])
    page = client.get(address).content.decode()
    assert "Words of theirs." in page
    assert "A question?" in page
    assert client.post(address, {"text": "Words of mine."}).status_code == 403
    delete = reverse("admin:comments_comment_delete", args=[comment.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403


def test_log_is_read_and_never_written(client, owner):
    flows.hide(comment=make_comment(), by=owner, reason="off topic")
    flows.lock(article=make_article(), by=owner, reason="enough")
    flows.ban(member=make_member(), by=owner, reason="spam")
    page = client.get(reverse(LOG)).content.decode()
    assert "off topic" in page
    entry = LogEntry.objects.first()
    for name in ("change", "delete"):
        address = reverse(f"admin:moderation_logentry_{name}", args=[entry.pk])
        assert client.post(address, {"reason": "x", "post": "yes"}).status_code == 403
    assert client.get(reverse("admin:moderation_logentry_add")).status_code == 403


def test_only_the_owner_makes_authors(client, moderator):
    member = make_member("Zoë")
    address = reverse("admin:accounts_user_change", args=[member.pk])
    page = client.get(address).content.decode()
    assert member.email not in page
    words = {"display_name": "Zoë", "role": "author", "is_active": "on"}
    empty = {
        "emailaddress_set-TOTAL_FORMS": 0,
        "emailaddress_set-INITIAL_FORMS": 0,
    }
    assert client.post(address, words | empty).status_code == 403
    client.force_login(make_moderator())
    assert member.email in client.get(address).content.decode()
    assert client.post(address, words | empty).status_code == 302
    assert User.objects.get(pk=member.pk).is_author


def test_member_is_found_by_name(client, moderator):
    make_member("Zoë de la Cruz")
    page = client.get(reverse(MEMBERS), {"q": "la cruz"})
    assert page.context["cl"].result_count == 1


def article_words(**changes):
    return {
        "headline": "From the desk",
        "standfirst": "",
        "text": "Words.",
        "tag_names": "one, two",
        "slug": "",
        "cover_alt": "",
        "cover_caption": "",
        "published_at_0": "2026-01-02",
        "published_at_1": "10:00:00",
    } | changes


def test_article_is_written_published_and_revised_at_the_desk(client, moderator):
    author = make_author("Inês")
    add = reverse("admin:articles_article_add")
    assert client.get(add).status_code == 200
    assert client.post(add, article_words(author=author.pk)).status_code == 302
    article = Article.objects.get()
    assert (article.author, article.is_published, article.tags.count()) == (author, True, 2)
    change = reverse("admin:articles_article_change", args=[article.pk])
    assert client.get(change).status_code == 200
    client.post(change, article_words(headline="Revised", tag_names="one"))
    article.refresh_from_db()
    assert (article.headline, article.tags.count()) == ("Revised", 1)
    client.post(change, article_words(published_at_0="", published_at_1=""))
    article.refresh_from_db()
    assert article.published_at is None


def test_article_that_would_be_refused_says_why_at_the_desk(client, moderator):
    page = client.post(reverse("admin:articles_article_add"), article_words(text="*[" * 3000))
    assert "Use fewer" in page.content.decode()
    assert not Article.objects.exists()


@pytest.mark.parametrize("name", ["tags_category", "tags_tag"])
def test_owner_keeps_the_headings(client, owner, name):
    make_article(tag_names=["one"])
    assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200


def category_words(category, **words):
    return {"name": category.name, "slug": category.slug, "position": category.position} | words


def test_renamed_category_is_found_at_its_old_address(client, owner):
    category = category_named(name="Rivers")
    old = category.get_absolute_url()
    edit = reverse("admin:tags_category_change", args=[category.pk])
    for slug in ("waters", "streams"):
        assert client.post(edit, category_words(category, name="W", slug=slug)).status_code == 302
        there = client.get(old)
        assert (there.status_code, there.url) == (301, f"/categories/{slug}/")
    assert client.get("/categories/waters/").url == "/categories/streams/"
    # Another cannot take what leads to this one, whether added or renamed.
    other = category_named(name="Rivers")
    assert other.slug == "rivers-2"
    for address in (
        reverse("admin:tags_category_add"),
        reverse("admin:tags_category_change", args=[other.pk]),
    ):
        refused = client.post(address, category_words(other, slug="rivers", name="Others"))
        assert "leads to another category" in refused.content.decode()
    # It can have its own back.
    client.post(edit, category_words(category, name="W"))
    assert client.get(old).status_code == 200
    assert client.get("/categories/streams/").url == old


def test_category_is_added_by_the_owner(client, owner):
    words = {"name": "Rivers", "slug": "rivers", "position": 1}
    assert client.post(reverse("admin:tags_category_add"), words).status_code == 302
    assert client.get("/categories/rivers/").status_code == 200
