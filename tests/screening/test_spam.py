"""The classifier knows what it was told, takes back what it was told, and says so little while it
knows little."""

from datetime import UTC, datetime, timedelta

import pytest

from forum.screening import spam
from forum.screening.models import Lesson, Token
from tests.race import race

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, tzinfo=UTC)
SPAM = '<p>Cheap pills, order now at <a href="https://pills.example/{n}">our shop {n}</a></p>'
HAM = "<p>The river was low in summer {n}, and the otters went upstream.</p>"


def learn(count=spam.FEWEST_LESSONS):
    for n in range(count):
        spam.learn(subject=2 * n, html=SPAM.format(n=n), is_spam=True, decided_at=AT)
        spam.learn(subject=2 * n + 1, html=HAM.format(n=n), is_spam=False, decided_at=AT)


def test_untaught_it_says_nothing():
    assert spam.spam_score(SPAM) is None
    learn(spam.FEWEST_LESSONS - 1)
    assert spam.spam_score(SPAM) is None


def test_taught_it_tells_spam_from_talk():
    learn()
    assert spam.spam_score("<p>Order cheap pills at our shop</p>") > 0.9
    assert spam.spam_score("<p>Otters went along the river.</p>") < 0.05
    assert spam.spam_score("<p>Quantum chromodynamics explained</p>") < 0.6


def test_repeating_a_word_proves_nothing():
    learn()
    once, often = ("<p>" + "pills " * n + "</p>" for n in (1, 200))
    assert spam.spam_score(once) == spam.spam_score(often)


def known():
    return set(Token.objects.values_list("token", "spam", "ham"))


def test_verdict_that_is_taken_back_leaves_what_stood_before():
    learn(3)
    before = known()
    first, second = AT, AT + timedelta(hours=1)
    for _twice in range(2):
        spam.learn(subject=99, html=HAM, is_spam=False, decided_at=first)
    with_one = known()
    for _twice in range(2):
        spam.learn(subject=99, html=SPAM, is_spam=True, decided_at=second)
    assert known() != with_one
    everything = Token.objects.get(token="")
    assert (everything.spam, everything.ham) == (4, 3), "the latest word alone counts"
    for _twice in range(2):
        spam.unlearn(subject=99, decided_at=second)
    assert known() == with_one
    spam.unlearn(subject=99, decided_at=first)
    assert known() == before
    assert not Lesson.objects.filter(subject=99).exists()


def test_earlier_verdict_that_is_learned_late_or_taken_back_changes_nothing():
    spam.learn(subject=99, html=SPAM, is_spam=True, decided_at=AT)
    before = known()
    spam.learn(subject=99, html=SPAM, is_spam=False, decided_at=AT - timedelta(hours=1))
    assert known() == before
    spam.unlearn(subject=99, decided_at=AT - timedelta(hours=1))
    assert known() == before


def test_forgotten_text_leaves_nothing():
    learn(3)
    before = known()
    spam.learn(subject=99, html=HAM, is_spam=False, decided_at=AT)
    spam.learn(subject=99, html=SPAM, is_spam=True, decided_at=AT + timedelta(hours=1))
    spam.forget(subject=99)
    assert known() == before
    assert not Lesson.objects.filter(subject=99).exists()


def test_asking_costs_one_query(django_assert_num_queries):
    learn()
    with django_assert_num_queries(1):
        spam.spam_score(SPAM)


@pytest.mark.django_db(transaction=True)
def test_lessons_at_once_are_all_counted():
    lessons = [
        lambda n=n: spam.learn(subject=n, html=SPAM.format(n=n), is_spam=n % 2 == 0, decided_at=AT)
        for n in range(8)
    ]
    assert race(*lessons) == [None] * 8
    everything = Token.objects.get(token="")
    assert (everything.spam, everything.ham) == (4, 4)
    assert Token.objects.get(token="pills").spam == 4
