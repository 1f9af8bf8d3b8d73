"""How much one account, and one address, can write in a time.

Every request that writes passes here, whatever room it belongs to; what a room adds is limited
without its doing. Kept in PostgreSQL, so that all processes count together, as one moment for each
who writes: when all of their budget is free again (the generic cell rate algorithm). One statement
looks and counts, so nothing slips between two requests at once; its table is not logged, so it
waits for no disk. What an account is refused is not taken from its address, which others share.

Whoever has used their budget is answered with 429, when to come back, and their words.
"""

import math
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import kept_text
from accounts.addresses import client_address
from forum.screening import trust
from forum.screening.budgets import ADDRESS_TIMES, Budget
from forum.screening.networks import network_of

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
TOO_MANY = 429
# By the name of an address; what is not named here is "other": drafts, marks, choices.
KINDS = {
    "comment_post": "comment",
    "comment_reply": "comment",
    "comment_edit": "edit",
    "comment_like": "like",
    "comment_flag": "flag",
    "picture_upload": "upload",
}
# Signing up and in has limits of its own, which know of passwords.
HAS_ITS_OWN = ("allauth.", "django.contrib.admin.", "forum.moderation.")

TAKE = """
INSERT INTO screening_allowance AS kept (key, free_at)
SELECT %(key{n})s, statement_timestamp() + %(step{n})s {condition}
ON CONFLICT (key) DO UPDATE
   SET free_at = greatest(kept.free_at, statement_timestamp()) + %(step{n})s
 WHERE greatest(kept.free_at, statement_timestamp()) + %(step{n})s
       <= statement_timestamp() + %(whole{n})s
RETURNING key
"""
TAKE_BOTH = f"""
WITH first AS ({TAKE.format(n=0, condition="")}),
     second AS ({TAKE.format(n=1, condition="WHERE EXISTS (SELECT FROM first)")})
SELECT key FROM first UNION ALL SELECT key FROM second
"""  # noqa: S608 - of the constants above
FREE_IN = """
SELECT extract(epoch FROM free_at + %(step)s - %(whole)s - clock_timestamp())
  FROM screening_allowance WHERE key = %(key)s
"""


@dataclass(frozen=True)
class Purse:
    """One budget of one who writes."""

    key: str
    budget: Budget

    def values(self, n: str = "") -> dict[str, Any]:
        whole = self.budget.interval * self.budget.times
        return {f"key{n}": self.key, f"step{n}": self.budget.interval, f"whole{n}": whole}


def take(*purses: Purse) -> int:
    """Take one from each of one or two budgets, the second only where the first has one left; 0, or
    the seconds until there is one again. One query, two where it is used up."""
    values = {
        name: value
        for n, purse in enumerate(purses)
        for name, value in purse.values(str(n)).items()
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE_BOTH if len(purses) == 2 else TAKE.format(n=0, condition=""), values)
        taken = {key for (key,) in cursor.fetchall()}
        used_up = next((purse for purse in purses if purse.key not in taken), None)
        if used_up is None:
            return 0
        cursor.execute(FREE_IN, used_up.values())
        (seconds,) = cursor.fetchone() or (0,)
    return max(1, math.ceil(seconds))


class Limits:
    """Middleware, behind the one that says who asks."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs) -> HttpResponse | None:
        if request.method not in WRITES:
            return None
        if getattr(view, "view_class", view).__module__.startswith(HAS_ITS_OWN):
            return None
        seconds = take(*_purses(request))
        return _refused(request, seconds) if seconds else None


def kind_of(request: HttpRequest) -> str:
    """Which budget a request takes from."""
    match = request.resolver_match
    kind = KINDS.get(match.url_name or "", "other") if match else "other"
    return "preview" if kind in ("comment", "edit") and "preview" in request.POST else kind


def _purses(request: HttpRequest) -> list[Purse]:
    kind = kind_of(request)
    budget = settings.LIMITS[kind]
    address = Purse(
        f"{kind} from {network_of(client_address(request))}", budget.multiplied(ADDRESS_TIMES)
    )
    user = request.user
    if not user.is_authenticated:
        return [address]
    pace = max(trust.LIFTS.values(), key=lambda one: one.pace).pace
    if not user.is_moderator:
        pace = trust.lifts(user.trust_level).pace
    return [Purse(f"{kind} by {user.pk}", budget.multiplied(pace)), address]


def _refused(request: HttpRequest, seconds: int) -> HttpResponse:
    wait = _in_words(seconds)
    if request.headers.get("X-Requested-With") == "fetch":
        words = _("That was too much in a short time. Try again in %(wait)s.") % {"wait": wait}
        response: HttpResponse = JsonResponse({"words": words}, status=TOO_MANY)
    else:
        fields = kept_text.fields_of(request)
        context = {"fields": fields, "wait": wait, "here": request.get_full_path()}
        response = render(request, "limited.html", context, status=TOO_MANY)
    response["Retry-After"] = str(seconds)
    return response


def _in_words(seconds: int) -> str:
    if seconds < 100:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    minutes = math.ceil(seconds / 60)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
