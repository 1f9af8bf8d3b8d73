"""What moderators tell each other: notes, handing over, figures."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from forum.comments.models import Case
from forum.fairness import flows
from forum.fairness.figures import count_day, count_days, figures_of
from forum.fairness.models import Appeal, DayFigures, ModeratorDay, Note
from forum.fairness.plots import plots, round_up
from forum.flags.models import Flag
from forum.moderation import flows as moderation
from forum.moderation.models import LogEntry
from forum.tags.models import Category
from tests.factories import make_article, make_comment, make_member, make_moderator

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 4)


@pytest.fixture
def moderator(client):
    moderator = make_member("Pilar", is_staff=True)
    client.force_login(moderator)
    return moderator


def test_note_is_written_by_a_moderator_and_read_by_moderators_alone(client, moderator):
    member = make_member("Zoë")
    add = reverse("admin:fairness_note_add")
    assert client.post(add, {"member": member.pk, "text": "Mind her."}).status_code == 302
    note = Note.objects.get()
    assert (note.member, note.by, note.text) == (member, moderator, "Mind her.")
    page = client.get(reverse("admin:accounts_user_change", args=[member.pk])).content.decode()
    assert f"{reverse('admin:fairness_note_changelist')}?member={member.pk}" in page
    notes = client.get(reverse("admin:fairness_note_changelist"), {"member": member.pk})
    assert "Mind her." in notes.content.decode()
    change = reverse("admin:fairness_note_change", args=[note.pk])
    assert client.post(change, {"member": member.pk, "text": "No."}).status_code == 403
    for person in (member, make_member(moderated_categories=[1])):
        client.force_login(person)
        assert client.get(change, follow=True).status_code in (403, 404)


def test_handing_over_says_what_came_since_the_moderator_was_last_here(client, moderator):
    other, comment = make_moderator("Olga"), make_comment()
    moderation.hide(comment=comment, by=other, reason="off topic")
    page = client.get(reverse("handover")).content.decode()
    assert "Olga" in page
    assert "off topic" in page
    client.post(reverse("taken_over"))
    report = client.get(reverse("handover")).context["report"]
    assert (report.comments, report.decided, report.latest) == (0, [], [])
    held = make_comment(make_article(comments_policy="held"))
    flows.appeal(entry=LogEntry.objects.get(), by=comment.author, text="No.")
    report = client.get(reverse("handover")).context["report"]
    assert (report.comments, report.held, len(report.appeals)) == (1, 1, 1)
    assert held.held_at


def test_handing_over_to_a_moderator_of_a_category_is_of_it_alone(client):
    rivers = Category.objects.create(name="Rivers", slug="rivers")
    theirs = make_article()
    theirs.categories.add(rivers)
    owner = make_moderator()
    for comment in (make_comment(theirs), make_comment()):
        moderation.hide(comment=comment, by=owner, reason="off topic")
        flows.appeal(entry=LogEntry.objects.get(comment=comment), by=comment.author, text="No.")
    client.force_login(make_member(moderated_categories=[rivers.pk]))
    report = client.get(reverse("handover")).context["report"]
    assert (report.comments, len(report.latest), len(report.appeals)) == (1, 1, 1)
    assert report.joined is None
    assert client.get(reverse("figures")).status_code == 403


def noon(day=DAY, **later):
    return datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone()) + (
        timedelta(**later)
    )


def act(verb, moderator, comment, at):
    return LogEntry.objects.create(
        verb=verb,
        moderator=moderator,
        comment=comment,
        article=comment.article,
        member=comment.author,
        at=at,
    )


def test_day_is_counted_by_moderator_and_can_be_counted_again():
    article = make_article(published=noon(days=-9))
    one, other = make_moderator("Olga"), make_moderator("Otto")
    said = [make_comment(article, posted_at=noon()) for _ in range(3)]
    make_comment(article, posted_at=noon(days=-1))
    acts = [
        act("hide", one, said[0], noon(minutes=10)),
        act("hide", one, said[1], noon(minutes=30)),
        act("restore", other, said[1], noon(minutes=50)),
        act("hide", other, said[2], noon(minutes=90)),
    ]
    for comment, minutes in zip(said, [10, 50, 30], strict=True):
        since = noon(minutes=20) if minutes == 50 else noon(minutes=minutes)
        Case.objects.update_or_create(
            comment=comment,
            defaults={"opened_at": since, "decided_at": noon(minutes=minutes), "verdict": "hidden"},
        )
    flag = {"comment": said[0], "author": said[0].author, "reason": "spam", "weight": 1}
    flag |= {"written_at": noon(), "flagged_at": noon()}
    Flag.objects.create(member=one, upheld_at=noon(), **flag)
    Flag.objects.create(member=other, rejected_at=noon(), **flag)
    for entry, outcome in zip(acts[:2], ["stands", "undone"], strict=True):
        Appeal.objects.create(
            entry=entry,
            member=entry.member,
            text="No.",
            decided_at=noon(hours=3),
            decided_by=other,
            outcome=outcome,
        )
    for _again in range(2):
        count_day(DAY)
    day = DayFigures.objects.get()
    assert (day.comments, day.decisions, day.hidden) == (3, 4, 3)
    assert day.seconds_to_decision == 30 * 60
    assert (day.appeals_decided, day.appeals_undone) == (2, 1)
    rows = ModeratorDay.objects.order_by("moderator").values_list(
        "moderator", "decisions", "hidden", "appeals_decided", "appeals_undone"
    )
    assert list(rows) == [(one.pk, 2, 2, 2, 1), (other.pk, 2, 1, 0, 0)]
    figures = figures_of(first=DAY - timedelta(days=2), last=DAY)
    assert [row.comments for row in figures.days] == [0, 0, 3]
    assert (figures.upheld, figures.flags, figures.flags_upheld) == (50, 2, 50)
    assert [(row.name, row.upheld) for row in figures.moderators] == [("Olga", 50), ("Otto", None)]


def test_days_that_were_not_counted_are_counted_and_the_last_two_anew():
    today = timezone.localdate()
    article = make_article(published=noon(days=-9))
    make_comment(article, posted_at=timezone.now() - timedelta(days=5))
    assert count_days() == 6
    make_comment(article)
    assert count_days() == 2
    assert DayFigures.objects.get(day=today).comments == 1
    assert DayFigures.objects.count() == 6


def test_plot_says_in_words_and_bars_what_the_days_were(client, moderator):
    today = timezone.localdate()
    for back, comments in [(0, 8), (3, 4), (4, 0)]:
        DayFigures.objects.create(day=today - timedelta(days=back), comments=comments)
    figures = figures_of(first=today - timedelta(days=29), last=today)
    plot = plots(figures)[0]
    assert [bar.height for bar in plot.bars] == [51.2, 102.4]
    assert "8" in plot.summary
    page = client.get(reverse("figures"), {"days": "30"})
    html = page.content.decode()
    assert html.count('role="img"') == 7
    assert 'style="' not in html.split("<main")[1]
    assert page.context["span"] == 30
    assert client.get(reverse("figures"), {"days": "4000"}).context["span"] == 30


@pytest.mark.parametrize(
    ("number", "top"), [(0, 1), (1, 1), (3, 5), (10, 10), (11, 20), (501, 1000)]
)
def test_axis_ends_with_a_round_number(number, top):
    assert round_up(number) == top


@pytest.mark.parametrize("name", ["appeals", "handover", "figures"])
def test_pages_of_the_desk_are_for_moderators(client, name):
    client.force_login(make_member())
    assert client.get(reverse(name), follow=True).status_code == 403


@pytest.mark.parametrize(
    ("seconds", "unit", "said"),
    [(3600, "Minutes", "60"), (90_000, "Hours", "25"), (9**8, "Days", "498")],
)
def test_time_to_a_decision_is_told_in_a_unit_that_fits(seconds, unit, said):
    day = timezone.localdate()
    DayFigures.objects.create(day=day, seconds_to_decision=seconds)
    plot = next(one for one in plots(figures_of(first=day, last=day)) if one.key == "time")
    assert plot.title.startswith(unit)
    assert plot.bars[0].said.endswith(f": {said}")
