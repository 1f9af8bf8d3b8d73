"""Whole pages for readers who are not signed in, kept as compressed bytes and never stale.

A view that can be kept names its *state*: a question to the database whose answer differs whenever
the page would. For each request the state is asked for first; a page that was kept with the same
state is sent as it is, and a browser that has it already is told so (304) even where nothing is
kept. The state is read before the page is made, so a change in between can make a kept page newer
than its state says, never older: the next request finds another state.

Only requests without a session and without waiting messages are answered so, and only answers that
set no cookie are kept. The middleware stands first, so a kept page costs neither session nor
template; it is kept with all headers that the others set. What this process has sent before does
not come as far as the middleware: see `fast_path`.
"""

import hashlib
from collections.abc import Callable, Collection
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any, NamedTuple

import brotli
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.urls import Resolver404, resolve
from django.utils.translation import get_language_from_request

from forum import splicing
from forum.postgresql import prepared
from forum.reading import fast_path, themes
from forum.reading.fast_path import KeptPage
from forum.reading.states import Asked
from forum.release import release

# What is read no more leaves the cache after a day.
KEPT_FOR = 24 * 3600
# Of 11: a page of a megabyte takes 15 ms, and comes out smaller than with gzip.
BROTLI_QUALITY = 5
PERSONAL_COOKIES = {settings.SESSION_COOKIE_NAME, "messages"}
# An address with anything else in its query is not kept: there is no end of such addresses.
KEPT_QUERIES = ("order", "start", "before", "by", "anchors")
HEADERS = {"Cache-Control": "no-cache", "Vary": "Cookie, Accept-Encoding, Accept-Language"}


def kept(state: Callable[..., Asked], queries: Collection[str] = KEPT_QUERIES) -> Callable:
    """Mark a view's pages as fit to keep, where their addresses have no more than these queries.
    `state(**arguments of the view)` has no answer for what the view would not find."""

    def mark(view: Callable) -> Callable:
        view.state, view.kept_queries = state, frozenset(queries)  # type: ignore[attr-defined]
        return view

    return mark


class Variant(NamedTuple):
    """What tells the pages of readers apart: the address they ask for, as it was sent, and what
    else of a request the pages depend on."""

    scheme: str
    forwarded_scheme: str
    host: str
    path: str
    query: str
    order: str
    theme: str
    language: str
    encoding: str


class MembersVariant(NamedTuple):
    """The same for members: nothing but the address, and all of the headers that pages depend on
    as they were sent, so that no two people share one."""

    scheme: str
    forwarded_scheme: str
    host: str
    path: str
    query: str
    cookies: str
    language: str
    encoding: str


def variant(environ: dict[str, Any]) -> Variant | MembersVariant | None:
    """Which page a request is for; None for one that asks for no page."""
    if environ["REQUEST_METHOD"] != "GET":
        return None
    address = (
        environ["wsgi.url_scheme"],
        environ.get(PROXY_HEADER, "") if PROXY_HEADER else "",
        environ.get("HTTP_HOST", ""),
        environ["PATH_INFO"],
        environ.get("QUERY_STRING", ""),
    )
    cookies = environ.get("HTTP_COOKIE", "")
    language = environ.get("HTTP_ACCEPT_LANGUAGE", "")
    encoding = environ.get("HTTP_ACCEPT_ENCODING", "")
    chosen = _chosen(cookies)
    if chosen is None:
        return MembersVariant(*address, cookies, language, encoding)
    return Variant(*address, *chosen, _language(cookies, language), _encoding(encoding))


PROXY_HEADER = (settings.SECURE_PROXY_SSL_HEADER or ("",))[0]


