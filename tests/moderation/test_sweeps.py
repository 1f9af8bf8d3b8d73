"""Waves of spam: found, hidden at once, and all of it undone."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from forum.comments import flows as comments
from forum.comments.models import Case, Comment
from forum.flags.flows import flag_comment
from forum.flags.models import Flag
from forum.moderation import flows, sweeps, waves
from forum.moderation.models import LogEntry, Sweep
from forum.moderation.tasks import learn_verdict, unlearn_verdict
from forum.notifications.models import Notification
from forum.tags.flows import category_named
from tests.factories import make_article, make_comment, make_member, make_moderator
from tests.invariants import assert_threads_sound
from tests.race import race

pytestmark = pytest.mark.django_db

ADVERT = "Cheap watches, all makes, ask for the price today at https://watches.example/{}"


@pytest.fixture
def moderator(client):
    moderator = make_moderator()
    client.force_login(moderator)
    return moderator


def wave(count=4):
    spammers = [make_member(), make_member()]
    return [
        make_comment(author=spammers[n % 2], text=ADVERT.format(f"shop{n}")) for n in range(count)
    ]


def sweep(made, by, **more):
    return sweeps.sweep(comments=made, by=by, reason="Advertising.", sought="watches", **more)


def banned():
    return set(User.objects.filter(banned_at__isnull=False))


def test_wave_is_hidden_its_authors_banned_and_all_of_it_undone(moderator):
    spam = wave()
    flagger = make_member()
    flag_comment(comment=spam[0], by=flagger, reason="spam")
    authors = {comment.author for comment in spam}
    made = sweep(spam, moderator, ban=True)
    assert not Comment.objects.visible().exists()
    assert banned() == authors
    assert Flag.objects.get().upheld_at
    assert [n.text for n in Notification.objects.of(spam[0].author)] == [
        "A moderator hid 2 comments of yours: Advertising."
    ]
    assert made.entries.filter(verb="hide").count() == 4
    assert sweeps.undo_sweep(sweep=made, by=moderator)
    assert not sweeps.undo_sweep(sweep=made, by=moderator)
    assert Comment.objects.visible().count() == 4
    assert banned() == set()
    assert Flag.objects.open().exists()
    assert Case.objects.reported().get().comment == spam[0]
    assert_threads_sound()


def test_undo_leaves_what_was_decided_otherwise_since_or_before(moderator):
    spam = wave()
    flows.hide(comment=spam[0], by=moderator, reason="before")
    flows.ban(member=spam[0].author, by=moderator, reason="before")
    made = sweep(spam, moderator, ban=True)
    flows.restore(comment=spam[1], by=moderator)
    flows.hide(comment=spam[1], by=moderator, reason="since")
    sweeps.undo_sweep(sweep=made, by=moderator)
    hidden = Comment.objects.filter(hidden_at__isnull=False)
    assert sorted(hidden.values_list("hidden_reason", flat=True)) == ["before", "since"]
    assert banned() == {spam[0].author}
    assert_threads_sound()


def test_sweep_is_undone_for_a_day(moderator):
    made = sweep(wave(1), moderator)
    Sweep.objects.update(at=timezone.now() - timedelta(days=1, minutes=1))
    with pytest.raises(flows.ModerationRefused, match="over"):
        sweeps.undo_sweep(sweep=Sweep.objects.get(pk=made.pk), by=moderator)


def test_moderators_are_not_swept_away(moderator):
    comment = make_comment(author=make_moderator())
    sweep([comment], moderator, ban=True)
    assert banned() == set()


def test_sweep_of_nothing_new_leaves_no_trace(moderator):
    spam = wave(1)
    sweep(spam, moderator)
    before = LogEntry.objects.count()
    assert sweep(spam, moderator) is None
    assert (LogEntry.objects.count(), Sweep.objects.count()) == (before, 1)


def test_all_of_one_member_is_held_and_let_out_again(moderator):
    member, article = make_member(), make_article()
    said = [make_comment(article, member) for _ in range(3)]
    made = sweeps.hold_all(member=member, by=moderator, reason="We look at these first.")
    assert Case.objects.held().count() == 3
    assert Comment.objects.get(pk=said[0].pk).held_reason == "We look at these first."
    article.refresh_from_db()
    assert article.comment_count == 0
    sweeps.undo_sweep(sweep=made, by=moderator)
    article.refresh_from_db()
    assert article.comment_count == 3
    assert sweeps.hold_all(member=make_member(), by=moderator, reason="x") is None


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_of_one_wave_hide_each_comment_once():
    spam, moderators = wave(8), [make_moderator(), make_moderator()]
    done = race(*(lambda by=by: sweep(spam, by, ban=True) for by in moderators))
    assert not [one for one in done if isinstance(one, Exception)]
    assert LogEntry.objects.filter(verb="hide").count() == 8
    assert LogEntry.objects.filter(verb="ban").count() == 2
    assert_threads_sound()


@pytest.mark.django_db(transaction=True)
def test_sweep_and_posts_at_once_do_not_wait_for_each_other_for_ever():
    spam = wave(4)
    articles = [comment.article for comment in spam]
    done = race(
        lambda: sweep(spam, make_moderator(), ban=True),
        *(lambda a=a: make_comment(a, spam[0].author, text=f"More {a.pk}") for a in articles),
        *(lambda c=c: flows.hide(comment=c, by=make_moderator(), reason="x") for c in spam),
    )
    troubles = [one for one in done if isinstance(one, Exception)]
    assert {type(one) for one in troubles} <= {comments.ReplyRefused}
    assert_threads_sound()


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({"domain": "watches.example"}, 3),
        ({"domain": "example"}, 4),
        ({"domain": "clocks.example"}, 0),
        ({"like": "Cheap watches, all brands, ask for the best price now"}, 3),
        ({"like": "Cheap watches", "domain": "shop.example"}, 0),
        ({"hours": 0}, 0),
    ],
)
def test_wave_is_found_by_link_and_likeness_and_time(moderator, search, found):
    wave(3)
    make_comment(text="A watch of mine stopped. See https://repairs.shop.example/")
    assert len(waves.find(waves.Search(**({"hours": 1} | search)), moderator)) == found


def test_wave_is_swept_from_its_page_but_for_what_is_unmarked(client, moderator):
    spam = wave(3)
    place = reverse("admin:sweep")
    page = client.get(place, {"domain": "https://watches.example/x", "hours": 24})
    assert "3 comments would be hit" in page.content.decode()
    query = f"{place}?domain=watches.example&hours=24"
    keys = [comment.pk for comment in spam[:2]]
    page = client.post(query, {"comments": keys, "reason": ""})
    assert page.status_code == 422
    assert page.content.decode().count("checked") == 2, "the choice is kept"
    page = client.post(
        query, {"comments": keys, "reason": "Advertising.", "ban": "on"}, follow=True
    )
    assert "2 comments hidden." in page.content.decode()
    assert Comment.objects.visible().get() == spam[2]
    made = Sweep.objects.get()
    assert made.sought == "Links to: watches.example"
    client.post(reverse("admin:sweep_undo", args=[made.pk]))
    assert Comment.objects.visible().count() == 3


def test_search_for_nothing_asks_for_something(client, moderator):
    page = client.get(reverse("admin:sweep"), {"hours": 24}).content.decode()
    assert "Say what to look for" in page


def test_wave_is_found_by_its_author(client, moderator):
    spam = wave(2)
    page = client.get(
        reverse("admin:sweep"), {"author": f"@{spam[0].author.display_name}", "hours": 24}
    )
    assert page.context["found"] == [spam[0]]


def told(task):
    """Which comments the classifier is to learn or unlearn."""
    jobs = ProcrastinateJob.objects.filter(task_name=task.name)
    return {job.args["comment"] for job in jobs}


def test_wave_teaches_the_classifier_and_undone_takes_the_lesson_back(moderator):
    spam = wave(2)
    flows.hide(comment=spam[0], by=moderator, reason="before")
    made = sweep(spam, moderator, is_spam=True)
    assert told(learn_verdict) == {spam[1].pk}, "what was hidden before is no part of it"
    sweeps.undo_sweep(sweep=made, by=moderator)
    assert told(unlearn_verdict) == {spam[1].pk}


def test_undone_sweep_that_taught_nothing_leaves_earlier_lessons(moderator):
    said = make_comment()
    flows.ban(member=said.author, by=moderator, reason="x")
    made = sweeps.hold_all(member=said.author, by=moderator, reason="x")
    sweeps.undo_sweep(sweep=made, by=moderator)
    assert not sweep(wave(1), moderator).is_spam
    assert told(learn_verdict) == told(unlearn_verdict) == set()


def test_what_is_swept_from_the_page_of_waves_is_spam_unless_unmarked(client, moderator):
    spam = wave(2)
    place = reverse("admin:sweep") + "?domain=watches.example&hours=24"
    asked = client.get(place).content.decode()
    assert re.search(r'name="is_spam"[^>]* checked', asked)
    client.post(place, {"comments": [spam[0].pk], "reason": "Adverts.", "is_spam": "on"})
    client.post(place, {"comments": [spam[1].pk], "reason": "Said before."})
    assert told(learn_verdict) == {spam[0].pk}


def test_sweeps_of_others_are_for_those_who_moderate_the_whole_site():
    rivers = category_named(name="Rivers")
    keeper = make_member(moderated_categories=[rivers.pk])
    owner, another = make_moderator(), make_member(is_staff=True)
    own = make_comment(make_article(categories=[rivers]))
    sweeps.sweep(comments=[own], by=keeper, reason="x", sought="own")
    sweeps.hold_all(member=make_comment().author, by=owner, reason="x")
    assert [one.by for one in sweeps.undoable(by=keeper)] == [keeper]
    assert [one.by for one in sweeps.undoable(by=another)] == [owner, keeper]
