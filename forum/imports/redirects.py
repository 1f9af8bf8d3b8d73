"""Old addresses of what came from another site.

WordPress has four: the path of the article, also with `/comment-page-2/` behind it, `?p=123` for
the article and `?replytocom=456` for a comment. Each leads on for good to where its article or
comment is now.

`#comment-456` never reaches the server, but browsers carry it across a redirect, and the page has
an anchor for it (`forum.comments.discussion`). Where a comment of the article has that number here,
the anchor is that one's, so a redirect asks the page to hand it over.
"""

import re
from collections.abc import Callable

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from forum.articles.models import Article
from forum.comments.models import Comment
from forum.imports.models import ImportedArticle
from forum.imports.pictures import path_of

COMMENT_PAGE = re.compile(r"/comment-page-[0-9]{1,6}$")


class OldAddresses:
    """Middleware: asks the database only where nothing was found, or where the query names a
    comment or, on the front page, an article of another site."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        query = request.META.get("QUERY_STRING", "")
        is_named = "replytocom=" in query or ("p=" in query and request.path_info == "/")
        if is_named and (address := _named_in_query(request)):
            return HttpResponsePermanentRedirect(address)
        response = self.get_response(request)
        if response.status_code == 404 and (address := _lost(request)):
            return HttpResponsePermanentRedirect(address)
        return response


def _named_in_query(request: HttpRequest) -> str | None:
    """Where `?replytocom=` or `?p=` leads, or None where it leads nowhere."""
    comment = _key(request.GET.get("replytocom"))
    if comment and (address := _address_of_comment(comment)):
        return address
    post = _key(request.GET.get("p"))
    return _address_of_article(_came_in().filter(legacy_id=post)) if post else None


def _lost(request: HttpRequest) -> str | None:
    """Where an address leads that the site does not know."""
    path = COMMENT_PAGE.sub("", request.path_info.rstrip("/"))
    if "\0" in path:
        return None  # which PostgreSQL cannot even look for
    if path and (address := _address_of_article(_came_in().filter(path=path))):
        # An article may be read today where it was read before.
        return None if path_of(address).rstrip("/") == request.path_info.rstrip("/") else address
    post = _key(request.GET.get("p"))
    return _address_of_article(_came_in().filter(legacy_id=post)) if post else None


def _came_in() -> QuerySet[ImportedArticle]:
    """What everybody may read: a redirect for good is kept by browsers, whoever signs in."""
    return ImportedArticle.objects.filter(article__in=Article.objects.published())


def _address_of_article(found: QuerySet[ImportedArticle]) -> str | None:
    one = found.select_related("article").order_by("pk").first()
    if one is None:
        return None
    article = one.article
    has_a_clash = article.comments.filter(former_id__lte=article.last_number).exists()
    return article.get_absolute_url() + ("?anchors=former" if has_a_clash else "")


def _address_of_comment(former_id: int) -> str | None:
    """The permalink of a comment that has a place on the page, or else its article."""
    found = Comment.objects.filter(former_id=former_id, article__in=Article.objects.published())
    one = found.select_related("article").order_by("pk").first()
    if one is None:
        return None
    is_shown = Comment.objects.filter(pk=one.pk).shown().exists()
    return one.get_absolute_url() if is_shown else one.article.get_absolute_url()


def _key(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"[0-9]{1,18}", text) else None