class KeptPages:
    """Middleware, the first of all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.state_of_page = None  # type: ignore[attr-defined]
        asked_for = variant(request.META)
        if isinstance(asked_for, Variant) and (state := _state(request)):
            return self._for_reader(request, asked_for, state)
        response = self.get_response(request)
        if isinstance(asked_for, MembersVariant):
            _keep_for_member(request, asked_for, response)
        return response

    def _for_reader(
        self, request: HttpRequest, asked_for: Variant, state: Callable[[], Asked]
    ) -> HttpResponse:
        answer = prepared.ask(*state())
        if answer is None:
            return self.get_response(request)
        request.get_host()  # raises what becomes a 400 for a stranger's
        tag = _tag(asked_for, answer)
        if tag in request.META.get("HTTP_IF_NONE_MATCH", ""):
            return HttpResponse(status=304, headers={**HEADERS, "ETag": tag})
        page = cache.get(tag)
        if page is None:
            request.state_of_page = answer  # type: ignore[attr-defined]
            response = self._make(request, tag, asked_for.encoding)
            if not isinstance(response, KeptPage):
                return response
            page = response
            cache.set(tag, page, KEPT_FOR)
        fast_path.readers.put(asked_for, state, answer, page)
        return HttpResponse(page.content, headers=dict(page.headers))

    def _make(self, request: HttpRequest, tag: str, encoding: str) -> HttpResponse | KeptPage:
        """The page, or an answer that is not to be kept."""
        # The page is compressed here, so nothing below need do it.
        request.META.pop("HTTP_ACCEPT_ENCODING", None)
        request.META.pop("HTTP_IF_NONE_MATCH", None)
        response = self.get_response(request)
        if response.status_code != 200 or response.cookies or response.streaming:
            return response
        content = _encoded(response.content, encoding)
        headers = dict(response.headers.items()) | HEADERS | {"ETag": tag}
        headers["Content-Length"] = str(len(content))
        if encoding:
            headers["Content-Encoding"] = encoding
        return KeptPage(tag, list(headers.items()), content)


def ask_for_member(request: HttpRequest, state: Callable[[], Asked]) -> str | None:
    """The answer to the state of a page that is about to be made for a member; with it the page is
    kept in this process, where the answer has two parts."""
    answer = prepared.ask(*state())
    if answer and not answer.endswith(" "):
        request.state_of_page = (state, answer)  # type: ignore[attr-defined]
    return answer


def _keep_for_member(
    request: HttpRequest, asked_for: MembersVariant, response: HttpResponse
) -> None:
    kept_as = request.state_of_page  # type: ignore[attr-defined]
    if not kept_as or response.status_code != 200 or _sets_a_cookie(request, response):
        return
    state, answer = kept_as
    headers = dict(response.headers.items()) | {"Content-Length": str(len(response.content))}
    page = KeptPage(None, list(headers.items()), response.content)
    fast_path.members.put(asked_for, state, answer, page)


def _sets_a_cookie(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether more than the age of the token's cookie, which comes anew with every page, would be
    lost with the response's cookies."""
    token = settings.CSRF_COOKIE_NAME
    return any(
        name != token or cookie.value != request.COOKIES.get(token)
        for name, cookie in response.cookies.items()
    )


def _state(request: HttpRequest) -> Callable[[], Asked] | None:
    """What asks for the state of the page; None where it cannot be kept."""
    try:
        found = resolve(request.path_info)
    except Resolver404:
        return None
    state = getattr(found.func, "state", None)
    queries: frozenset[str] = getattr(found.func, "kept_queries", frozenset())
    if state is None or not queries.issuperset(request.GET):
        return None
    return partial(state, *found.args, **found.kwargs)


def _tag(asked_for: Variant, answer: str) -> str:
    """The ETag, which is also the key: it names everything that the page depends on."""
    parts = repr((release(), asked_for, answer))
    return f'"{hashlib.blake2b(parts.encode(), digest_size=16).hexdigest()}"'


@lru_cache(1000)
def _chosen(cookies: str) -> tuple[str, str] | None:
    """The order and the theme that a reader chose; None where the cookies are a member's, or have
    a message."""
    found = parse_cookie(cookies)
    if PERSONAL_COOKIES & found.keys():
        return None
    return found.get("order", ""), themes.theme_of_reader(SimpleNamespace(COOKIES=found))  # type: ignore[arg-type]


@lru_cache(1000)
def _language(cookies: str, accepted: str) -> str:
    headers = {"HTTP_ACCEPT_LANGUAGE": accepted}
    request = SimpleNamespace(META=headers, COOKIES=parse_cookie(cookies))
    return get_language_from_request(request)  # type: ignore[arg-type]  # of which it reads these


def _encoding(accepted: str) -> str:
    return "br" if "br" in accepted else "gzip" if "gzip" in accepted else ""


def _encoded(content: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return brotli.compress(content, quality=BROTLI_QUALITY)
    return splicing.gzip(splicing.block(content)) if encoding else content
