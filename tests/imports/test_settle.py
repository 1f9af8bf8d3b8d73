from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.imports.report import GUESSED, LEFT_OUT, NOTED
from forum.imports.settle import moment, settle
from tests.imports.wxr import at, export, item, posts, remark


def settled(*comments, known=(), **fields):
    [post] = posts(export(item(1, *comments, **fields)))
    return settle(post, zone=UTC, known=known)


def parents(settlement):
    """By WordPress's keys: whom each comment answers, in the order of numbers."""
    return [
        (c.remark.legacy_id, c.parent and c.parent.remark.legacy_id) for c in settlement.comments
    ]


def reasons(settlement, kind):
    return [note.reason for note in settlement.notes if note.kind == kind]


def test_numbers_follow_time_whatever_the_order_of_the_file():
    found = settled(
        remark(3, parent=2, date_gmt="2014-05-06 09:03:00"),
        remark(1, date_gmt="2014-05-06 09:01:00"),
        remark(2, parent=1, date_gmt="2014-05-06 09:02:00"),
    )
    assert parents(found) == [(1, None), (2, 1), (3, 2)]
    assert [c.number for c in found.comments] == [1, 2, 3]


def test_comments_of_one_second_follow_their_keys():
    same = "2014-05-06 09:00:00"
    found = settled(remark(11, date_gmt=same), remark(9, date_gmt=same))
    assert [c.remark.legacy_id for c in found.comments] == [9, 11]


def test_parent_of_the_export_is_the_parent_and_links_are_links():
    found = settled(remark(1), remark(2), remark(3, at(1, "Bert") + " Yes.", parent=2))
    assert parents(found)[2] == (3, 2)
    [answer] = found.comments[2].prefix
    assert answer.target.number == 1
    assert not answer.is_guessed


def test_link_is_truer_than_a_parent_of_zero():
    found = settled(remark(1), remark(2), remark(3, at(1, "Bert") + " Yes."))
    assert parents(found)[2] == (3, 1)


def test_first_of_several_links_is_the_parent():
    found = settled(
        remark(1, author="Ada"),
        remark(2, author="Bo"),
        remark(3, f"{at(2, 'Bo')} No.\n\n{at(1, 'Ada')} Yes.", author="Cy"),
    )
    assert parents(found)[2] == (3, 2)
    assert [a.target.number for a in found.comments[2].links.values()] == [1]


def test_link_in_the_middle_gives_the_parent():
    found = settled(remark(1), remark(2, f"Well, {at(1, 'Bert')} yes."))
    assert parents(found)[1] == (2, 1)


def test_link_to_a_later_comment_is_a_link_but_no_parent():
    found = settled(remark(1, at(2, "Cy") + " Yes."), remark(2, author="Cy"))
    assert parents(found)[0] == (1, None)
    assert found.comments[0].prefix[0].target.number == 2


def test_plain_name_means_the_latest_earlier_comment_and_is_guessed():
    found = settled(
        remark(1, author="Ada Lovelace"),
        remark(2, author="Ada Lovelace"),
        remark(3, author="Bo"),
        remark(4, "@ada lovelace: Yes."),
        remark(5, author="Ada Lovelace"),
    )
    assert parents(found)[3] == (4, 2)
    [answer] = found.comments[3].prefix
    assert answer.is_guessed
    assert "comment 2" in reasons(found, GUESSED)[0]


def test_plain_name_that_nobody_has_stays_text():
    found = settled(remark(1), remark(2, "@Nobody: Yes."))
    assert parents(found)[1] == (2, None)
    assert found.comments[1].prefix == []


def test_name_that_begins_the_text_gives_the_parent():
    found = settled(remark(1, author="Ada"), remark(2), remark(3, "@Ada I agree."))
    assert parents(found)[2] == (3, 1)
    assert found.comments[2].prefix == []


def test_link_to_what_did_not_come_in_means_the_name():
    found = settled(remark(1, author="Ada"), remark(2, at(99, "Ada") + " Yes."))
    assert parents(found)[1] == (2, 1)
    assert found.comments[1].prefix[0].is_guessed
    assert len(reasons(found, GUESSED)) == 1


