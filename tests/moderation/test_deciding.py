"""Verdicts of the desk, and taking them back."""

from datetime import timedelta
from functools import partial
from threading import Event
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from forum.comments import cases
from forum.comments import flows as comments
from forum.comments.flows import ReplyRefused
from forum.comments.models import Case, Comment, CommentRevision, Draft, DraftQuerySet
from forum.moderation import deciding, letters, sweeps
from forum.moderation import flows as moderation
from forum.moderation.models import LogEntry
from forum.moderation.tasks import learn_verdict, unlearn_verdict
from forum.notifications.models import Notification
from forum.screening.models import Lesson
from forum.tags.flows import category_named
from tests.factories import make_article, make_comment, make_member, make_moderator
from tests.invariants import assert_threads_sound
from tests.race import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return make_moderator()


def held_comment():
    return make_comment(make_article(comments_policy="held"))


def state(comment):
    comment.refresh_from_db()
    if comment.hidden_at:
        return "hidden"
    return "held" if comment.held_at else "shown"


def last(moderator):
    return LogEntry.objects.filter(moderator=moderator).order_by("-pk")[0]


def undo(moderator):
    return deciding.undo(entry=last(moderator), by=moderator)


def told(member):
    return [one.text for one in Notification.objects.of(member)]


def test_approved_comment_waits_no_more_and_is_approved_once(moderator):
    comment = make_comment()
    assert deciding.approve(comment=comment, by=moderator)
    assert not deciding.approve(comment=comment, by=moderator)
    assert not Case.objects.waiting().exists()
    assert LogEntry.objects.get().verb == "approve"


def test_approving_what_is_held_lets_it_out_and_taking_that_back_holds_it_again(moderator):
    comment = held_comment()
    why = comment.held_reason
    deciding.approve(comment=comment, by=moderator)
    assert state(comment) == "shown"
    assert "is shown" in told(comment.author)[0]
    assert undo(moderator)
    assert state(comment) == "held"
    assert comment.held_reason == why
    assert Case.objects.held().get().comment == comment


def test_hiding_is_taken_back_and_what_was_held_waits_on(moderator):
    for comment, before in [(make_comment(), "shown"), (held_comment(), "held")]:
        moderation.hide(comment=comment, by=moderator, reason="off topic")
        assert state(comment) == "hidden"
        assert "off topic" in told(comment.author)[0]
        assert undo(moderator)
        assert state(comment) == before
        assert Case.objects.waiting().filter(comment=comment).exists()
    assert_threads_sound()


def test_taking_back_leaves_the_classifier_with_what_it_knew_before(moderator):
    comment = make_comment()
    deciding.approve(comment=comment, by=moderator)
    moderation.hide(comment=comment, by=moderator, reason="x", is_spam=True)
    approval, hiding = LogEntry.objects.order_by("pk")
    learn_verdict(comment=comment.pk, is_spam=False, decided_at=approval.at.isoformat())
    learn_verdict(comment=comment.pk, is_spam=True, decided_at=hiding.at.isoformat())
    undo(moderator)
    (job,) = ProcrastinateJob.objects.filter(task_name=unlearn_verdict.name)
    unlearn_verdict(**job.args)
    assert Lesson.objects.get().is_spam is False
    taught = ProcrastinateJob.objects.filter(task_name=learn_verdict.name).order_by("pk")
    assert [job.args["decided_at"] for job in taught] == [
        approval.at.isoformat(),
        hiding.at.isoformat(),
    ]


def test_comment_sent_back_is_a_draft_its_author_can_post_again(moderator):
    parent = make_comment()
    comment = make_comment(author=make_member(), parent=parent, text="Rash words.")
    comments.save_draft(
        member=comment.author, article=comment.article, parent=parent, text="Begun."
    )
    deciding.send_back(comment=comment, by=moderator, note="Without the name, please.")
    assert state(comment) == "hidden"
    draft = Draft.objects.get(member=comment.author)
    assert draft.words == "Rash words.\n\nBegun.", "what was typed there stays"
    assert "Without the name" in told(comment.author)[0]
    assert "Without" not in comment.hidden_reason, "the note is for its author alone"
    again = make_comment(author=comment.author, parent=parent, text="Rash words.")
    assert again.pk != comment.pk


def sent_back_while_writing(moderator, client):
    """A comment sent back to a member whose composer is open below the same parent, with its key;
    what they typed is saved."""
    parent = make_comment()
    comment = make_comment(author=make_member(), parent=parent, text="Rash words.")
    client.force_login(comment.author)
    composer = reverse("comment_reply", args=[parent.pk])
    key = client.get(composer).context["form"]["post_key"].value()
    client.post(reverse("reply_draft", args=[parent.pk]), {"text": "Begun.", "post_key": key})
    deciding.send_back(comment=comment, by=moderator, note="x")
    return parent, composer, key


