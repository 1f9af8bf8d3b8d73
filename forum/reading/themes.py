"""Light or dark: what somebody chose, or else what their device says.

It stands as `data-theme` at the head of every page, so it is there before anything is drawn and
needs no script. Members keep it with their account; readers in a cookie, which is part of the key
of every page that is kept for them.
"""

from django.http import HttpRequest

# In the cookies and the preferences.
NAME = "theme"
THEMES = ("light", "dark")


def theme_for(request: HttpRequest) -> str:
    """One of THEMES, or empty where the device decides."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return _known(user.preferences.get(NAME))
    return theme_of_reader(request)


def theme_of_reader(request: HttpRequest) -> str:
    """The same without asking who it is."""
    return _known(request.COOKIES.get(NAME))


def _known(theme: str | None) -> str:
    return theme if theme in THEMES else ""
