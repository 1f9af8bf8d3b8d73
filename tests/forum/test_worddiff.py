from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from forum.worddiff import Run, differences, with_long_stretches_skipped

texts = st.text(alphabet="ab \n.水日é", max_size=60)


def in_old(runs):
    return "".join(run.text for run in runs if run.kind != "new")


def in_new(runs):
    return "".join(run.text for run in runs if run.kind != "gone")


def test_words_that_changed_are_told_from_those_that_stayed():
    assert differences("The old river ran low.", "The new river ran low.") == [
        Run("same", "The "),
        Run("gone", "old"),
        Run("new", "new"),
        Run("same", " river ran low."),
    ]


def test_scraps_between_changes_count_as_changed():
    runs = differences("House of cards", "Deck of dice")
    assert [run.text for run in runs] == ["House of cards", "Deck of dice"]


def test_paragraph_put_in_leaves_the_others_alone():
    runs = differences("One.\n\nThree.", "One.\n\nTwo.\n\nThree.")
    assert [run for run in runs if run.kind != "same"] == [Run("new", "Two.\n\n")]


def test_scripts_without_spaces_are_compared_by_character():
    runs = differences("東京は晴れです", "東京は雨です")
    assert runs[0] == Run("same", "東京は")


@given(texts, texts)
def test_both_texts_can_be_read_from_the_runs(old, new):
    runs = differences(old, new)
    assert (in_old(runs), in_new(runs)) == (old, new)
    assert all(a.kind != b.kind for a, b in pairwise(runs))
    folded = with_long_stretches_skipped(runs)
    assert (in_old(folded), in_new(folded)) == (old, new)


def test_long_unchanged_stretches_are_folded_but_for_what_stands_round_a_change():
    stays = "word " * 400
    runs = with_long_stretches_skipped(differences(f"{stays}old", f"{stays}new"))
    assert [run.kind for run in runs] == ["skipped", "same", "gone", "new"]
    assert 230 <= len(runs[1].text) <= 240


def test_texts_too_different_to_compare_are_shown_whole():
    old, new = "[]" * 10_001, "()" * 10_001
    assert differences(old, new) == [Run("gone", old), Run("new", new)]
