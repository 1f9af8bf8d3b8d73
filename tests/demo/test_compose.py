import os
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise

import pytest

from forum.demo.compose import TOPICS, UNTIL, compose
from forum.demo.stories import ContentError, read_people
from forum.demo.topics import read_plans

FINGERPRINT = """
from hashlib import sha256
from forum.demo.compose import compose
from forum.demo.stories import read_people
print(sha256(repr(list(compose(read_people()))).encode()).hexdigest())
"""
MANNERS = 'thanks = ["Thank you."]\nclose = ["Enough."]\n'
KETTLES = """
[[article]]
slug = "kettles"
size = {size}
headline = "Kettles"
standfirst = "They boil."
author = "maren"
published = 2026-01-02T08:00:00Z
categories = ["Food"]
cover_alt = "A kettle."
cover_caption = "Boiling."
body = "They boil."
"""
MATTER = """
[[article.matter]]
about = "Kettles should whistle"
openers = ["Mine does."]
disagree = ["Mine wakes the baby."]
"""


@pytest.fixture(scope="module")
def people():
    return read_people()


@pytest.fixture(scope="module")
def stories(people):
    return list(compose(people))


@pytest.fixture
def kettles(tmp_path, people):
    """Composes one article of this size from this content."""

    def run(size, matter=""):
        (tmp_path / "manners.toml").write_text(MANNERS)
        (tmp_path / "kettles.toml").write_text(KETTLES.format(size=size) + matter)
        return list(compose(people, folder=tmp_path))

    return run


def answers(stories):
    """Every remark that answers another, with its number and the one answered."""
    for story in stories:
        for number, remark in enumerate(story.remarks, start=1):
            if remark.re is not None:
                yield number, remark, story.remarks[remark.re - 1]


def test_same_content_gives_the_same_stories_in_another_process(stories):
    again = subprocess.run(
        [sys.executable, "-c", FINGERPRINT],
        env=os.environ | {"PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert again.stdout.strip() == sha256(repr(stories).encode()).hexdigest()


def test_every_story_has_the_comments_its_plan_asks_for(stories):
    asked = {plan.story.slug: plan.size for plan in read_plans(TOPICS)}
    assert {story.slug: len(story.remarks) for story in stories} == asked


def test_stories_come_oldest_first(stories):
    assert all(earlier.published <= later.published for earlier, later in pairwise(stories))


def test_nobody_answers_themselves(stories):
    assert [(r.by, r.text) for _, r, answered in answers(stories) if r.by == answered.by] == []


def test_every_remark_answers_a_lower_number(stories):
    assert [r.text for number, r, _ in answers(stories) if not 1 <= r.re < number] == []


def test_remarks_come_after_the_article_one_after_the_other_until_the_last_day(stories):
    for story in stories:
        moments = [timedelta(), *(remark.after for remark in story.remarks)]
        assert all(earlier < later for earlier, later in pairwise(moments)), story.slug
        assert story.published + moments[-1] < UNTIL, story.slug


def test_no_text_is_used_twice(stories):
    said = [remark.text for story in stories for remark in story.remarks]
    assert len(said) == len(set(said))


def test_article_of_size_0_has_no_comments_and_needs_no_matters(kettles):
    (story,) = kettles(size=0)
    assert story.remarks == ()


def test_disagreement_answers_the_thought_it_is_about(kettles):
    (story,) = kettles(size=2, matter=MATTER)
    assert [remark.re for remark in story.remarks] == [None, 1]
    assert story.remarks[1].text.endswith("Mine wakes the baby.")


def test_bank_too_small_for_its_plan_is_refused_with_what_is_missing(kettles):
    with pytest.raises(ContentError, match="kettles: the bank is 5 remarks short"):
        kettles(size=7, matter=MATTER)