def test_link_that_leads_nowhere_is_noted():
    found = settled(remark(2, at(99, "Ada") + " Yes."))
    assert "comment 99, which did not come in" in reasons(found, NOTED)[0]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"approved": "spam"}, "spam"),
        ({"approved": "trash"}, "trash"),
        ({"approved": "post-trashed"}, "its post was in the trash"),
        ({"approved": "odd"}, "unknown"),
        ({"type": "pingback"}, "it is a pingback"),
        ({"type": "trackback"}, "it is a trackback"),
        ({"type": "note"}, "it is a note"),
        ({"content": ""}, "no text"),
        ({"content": "<p> &nbsp;</p>"}, "no text"),
    ],
)
def test_what_is_no_comment_is_left_out_with_the_reason(fields, said):
    found = settled(remark(1, **fields), remark(2))
    assert parents(found) == [(2, None)]
    assert said in reasons(found, LEFT_OUT)[0]


def test_comment_type_of_newer_versions_is_a_comment():
    assert len(settled(remark(1, type="comment")).comments) == 1


def test_unapproved_comments_are_held_and_heard_by_nobody():
    found = settled(remark(1, author="Ada", approved="0"), remark(2, "@Ada: Yes."))
    assert [c.is_held for c in found.comments] == [True, False]
    assert found.comments[1].prefix == []


def test_comment_of_which_nothing_is_known_but_its_words_is_held():
    found = settled("<wp:comment><wp:comment_content>Words.</wp:comment_content></wp:comment>")
    assert [(c.is_held, c.parent) for c in found.comments] == [(True, None)]


def test_answers_to_what_is_left_out_hang_under_the_next_above():
    found = settled(
        remark(1), remark(2, parent=1, approved="trash"), remark(3, parent=2, approved="1")
    )
    assert parents(found) == [(1, None), (3, 1)]
    assert "hangs under comment 1" in reasons(found, NOTED)[0]


def test_missing_parent_makes_a_thread_and_is_noted():
    found = settled(remark(3, parent=77))
    assert parents(found) == [(3, None)]
    assert "comment 77, which did not come in" in reasons(found, NOTED)[0]


def test_comment_that_answers_itself_is_a_thread():
    found = settled(remark(3, at(3, "Bert") + " Yes.", parent=3))
    assert parents(found) == [(3, None)]
    assert len(reasons(found, NOTED)) == 2


def test_circles_are_cut_at_their_first_comment():
    found = settled(
        remark(1, parent=3), remark(2, parent=1), remark(3, parent=2), remark(4, parent=3)
    )
    assert parents(found) == [(1, None), (2, 1), (3, 2), (4, 3)]
    assert "begins a thread" in reasons(found, NOTED)[0]


def test_comment_that_stands_twice_comes_in_once():
    found = settled(remark(1), remark(1), remark(2), known=[2])
    assert parents(found) == [(1, None)]
    assert len(reasons(found, LEFT_OUT)) == 2


def test_comment_without_a_time_stands_behind_the_one_before_it():
    zeros = "0000-00-00 00:00:00"
    found = settled(remark(1), remark(2, date_gmt=zeros), remark(3))
    assert [c.remark.legacy_id for c in found.comments] == [1, 2, 3]
    assert found.comments[1].posted_at == found.comments[0].posted_at


def test_local_times_are_read_by_the_offset_of_the_post():
    found = settled(remark(1, date_gmt="", date="2014-05-06 12:00:00"))
    assert found.comments[0].posted_at == datetime(2014, 5, 6, 10, tzinfo=UTC)


def test_moment_reads_utc_first_then_local_time_then_nothing():
    berlin = ZoneInfo("Europe/Berlin")
    assert moment("2014-01-02 03:04:05", "", berlin) == datetime(2014, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert moment("", " 2014-01-02 03:04:05 ", berlin) == datetime(2014, 1, 2, 2, 4, 5, tzinfo=UTC)
    assert moment("0000-00-00 00:00:00", "soon", berlin) is None


LINKS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from(["1", "1", "0", "trash"])),
    max_size=8,
)


@given(LINKS)
def test_whatever_points_where_the_comments_are_threads(links):
    comments = [
        remark(n, f"{at(linked, 'Bert')} Yes." if linked else "No.", parent=parent, approved=state)
        for n, (parent, linked, state) in enumerate(links, start=1)
    ]
    found = settled(*comments)
    order = found.in_planting_order()
    assert sorted(c.number for c in order) == list(range(1, len(found.comments) + 1))
    for comment in order:
        assert comment.parent is None or order.index(comment.parent) < order.index(comment)
