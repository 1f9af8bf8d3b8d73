"""Whole pages for readers who are not signed in, kept as compressed bytes and never stale.

A view that can be kept names its *state*: a small value, read from the database in one query, that
differs whenever the page would. For each request the state is asked for first; a page that was
kept with the same state is sent as it is, and a browser that has it already is told so (304) even
where nothing is kept. The state is read before the page is made, so a change in between can make a
kept page newer than its state says, never older: the next request finds another state.

Only requests without a session and without waiting messages are answered so, and only answers that
set no cookie are kept. The middleware stands first, so a kept page costs neither session nor
template; it is kept with all headers that the others set.
"""

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import brotli
from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import Resolver404, resolve
from django.utils.http import parse_etags
from django.utils.translation import get_language_from_request

from forum import splicing
from forum.reading.themes import theme_of_reader
from forum.release import release

# What is read no more leaves the cache after a day.
KEPT_FOR = 24 * 3600
# Of 11: a page of a megabyte takes 15 ms, and comes out smaller than with gzip.
BROTLI_QUALITY = 5
PERSONAL_COOKIES = {settings.SESSION_COOKIE_NAME, "messages"}
# An address with anything else in its query is not kept: there is no end of such addresses.
KEPT_QUERIES = {"order", "start", "before", "by", "anchors"}
HEADERS = {"Cache-Control": "no-cache", "Vary": "Cookie, Accept-Encoding, Accept-Language"}


def kept(state: Callable[..., Hashable]) -> Callable[[Callable], Callable]:
    """Mark a view's pages as fit to keep. `state(request, **arguments of the view)` is at most one
    query, and raises Http404 for what the view would not find."""

    def mark(view: Callable) -> Callable:
        view.state = state  # type: ignore[attr-defined]
        return view

    return mark


@dataclass(frozen=True)
class KeptPage:
    """A page as it was sent."""

    headers: dict[str, str]
    content: bytes


class KeptPages:
    """Middleware, the first of all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        state = _state(request)
        if state is None:
            return self.get_response(request)
        encoding = _encoding(request)
        tag = _tag(request, state, encoding)
        if tag in parse_etags(request.META.get("HTTP_IF_NONE_MATCH", "")):
            return HttpResponseNotModified(headers={**HEADERS, "ETag": tag})
        page = cache.get(tag)
        if page is None:
            return self._make(request, tag, encoding)
        return HttpResponse(page.content, headers=page.headers)

    def _make(self, request: HttpRequest, tag: str, encoding: str) -> HttpResponse:
        # The page is compressed here, so nothing below need do it.
        request.META.pop("HTTP_ACCEPT_ENCODING", None)
        request.META.pop("HTTP_IF_NONE_MATCH", None)
        response = self.get_response(request)
        if response.status_code != 200 or response.cookies or response.streaming:
            return response
        response.content = _encoded(response.content, encoding)
        headers = dict(response.headers.items()) | HEADERS | {"ETag": tag}
        headers["Content-Length"] = str(len(response.content))
        if encoding:
            headers["Content-Encoding"] = encoding
        page = KeptPage(headers, response.content)
        cache.set(tag, page, KEPT_FOR)
        return HttpResponse(page.content, headers=page.headers)


def _state(request: HttpRequest) -> Hashable | None:
    """The state of the page asked for; None where it cannot be kept for this request."""
    if request.method != "GET" or not PERSONAL_COOKIES.isdisjoint(request.COOKIES):
        return None
    if request.META.get("QUERY_STRING") and not KEPT_QUERIES.issuperset(request.GET):
        return None
    try:
        found = resolve(request.path_info)
        state = getattr(found.func, "state", None)
        return state and state(request, *found.args, **found.kwargs)
    except (Resolver404, Http404):
        return None


def _tag(request: HttpRequest, state: Hashable, encoding: str) -> str:
    """The ETag, which is also the key: it names everything that the page depends on."""
    parts = (
        release(),
        request.scheme,
        request.get_host(),
        request.get_full_path(),
        request.COOKIES.get("order", ""),
        theme_of_reader(request),
        get_language_from_request(request),
        encoding,
        state,
    )
    return f'"{hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()}"'


def _encoding(request: HttpRequest) -> str:
    taken = request.META.get("HTTP_ACCEPT_ENCODING", "")
    return "br" if "br" in taken else "gzip" if "gzip" in taken else ""


def _encoded(content: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return brotli.compress(content, quality=BROTLI_QUALITY)
    return splicing.gzip(splicing.block(content)) if encoding else content
