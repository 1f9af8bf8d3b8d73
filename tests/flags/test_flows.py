"""Flags: weighed by how often their members were right, and answered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from forum.comments import flows as comments
from forum.comments.models import Case
from forum.flags import flows
from forum.flags.models import Flag, Record
from forum.moderation import deciding
from forum.moderation import flows as moderation
from forum.notifications.models import Notification
from forum.screening.trust import Level
from tests.factories import make_comment, make_member, make_moderator
from tests.race import race

pytestmark = pytest.mark.django_db


def flag(comment, by=None, reason="spam", words=""):
    return flows.flag_comment(comment=comment, by=by or make_member(), reason=reason, words=words)


def case_of(comment):
    return Case.objects.get(comment=comment)


def told(member):
    return [one.text for one in Notification.objects.of(member)]


def test_flag_keeps_which_text_its_member_saw():
    comment = make_comment(text="Before.")
    one = flag(comment)
    comments.edit_comment(comment=comment, by=comment.author, text="After, and quite different.")
    two = flag(comment)
    assert one.written_at == comment.posted_at
    assert comment.revisions.get(written_at=one.written_at).text == "Before."
    comment.refresh_from_db()
    assert two.written_at == comment.edited_at


def test_member_flags_a_comment_once_and_may_change_the_reason():
    comment, member = make_comment(), make_member()
    flag(comment, member)
    flag(comment, member, reason="uncivil")
    assert Flag.objects.get().reason == "uncivil"
    assert (case_of(comment).flag_count, case_of(comment).flag_weight) == (1, 0.5)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_flag():
    comment, member = make_comment(), make_member()
    race(*[lambda: flag(comment, member)] * 2)
    assert Flag.objects.count() == 1
    assert case_of(comment).flag_count == 1


def test_flag_is_taken_back_while_it_waits():
    comment, member = make_comment(), make_member()
    flag(comment, member)
    assert flows.withdraw_flag(comment=comment, by=member)
    assert not flows.withdraw_flag(comment=comment, by=member)
    assert not Case.objects.reported().filter(comment=comment).exists()
    flag(comment, member)
    assert Case.objects.reported().filter(comment=comment).exists()


@pytest.mark.parametrize("why", ["own", "hidden", "banned", "decided", "other without words"])
def test_flag_is_refused(why):
    comment, member, reason = make_comment(), make_member(), "spam"
    moderator = make_moderator()
    if why == "own":
        member = comment.author
    elif why == "hidden":
        comments.hide_comment(comment=comment, reason="x")
    elif why == "banned":
        moderation.ban(member=member, by=moderator, reason="x")
        member.refresh_from_db()
    elif why == "decided":
        flag(comment, member)
        deciding.approve(comment=comment, by=moderator)
    else:
        reason = "other"
    with pytest.raises(flows.FlagRefused):
        flag(comment, member, reason=reason)


def test_member_cannot_flag_everything(settings):
    settings.FLAGS_PER_DAY = 2
    member, article = make_member(), make_comment().article
    for _ in range(2):
        flag(make_comment(article), member)
    with pytest.raises(flows.FlagRefused, match="today"):
        flag(make_comment(article), member)


def test_flags_hold_a_comment_when_enough_of_them_weigh_enough():
    comment = make_comment()
    for _ in range(3):
        flag(comment)
    comment.refresh_from_db()
    assert comment.is_visible, "three first flags weigh one and a half"
    flag(comment)
    comment.refresh_from_db()
    assert comment.held_at
    assert comment.article.comment_count == 0
    assert Case.objects.held().filter(comment=comment).exists()


def test_flags_of_members_who_are_right_hold_a_comment_sooner():
    comment = make_comment()
    for _ in range(3):
        member = make_member()
        Record.objects.create(member=member, upheld=8, rejected=0)
        flag(comment, member)
    comment.refresh_from_db()
    assert comment.held_at


def test_one_member_alone_holds_nothing(settings):
    settings.FLAG_WEIGHT_TO_HOLD = 0.1
    comment = make_comment()
    flag(comment)
    comment.refresh_from_db()
    assert comment.is_visible


def test_what_a_moderator_approved_is_not_held_by_flags_until_it_is_edited(settings):
    settings.FLAGS_TO_HOLD, settings.FLAG_WEIGHT_TO_HOLD = 1, 0.1
    comment = make_comment()
    deciding.approve(comment=comment, by=make_moderator())
    flag(comment)
    comment.refresh_from_db()
    assert comment.is_visible
    assert Case.objects.reported().filter(comment=comment).exists()
    deciding.approve(comment=comment, by=make_moderator())
    comments.edit_comment(comment=comment, by=comment.author, text="Quite another thing.")
    flag(comment)
    comment.refresh_from_db()
    assert comment.held_at


def test_level_of_trust_lifts_what_a_flag_weighs():
    weights = [flag(make_comment(), make_member(trust_level=level)).weight for level in Level]
    assert weights == [0.25, 0.5, 0.75, 1]


def test_flaggers_hear_the_outcome_and_their_weight_follows():
    moderator, right, wrong = make_moderator(), make_member(), make_member()
    good, bad = make_comment(), make_comment()
    flag(bad, right)
    flag(good, wrong)
    moderation.hide(comment=bad, by=moderator, reason="x")
    deciding.approve(comment=good, by=moderator)
    assert "agreed" in told(right)[0]
    assert "let it stand" in told(wrong)[0]
    assert Record.objects.get(member=right).weight == 2 / 3
    assert Record.objects.get(member=wrong).weight == 1 / 3
    assert Notification.objects.of(right).get().text.count(bad.text) == 0


def test_who_is_always_wrong_weighs_less_and_less_but_never_nothing():
    weights = [Record(rejected=n).weight for n in range(30)]
    assert weights == sorted(weights, reverse=True)
    assert 0 < weights[-1] < 0.05


def test_decision_taken_back_takes_the_outcome_back():
    moderator, member, comment = make_moderator(), make_member(), make_comment()
    flag(comment, member)
    moderation.hide(comment=comment, by=moderator, reason="x")
    entry = moderator.moderation_acts.get()
    assert deciding.undo(entry=entry, by=moderator)
    assert Flag.objects.open().count() == 1
    assert Record.objects.get(member=member).weight == 0.5
    assert case_of(comment).flag_count == 1
    deciding.approve(comment=comment, by=moderator)
    assert Record.objects.get(member=member).rejected == 1


def test_restored_later_the_flag_was_wrong_after_all():
    moderator, member, comment = make_moderator(), make_member(), make_comment()
    flag(comment, member)
    moderation.hide(comment=comment, by=moderator, reason="x")
    moderation.restore(comment=comment, by=moderator)
    record = Record.objects.get(member=member)
    assert (record.upheld, record.rejected) == (0, 1)


@pytest.mark.django_db(transaction=True)
def test_flags_at_once_are_all_counted_and_hold_the_comment():
    comment, members = make_comment(), [make_member() for _ in range(6)]
    done = race(*(lambda member=member: flag(comment, member) for member in members))
    refused = [one for one in done if isinstance(one, Exception)]
    assert {type(one) for one in refused} == {flows.FlagRefused}, "then it was held"
    case, article = case_of(comment), comment.article
    assert (case.flag_count, case.flag_weight) == (4, 2.0)
    article.refresh_from_db()
    assert article.comment_count == 0


def test_worst_is_first(settings):
    settings.FLAGS_TO_HOLD = 99
    article = make_comment().article
    mild, bad, newcomers = (make_comment(article) for _ in range(3))
    flag(mild)
    for _ in range(4):
        flag(bad)
    assert [case.comment for case in Case.objects.reported().worst_first()] == [bad, mild]
    Case.objects.filter(comment=newcomers).update(opened_at=timezone.now() - timedelta(days=30))
    first = Case.objects.waiting().worst_first()[0]
    assert first.comment == newcomers, "nothing waits for ever"
