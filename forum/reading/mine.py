"""What a page of a discussion says to one member alone: a small piece of data beside what
everybody reads. Scripts put it into the cards; every verb has a page of its own besides."""

from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Value

from accounts.models import User
from forum.articles.models import Article
from forum.comments import permissions
from forum.comments.models import Comment
from forum.reading.models import PersonFollowing


def mine(member: User, article: Article, *, csrf: str) -> dict[str, Any]:
    """For the page of `article`; one query.

    `me` is the member's key, as in the cards' data-by; `csrf` the token for what scripts send;
    `own` has the member's comments by number, with the moment until which each can be edited
    (ISO 8601), or null; `held` the numbers of those that wait for a moderator; `liked` the numbers
    of those they like; `muted` the keys of the people they mute.
    """
    said = Comment.objects.filter(
        article=article, author=member, withdrawn_at=None, hidden_at=None
    ).values_list("number", "posted_at", Value("own"), "held_at")
    liked = Comment.objects.filter(article=article, likes__member=member).values_list(
        "number", "posted_at", Value("liked"), "held_at"
    )
    muted = PersonFollowing.objects.filter(member=member, muted_at__isnull=False).values_list(
        "person", "muted_at", Value("muted"), Value(None, DateTimeField())
    )
    rows = list(said.order_by().union(liked.order_by(), muted, all=True))
    return {
        "me": member.pk,
        "csrf": csrf,
        "own": {
            number: _editable_until(member, article, posted_at)
            for number, posted_at, kind, _held_at in rows
            if kind == "own"
        },
        "held": [number for number, _at, kind, held_at in rows if held_at and kind == "own"],
        "liked": [number for number, _at, kind, _held_at in rows if kind == "liked"],
        "muted": sorted(person for person, _at, kind, _held_at in rows if kind == "muted"),
    }


def _editable_until(member: User, article: Article, posted_at: datetime) -> str | None:
    comment = Comment(article=article, author=member, posted_at=posted_at)
    if permissions.why_not_edit(member, comment):
        return None
    return permissions.typos_until(comment).isoformat(timespec="seconds")
