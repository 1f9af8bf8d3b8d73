import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.flows import change_avatar
from forum.comments.flows import ReplyRefused
from forum.moderation import flows
from forum.moderation.models import LogEntry
from tests.articles.test_covers import encoded
from tests.factories import make_article, make_comment, make_member, make_moderator
from tests.invariants import assert_threads_sound
from tests.race import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return make_moderator()


def log():
    return list(LogEntry.objects.order_by("pk").values_list("verb", "reason"))


def test_comment_is_hidden_once_and_restored_once(moderator):
    comment = make_comment()
    assert flows.hide(comment=comment, by=moderator, reason="off topic")
    assert not flows.hide(comment=comment, by=moderator, reason="again")
    comment.refresh_from_db()
    assert comment.hidden_reason == "off topic"
    assert flows.restore(comment=comment, by=moderator)
    assert not flows.restore(comment=comment, by=moderator)
    comment.refresh_from_db()
    assert comment.is_visible
    assert log() == [("hide", "off topic"), ("restore", "")]
    assert_threads_sound()


def test_locked_discussion_takes_no_comment_until_it_is_opened(moderator):
    article = make_article()
    assert flows.lock(article=article, by=moderator, reason="enough")
    assert not flows.lock(article=article, by=moderator, reason="enough")
    with pytest.raises(ReplyRefused, match="enough"):
        make_comment(article)
    flows.unlock(article=article, by=moderator)
    article.refresh_from_db()
    make_comment(article)
    assert log() == [("lock", "enough"), ("unlock", "")]


def test_banned_member_cannot_post_until_the_ban_is_lifted(moderator):
    member = make_member()
    flows.ban(member=member, by=moderator, reason="advertising")
    member.refresh_from_db()
    with pytest.raises(ReplyRefused, match="advertising"):
        make_comment(author=member)
    flows.unban(member=member, by=moderator)
    member.refresh_from_db()
    make_comment(author=member)
    assert log() == [("ban", "advertising"), ("unban", "")]


def test_ban_ends_by_itself(moderator):
    member = make_member()
    flows.ban(member=member, by=moderator, reason="x", until=timezone.now() + timedelta(days=1))
    member.refresh_from_db()
    assert member.is_banned
    member.banned_until = timezone.now() - timedelta(seconds=1)
    assert not member.is_banned


def test_moderators_do_not_ban_each_other_nor_themselves():
    one = make_member(is_staff=True)
    other = make_member(is_staff=True)
    for whom in (one, other, make_moderator()):
        with pytest.raises(flows.ModerationRefused):
            flows.ban(member=whom, by=one, reason="x")
    assert flows.ban(member=other, by=make_moderator(), reason="x")


@pytest.mark.parametrize("verb", ["hide", "lock", "ban"])
def test_members_do_not_moderate(verb):
    what = {"hide": make_comment, "lock": make_article, "ban": make_member}[verb]()
    argument = {"hide": "comment", "lock": "article", "ban": "member"}[verb]
    with pytest.raises(flows.ModerationRefused):
        getattr(flows, verb)(**{argument: what}, by=make_member(), reason="x")
    assert log() == []


def test_ban_that_ends_in_the_past_is_refused(moderator):
    with pytest.raises(flows.ModerationRefused, match="future"):
        flows.ban(
            member=make_member(),
            by=moderator,
            reason="x",
            until=timezone.now() - timedelta(days=1),
        )


@pytest.mark.parametrize("statement", ["UPDATE {} SET reason = 'nothing'", "DELETE FROM {}"])
def test_log_cannot_be_changed_by_any_door(moderator, statement):
    flows.hide(comment=make_comment(), by=moderator, reason="off topic")
    with (
        pytest.raises(DatabaseError, match="only grows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(LogEntry._meta.db_table))
    assert log() == [("hide", "off topic")]


@pytest.mark.django_db(transaction=True)
def test_two_moderators_hide_one_comment_once():
    comment = make_comment()
    moderators = [make_moderator(), make_moderator()]
    done = race(
        *(lambda by=by: flows.hide(comment=comment, by=by, reason="x") for by in moderators)
    )
    assert sorted(done) == [False, True]
    assert LogEntry.objects.count() == 1
    comment.article.refresh_from_db()
    assert comment.article.comment_count == 0


def test_picture_that_a_member_sent_is_taken_away_once(moderator):
    member = make_member()
    assert not flows.remove_picture(member=member, by=moderator, reason="no such pictures")
    change_avatar(member=member, upload=SimpleUploadedFile("me", encoded()))
    assert flows.remove_picture(member=member, by=moderator, reason="no such pictures")
    member.refresh_from_db()
    assert member.avatar == ""
    assert log() == [("remove_picture", "no such pictures")]


def test_picture_is_taken_away_from_the_page_of_its_member(client, moderator):
    member = make_member()
    client.force_login(moderator)
    words = "Take the picture away"
    assert words not in client.get(member.get_absolute_url()).content.decode()
    change_avatar(member=member, upload=SimpleUploadedFile("me", encoded()))
    page = client.get(member.get_absolute_url()).content.decode()
    address = re.search(rf'href="([^"]+)">{words}', page)[1]
    client.post(address, {"reason": "no such pictures"})
    member.refresh_from_db()
    assert member.avatar == ""
