"""Parts of a discussion at addresses of their own: one card, an exchange, who liked a comment, and
the comment that has or had a number."""

from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.gates import members_only
from forum import pagination
from forum.articles.models import Article, ArticleAddress
from forum.comments import discussion, permissions
from forum.comments import exchange as exchanges
from forum.comments.discussion import Discussion
from forum.comments.kept import render_cards
from forum.comments.models import Comment, FormerPlace
from forum.reading import states
from forum.reading.kept_pages import kept
from forum.reading.mine import mine, own
from forum.reading.views import number_or_none


@require_safe
def card(request, pk):
    """One card, for a page that links to a comment which is not on it."""
    found = _in_sight(request, pk)
    cards = discussion.cards_of(found.article, Comment.objects.filter(pk=pk))
    response = HttpResponse(render_cards(Discussion("time", cards)))
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@kept(states.comment)
def exchange(request, pk):
    comment = _in_sight(request, pk)
    start = number_or_none(request.GET.get("start"))
    found = exchanges.read(comment, start=start)
    context = {
        "comment": comment,
        "exchange": found,
        "chain": render_cards(found.chain),
        "after": render_cards(found.after, key="after"),
        "is_first": start is None,
        "mine": _mine(request, comment.article),
        "is_closed": bool(permissions.why_not_comment(request.user, comment.article))
        and (request.user.is_authenticated or comment.article.is_closed),
    }
    return render(request, "comments/exchange.html", context)


def _mine(request, article):
    if not request.user.is_authenticated:
        return None
    return mine(request.user, article, own(request.user, article), csrf=get_token(request))


@require_safe
@members_only
def likes(request, pk):
    """Who liked a comment, the latest first; for members."""
    comment = _in_sight(request, pk)
    page = pagination.page_or_404(
        comment.likes.select_related("member"),
        moment="liked_at",
        before=request.GET.get("before"),
        size=settings.ARTICLES_PER_PAGE,
    )
    return render(request, "comments/likes.html", {"comment": comment, "page": page})


@require_safe
def by_number(request, day, slug, number):
    """To the comment with this number, also when it stands in another article by now, and when
    the article has moved: numbers are never given again."""
    readable = Article.objects.readable_by(request.user)
    article = readable.filter(publish_date=day, slug=slug).first() or (
        get_object_or_404(
            ArticleAddress.objects.select_related("article"),
            publish_date=day,
            slug=slug,
            article__in=readable,
        ).article
    )
    former = FormerPlace.objects.filter(article=article, number=number).values("comment")
    shown = Comment.objects.shown().filter(article__in=readable)
    here = shown.filter(Q(article=article, number=number) | Q(pk__in=former)).first()
    # Else it may be the number that a link on the site had which the article came from.
    return redirect(here or get_object_or_404(shown, article=article, former_id=number))


def _in_sight(request, pk):
    """A comment that everybody who may read its article can read; moderators too get no more."""
    return get_object_or_404(
        Comment.objects.visible()
        .filter(article__in=Article.objects.readable_by(request.user))
        .select_related("article", "author"),
        pk=pk,
    )
