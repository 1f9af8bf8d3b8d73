"""What must not change while an account is merged or erased, held.

The order is that of `forum.comments.flows`: articles first, by their keys, then members. A row of
a member that is held like this lets nothing be written that names them: what was being written when
it was taken is there, and what comes later waits, and is then told by the database whose it is now
(migration 0002).
"""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from psycopg.errors import DeadlockDetected

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment, Like
from forum.people.renaming import answering, articles_of

TRIES = 4


def patiently(verb: Callable[..., Any]) -> Callable[..., Any]:
    """In a transaction of its own, and once more where it met somebody who took rows the other way
    round: a member who is renamed is held before their articles."""

    @wraps(verb)
    def try_again(**what: Any) -> Any:
        for attempt in range(TRIES):
            try:
                with transaction.atomic():
                    return verb(**what)
            except OperationalError as error:
                met = isinstance(error.__cause__, DeadlockDetected)
                if not met or connection.in_atomic_block or attempt == TRIES - 1:
                    raise
        raise AssertionError

    return try_again


def hold(members: Collection[User], also: Callable[[], QuerySet[Comment]]) -> dict[int, User]:
    """These members as they are now, by their keys, with the articles in which they wrote, liked
    or are named, and those of the comments that `also` finds."""
    keys = [member.pk for member in members]
    while True:
        before = transaction.savepoint()
        articles = _articles(keys) | articles_of(also())
        held_articles(articles)
        held = User.objects.select_for_update().filter(pk__in=keys).order_by("pk")
        found = {member.pk: member for member in held}
        if (_articles(keys) | articles_of(also())) <= articles:
            transaction.savepoint_commit(before)
            return found
        transaction.savepoint_rollback(before)  # lets go of the rows, or the order would be lost


def held_articles(keys: Collection[int]) -> None:
    """Hold the rows of these articles until the transaction ends, in order of their keys."""
    held = Article.objects.select_for_update(no_key=True).filter(pk__in=keys)
    list(held.order_by("pk").values_list("pk"))


def _articles(members: Collection[int]) -> set[int]:
    comments = Q(author__in=members) | Q(pk__in=answering(members).order_by().values("pk"))
    liked = Like.objects.filter(member__in=members)
    written = Article.objects.filter(
        Q(author__in=members) | Q(co_author_keys__overlap=list(members))
    )
    return {
        *articles_of(Comment.objects.filter(comments)),
        *liked.values_list("comment__article", flat=True).distinct(),
        *written.values_list("pk", flat=True),
    }
