"""Patterns answer whatever the text; those that could not are refused when they are saved."""

import pytest

from forum.screening import patterns
from forum.screening.judging import Question, Text
from forum.screening.models import Kind, Rule


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*a){20}x", "(x+x+)+y"]
)
def test_what_would_go_back_without_end_answers(pattern):
    patterns.check(pattern)
    assert patterns.found(pattern, "a" * 20_000 + "!") is None


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"(?=buy)", "Looking ahead"),
        (r"(a)\1", "Looking ahead"),
        (r"((a{1,1000}){1,1000}){1,1000}", "repeats too much"),
        ("(", "This is no pattern: missing"),
        (r"\bétat\b", "know the letters from a to z alone"),
        ("x*", "finds something in every text"),
        ("a" * 501, "500 characters"),
    ],
)
def test_pattern_that_cannot_be_had_is_refused_in_words(pattern, words):
    with pytest.raises(patterns.PatternRefused, match=words):
        patterns.check(pattern)


def test_slow_pattern_is_refused(monkeypatch):
    monkeypatch.setattr(patterns, "MOST_SECONDS", -1)
    with pytest.raises(patterns.PatternRefused, match="too long"):
        patterns.check("buy +now")


def test_text_whose_time_is_over_is_caught():
    question, text = Question(Rule(kind=Kind.PATTERN, terms="buy +now")), Text("<p>Hello.</p>")
    assert question.found(text) == []
    text.seconds_left = 0
    assert question.found(text) == ["The patterns took too long."]


def test_pattern_sees_the_words_and_the_addresses_behind_them():
    html = '<p>Bu<em>y</em> NOW <a href="https://x.example/casino">here</a></p>'
    for pattern in ("buy now", "example/casino"):
        assert Question(Rule(kind=Kind.PATTERN, terms=pattern)).found(Text(html))
