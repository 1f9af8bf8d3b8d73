"""Pages for reading: the front page, the article with its discussion, a member's comments."""

from uuid import uuid4

from django.conf import settings
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from accounts.models import User
from forum import pagination
from forum.articles.models import Article, ArticleAddress
from forum.articles.views import page_of
from forum.comments import discussion, permissions
from forum.comments.models import Comment
from forum.tags.models import Category

ORDER_COOKIE = "order"
A_YEAR = 365 * 24 * 3600
LATEST_COMMENTS = 8


def home(request):
    page = page_of(request, Article.objects.all())
    context = {
        "page": page,
        "lead": page.rows[0] if page.is_first and page.rows else None,
        "river": page.rows[1:] if page.is_first else page.rows,
        "latest": _public().select_related("author", "article").newest_first()[:LATEST_COMMENTS],
        "categories": Category.objects.all(),
    }
    return render(request, "articles/home.html", context)


def article(request, day, slug):
    readable = Article.objects.readable_by(request.user)
    piece = readable.for_reading().filter(publish_date=day, slug=slug).first()
    if piece is None:
        former = get_object_or_404(
            ArticleAddress.objects.select_related("article"),
            publish_date=day,
            slug=slug,
            article__in=readable,
        )
        return redirect(former.article, permanent=former.article.is_published)
    order = _order(request)
    comments = discussion.read(
        piece,
        order=order,
        start=_number(request.GET.get("start")),
        former_anchors=request.GET.get("anchors") == "former",
    )
    discussion.allow(comments, request.user)
    why_not = permissions.why_not_comment(request.user, piece)
    context = {
        "article": piece,
        "discussion": comments,
        "why_not_comment": why_not,
        "may_reply": not why_not or not (request.user.is_authenticated or piece.is_closed),
        "waiting": discussion.waiting(piece, request.user),
        "post_key": uuid4(),
    }
    return _remember(request, render(request, "articles/article.html", context), order)


def permalink(request, pk):
    """To the page that shows the comment, in the order the reader is used to, and down to it."""
    order = _order(request)
    comment = get_object_or_404(Comment.objects.shown().select_related("article"), pk=pk)
    get_object_or_404(Article.objects.readable_by(request.user), pk=comment.article_id)
    start = discussion.start_of_page_with(comment, order=order)
    place = f"?order={order}&start={start}" if start else ""
    response = redirect(f"{comment.article.get_absolute_url()}{place}#{comment.anchor}")
    return _remember(request, response, order)


def member(request, username):
    """Who somebody is and what they said, newest first, each with what it answers."""
    person = get_object_or_404(User, username=username)
    page = pagination.page_or_404(
        _public()
        .filter(author=person)
        .select_related("article", "parent__author")
        .defer("parent__text"),
        moment="posted_at",
        before=request.GET.get("before"),
        size=settings.ARTICLES_PER_PAGE,
    )
    return render(request, "comments/member.html", {"member": person, "page": page})


def _public():
    """What everybody may read, whoever asks: these lists look the same to all."""
    return (
        Comment.objects.visible()
        .filter(article__published_at__lte=timezone.now())
        .defer("text", "article__text", "article__html")
    )


def _order(request) -> discussion.Order:
    """The order asked for, or else the one chosen before."""
    for wanted in (request.GET.get("order"), request.COOKIES.get(ORDER_COOKIE)):
        if wanted in discussion.ORDERS:
            return wanted
    return "threads"


def _remember(request, response, order):
    """Keep the order where the reader chose it."""
    patch_vary_headers(response, ["Cookie"])
    if request.GET.get("order") == order:
        response.set_cookie(
            ORDER_COOKIE,
            order,
            max_age=A_YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None
