"""Spam as moderators of this site know it: a Bayesian classifier that their verdicts train.

Fisher's method as Gary Robinson proposed it for mail ("A statistical approach to the spam
problem", 2003) and SpamBayes proved it: for each token of a text the probability that a text with
it is spam, pulled towards one half while little is known; the most telling ones combined twice, as
evidence for spam and against. What is neither or both comes out as one half. Counts are of texts,
not of occurrences: repeating a word proves nothing.

A token is a word, a domain that is linked to, or a count of links. What is learned is kept in
PostgreSQL, one row a token, and is added to and taken from: asking costs one query by key.
"""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from forum.markup import plain_text
from forum.screening import domains
from forum.screening.models import Lesson, Token
from forum.screening.words import words

# Below so many texts of either kind it says nothing: it would only know the first spammer.
FEWEST_LESSONS = 20
MOST_TOKENS = 300
LONGEST_TOKEN = 80
# Robinson's s and x: how much one half counts for a token that is hardly known.
STRENGTH, UNKNOWN = 0.45, 0.5
# SpamBayes' choice: tokens nearer than this to one half say nothing, and 150 are enough.
LEAST_TELLING, MOST_TELLING = 0.1, 150
ALL = ""  # the token that stands in every text


def tokens(html: str) -> list[str]:
    """What a text is judged by, each once."""
    links = domains.links(html)
    found = dict.fromkeys(word for word in words(plain_text(html)) if len(word) <= LONGEST_TOKEN)
    named = (f"at {domains.host_of(link)}"[:LONGEST_TOKEN] for link in links)
    told = dict.fromkeys([f"links {min(len(links), 3)}", *named])
    return [*told, *found][:MOST_TOKENS]


def spam_score(html: str) -> float | None:
    """How much a text is like what moderators called spam, 0 to 1; None while they have called
    too little anything. One query."""
    asked = tokens(html)
    known = {
        token: (spam, ham)
        for token, spam, ham in Token.objects.filter(token__in=[ALL, *asked]).values_list(
            "token", "spam", "ham"
        )
    }
    all_spam, all_ham = known.pop(ALL, (0, 0))
    if min(all_spam, all_ham) < FEWEST_LESSONS:
        return None
    return _combined(
        _probability(spam / all_spam, ham / all_ham, spam + ham) for spam, ham in known.values()
    )


@transaction.atomic
def learn(*, subject: int, html: str, is_spam: bool, decided_at: datetime) -> None:
    """Keep what a decision of that moment said of a text; of all on one subject the latest counts,
    once. Learned twice it changes nothing."""
    with _change(subject):
        Lesson.objects.get_or_create(
            subject=subject,
            decided_at=decided_at,
            defaults={"is_spam": is_spam, "tokens": [ALL, *tokens(html)]},
        )


@transaction.atomic
def unlearn(*, subject: int, decided_at: datetime) -> None:
    """A decision was taken back: what it taught, if anything, counts no more, and what was known
    before it counts again."""
    with _change(subject):
        Lesson.objects.filter(subject=subject, decided_at=decided_at).delete()


@transaction.atomic
def forget(*, subject: int) -> None:
    """Nothing that was said of the text counts any more, nor is kept."""
    with _change(subject):
        Lesson.objects.filter(subject=subject).delete()


@contextmanager
def _change(subject: int) -> Iterator[None]:
    """Count, after what happens inside, what is then the latest lesson on the subject in place of
    the one before. One subject at a time: two that share words would wait for each other's rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('lesson', 0))")
    lessons = Lesson.objects.filter(subject=subject).order_by("-decided_at")
    before = lessons.first()
    yield
    after = lessons.first()
    if before == after:
        return
    if before:
        _count(before.tokens, before.is_spam, -1)
    if after:
        _count(after.tokens, after.is_spam, 1)


def _count(counted: list[str], is_spam: bool, change: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO screening_token (token, spam, ham)
            SELECT token, greatest(0, %(spam)s), greatest(0, %(ham)s)
              FROM unnest(%(tokens)s::text[]) AS token
            ON CONFLICT (token) DO UPDATE
               SET spam = screening_token.spam + %(spam)s, ham = screening_token.ham + %(ham)s
            """,
            {
                "tokens": counted,
                "spam": change if is_spam else 0,
                "ham": 0 if is_spam else change,
            },
        )
        if change < 0:
            cursor.execute("DELETE FROM screening_token WHERE spam = 0 AND ham = 0")


def _probability(spam: float, ham: float, count: int) -> float:
    """That a text with this token is spam, by the shares of spam and of the rest that have it."""
    naive = spam / (spam + ham)
    return (STRENGTH * UNKNOWN + count * naive) / (STRENGTH + count)


def _combined(probabilities: Iterable[float]) -> float:
    telling = sorted(
        (one for one in probabilities if abs(one - 0.5) >= LEAST_TELLING),
        key=lambda one: -abs(one - 0.5),
    )[:MOST_TELLING]
    if not telling:
        return 0.5
    for_spam = 1 - _chi_squared(-2 * sum(math.log(1 - one) for one in telling), len(telling))
    against = 1 - _chi_squared(-2 * sum(math.log(one) for one in telling), len(telling))
    return (1 + for_spam - against) / 2


def _chi_squared(value: float, pairs: int) -> float:
    """The chance of a chi squared of at least `value` with 2 x `pairs` degrees of freedom."""
    half = value / 2
    term = total = math.exp(-half)
    for step in range(1, pairs):
        term *= half / step
        total += term
    return min(total, 1.0)
