"""Cookies in which readers without an account keep what they chose."""

from django.conf import settings
from django.http import HttpResponse

A_YEAR = 365 * 24 * 3600


def keep(response: HttpResponse, name: str, choice: str) -> None:
    """Keep a choice for a year; none at all for an empty one."""
    if not choice:
        response.delete_cookie(name, samesite="Lax")
        return
    response.set_cookie(
        name,
        choice,
        max_age=A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
