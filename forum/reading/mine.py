"""What a page of a discussion says to one member alone: a small piece of data beside what
everybody reads. Scripts put it into the cards; every verb has a page of its own besides."""

from typing import Any

from accounts.models import User
from forum.articles.models import Article
from forum.comments import permissions
from forum.comments.models import Comment


def mine(member: User, article: Article, *, csrf: str) -> dict[str, Any]:
    """For the page of `article`; one query.

    `me` is the member's key, as in the cards' data-by; `csrf` the token for what scripts send;
    `own` has the member's comments by number, with the moment until which each can be edited
    (ISO 8601), or null.
    """
    own = Comment.objects.filter(
        article=article, author=member, withdrawn_at=None, hidden_at=None
    ).only("number", "posted_at", "author", "withdrawn_at", "hidden_at")
    return {
        "me": member.pk,
        "csrf": csrf,
        "own": {c.number: _editable_until(member, c, article) for c in own},
    }


def _editable_until(member: User, comment: Comment, article: Article) -> str | None:
    comment.article = article
    if permissions.why_not_edit(member, comment):
        return None
    return permissions.typos_until(comment).isoformat(timespec="seconds")
