"""Jinja, for the one list that is long: the comments of a page.

Measured with 500 comments (`benchmarks/render.py`): Django's templates take about 200 ms of
processor time for what takes 10 ms here. All other templates are Django's own.
"""

from datetime import datetime
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext
from jinja2 import Environment

from accounts import avatars


def environment(**options: Any) -> Environment:
    """What Django asks for: escaping is on, and templates are sure of what they are given."""
    env = Environment(autoescape=True, **{k: v for k, v in options.items() if k != "autoescape"})
    env.globals |= {"_": gettext, "ngettext": ngettext, "address": address, "moment": moment}
    env.globals["avatar"] = avatars.small
    return env


def address(name: str, key: int | str) -> str:
    """The address `name` of one object: `reverse`, which is asked once for each name."""
    before, after = _pattern(name, isinstance(key, int))
    return f"{before}{key}{after}"


def moment(at: datetime) -> SafeString:
    """The day and minute of a moment in the site's time zone, written as `forum.formats` has it:
    what a kept page can say, which is read at any time by anybody."""
    here = timezone.localtime(at, timezone.get_default_timezone())
    return mark_safe(  # digits, and names of months
        f'<time datetime="{here.isoformat(timespec="seconds")}">'
        f"{here.day} {MONTHS_3[here.month].title()} {here.year}, {here:%H:%M}</time>"
    )


@cache
def _pattern(name: str, is_number: bool) -> tuple[str, str]:
    sample = 9_999_999_999 if is_number else "z-9999999999-z"
    before, _key, after = reverse(name, args=[sample]).partition(str(sample))
    return before, after
