"""The author of an article as host of its discussion: the index of what they say there, and the
filter for it."""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString

from forum import markup
from forum.articles.models import Article
from forum.comments.models import Comment, CommentQuerySet, ReplyLink

# In the index; the filter has all.
MOST_REMARKS = 100


@dataclass(frozen=True)
class Remark:
    """What the article's author said, in a few words."""

    number: int
    address: str
    words: SafeString


def with_the_host(article: Article) -> CommentQuerySet:
    """What the article's author said in the discussion, and what they answer by it."""
    said = Comment.objects.filter(article=article, author__in=article.host_ids).visible()
    answered = ReplyLink.objects.filter(comment__in=said.values("pk"), target__article=article)
    return Comment.objects.filter(
        Q(pk__in=said.values("pk"))
        | Q(pk__in=said.values("parent"))
        | Q(pk__in=answered.values("target")),
        article=article,
    ).shown()


def remarks(article: Article, page: list[Comment], *, is_whole: bool) -> list[Remark]:
    """The author's remarks in the whole discussion; one query where the page is not all of it."""
    if is_whole:
        said = [c for c in page if c.author_id in article.host_ids and c.is_visible]
        said.sort(key=lambda c: (c.posted_at, c.number))
    else:
        theirs = Comment.objects.filter(article=article, author__in=article.host_ids).visible()
        said = list(theirs.in_time_order().only("number", "html", "posted_at")[:MOST_REMARKS])
    here = {c.pk for c in page}
    return [
        Remark(
            number=c.number,
            address=f"#{c.anchor}" if c.pk in here else reverse("comment", args=[c.pk]),
            words=markup.excerpt_html(c.html, 80),
        )
        for c in said[:MOST_REMARKS]
    ]
