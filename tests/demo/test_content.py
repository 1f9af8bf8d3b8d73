from collections import Counter

import pytest

from forum.demo.compose import compose
from forum.demo.stories import ContentError, check_speakers, read_lead, read_leads, read_people
from forum.demo.topics import read_plans

ARTICLE = """
slug = "a-kettle"
headline = "A kettle"
standfirst = "It boils."
author = "maren"
published = 2026-01-02T08:00:00Z
categories = ["Food"]
cover_alt = "A kettle."
cover_caption = "Boiling."
body = "It boils."
"""


@pytest.fixture(scope="module")
def people():
    return read_people()


@pytest.fixture(scope="module")
def leads():
    return read_leads()


@pytest.fixture(scope="module")
def stories(people, leads):
    return [*leads, *compose(people)]


@pytest.fixture
def lead(tmp_path):
    """Reads a lead file with these comments under it."""

    def read(comments):
        path = tmp_path / "a-kettle.toml"
        path.write_text(ARTICLE + comments)
        return read_lead(path)

    return read


def levels(story):
    """How deep each remark is; a thread's first is 0."""
    deep = []
    for remark in story.remarks:
        deep.append(deep[remark.re - 1] + 1 if remark.re else 0)
    return deep


def test_people_are_three_authors_forty_members_and_a_moderator(people):
    assert Counter(p.role for p in people) == {"author": 3, "member": 40, "moderator": 1}


def test_articles_are_thirty_by_all_three_authors(leads, stories):
    assert (len(leads), len(stories)) == (6, 30)
    assert len({story.slug for story in stories}) == 30
    assert len({story.headline for story in stories}) == 30
    assert len({story.author for story in stories}) == 3


def test_hand_written_comments_are_a_hundred_and_fifty_or_more(leads):
    assert sum(len(story.remarks) for story in leads) >= 150


def test_comments_are_about_fifteen_hundred(stories):
    assert 1400 <= sum(len(story.remarks) for story in stories) <= 1650


def test_one_discussion_has_five_hundred_comments_and_one_has_none(stories):
    sizes = Counter(len(story.remarks) for story in stories)
    assert (sizes[500], sizes[0]) == (1, 1)


def test_some_thread_is_eight_levels_deep(stories):
    assert max(level for story in stories for level in levels(story)) >= 8


def test_no_text_is_used_twice(stories):
    said = Counter(remark.text for story in stories for remark in story.remarks)
    assert [text for text, times in said.items() if times > 1] == []


def test_comments_of_a_lead_stand_in_time_order_under_known_names(people, leads):
    for story in leads:
        check_speakers(story, people)
        moments = [remark.after for remark in story.remarks]
        assert moments == sorted(moments), story.slug


def test_lead_with_comments_out_of_order_is_refused_by_number(lead):
    with pytest.raises(ContentError, match=r"a-kettle\.toml: comment 2 is earlier"):
        lead(
            '[[comment]]\nby = "wilf"\nminutes = 9\ntext = "Nine."\n'
            '[[comment]]\nby = "wilf"\nminutes = 3\ntext = "Three."\n'
        )


def test_lead_that_answers_a_later_comment_is_refused(lead):
    with pytest.raises(ContentError, match="comment 1: `re` must be the number of an earlier"):
        lead('[[comment]]\nby = "wilf"\nminutes = 9\nre = 1\ntext = "Nine."\n')


def test_speaker_whom_nobody_knows_is_refused(lead, people):
    story = lead('[[comment]]\nby = "nobody"\nminutes = 9\ntext = "Nine."\n')
    with pytest.raises(ContentError, match="comment 1: nobody is called 'nobody'"):
        check_speakers(story, people)


def test_misspelt_kind_of_remark_is_refused(tmp_path):
    article = f'[[article]]\nsize = 1\n{ARTICLE}\n[[article.matter]]\nabout = "Tea"\nopener = []\n'
    (tmp_path / "kettles.toml").write_text(article)
    with pytest.raises(ContentError, match=r"kettles\.toml: Tea: unknown keys \['opener'\]"):
        list(read_plans(tmp_path))
