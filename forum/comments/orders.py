"""The orders in which a discussion is read, and what comes before and after a comment in each.

- `threads`: each thread whole, the oldest first; in it every comment is followed by its answers.
- `time`: as it was said, which is by number but for what came from another discussion.
- `likes`: threads as before, the most liked first. What counts is the likes of the comment that
  began the thread and those of the best answer in it. The sum of all answers would bring up what
  is long, and the first comment alone would bury a good answer to a poor question. Threads that
  are liked alike stand in order of their age; what is out of sight counts nothing.

A page is found by the number of the comment it begins with, in every order.
"""

from typing import Literal, get_args

from django.db.models import Case, F, IntegerField, Max, Q, Value, When, Window
from django.db.models.functions import Coalesce

from forum.comments.models import OUT_OF_SIGHT, Comment, CommentQuerySet

Order = Literal["threads", "time", "likes"]
ORDERS: tuple[Order, ...] = get_args(Order)


def in_order(comments: CommentQuerySet, order: Order) -> CommentQuerySet:
    """The comments of one discussion, all that are shown of it, sorted."""
    if order == "time":
        return comments.in_time_order()
    if order == "likes":
        return _scored(comments).order_by(F("score").desc(), "tree_id", "lft")
    return comments.in_thread_order()


def beginning_with(comments: CommentQuerySet, order: Order, first: Comment) -> CommentQuerySet:
    """Of comments that `in_order` sorted, `first` and what follows; one query in likes order."""
    if order == "time":
        return comments.filter(
            Q(posted_at__gt=first.posted_at)
            | Q(posted_at=first.posted_at, number__gte=first.number),
            posted_at__gte=first.posted_at,
        )
    in_and_behind = Q(tree_id__gt=first.tree_id) | Q(tree_id=first.tree_id, lft__gte=first.lft)
    if order == "likes":
        score = _score_of_thread(first)
        return comments.filter(Q(score__lt=score) | Q(in_and_behind, score=score))
    return comments.filter(in_and_behind, tree_id__gte=first.tree_id)


def before(comments: CommentQuerySet, order: Order, first: Comment) -> CommentQuerySet:
    """Of comments that `in_order` sorted, what comes before `first`; one query in likes order."""
    if order == "time":
        return comments.filter(
            Q(posted_at__lt=first.posted_at)
            | Q(posted_at=first.posted_at, number__lt=first.number),
            posted_at__lte=first.posted_at,
        )
    in_front = Q(tree_id__lt=first.tree_id) | Q(tree_id=first.tree_id, lft__lt=first.lft)
    if order == "likes":
        score = _score_of_thread(first)
        return comments.filter(Q(score__gt=score) | Q(in_front, score=score))
    return comments.filter(in_front, tree_id__lte=first.tree_id)


def _scored(comments: CommentQuerySet) -> CommentQuerySet:
    def best_in_thread(those: Q) -> Window:
        likes = Case(
            When(those & ~OUT_OF_SIGHT, then="like_count"),
            default=Value(0),
            output_field=IntegerField(),
        )
        return Window(Max(likes), partition_by="tree_id")

    return comments.annotate(
        score=best_in_thread(Q(parent=None)) + best_in_thread(Q(parent__isnull=False))
    )


def _score_of_thread(comment: Comment) -> int:
    found = (
        Comment.objects.filter(article_id=comment.article_id, tree_id=comment.tree_id)
        .visible()
        .aggregate(
            score=Coalesce(Max("like_count", filter=Q(parent=None)), 0)
            + Coalesce(Max("like_count", filter=Q(parent__isnull=False)), 0)
        )
    )
    return found["score"]
