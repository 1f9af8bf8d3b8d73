"""Writing comments in the browser, without JavaScript."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from forum.articles.models import Article
from forum.comments import flows
from forum.comments.models import Comment
from tests.factories import make_article, make_comment, make_member, make_moderator

pytestmark = pytest.mark.django_db
TEXT = "A thought that took *half an hour*."


@pytest.fixture
def member(client):
    member = make_member("Zoë")
    client.force_login(member)
    return member


@pytest.fixture
def article():
    return make_article()


def post_url(article):
    return reverse("comment_post", args=[article.publish_date, article.slug])


def reply_url(comment):
    return reverse("comment_reply", args=[comment.pk])


def test_comment_is_posted_and_shown(client, member, article):
    answer = client.post(post_url(article), {"text": TEXT})
    comment = Comment.objects.get()
    assert answer.url == comment.get_absolute_url()
    assert (comment.author, comment.number, comment.parent) == (member, 1, None)
    page = client.get(answer.url, follow=True)
    assert page.redirect_chain[-1][0] == f"{article.get_absolute_url()}#comment-1"
    assert "<em>half an hour</em>" in page.content.decode()


def test_reply_begins_with_the_name_and_becomes_a_child(client, member, article):
    parent = make_comment(article, make_member("michael reynolds"))
    page = client.get(reply_url(parent))
    assert page.context["form"].initial["text"] == "@michael reynolds: "
    assert parent.html in page.content.decode()
    client.post(reply_url(parent), {"text": "@michael reynolds: yes."})
    reply = Comment.objects.get(number=2)
    assert reply.parent == parent
    assert reply.reply_links.get().target == parent


def test_preview_shows_and_posts_nothing(client, member, article):
    page = client.post(post_url(article), {"text": TEXT, "preview": "1"})
    assert "<em>half an hour</em>" in page.content.decode()
    assert TEXT in page.content.decode()
    assert not Comment.objects.exists()


def test_double_click_posts_once(client, member, article):
    words = {"text": TEXT, "post_key": str(uuid4())}
    first, second = (client.post(post_url(article), words) for _ in range(2))
    assert first.url == second.url
    assert Comment.objects.count() == 1
    article.refresh_from_db()
    assert (article.comment_count, article.last_number) == (1, 1)


def test_damaged_post_key_does_not_stop_a_comment(client, member, article):
    assert client.post(post_url(article), {"text": TEXT, "post_key": "?"}).status_code == 302


def refused(client, url, text=TEXT):
    page = client.post(url, {"text": text})
    assert page.status_code == 422
    assert text in page.content.decode()
    assert page.context["form"].data["text"] == text
    return str(page.context["form"].errors["text"])


def test_locked_discussion_gives_the_text_back(client, member, article):
    Article.objects.update(locked_at=timezone.now(), lock_reason="enough said")
    assert "enough said" in refused(client, post_url(article))


def test_ban_gives_the_text_back(client, member, article):
    member.banned_at = timezone.now()
    member.ban_reason = "advertising"
    member.save()
    assert "advertising" in refused(client, post_url(article))


def test_parent_hidden_meanwhile_gives_the_text_back(client, member, article):
    parent = make_comment(article)
    flows.hide_comment(comment=parent, reason="off topic")
    assert "no longer there" in refused(client, reply_url(parent))
    assert parent.html not in client.get(reply_url(parent)).content.decode()


def test_too_long_text_comes_back_with_how_much_is_too_much(client, member, article, settings):
    settings.LONGEST_COMMENT = 20
    assert "5 characters too long" in refused(client, post_url(article), "x" * 25)


def test_text_of_nothing_but_markup_comes_back(client, member, article):
    assert "Use fewer" in refused(client, post_url(article), "*[" * 3000)


def test_empty_text_is_refused(client, member, article):
    page = client.post(post_url(article), {"text": "  \n "})
    assert page.status_code == 422
    assert "Write something first" in page.content.decode()


def test_strangers_sign_in_first(client, article):
    answer = client.get(post_url(article))
    assert answer.url == f"{reverse('account_login')}?next={post_url(article)}"


def test_own_comment_is_edited_and_the_former_text_kept(client, member, article):
    comment = make_comment(article, member, text="Frist.")
    url = reverse("comment_edit", args=[comment.pk])
    assert client.get(url).context["form"].initial["text"] == "Frist."
    client.post(url, {"text": "First."})
    comment.refresh_from_db()
    assert comment.text == "First."
    history = client.get(reverse("comment_history", args=[comment.pk])).content.decode()
    assert "Frist." in history
    assert "First." in history
    page = client.get(article.get_absolute_url()).content.decode()
    assert reverse("comment_history", args=[comment.pk]) in page


def test_edit_that_changes_nothing_leaves_no_trace(client, member, article):
    comment = make_comment(article, member, text="Fine.")
    client.post(reverse("comment_edit", args=[comment.pk]), {"text": "Fine."})
    comment.refresh_from_db()
    assert comment.edited_at is None
    assert not comment.revisions.exists()


def test_edit_after_the_window_gives_the_text_back(client, member, article):
    long_ago = timezone.now() - timedelta(days=1)
    comment = make_comment(article, member, posted_at=long_ago)
    assert "15 minutes" in refused(client, reverse("comment_edit", args=[comment.pk]))
    assert "15 minutes" in client.get(reverse("comment_edit", args=[comment.pk])).content.decode()


@pytest.mark.parametrize("name", ["comment_edit", "comment_withdraw"])
def test_comment_of_somebody_else_is_not_there_to_change(client, member, article, name):
    comment = make_comment(article)
    assert client.get(reverse(name, args=[comment.pk])).status_code == 404
    assert client.post(reverse(name, args=[comment.pk]), {"text": "x"}).status_code == 404


def test_withdrawn_comment_without_replies_is_gone(client, member, article):
    comment = make_comment(article, member, text="Regretted words.")
    url = reverse("comment_withdraw", args=[comment.pk])
    assert "Regretted words." in client.get(url).content.decode()
    for _twice in range(2):
        client.post(url)
    page = client.get(article.get_absolute_url()).content.decode()
    assert "Regretted words." not in page
    assert 'id="comment-1"' not in page
    article.refresh_from_db()
    assert article.comment_count == 0


def test_withdrawn_comment_with_replies_leaves_a_tombstone_without_its_name(
    client, member, article
):
    comment = make_comment(article, member, text="Regretted words.")
    make_comment(parent=comment, text="An answer.")
    client.post(reverse("comment_withdraw", args=[comment.pk]))
    client.logout()
    page = client.get(article.get_absolute_url()).content.decode()
    assert "Withdrawn by its author." in page
    assert "An answer." in page
    assert "Regretted words." not in page
    assert "Zoë" not in page


@pytest.mark.parametrize("end", ["withdraw", "hide"])
def test_history_of_a_comment_out_of_sight_is_closed(client, member, article, end):
    comment = make_comment(article, member, text="Before.")
    flows.edit_comment(comment=comment, by=member, text="After.")
    if end == "hide":
        flows.hide_comment(comment=comment, reason="off topic")
    else:
        flows.withdraw_comment(comment=comment, by=member)
    url = reverse("comment_history", args=[comment.pk])
    client.logout()
    assert client.get(url).status_code == 404
    client.force_login(make_moderator())
    assert client.get(url).status_code == 200


def test_comments_of_a_draft_cannot_be_reached(client, member):
    article = make_article()
    comment = make_comment(article)
    Article.objects.update(published_at=None, publish_date=None)
    for name in ("comment", "comment_reply", "comment_history"):
        assert client.get(reverse(name, args=[comment.pk])).status_code == 404


@pytest.mark.parametrize(
    "page", ["comment_reply", "comment_edit", "comment_history", "comment_page", "comment_flag"]
)
def test_reply_links_lead_into_the_discussion_from_other_pages(client, page):
    first = make_comment()
    member = make_member()
    text = f"@{first.author.display_name}: an answer."
    answer = make_comment(parent=first, author=member, text=text)
    client.force_login(member)
    shown = make_comment(parent=answer, author=member) if page == "comment_edit" else answer
    content = client.get(reverse(page, args=[shown.pk])).content.decode()
    assert f'href="{first.article.get_absolute_url()}comment-1/"' in content
    assert 'href="#comment-1"' not in content