def test_composer_that_is_open_meanwhile_takes_no_text_away(client, moderator):
    parent, composer, key = sent_back_while_writing(moderator, client)
    keep = partial(client.post, reverse("reply_draft", args=[parent.pk]))
    keep({"text": "Begun and gone on.", "post_key": key})
    opened = client.get(composer).context["form"]
    assert opened.initial["text"] == "Rash words.\n\nBegun and gone on."
    keep({"text": "", "post_key": key})
    assert client.get(composer).context["form"].initial["text"] == "Rash words."
    # One that was opened since knows all of it, and what it saves is all there is.
    keep({"text": "Calm words.", "post_key": opened["post_key"].value()})
    assert client.get(composer).context["form"].initial["text"] == "Calm words."
    keep({"text": "", "post_key": opened["post_key"].value()})
    assert not Draft.objects.exists()


def test_posting_from_a_composer_that_is_open_meanwhile_keeps_what_was_given_back(
    client, moderator
):
    _parent, composer, key = sent_back_while_writing(moderator, client)
    client.post(composer, {"text": "Begun and done.", "post_key": key})
    opened = client.get(composer).context["form"]
    assert opened.initial["text"] == "Rash words."
    client.post(composer, {"text": "Calm words.", "post_key": opened["post_key"].value()})
    assert not Draft.objects.exists()


def test_what_was_given_back_is_discarded_by_its_button(client, moderator):
    parent, composer, _key = sent_back_while_writing(moderator, client)
    client.post(reverse("reply_draft", args=[parent.pk]))
    assert "Rash" not in client.get(composer).context["form"].initial["text"]


def test_sending_threads_back_keeps_drafts_of_edits_and_of_each_other(moderator):
    article, member = make_article(), make_member()
    kept = make_comment(article, member, text="Kept.")
    comments.save_draft(member=member, article=article, comment=kept, text="Kept, mended.")
    for text in ("One.", "Two."):
        comment = make_comment(article, member, text=text)
        deciding.send_back(comment=comment, by=moderator, note="x")
    drafts = Draft.objects.order_by("pk")
    assert [one.words for one in drafts] == ["Kept, mended.", "One.\n\nTwo."]


def test_taking_back_what_was_sent_back_keeps_what_is_typed(client, moderator):
    _parent, composer, _key = sent_back_while_writing(moderator, client)
    assert undo(moderator)
    assert client.get(composer).context["form"].initial["text"] == "Begun."


@pytest.mark.django_db(transaction=True)
def test_draft_saved_at_the_same_moment_is_not_lost(moderator):
    parent = make_comment()
    comment = make_comment(author=make_member(), parent=parent, text="Rash words.")
    done = race(
        lambda: deciding.send_back(comment=comment, by=moderator, note="x"),
        lambda: comments.save_draft(
            member=comment.author,
            article=comment.article,
            parent=parent,
            text="Begun.",
            post_key=uuid4(),
        ),
    )
    assert done == [True, None]
    assert Draft.objects.get().words == "Rash words.\n\nBegun."


@pytest.mark.parametrize(
    ("typed", "words"), [("Begun.", "Rash words.\n\nBegun."), ("", "Rash words.")]
)
def test_text_that_comes_back_while_a_draft_is_saved_stays(moderator, monkeypatch, typed, words):
    comment = make_comment(author=make_member(), parent=make_comment(), text="Rash words.")
    known_to = DraftQuerySet.known_to

    def meanwhile(drafts, key):
        monkeypatch.setattr(DraftQuerySet, "known_to", known_to)
        deciding.send_back(comment=comment, by=moderator, note="x")
        return known_to(drafts, key)

    monkeypatch.setattr(DraftQuerySet, "known_to", meanwhile)
    comments.save_draft(
        member=comment.author,
        article=comment.article,
        parent=comment.parent,
        text=typed,
        post_key=uuid4(),
    )
    assert Draft.objects.get().words == words


def test_sending_back_is_taken_back_with_the_draft_untouched(moderator):
    comment = make_comment()
    deciding.send_back(comment=comment, by=moderator, note="x")
    assert undo(moderator)
    assert state(comment) == "shown"
    assert not Draft.objects.exists()


def test_ban_warning_and_lock_are_taken_back(moderator):
    comment = make_comment()
    moderation.ban(member=comment.author, by=moderator, reason="x")
    assert undo(moderator)
    letters.warn(member=comment.author, by=moderator, text="Mind your words.")
    assert undo(moderator)
    moderation.lock(article=comment.article, by=moderator, reason="x")
    assert undo(moderator)
    make_comment(comment.article, type(comment.author).objects.get(pk=comment.author.pk))


def test_what_another_decided_since_is_not_undone(moderator):
    comment = make_comment()
    moderation.hide(comment=comment, by=moderator, reason="x")
    entry = last(moderator)
    moderation.restore(comment=comment, by=make_moderator())
    moderation.hide(comment=comment, by=make_moderator(), reason="y")
    assert not deciding.undo(entry=entry, by=moderator)
    assert state(comment) == "hidden"


def test_undo_is_for_ones_own_decisions_of_a_day(moderator):
    moderation.hide(comment=make_comment(), by=moderator, reason="x")
    entry = last(moderator)
    with pytest.raises(moderation.ModerationRefused, match="who decided"):
        deciding.undo(entry=entry, by=make_moderator())
    entry.at = timezone.now() - timedelta(days=2)
    with pytest.raises(moderation.ModerationRefused, match="over"):
        deciding.undo(entry=entry, by=moderator)
    assert not deciding.can_undo(entry)


