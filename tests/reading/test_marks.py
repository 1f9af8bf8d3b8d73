"""What is new in a discussion since a member's last visit."""

import json
import re
from datetime import timedelta
from itertools import pairwise

import hypothesis.strategies as st
import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings

from forum.comments import flows as comments
from forum.comments.models import Comment
from forum.reading import flows, marks
from forum.reading.models import ReadMark, Visit
from tests.factories import make_article, make_comment, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = make_member("Zoë")
    client.force_login(member)
    return member


@pytest.fixture
def article():
    """With four comments by others."""
    article = make_article()
    for _ in range(4):
        make_comment(article)
    article.refresh_from_db()
    return article


def visit(member, article):
    article.refresh_from_db()
    return flows.visit(member=member, article=article)


def new(member, article):
    return [n for first, last in visit(member, article).new for n in range(first, last + 1)]


def an_hour_passes(member):
    for one in Visit.objects.filter(member=member):
        hour = timedelta(hours=1)
        Visit.objects.filter(pk=one.pk).update(
            began_at=one.began_at - hour, seen_at=one.seen_at - hour
        )


def address(name, article):
    return reverse(name, args=[article.publish_date, article.slug])


# --- What is new --------------------------------------------------------------------------------


def test_on_the_first_visit_nothing_is_new(member, article):
    assert new(member, article) == []


def test_what_came_since_is_new_until_it_was_seen(member, article):
    visit(member, article)
    for _ in range(3):
        make_comment(article)
    assert new(member, article) == [5, 6, 7]
    flows.see(member=member, article=article, numbers=[(6, 6)])
    assert new(member, article) == [5, 7]
    an_hour_passes(member)
    assert new(member, article) == [5, 7]


def test_own_comments_are_never_new_and_leave_no_gaps(member, article):
    visit(member, article)
    make_comment(article, member)
    make_comment(article)
    assert new(member, article) == [6]
    an_hour_passes(member)
    visit(member, article)
    assert ReadMark.objects.get().seen == [(1, 5)]


def test_what_is_out_of_sight_is_not_new_and_is_when_it_is_back(member, article):
    visit(member, article)
    hidden, withdrawn, held = (make_comment(article) for _ in range(3))
    comments.hide_comment(comment=hidden, reason="off topic")
    comments.withdraw_comment(comment=withdrawn, by=withdrawn.author)
    Comment.objects.filter(pk=held.pk).update(held_at=timezone.now())
    assert new(member, article) == []
    comments.restore_comment(comment=hidden)
    comments.restore_comment(comment=held)
    assert new(member, article) == [5, 7]


def test_of_followed_and_muted_branches_the_narrowest_decides(member, article):
    visit(member, article)
    top = make_comment(article)
    below = make_comment(parent=top)
    make_comment(parent=below)
    flows.mute(member=member, article=article)
    assert new(member, article) == []
    flows.follow(member=member, article=article, branch=top)
    assert new(member, article) == [5, 6, 7]
    flows.mute(member=member, article=article, branch=below)
    assert new(member, article) == [5]
    assert visit(member, article).is_muted


def test_marks_of_one_member_are_not_those_of_another(member, article):
    other = make_member()
    visit(member, article)
    visit(other, article)
    make_comment(article)
    assert new(member, article) == [5]
    flows.see(member=other, article=article, numbers=[(1, 5)])
    assert new(member, article) == [5]
    assert new(other, article) == []


def test_numbers_that_were_not_given_yet_cannot_be_seen(member, article):
    visit(member, article)
    flows.see(member=member, article=article, numbers=[(0, 999_999_999), (50, 60)])
    make_comment(article)
    assert new(member, article) == [5]


# --- Visits -------------------------------------------------------------------------------------


def test_coming_back_within_half_an_hour_is_the_same_visit(member, article):
    visit(member, article)
    make_comment(article)
    visit(member, article)
    assert Visit.objects.get().last_number == 4
    an_hour_passes(member)
    visit(member, article)
    assert sorted(Visit.objects.values_list("last_number", flat=True)) == [4, 5]


