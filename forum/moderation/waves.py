"""Finding the comments of a wave of spam: by author, link, likeness, address and time.

Only what is in sight is found, the newest first, and only of the last LONGEST days, so that a
search reads the newest comments of the site and not all of it. Likeness is that of trigrams
(`similarity` of pg_trgm) with the text given, at least ALIKE: the same advertisement with another
name and price in it is above 0.5, two texts on one subject are below 0.3.

What came from the same network address as a comment is found by a hash of it, which is kept for
some days (`forum.screening.networks`); moderators see what belongs together, and no address.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models.functions import Length
from django.utils import timezone

from accounts.models import User
from forum.comments.models import Comment, Origin
from forum.screening.networks import kept_since

MOST_FOUND = 300
LONGEST = 30
ALIKE = 0.4


@dataclass(frozen=True)
class Search:
    """What is sought; what is empty does not narrow. `authors` are keys of members, None: all;
    what is sought came from the same address as the comment `same_as`."""

    hours: int
    authors: list[int] | None = None
    domain: str = ""
    like: str = ""
    same_as: Comment | None = None


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
    if search.same_as is not None:
        origin = Origin.objects.filter(comment=search.same_as)
        found = found.filter(origin__network__in=origin.values("network"))
    return list(found[:MOST_FOUND])


def knows_origin(comment: Comment) -> bool:
    """Whether it can be found what came from the same address as this comment."""
    return comment.posted_at > kept_since() and Origin.objects.filter(comment=comment).exists()