def test_members_decide_nothing():
    member, comment = make_member(), make_comment()
    for act in (
        lambda: deciding.approve(comment=comment, by=member),
        lambda: deciding.send_back(comment=comment, by=member, note="x"),
        lambda: letters.warn(member=comment.author, by=member, text="x"),
        lambda: letters.send_message(member=comment.author, by=member, text="x"),
        lambda: sweeps.hold_all(member=comment.author, by=member, reason="x"),
        lambda: sweeps.sweep(comments=[comment], by=member, reason="x", sought="x"),
        lambda: sweeps.sweep(comments=[], by=member, reason="x", sought="x"),
        lambda: sweeps.ban_and_hide(member=comment.author, by=member, reason="x"),
    ):
        with pytest.raises(moderation.ModerationRefused):
            act()
    assert not LogEntry.objects.exists()


def test_moderator_of_a_category_decides_there_alone():
    rivers = category_named(name="Rivers")
    theirs, others = make_article(categories=[rivers]), make_article()
    person = make_member(moderated_categories=[rivers.pk])
    assert deciding.approve(comment=make_comment(theirs), by=person)
    with pytest.raises(moderation.ModerationRefused):
        deciding.approve(comment=make_comment(others), by=person)
    assert cases.of(others.comments.get()).get().decided_at is None
    waiting = Case.objects.waiting().moderated_by(person)
    make_comment(theirs)
    assert [case.comment.article for case in waiting] == [theirs]


@pytest.mark.django_db(transaction=True)
def test_two_moderators_decide_differently_at_once_and_it_is_one_of_the_two(moderator):
    other, comment = make_moderator(), make_comment()
    done = race(
        lambda: deciding.approve(comment=comment, by=moderator),
        lambda: moderation.hide(comment=comment, by=other, reason="x"),
    )
    assert not [one for one in done if isinstance(one, Exception)]
    verdict = Case.objects.get(comment=comment).verdict
    assert {"hidden": "hidden", "shown": "approved"}[state(comment)] == verdict
    assert_threads_sound()


@pytest.mark.django_db(transaction=True)
def test_edit_while_it_is_hidden_never_shows_it(moderator):
    for n in range(4):
        comment = make_comment()
        done = race(
            lambda comment=comment, n=n: comments.edit_comment(
                comment=comment, by=comment.author, text=f"Quite another text {n}."
            ),
            lambda comment=comment: moderation.hide(comment=comment, by=moderator, reason="x"),
        )
        assert done[1] is True
        assert state(comment) == "hidden"
        edited = not isinstance(done[0], ReplyRefused)
        assert CommentRevision.objects.filter(comment=comment).exists() == edited
    assert_threads_sound()


@pytest.mark.django_db(transaction=True)
def test_ban_while_they_post_hides_all_that_got_in(moderator):
    """Nothing that was about to be posted slips past a ban that hides what they wrote."""
    for _ in range(4):
        member, article = make_member(), make_article()
        posts = [
            lambda n=n, member=member, article=article: make_comment(
                article, member, text=f"Buy {n}"
            )
            for n in range(4)
        ]
        race(*posts, lambda member=member: sweeps.ban_and_hide(
            member=member, by=moderator, reason="x"
        ))  # fmt: skip
        assert not Comment.objects.visible().filter(author=member).exists()
        with pytest.raises(ReplyRefused):
            make_comment(article, member)
    assert_threads_sound()


@pytest.mark.django_db(transaction=True)
def test_ban_that_does_not_wait_for_who_posts_lets_one_slip_by(moderator, monkeypatch):
    """The control: a post that is under way when the ban looks is not seen by it."""
    entered, banned = Event(), Event()
    be_welcome = comments._be_welcome

    def be_welcome_slowly(author):
        be_welcome(author)
        entered.set()
        banned.wait(timeout=20)

    def ban_then_say():
        entered.wait(timeout=20)
        try:
            return sweeps.ban_and_hide(member=member, by=moderator, reason="x")
        finally:
            banned.set()

    monkeypatch.setattr(comments, "_be_welcome", be_welcome_slowly)
    monkeypatch.setattr(comments, "bar_while_acting", lambda member: None)
    member, article = make_member(), make_article()
    race(lambda: make_comment(article, member, text="Buy"), ban_then_say)
    assert Comment.objects.visible().filter(author=member).exists()


def test_lists_are_asked_by_their_indexes():
    """The orders of the queues are what their indexes hold, so that none is sorted."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        for queue in (Case.objects.waiting(), Case.objects.reported(), Case.objects.held()):
            assert "Index" in queue.worst_first()[:10].explain()
            assert "Sort" not in queue.worst_first()[:10].explain()
        sent_back = Case.objects.with_their_authors().order_by("-decided_at", "-pk")[:10].explain()
        assert "case_decided" in sent_back
        assert "Sort" not in sent_back