def test_a_visit_lasts_as_long_as_the_member_keeps_coming(member, article):
    visit(member, article)
    for _ in range(3):
        Visit.objects.update(seen_at=timezone.now() - timedelta(minutes=20))
        make_comment(article)
        visit(member, article)
    assert Visit.objects.count() == 1


def test_visit_to_what_has_not_changed_takes_the_place_of_the_one_before(member, article):
    visit(member, article)
    an_hour_passes(member)
    visit(member, article)
    assert timezone.now() - Visit.objects.get().began_at < timedelta(minutes=1)


def test_ten_visits_are_kept(member, article):
    for _ in range(13):
        visit(member, article)
        make_comment(article)
        an_hour_passes(member)
    kept = Visit.objects.order_by("last_number").values_list("last_number", flat=True)
    assert list(kept) == list(range(7, 17))


def test_second_look_writes_nothing(member, article, django_assert_num_queries):
    visit(member, article)
    before = Visit.objects.values_list("seen_at").get()
    with django_assert_num_queries(1):
        flows.visit(member=member, article=article)
    assert Visit.objects.values_list("seen_at").get() == before


# --- At a stroke --------------------------------------------------------------------------------


@pytest.fixture
def three_new(member, article):
    """Comments 5 to 7 are new; visits began at 4 and, an hour later, at 6."""
    visit(member, article)
    make_comment(article)
    make_comment(article)
    an_hour_passes(member)
    visit(member, article)
    make_comment(article)
    article.refresh_from_db()
    return article


def test_all_read_is_undone_but_for_what_was_seen_since(member, three_new):
    for _ in range(2):
        flows.mark_all_read(member=member, article=three_new, until=7)
    assert new(member, three_new) == []
    assert visit(member, three_new).can_undo
    make_comment(three_new)
    make_comment(three_new)
    three_new.refresh_from_db()
    flows.see(member=member, article=three_new, numbers=[(8, 8)])
    for _ in range(2):
        flows.undo(member=member, article=three_new)
    assert not visit(member, three_new).can_undo
    assert new(member, three_new) == [5, 6, 7, 9]


def test_all_read_leaves_new_what_the_page_did_not_tell_of(member, three_new):
    flows.mark_all_read(member=member, article=three_new, until=6)
    assert new(member, three_new) == [7]


def test_new_since_an_earlier_visit_and_back(member, three_new):
    flows.mark_all_read(member=member, article=three_new, until=7)
    standing = visit(member, three_new)
    earlier = [Visit.objects.get(pk=one.pk) for one in standing.earlier]
    assert [one.last_number for one in earlier] == [4]
    for _ in range(2):
        flows.since_visit(member=member, visit=earlier[0])
    assert new(member, three_new) == [5, 6, 7]
    flows.undo(member=member, article=three_new)
    assert new(member, three_new) == []


def test_undo_ends_with_the_visit(member, three_new):
    flows.mark_all_read(member=member, article=three_new, until=7)
    an_hour_passes(member)
    assert not visit(member, three_new).can_undo
    flows.undo(member=member, article=three_new)
    assert new(member, three_new) == []


# --- Ranges and a set of numbers say the same ---------------------------------------------------

pair = st.tuples(st.integers(-3, 40), st.integers(0, 12)).map(lambda p: (p[0], p[0] + p[1]))
acts = st.one_of(
    st.tuples(st.just("see"), st.lists(pair, max_size=4)),
    st.tuples(st.just("all read"), st.integers(0, 40)),
    st.tuples(st.just("since"), st.integers(0, 30)),
    st.tuples(st.just("undo"), st.none()),
)
LAST = 30


