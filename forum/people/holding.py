"""What must not change while an account is merged or erased, held.

The order is that of `forum.comments.flows`: articles first, by their keys, then members. A row of
a member that is held like this lets nothing be written that names them: what was being written when
it was taken is there, and what comes later waits, and is then told by the database whose it is now
(migration 0002).
"""

from collections.abc import Callable, Collection
from typing import NamedTuple

from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from psycopg.errors import LockNotAvailable

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Comment, Like
from forum.comments.rendering import answering
from forum.flags.models import Flag
from forum.people.renaming import articles_of

# Less than the second after which PostgreSQL looks whether two wait for each other and ends one.
WAIT = "300ms"
TRIES = 100


class Held(NamedTuple):
    """Members as they are now, by their keys, and the keys of the articles that are held."""

    members: dict[int, User]
    articles: set[int]


def hold(members: Collection[User], also: Callable[[], QuerySet[Comment]]) -> Held:
    """These members with the articles in which they wrote, liked or are named, and those of the
    comments that `also` finds, until the transaction ends.

    Whoever is renamed is held before their articles, the other way round. So this never waits long
    for a member while it holds articles: it lets go of them and begins again.
    """
    keys = [member.pk for member in members]
    for attempt in range(TRIES):
        before = transaction.savepoint()
        articles = _articles(keys) | articles_of(also())
        held_articles(articles)
        found = _members(keys, wait=attempt == TRIES - 1)
        if found is not None and (_articles(keys) | articles_of(also())) <= articles:
            transaction.savepoint_commit(before)
            return Held(found, articles)
        transaction.savepoint_rollback(before)  # which lets go of the rows
    raise OperationalError("The members' discussions change too fast to be held.")


def _members(keys: Collection[int], *, wait: bool) -> dict[int, User] | None:
    """None where somebody has one of them; then the transaction goes back to a savepoint.

    That must be the one before the articles: who waits for a row that was taken behind a further
    savepoint is not woken when it is let go of.
    """
    held = User.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", ["0" if wait else WAIT])
            found = {member.pk: member for member in held}
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
            return found
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            return None
        raise


def held_articles(keys: Collection[int]) -> None:
    """Hold the rows of these articles until the transaction ends, in order of their keys."""
    held = Article.objects.select_for_update(no_key=True).filter(pk__in=keys)
    list(held.order_by("pk").values_list("pk"))


def _articles(members: Collection[int]) -> set[int]:
    comments = Q(author__in=members) | Q(pk__in=answering(members).order_by().values("pk"))
    liked = Like.objects.filter(member__in=members)
    flagged = Flag.objects.filter(member__in=members)
    written = Article.objects.filter(
        Q(author__in=members) | Q(co_author_keys__overlap=list(members))
    )
    return {
        *articles_of(Comment.objects.filter(comments)),
        *liked.values_list("comment__article", flat=True).distinct(),
        *flagged.values_list("comment__article", flat=True).distinct(),
        *written.values_list("pk", flat=True),
    }
