"""A member sees what was done and why, asks for a second look once, and somebody else decides."""

import pytest
from django.urls import reverse

from forum.comments.models import Comment, Draft
from forum.fairness import flows, permissions
from forum.fairness.flows import AppealRefused
from forum.fairness.models import Appeal
from forum.moderation import deciding, threads
from forum.moderation import flows as moderation
from forum.moderation.models import LogEntry
from forum.notifications.models import Notification
from forum.tags.models import Category
from tests.factories import make_article, make_comment, make_member, make_moderator
from tests.race import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    """Who acts, somebody else, and the owner."""
    return make_member("Pilar", is_staff=True), make_member("Otto", is_staff=True), make_moderator()


@pytest.fixture
def hidden(people):
    """The act of hiding a comment of Zoë's."""
    comment = make_comment(author=make_member("Zoë"), text="Too much.")
    moderation.hide(comment=comment, by=people[0], reason="off topic")
    return LogEntry.objects.get(comment=comment)


def told(member):
    return list(Notification.objects.filter(member=member).values_list("text", flat=True))


def test_member_reads_what_was_done_and_appeals_once(client, hidden, people):
    client.force_login(hidden.member)
    assert reverse("my_acts") in client.get(hidden.member.get_absolute_url()).content.decode()
    page = client.get(reverse("my_acts")).content.decode()
    assert "Too much." in page
    assert "off topic" in page
    address = reverse("my_act", args=[hidden.pk])
    assert address in page
    assert client.post(address, {"text": ""}).status_code == 422
    assert client.post(address, {"text": "It was a jest."}).status_code == 302
    assert client.post(address, {"text": "It was a jest."}).status_code == 302, "a double click"
    again = client.post(address, {"text": "Really."})
    assert again.status_code == 422
    page = again.content.decode()
    assert "You have appealed against this already." in page
    assert ">\nReally.</textarea>" in page, "what was typed is there to be kept"
    appeal = Appeal.objects.get()
    assert appeal.text == "It was a jest."
    page = client.get(address).content.decode()
    assert "It was a jest." in page
    assert "<textarea" not in page
    assert "Your appeal waits" in client.get(reverse("my_acts")).content.decode()


def test_those_who_may_decide_are_told_and_who_acted_is_not(hidden, people):
    acted, other, owner = people
    flows.appeal(entry=hidden, by=hidden.member, text="No.")
    assert [bool(told(one)) for one in (acted, other, owner)] == [False, True, True]


def test_another_moderator_undoes_it_and_the_member_is_told(client, hidden, people):
    acted, other, _owner = people
    appeal = flows.appeal(entry=hidden, by=hidden.member, text="It was a jest.")
    address = reverse("appeal_decide", args=[appeal.pk])
    words = {"outcome": "undone", "answer": "So it was."}
    client.force_login(acted)
    assert "another moderator decides" in client.get(address).content.decode()
    refused = client.post(address, words)
    assert refused.status_code == 422
    assert "So it was." in refused.content.decode()
    assert not Comment.objects.get(pk=hidden.comment_id).is_visible
    client.force_login(other)
    assert "It was a jest." in client.get(address).content.decode()
    assert client.post(address, words).status_code == 302
    assert Comment.objects.get(pk=hidden.comment_id).is_visible
    appeal.refresh_from_db()
    assert (appeal.decided_by, appeal.outcome) == (other, "undone")
    assert any("undone" in text for text in told(hidden.member))
    client.force_login(hidden.member)
    assert "So it was." in client.get(reverse("my_act", args=[hidden.pk])).content.decode()
    verbs = set(LogEntry.objects.values_list("verb", flat=True))
    assert verbs == {"hide", "restore", "grant"}


def test_act_that_stands_stays_as_it_is(hidden, people):
    appeal = flows.appeal(entry=hidden, by=hidden.member, text="No.")
    assert flows.decide(appeal=appeal, by=people[1], undo=False, answer="Yes.")
    assert not flows.decide(appeal=appeal, by=people[2], undo=True, answer="No.")
    assert not Comment.objects.get(pk=hidden.comment_id).is_visible
    assert any("stands" in text for text in told(hidden.member))
    entry = LogEntry.objects.select_related("appeal", "comment").get(pk=hidden.pk)
    assert "already" in permissions.why_not_appeal(hidden.member, entry)


def test_owner_decides_where_there_is_nobody_else():
    owner, member = make_moderator(), make_member()
    comment = make_comment(author=member)
    moderation.hide(comment=comment, by=owner, reason="off topic")
    appeal = flows.appeal(entry=LogEntry.objects.get(), by=member, text="No.")
    assert list(permissions.deciders(appeal)) == [owner]
    assert flows.decide(appeal=appeal, by=owner, undo=True, answer="Well.")


