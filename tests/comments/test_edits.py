"""Edits, what changed, what an answer answered, withdrawals taken back, words taken out."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from forum.comments import flows
from forum.comments.models import Comment, CommentRevision
from forum.moderation.models import LogEntry
from tests.factories import make_comment, make_member, make_moderator
from tests.invariants import assert_threads_sound

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = make_member("Zoë")
    client.force_login(member)
    return member


def aged(comment, **age):
    Comment.objects.filter(pk=comment.pk).update(posted_at=timezone.now() - timedelta(**age))
    comment.refresh_from_db()
    return comment


def edit(comment, text):
    return flows.edit_comment(comment=comment, by=comment.author, text=text)


def edit_url(comment):
    return reverse("comment_edit", args=[comment.pk])


def history_url(comment):
    return reverse("comment_history", args=[comment.pk])


def test_composer_says_how_long_a_comment_can_be_changed(client, member):
    comment = aged(make_comment(author=member), minutes=4, seconds=30)
    page = client.get(edit_url(comment)).content.decode()
    assert "You can change this for <span>10\xa0minutes</span>." in page


def test_composer_says_how_long_slips_can_be_mended(client, member):
    comment = aged(make_comment(author=member), hours=20, minutes=30)
    page = client.get(edit_url(comment)).content.decode()
    assert "Small slips can still be mended for <span>3\xa0hours" in page


def test_slip_is_mended_after_the_window(client, member):
    comment = aged(make_comment(author=member, text="The rivver was low."), hours=2)
    assert client.post(edit_url(comment), {"text": "The river was low."}).status_code == 302


def test_new_words_after_the_window_come_back(client, member):
    comment = aged(make_comment(author=member, text="The river was low."), hours=2)
    text = "The river was as high as never before."
    page = client.post(edit_url(comment), {"text": text})
    assert page.status_code == 422
    assert "only small slips" in page.content.decode()
    assert text in page.content.decode()
    comment.refresh_from_db()
    assert comment.text == "The river was low."


def test_own_comment_can_be_mended_from_the_page_as_long_as_slips_can(client, member):
    comment = aged(make_comment(author=member), hours=2)
    own = client.get(comment.article.get_absolute_url()).context["mine"]["own"]
    assert own[comment.number] is not None


def test_preview_of_an_edit_is_what_is_saved(client, member):
    other = make_comment(author=make_member("CB"))
    comment = make_comment(other.article, member, text="@CB: yes.")
    comment.reply_links.create(target=other, handle="cb", is_prefix=True)
    words = {"text": "@CB: *no*."}
    in_place = {"X-Requested-With": "fetch"}
    asked = client.post(edit_url(comment), words | {"preview": "1"}, headers=in_place)
    preview = asked.context["preview"]
    client.post(edit_url(comment), words)
    comment.refresh_from_db()
    assert comment.html == preview


def test_history_shows_what_changed_from_text_to_text(client):
    comment = make_comment(text="The river was low in June.")
    edit(comment, "The river was low in July.")
    edit(comment, "The brook was low in July.")
    page = client.get(history_url(comment)).content.decode()
    gone = re.findall(r"<del>.*?</span>(.*?)<span", page)
    new = re.findall(r"<ins>.*?</span>(.*?)<span", page)
    assert (gone, new) == (["June", "river"], ["July", "brook"])


@pytest.mark.parametrize("edits", [1, 12])
def test_history_takes_two_queries(client, django_assert_num_queries, edits):
    comment = make_comment(text="Text 0")
    for n in range(edits):
        edit(comment, f"Text {n + 1}")
    with django_assert_num_queries(2):
        client.get(history_url(comment))


def test_answer_says_that_what_it_answered_was_edited(client):
    parent = make_comment(text="It is always so.")
    before = make_comment(parent=parent, text="Always?")
    address = parent.article.get_absolute_url()
    assert "edited after this answer" not in client.get(address).content.decode()
    edit(parent, "It is often so.")
    after = make_comment(parent=parent, text="Often, yes.")
    page = client.get(address).content.decode()
    link = f"{history_url(parent)}?answer={before.pk}"
    assert f'href="{link}">#1 edited after this answer</a>' in page
    assert f"?answer={after.pk}" not in page
    history = client.get(link).content.decode()
    since = history.partition("Changed since comment 2 answered")[2].partition("</section>")[0]
    assert "always" in since
    assert "often" in since


def test_difference_since_an_answer_is_from_the_text_it_answered(client):
    parent = make_comment(text="First of all.")
    edit(parent, "Second of all.")
    answer = make_comment(parent=parent)
    edit(parent, "Third of all.")
    page = client.get(history_url(parent), {"answer": answer.pk}).content.decode()
    since = page.partition("Changed since")[2].partition("</section>")[0]
    assert "Second" in since
    assert "Third" in since
    assert "First" not in since


@pytest.mark.parametrize("answer", ["", "x", "-1", "0", "9" * 30, "²"])
def test_history_since_an_answer_that_is_none_is_the_history(client, answer):
    comment = make_comment()
    edit(comment, "Changed.")
    page = client.get(history_url(comment), {"answer": answer})
    assert page.status_code == 200
    assert "Changed since" not in page.content.decode()


def test_answer_to_what_was_edited_and_withdrawn_says_nothing_of_it(client):
    parent = make_comment()
    make_comment(parent=parent)
    edit(parent, "Changed.")
    flows.withdraw_comment(comment=parent, by=parent.author)
    page = client.get(parent.article.get_absolute_url()).content.decode()
    assert "edited after this answer" not in page


def withdraw_url(comment):
    return reverse("comment_withdraw", args=[comment.pk])


def test_withdrawal_is_taken_back_from_the_message(client, member):
    comment = make_comment(author=member, text="Regretted words.")
    page = client.post(withdraw_url(comment), follow=True).content.decode()
    assert f'<a href="{withdraw_url(comment)}">Take this back</a>' in page
    asked = client.get(withdraw_url(comment)).content.decode()
    undo = reverse("withdrawal_undo", args=[comment.pk])
    assert f'action="{undo}"' in asked
    back = client.post(undo, follow=True).content.decode()
    assert "Your comment is back." in back
    assert "Regretted words." in back
    comment.article.refresh_from_db()
    assert comment.article.comment_count == 1
    assert_threads_sound()


def test_withdrawal_taken_back_twice_changes_nothing(client, member):
    comment = make_comment(author=member)
    client.post(withdraw_url(comment))
    for _twice in range(2):
        client.post(reverse("withdrawal_undo", args=[comment.pk]))
    comment.article.refresh_from_db()
    assert comment.article.comment_count == 1


def test_withdrawal_cannot_be_taken_back_after_ten_minutes(client, member):
    comment = make_comment(author=member)
    flows.withdraw_comment(comment=comment, by=member)
    Comment.objects.update(withdrawn_at=timezone.now() - timedelta(minutes=10))
    page = client.get(withdraw_url(comment)).content.decode()
    assert "That time is over." in page
    undo = reverse("withdrawal_undo", args=[comment.pk])
    assert undo not in page
    assert "That time is over." in client.post(undo, follow=True).content.decode()
    comment.refresh_from_db()
    assert comment.withdrawn_at


def test_comment_hidden_while_withdrawn_stays_hidden_when_taken_back(client, member):
    comment = make_comment(author=member, text="Regretted words.")
    flows.withdraw_comment(comment=comment, by=member)
    flows.hide_comment(comment=comment, reason="off topic")
    flows.undo_withdrawal(comment=comment, by=member)
    assert "Regretted" not in client.get(comment.article.get_absolute_url()).content.decode()
    assert_threads_sound()


def test_withdrawal_of_somebody_else_is_not_there_to_take_back(client, member):
    comment = make_comment()
    flows.withdraw_comment(comment=comment, by=comment.author)
    undo = reverse("withdrawal_undo", args=[comment.pk])
    assert client.post(undo).status_code == 404
    assert client.get(undo).status_code == 405


@pytest.fixture
def moderator(client):
    moderator = make_moderator()
    client.force_login(moderator)
    return moderator


def test_moderator_takes_the_words_out_of_an_earlier_text(client, moderator):
    comment = make_comment(text="My neighbour Smith says so.")
    answer = make_comment(parent=comment)
    edit(comment, "A neighbour says so.")
    page = client.get(history_url(comment)).content.decode()
    act = re.search(r'href="([^"]*/redact/[^"]*)"', page)[1].replace("&amp;", "&")
    assert "Smith" in client.get(act).content.decode()
    done = client.post(act, {"reason": "names a neighbour"})
    assert done.url == history_url(comment)
    for address in (done.url, f"{done.url}?answer={answer.pk}"):
        page = client.get(address).content.decode()
        assert "Smith" not in page
        assert "A moderator took the words out of this text." in page
        assert "A neighbour says so." in page
    client.post(act, {"reason": "again"})
    entry = LogEntry.objects.get()
    assert (entry.verb, entry.reason) == ("redact", "names a neighbour")
    assert (entry.comment, entry.member) == (comment, comment.author)
    assert not CommentRevision.objects.filter(html__contains="Smith").exists()


def test_words_are_for_moderators_to_take_out(client, member):
    comment = make_comment(author=member, text="Before.")
    edit(comment, "After.")
    assert "Take out the words" not in client.get(history_url(comment)).content.decode()
    revision = CommentRevision.objects.get()
    act = f"{reverse('admin:act', args=['redact'])}?ids={revision.pk}"
    client.post(act, {"reason": "no"})
    revision.refresh_from_db()
    assert revision.text == "Before."


def test_way_back_from_taking_words_out_is_the_list_of_comments(client, moderator):
    comment = make_comment()
    edit(comment, "After.")
    act = f"{reverse('admin:act', args=['redact'])}?ids={CommentRevision.objects.get().pk}"
    assert client.post(act, {"reason": "x"}).url == reverse("admin:comments_comment_changelist")