@settings(max_examples=60, deadline=None)
@given(st.lists(acts, max_size=8))
def test_ranges_agree_with_a_set_of_numbers(walk):
    article = make_article()
    article.last_number = LAST
    article.save()
    member = make_member()
    mark = ReadMark.objects.create(member=member, article=article, seen=[(1, 10)])
    numbers = set(range(1, LAST + 1))
    seen, undone_to = set(range(1, 11)), None
    for act, given_with in walk:
        before = seen
        if act == "see":
            flows.see(member=member, article=article, numbers=given_with)
            looked = {n for a, b in given_with for n in range(a, b + 1)} & numbers
            if not looked <= seen:
                seen, undone_to = seen | looked, None if undone_to is None else undone_to | looked
        elif act == "all read":
            flows.mark_all_read(member=member, article=article, until=given_with)
            seen = seen | {n for n in numbers if n <= given_with}
            undone_to = undone_to if seen == before else before
        elif act == "since":
            then = Visit(member=member, article=article, last_number=given_with)
            flows.since_visit(member=member, visit=then)
            seen = {n for n in numbers if n <= given_with}
            undone_to = undone_to if seen == before else before
        elif undone_to is not None:
            flows.undo(member=member, article=article)
            seen, undone_to = undone_to, None
        mark.refresh_from_db()
        assert flat(mark.seen) == sorted(seen)
        assert (mark.undone_to is None) == (undone_to is None)
        assert flat(mark.undone_to or []) == sorted(undone_to or [])


def flat(ranges):
    """In their order, so that ranges which overlap or touch are told from those that are joined."""
    assert all(b + 1 < c for (_a, b), (c, _d) in pairwise(ranges))
    return [n for first, last in ranges for n in range(first, last + 1)]


# --- Pages --------------------------------------------------------------------------------------


def told(page):
    """What the page has for scripts."""
    found = re.search(r'<script id="mine" type="application/json">(.*?)</script>', page)
    return json.loads(found[1])["marks"]


def test_page_counts_what_is_new_and_links_to_it(client, member, article):
    client.get(article.get_absolute_url())
    fifth, sixth = make_comment(article), make_comment(article)
    page = client.get(article.get_absolute_url()).content.decode()
    assert "2 new" in page
    assert told(page) == {"count": 2, "new": [[5, 6]], "until": 6, "muted": False}
    for comment in (fifth, sixth):
        assert f'<a href="{comment.get_absolute_url()}">#{comment.number}</a>' in page


def test_readers_have_no_bar(client, article):
    page = client.get(article.get_absolute_url()).content.decode()
    assert "new-bar" not in page
    assert not Visit.objects.exists()


def test_bar_marks_all_read_undoes_and_sets_back(client, member, three_new):
    url = three_new.get_absolute_url()
    back = f"{url}#discussion"
    all_read = client.post(address("new_all_read", three_new), {"until": "7"})
    assert all_read.url == back
    assert "Undo" in client.get(url).content.decode()
    assert client.post(address("new_undo", three_new)).url == back
    assert new(member, three_new) == [5, 6, 7]
    client.post(address("new_all_read", three_new), {"until": "x"})
    earlier = visit(member, three_new).earlier[0]
    assert f'value="{earlier.pk}"' in client.get(url).content.decode()
    assert client.post(address("new_since", three_new), {"visit": earlier.pk}).url == back
    assert new(member, three_new) == [5, 6, 7]


def test_script_gets_the_bar_as_it_is_then(client, member, three_new):
    answer = client.post(
        address("new_all_read", three_new),
        {"until": "6"},
        headers={"X-Requested-With": "fetch"},
    ).json()
    assert answer["marks"] == {"count": 1, "new": [[7, 7]], "until": 7, "muted": False}
    assert "1 new" in answer["bar"]
    assert "Undo" in answer["bar"]


def test_report_of_what_was_seen(client, member, three_new):
    report = address("new_seen", three_new)
    assert client.post(report, {"numbers": "5,7-900"}).status_code == 204
    assert new(member, three_new) == [6]


@pytest.mark.parametrize("numbers", ["", "x", "1-", "-1", "1,,2", "1" * 10, "٣", "1," * 2000 + "1"])
def test_report_that_is_none_is_refused_in_words(client, member, three_new, numbers):
    answer = client.post(address("new_seen", three_new), {"numbers": numbers})
    assert answer.status_code == 400
    assert "numbers of comments" in answer.content.decode()
    assert new(member, three_new) == [5, 6, 7]


