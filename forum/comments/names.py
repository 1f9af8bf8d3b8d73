"""Whom a writer may mean who typed an @ and some letters.

People of the discussion come first, each with the comment that their name would be linked to, as
`forum.comments.reply_links.resolve` decides: the latest they said before this text, or the comment
answered where it is theirs. Then members who took no part.
"""

import unicodedata
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from accounts.names import LONGEST_NAME, display_key
from forum import markup
from forum.articles.models import Article
from forum.comments.models import Comment

MOST_NAMES = 8
MOST_LOOKED_AT = 80
WORDS_SHOWN = 60


@dataclass(frozen=True)
class Name:
    """Somebody who may be meant; `number` and `words` of the comment that would be linked, or None
    and none for a member who took no part."""

    name: str
    number: int | None = None
    words: str = ""


def names(
    article: Article,
    typed: str,
    *,
    writer: User,
    before: int | None = None,
    parent: Comment | None = None,
) -> list[Name]:
    """At most MOST_NAMES, those who spoke last first; for no letters people of the discussion
    alone. Two queries at most. People of the discussion are found by any word of their name."""
    key = display_key(typed[:LONGEST_NAME])
    said = Comment.objects.filter(article=article).visible().exclude(author=writer)
    if before is not None:
        said = said.filter(number__lt=before)
    named = Q(author__display_key__startswith=key) | Q(author__display_key__contains=f" {key}")
    latest = (
        said.filter(named, author__is_active=True)
        .order_by("author_id", "-number")
        .distinct("author_id")
    )
    comments = [
        comment
        for comment in Comment.objects.filter(pk__in=latest.values("pk"))
        .select_related("author")
        .order_by("-number")[:MOST_LOOKED_AT]
        if _fits(comment.author.display_name, typed)
    ][:MOST_NAMES]
    if parent is not None and parent.is_visible:
        comments = [parent if c.author_id == parent.author_id else c for c in comments]
        comments.sort(key=lambda c: c != parent)
    found = [
        Name(c.author.display_name, c.number, markup.excerpt(c.html, WORDS_SHOWN)) for c in comments
    ]
    if not key or len(found) == MOST_NAMES:
        return found
    others = (
        User.objects.filter(display_key__startswith=key, is_active=True)
        .exclude(pk__in=[writer.pk, *(c.author_id for c in comments)])
        .order_by("display_key")
        .values_list("display_name", flat=True)[:MOST_LOOKED_AT]
    )
    return [*found, *(Name(name) for name in others if _fits(name, typed))][:MOST_NAMES]


def _fits(name: str, typed: str) -> bool:
    """Whether a word of the name begins so: keys take letters that look alike for one another."""
    return f" {_folded(typed)}" in f" {_folded(name)}"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