def test_moderator_of_a_category_decides_what_is_theirs():
    rivers = Category.objects.create(name="Rivers", slug="rivers")
    owner, article = make_moderator(), make_article()
    article.categories.add(rivers)
    keeper = make_member(moderated_categories=[rivers.pk])
    stranger = make_member(moderated_categories=[rivers.pk + 1])
    comment = make_comment(article)
    moderation.hide(comment=comment, by=owner, reason="off topic")
    appeal = flows.appeal(entry=LogEntry.objects.get(), by=comment.author, text="No.")
    assert list(permissions.deciders(appeal)) == [keeper]
    for person in (owner, stranger, comment.author):
        with pytest.raises(AppealRefused):
            flows.decide(appeal=appeal, by=person, undo=True, answer="x")
    assert flows.decide(appeal=appeal, by=keeper, undo=True, answer="Well.")


def test_text_that_was_sent_back_is_no_draft_any_more_when_it_is_shown_again(people):
    acted, other, _owner = people
    comment = make_comment(author=make_member(), text="Too much.")
    deciding.send_back(comment=comment, by=acted, note="Milder, please.")
    entry = LogEntry.objects.get(verb="send_back")
    appeal = flows.appeal(entry=entry, by=comment.author, text="It is mild.")
    flows.decide(appeal=appeal, by=other, undo=True, answer="So it is.")
    comment.refresh_from_db()
    assert comment.is_visible
    assert not Draft.objects.exists()


def test_member_reads_all_of_what_was_hidden_where_they_appeal(client, people):
    comment = make_comment(author=make_member(), text=f"{'Much ' * 100}and the end.")
    moderation.hide(comment=comment, by=people[0], reason="off topic")
    client.force_login(comment.author)
    entry = LogEntry.objects.get(comment=comment)
    assert "and the end" in client.get(reverse("my_act", args=[entry.pk])).content.decode()
    assert "and the end" not in client.get(reverse("my_acts")).content.decode()


def test_ban_is_lifted_on_appeal(people):
    member = make_member()
    moderation.ban(member=member, by=people[0], reason="spam")
    appeal = flows.appeal(entry=LogEntry.objects.get(), by=member, text="It was no spam.")
    flows.decide(appeal=appeal, by=people[1], undo=True, answer="It was not.")
    member.refresh_from_db()
    assert not member.is_banned


def test_each_writer_of_a_hidden_branch_appeals_for_themselves(people):
    root = make_comment()
    below = make_comment(parent=root)
    threads.hide_branch(comment=root, by=people[0], reason="a quarrel")
    entry = LogEntry.objects.get(comment=below)
    appeal = flows.appeal(entry=entry, by=below.author, text="I was civil.")
    flows.decide(appeal=appeal, by=people[1], undo=True, answer="You were.")
    assert list(Comment.objects.visible()) == [below]


@pytest.mark.parametrize("case", ["of another", "undone already", "not an act to undo"])
def test_appeal_is_refused(hidden, people, case):
    entry, by = hidden, hidden.member
    if case == "of another":
        by = make_member()
    elif case == "undone already":
        moderation.restore(comment=hidden.comment, by=people[1])
    else:
        threads.lock_branch(comment=hidden.comment, by=people[0], reason="enough")
        entry = LogEntry.objects.get(verb="lock_branch")
    with pytest.raises(AppealRefused):
        flows.appeal(entry=entry, by=by, text="No.")
    assert not Appeal.objects.exists()


def test_act_of_another_is_not_found(client, hidden):
    client.force_login(make_member())
    assert client.get(reverse("my_act", args=[hidden.pk])).status_code == 404
    client.logout()
    assert client.get(reverse("my_act", args=[hidden.pk])).status_code == 302


def test_comment_that_waits_is_on_the_page_of_its_author_with_the_reason(client):
    article = make_article(comments_policy="held")
    comment = make_comment(article, text="Wait for me.")
    client.force_login(comment.author)
    page = client.get(reverse("my_acts")).content.decode()
    assert "Wait for me." in page
    assert "wait for a moderator" in page
    client.force_login(make_member())
    assert "Wait for me." not in client.get(reverse("my_acts")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_moderators_decide_one_appeal_once():
    acted, one, other = (make_member(is_staff=True) for _ in range(3))
    comment = make_comment()
    moderation.hide(comment=comment, by=acted, reason="x")
    entry = LogEntry.objects.get()
    made = race(*[lambda: flows.appeal(entry=entry, by=comment.author, text="No.")] * 2)
    assert {appeal.pk for appeal in made} == {Appeal.objects.get().pk}
    appeal = made[0]
    done = race(
        lambda: flows.decide(appeal=appeal, by=one, undo=True, answer="a"),
        lambda: flows.decide(appeal=appeal, by=other, undo=False, answer="b"),
    )
    assert sorted(done) == [False, True]
    appeal.refresh_from_db()
    comment.refresh_from_db()
    assert comment.is_visible == (appeal.outcome == "undone")
