"""What a request names: an article, a comment that may be written about, a number."""

from django.shortcuts import get_object_or_404

from forum.articles.models import Article
from forum.comments.models import Comment


def readable_article(request, day, slug):
    readable = Article.objects.readable_by(request.user)
    return get_object_or_404(readable, publish_date=day, slug=slug)


def standing_comments(request):
    """Comments of articles that may be read, also those out of sight: who answers one of them
    gets the text back instead of a page that knows nothing."""
    readable = Article.objects.readable_by(request.user)
    return (
        Comment.objects.filter(article__in=readable)
        .select_related("article", "author")
        .defer("article__text", "article__html")
        .knowing_locks()
    )


def standing_comment(request, pk):
    return get_object_or_404(standing_comments(request), pk=pk)


def own_comment(request, pk):
    """One that this member wrote."""
    return get_object_or_404(_own_comments(request), pk=pk)


def own_standing_comment(request, pk):
    """One that this member wrote and has not withdrawn."""
    return get_object_or_404(_own_comments(request).filter(withdrawn_at=None), pk=pk)


def _own_comments(request):
    own = standing_comments(request).filter(author=request.user)
    return own.select_related("parent__author")


def number(text: str | None) -> int | None:
    """A key or number out of an address; None for what is none, or is too long to be one."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None