def test_visits_of_others_and_of_other_discussions_cannot_be_set_back_to(client, member, three_new):
    for who, where in ((make_member(), three_new), (member, make_article())):
        other = Visit.objects.create(member=who, article=where, last_number=1)
        answer = client.post(address("new_since", three_new), {"visit": other.pk})
        assert answer.status_code == 404
    assert client.post(address("new_since", three_new), {"visit": "x"}).status_code == 404


def test_marks_are_for_members_and_for_what_they_may_read(client, member, article):
    later = make_article(published=timezone.now() + timedelta(days=1))
    for name in ("new_seen", "new_all_read", "new_since", "new_undo"):
        assert client.post(address(name, later), {"numbers": "1"}).status_code == 404
        assert client.get(address(name, article)).status_code == 405
    client.logout()
    assert client.post(address("new_all_read", article)).status_code == 403
    assert client.get(address("new_step", article)).status_code == 302


@pytest.mark.parametrize(
    ("query", "leads_to"),
    [
        ("order=time&after=5", 6),
        ("order=time&after=7", 5),
        ("order=time&before=6", 5),
        ("order=time&before=1", 7),
        ("order=threads&after=1", 7),
        ("order=threads&after=7", 5),
        ("order=threads&before=5", 7),
        ("order=x&after=y", 7),
        ("", 7),
    ],
)
def test_step_leads_to_the_next_new_comment_in_the_order(client, member, query, leads_to):
    article = make_article()
    first = make_comment(article)
    for _ in range(3):
        make_comment(article)
    visit(member, article)
    make_comment(article)
    make_comment(article)
    make_comment(parent=first)
    answer = client.get(f"{address('new_step', article)}?{query}")
    order = "time" if "time" in query else "threads"
    found = Comment.objects.get(article=article, number=leads_to)
    assert answer.url == f"{found.get_absolute_url()}?order={order}"


def test_step_where_nothing_is_new_leads_to_the_discussion(client, member, article):
    visit(member, article)
    answer = client.get(f"{address('new_step', article)}?after=2")
    assert answer.url == f"{article.get_absolute_url()}#discussion"


@pytest.mark.parametrize("count", [1, 12])
def test_visit_is_one_query_whatever_is_new(member, django_assert_num_queries, count):
    article = make_article()
    visit(member, article)
    for _ in range(count):
        make_comment(article)
    an_hour_passes(member)
    article.refresh_from_db()
    with django_assert_num_queries(1):
        standing = flows.visit(member=member, article=article)
    assert (standing.count, len(standing.first_new)) == (count, min(count, marks.LINKED))


@pytest.mark.parametrize("count", [1, 12])
def test_page_with_new_comments_costs_a_member_eight_queries(
    client, member, django_assert_max_num_queries, count
):
    article = make_article()
    client.get(article.get_absolute_url())
    for _ in range(count):
        make_comment(article)
    an_hour_passes(member)
    with django_assert_max_num_queries(8):
        page = client.get(article.get_absolute_url()).content.decode()
    assert told(page)["count"] == count


def test_asked_for_order_stays_in_the_address_of_a_permalink(client, article):
    comment = article.comments.get(number=2)
    answer = client.get(f"{comment.get_absolute_url()}?order=time")
    assert answer.url == f"{article.get_absolute_url()}?order=time#comment-2"
    assert "order=time" not in client.get(f"{comment.get_absolute_url()}?order=x").url


def test_card_says_how_many_replies_are_below_it_in_threads(client, article):
    one = article.comments.get(number=1)
    below = make_comment(parent=one)
    make_comment(parent=below)
    comments.hide_comment(comment=below, reason="rude")
    page = client.get(article.get_absolute_url()).content.decode()
    assert page.count('data-replies="1 reply"') == 2
    assert (
        "data-replies"
        not in client.get(f"{article.get_absolute_url()}?order=time").content.decode()
    )
