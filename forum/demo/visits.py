"""People of the demo have been there before, so that whoever signs in finds what is new to them."""

from collections.abc import Collection
from datetime import timedelta

from django.db.models import Min, Q
from django.utils import timezone

from accounts.models import User
from forum.articles.models import Article
from forum.reading.models import ReadMark, Visit

# In the middle of the newest discussion.
LAST_VISIT = timedelta(hours=69)


def show_earlier_visits(members: Collection[User]) -> None:
    """Each of these came to every discussion that there was at that time, and saw all of it."""
    at = timezone.now() - LAST_VISIT
    since = Min("comments__number", filter=Q(comments__posted_at__gt=at))
    visits, marks = [], []
    for article in Article.objects.filter(published_at__lte=at).annotate(since=since):
        seen = article.since - 1 if article.since else article.last_number
        moments = {"began_at": at, "seen_at": at, "last_number": seen}
        for member in members:
            visits.append(Visit(member=member, article=article, **moments))
            marks.append(ReadMark(member=member, article=article, seen=[(1, seen)]))
    Visit.objects.bulk_create(visits)
    ReadMark.objects.bulk_create(marks)
