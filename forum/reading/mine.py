"""What a page of a discussion says to one member alone: a small piece of data beside what
everybody reads. Scripts put it into the cards; every verb has a page of its own besides."""

from datetime import datetime
from typing import Any

from django.db.models import Value

from accounts.models import User
from forum.articles.models import Article
from forum.comments import permissions
from forum.comments.models import Comment


def mine(member: User, article: Article, *, csrf: str) -> dict[str, Any]:
    """For the page of `article`; one query.

    `me` is the member's key, as in the cards' data-by; `csrf` the token for what scripts send;
    `own` has the member's comments by number, with the moment until which each can be edited
    (ISO 8601), or null; `held` the numbers of those that wait for a moderator; `liked` the numbers
    of those they like.
    """
    said = Comment.objects.filter(
        article=article, author=member, withdrawn_at=None, hidden_at=None
    ).values_list("number", "posted_at", Value(False), "held_at")
    liked = Comment.objects.filter(article=article, likes__member=member).values_list(
        "number", "posted_at", Value(True), "held_at"
    )
    rows = list(said.order_by().union(liked.order_by(), all=True))
    return {
        "me": member.pk,
        "csrf": csrf,
        "own": {
            number: _editable_until(member, article, posted_at)
            for number, posted_at, is_like, _held_at in rows
            if not is_like
        },
        "held": [number for number, _at, is_like, held_at in rows if held_at and not is_like],
        "liked": [number for number, _at, is_like, _held_at in rows if is_like],
    }


def _editable_until(member: User, article: Article, posted_at: datetime) -> str | None:
    comment = Comment(article=article, author=member, posted_at=posted_at)
    if permissions.why_not_edit(member, comment):
        return None
    return permissions.typos_until(comment).isoformat(timespec="seconds")
