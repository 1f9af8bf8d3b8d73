"""Finding the comments of a wave of spam: by author, link, likeness and time.

Only what is in sight is found, the newest first, and only of the last LONGEST days, so that a
search reads the newest comments of the site and not all of it. Likeness is that of trigrams
(`similarity` of pg_trgm) with the text given, at least ALIKE: the same advertisement with another
name and price in it is above 0.5, two texts on one subject are below 0.3.

Addresses of readers' computers are not among the criteria, because comments are not stored with
one: what is not kept cannot be lost, and a wave comes from many.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models.functions import Length
from django.utils import timezone

from accounts.models import User
from forum.comments.models import Comment

MOST_FOUND = 300
LONGEST = 30
ALIKE = 0.4


@dataclass(frozen=True)
class Search:
    """What is sought; what is empty does not narrow. `authors` are keys of members, None: all."""

    hours: int
    authors: list[int] | None = None
    domain: str = ""
    like: str = ""


def find(search: Search, moderator: User) -> list[Comment]:
    """The comments in sight that all criteria fit, of those that are this moderator's; with author
    and article, at most MOST_FOUND."""
    since = timezone.now() - timedelta(hours=min(search.hours, LONGEST * 24))
    found = (
        Comment.objects.moderated_by(moderator)
        .visible()
        .filter(posted_at__gt=since)
        .select_related("author", "article")
        .defer("article__text", "article__html")
        .newest_first()
    )
    if search.authors is not None:
        found = found.filter(author__in=search.authors)
    if search.domain:
        # Of the host in a link, and of hosts below it; not of words that look like it.
        host = re.escape(search.domain)
        found = found.filter(html__iregex=rf'href="https?://([^/"]*\.)?{host}[/:"?#]')
    if search.like:
        # Texts of very different lengths cannot be alike, and comparing them costs most.
        length = len(search.like)
        found = found.annotate(length=Length("text")).filter(
            length__range=(int(length * ALIKE / 2), int(length / ALIKE * 2))
        )
        found = found.annotate(likeness=TrigramSimilarity("text", search.like)).filter(
            likeness__gte=ALIKE
        )
    return list(found[:MOST_FOUND])
