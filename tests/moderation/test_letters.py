"""What moderators write to members, and a warning that must be read before the next post."""

import pytest
from django.urls import reverse

from accounts.models import User
from forum.comments.flows import ReplyRefused, edit_comment
from forum.comments.models import Comment
from forum.moderation import letters
from forum.moderation.flows import ModerationRefused
from forum.moderation.models import LogEntry, Message
from forum.notifications.models import Notification
from tests.factories import make_article, make_comment, make_member, make_moderator

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = make_member()
    client.force_login(member)
    return member


def fresh(member):
    return User.objects.get(pk=member.pk)


def place_of(article):
    return reverse("comment_post", args=[article.publish_date, article.slug])


def test_message_is_read_by_its_member_alone_and_is_not_in_the_log(client, member):
    comment = make_comment(author=member)
    message = letters.send_message(
        member=member, by=make_moderator(), text="About your tone.", comment=comment
    )
    told = Notification.objects.get(member=member)
    assert "tone" not in told.text
    page = client.get(told.url).content.decode()
    assert "About your tone." in page
    assert LogEntry.objects.get().reason == ""
    client.force_login(make_member())
    assert client.get(reverse("moderators_message", args=[message.pk])).status_code == 404


def test_warned_member_posts_when_they_say_that_they_have_read_it(client, member):
    article = make_article()
    letters.warn(member=member, by=make_moderator(), text="Mind your words.")
    page = client.post(place_of(article), {"text": "What I say."})
    said = page.content.decode()
    assert page.status_code == 422
    assert "Mind your words." in said
    assert "What I say." in said, "nothing typed is lost"
    assert not Comment.objects.exists()
    words = {"text": "What I say.", "read_warning": fresh(member).warning_mark}
    assert client.post(place_of(article), words).status_code == 302
    assert Comment.objects.get().text == "What I say."
    assert fresh(member).warned_at is None


def test_warning_is_acknowledged_on_its_own_page_too(client, member):
    letters.warn(member=member, by=make_moderator(), text="Mind your words.")
    place = reverse("moderators_message", args=[Message.objects.get().pk])
    assert "I have read this" in client.get(place).content.decode()
    client.post(place, {"read_warning": fresh(member).warning_mark})
    assert fresh(member).warned_at is None
    assert "I have read this" not in client.get(place).content.decode()


def test_reading_an_old_warning_does_not_answer_a_new_one(client, member):
    moderator = make_moderator()
    letters.warn(member=member, by=moderator, text="One.")
    mark = fresh(member).warning_mark
    letters.warn(member=member, by=moderator, text="Two.")
    article = make_article()
    page = client.post(place_of(article), {"text": "x", "read_warning": mark})
    assert page.status_code == 422
    assert "Two." in page.content.decode()


def test_same_warning_twice_is_one(member):
    moderator = make_moderator()
    assert letters.warn(member=member, by=moderator, text="One.")
    assert not letters.warn(member=member, by=moderator, text="One.")
    assert LogEntry.objects.count() == 1


def test_warning_that_comes_while_they_write_is_seen_by_the_flow(member):
    article = make_article()
    letters.warn(member=fresh(member), by=make_moderator(), text="One.")
    with pytest.raises(ReplyRefused, match="what a moderator wrote"):
        make_comment(article, member)  # as they were when their page was asked for


def test_warned_member_still_edits(member):
    comment = make_comment(author=member)
    letters.warn(member=member, by=make_moderator(), text="One.")
    edit_comment(comment=comment, by=fresh(member), text="Better so.")


def test_moderators_do_not_warn_each_other():
    with pytest.raises(ModerationRefused):
        letters.warn(member=make_member(is_staff=True), by=make_member(is_staff=True), text="One.")
