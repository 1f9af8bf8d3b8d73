"""Pages that this process has kept, sent before Django has a request of them.

Around the WSGI application. A page is on the shelf with the question for its state and with the
answer there was. When that is still the answer, the page is right and is sent as it is; when not,
the request goes on to the middleware (`kept_pages`), which makes the page anew and puts it here.
Nothing is decided here but this, so what cannot be asked or is not on the shelf goes on as well.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from forum.postgresql.prepared import Asker, Unanswered
from forum.process_cache import Unchanging
from forum.reading.states import Asked

# Of pages in a process; those that were not asked for longest make room.
MOST_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True)
class KeptPage(Unchanging):
    """A page as it was sent; without a tag it is for one person."""

    tag: str | None
    headers: list[tuple[str, str]]
    content: bytes


@dataclass(frozen=True)
class _Place:
    state: Callable[[], Asked]
    answer: str
    page: KeptPage


class Shelf:
    """The newest page of each variant, the one asked for last at the end."""

    def __init__(self) -> None:
        self._places: OrderedDict[Hashable, _Place] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def put(
        self, variant: Hashable, state: Callable[[], Asked], answer: str, page: KeptPage
    ) -> None:
        """The page is that of the variant as long as the state has this answer."""
        with self._lock:
            self._drop(variant)
            self._places[variant] = _Place(state, answer, page)
            self._bytes += len(page.content)
            while self._bytes > MOST_BYTES:
                self._drop(next(iter(self._places)))

    def get(self, variant: Hashable) -> _Place | None:
        try:
            self._places.move_to_end(variant)
            return self._places[variant]
        except KeyError:
            return None

    def clear(self) -> None:
        with self._lock:
            self._places.clear()
            self._bytes = 0

    def _drop(self, variant: Hashable) -> None:
        if place := self._places.pop(variant, None):
            self._bytes -= len(place.page.content)


# Apart, so that members do not take the room of what everybody reads.
readers, members = Shelf(), Shelf()
asker = Asker()


class FastPath:
    """A WSGI application that knows the kept pages of the one it stands before."""

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        variant: Callable[[dict[str, Any]], Hashable | None],
    ) -> None:
        self._application = application
        self._variant = variant

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        variant = self._variant(environ)
        place = (readers.get(variant) or members.get(variant)) if variant else None
        if not place or not _is_right(place):
            return self._application(environ, start_response)
        page = place.page
        if page.tag and page.tag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 Not Modified", [h for h in page.headers if h[0] in OF_A_304])
            return []
        start_response("200 OK", page.headers)
        return [page.content]


# What a browser is told again of a page that it has.
OF_A_304 = {"Cache-Control", "ETag", "Vary"}


def _is_right(place: _Place) -> bool:
    question, parameters = place.state()
    if connection.connection is not None:
        connection.close()  # nothing else would give back what the parameters may have taken
    try:
        answer = asker.ask(question, [str(one).encode() for one in parameters])
    except Unanswered:
        return False
    return answer == place.answer
