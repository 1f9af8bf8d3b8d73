"""Pages with a gap that kept bytes fill."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.safestring import mark_safe

from forum import splicing
from forum.splicing import Block

# Stands in no text: cleaned HTML has no comments, and what is not cleaned is escaped.
GAP = mark_safe("<!--cards-->")


def filled(request: HttpRequest, html: str, cards: Block) -> HttpResponse:
    """The page, with the cards in its gap where it has one; compressed for who takes that."""
    head, gap, tail = html.partition(GAP)
    parts = [head.encode(), cards, tail.encode()] if gap else [head.encode()]
    if takes_gzip(request):
        response = HttpResponse(splicing.gzip(*parts))
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(splicing.join(*parts))
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def takes_gzip(request: HttpRequest) -> bool:
    return "gzip" in request.headers.get("Accept-Encoding", "")
