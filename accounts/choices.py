"""The language and the time zone that a member chose, for all that is shown to them.

Pages that are kept for all readers say moments in the site's own time zone (`forum.jinja`); scripts
say how long ago they were.
"""

from collections.abc import Callable
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

LANGUAGE, TIME_ZONE = "language", "time_zone"
# What is old, or no place, is left out of the choice.
PLACES = {
    *("Africa", "America", "Antarctica", "Asia", "Atlantic"),
    *("Australia", "Europe", "Indian", "Pacific"),
}


@cache
def time_zones() -> list[str]:
    """The names that can be chosen, in order; read from the machine once."""
    return sorted(
        name for name in available_timezones() if name == "UTC" or name.split("/")[0] in PLACES
    )


class MembersChoices:
    """Middleware, after authentication. Readers who are not signed in cost it nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Pictures look the same to all, and their addresses ask nobody who they are.
        if not request.path.startswith(settings.MEDIA_URL) and request.user.is_authenticated:
            _choose(request.user.preferences, request)
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


def _choose(preferences: dict[str, str], request: HttpRequest) -> None:
    language, zone = preferences.get(LANGUAGE), preferences.get(TIME_ZONE)
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
    # It may be gone from the machine's list since it was chosen.
    if zone in time_zones():
        timezone.activate(ZoneInfo(zone))
