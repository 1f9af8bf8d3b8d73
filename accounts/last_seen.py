"""When each session was last used, so that its member knows the phone in a drawer from the one in a
stranger's hand.

That is known to the hour, because it costs a query to note it. allauth can note it to the second,
and would write with every page.
"""

import time
from collections.abc import Callable
from datetime import timedelta

from allauth.account.authentication import get_authentication_records
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

EXACT_TO = timedelta(hours=1)
# Of sessions that a process remembers; with more it begins anew, and asks the database once more.
MOST = 10_000


class LastSeen:
    """Middleware, after that which knows who is signed in. Readers without a session cost nothing,
    and members nothing but once an hour."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._noted: dict[str, float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Pictures ask nobody who they are.
        if (
            settings.SESSION_COOKIE_NAME in request.COOKIES
            and not request.path.startswith(settings.MEDIA_URL)
            and request.user.is_authenticated
        ):
            self._see(request)
        return self.get_response(request)

    def _see(self, request: HttpRequest) -> None:
        key, now = request.session.session_key, time.time()
        an_hour_ago = now - EXACT_TO.total_seconds()
        if key is None or self._noted.get(key, 0) > an_hour_ago:
            return
        if len(self._noted) >= MOST:
            self._noted.clear()
        signed_in_at = [one["at"] for one in get_authentication_records(request, request.user)]
        latest = max(signed_in_at, default=now)
        self._noted[key] = latest if latest > an_hour_ago else now
        if latest <= an_hour_ago:
            moment = timezone.now()
            UserSession.objects.filter(session_key=key, last_seen_at__lt=moment - EXACT_TO).update(
                last_seen_at=moment
            )
