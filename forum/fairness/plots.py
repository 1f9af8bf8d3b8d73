"""Plots drawn on the server: bars as SVG, whose looks are in the stylesheet.

No script and no style of their own, so the site's policy lets them be. Each says in words what it
shows, for those who do not see it; the numbers stand in the table beside.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, log10

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forum.fairness.figures import Figures, share
from forum.fairness.models import DayFigures

WIDTH, HEIGHT = 640, 160
# Room for what is written at the axes.
LEFT, BOTTOM, TOP = 56, 22, 10
MOST_LABELS = 6
UNITS = [
    (gettext_lazy("Minutes to a decision (median)"), 60),
    (gettext_lazy("Hours to a decision (median)"), 3600),
    (gettext_lazy("Days to a decision (median)"), 24 * 3600),
]


@dataclass(frozen=True)
class Bar:
    """A bar, and what it is the bar of."""

    x: float
    y: float
    width: float
    height: float
    said: str


@dataclass(frozen=True)
class Mark:
    """Something written at an axis; y is that of a line across for marks at the side."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Plot:
    """A plot as its template draws it."""

    key: str
    title: str
    summary: str
    bars: list[Bar]
    marks: list[Mark]
    lines: list[Mark]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def plots(figures: Figures) -> list[Plot]:
    """Comments, flags, acts, time to a decision and the shares upheld, by day."""
    return [
        _plot("comments", _("Comments"), figures.days, lambda day: day.comments),
        _plot("flags", _("Flags"), figures.days, lambda day: day.flags),
        _plot(
            "flags-upheld",
            _("Flags upheld, per cent"),
            figures.days,
            lambda day: share(day.flags_upheld, day.flags_upheld + day.flags_rejected),
            top=100,
        ),
        _plot("decisions", _("Acts of moderators"), figures.days, lambda day: day.decisions),
        _plot("hidden", _("Comments hidden"), figures.days, lambda day: day.hidden),
        _time_plot(figures.days),
        _plot(
            "upheld",
            _("Acts upheld on appeal, per cent"),
            figures.days,
            lambda day: share(day.appeals_decided - day.appeals_undone, day.appeals_decided),
            top=100,
        ),
    ]


def _time_plot(days: Sequence[DayFigures]) -> Plot:
    """In the unit in which the longest time is told in three digits or fewer."""
    longest = max((day.seconds_to_decision or 0 for day in days), default=0)
    title, seconds = next(
        ((title, seconds) for title, seconds in UNITS if longest < 1000 * seconds), UNITS[-1]
    )
    return _plot(
        "time",
        str(title),
        days,
        lambda day: (
            None if day.seconds_to_decision is None else round(day.seconds_to_decision / seconds)
        ),
    )


def _plot(
    key: str,
    title: str,
    days: Sequence[DayFigures],
    value: Callable[[DayFigures], int | None],
    *,
    top: int = 0,
) -> Plot:
    values = [value(day) for day in days]
    known = [(number, day) for number, day in zip(values, days, strict=True) if number is not None]
    most = max((number for number, _day in known), default=0)
    top = top or round_up(most)
    floor, room = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP
    step = (WIDTH - LEFT) / max(len(days), 1)
    bars = [
        Bar(
            x=round(LEFT + place * step + step * 0.1, 2),
            y=round(floor - room * number / top, 2),
            width=round(step * 0.8, 2),
            height=round(room * number / top, 2),
            said=f"{_date(day)}: {_number(number)}",
        )
        for place, (number, day) in enumerate(zip(values, days, strict=True))
        if number
    ]
    every = ceil(len(days) / MOST_LABELS)
    marks = [
        Mark(round(LEFT + (place + 0.5) * step, 2), HEIGHT - 6, _date(day))
        for place, day in enumerate(days)
        if place % every == every // 2
    ]
    lines = [
        Mark(LEFT - 8, round(floor - room * part, 2), _number(round(top * part)))
        for part in ((0, 0.5, 1) if top > 1 else (0, 1))
    ]
    return Plot(key, title, _summary(known), bars, marks, lines)


def _summary(known: list[tuple[int, DayFigures]]) -> str:
    if not known:
        return _("Nothing in these days.")
    most, day = max(known, key=lambda one: one[0])
    return _("By day. At most %(most)s, on %(day)s. All numbers are in the table.") % {
        "most": _number(most),
        "day": _date(day),
    }


def _number(number: int) -> str:
    return formats.number_format(number, force_grouping=True)


def _date(day: DayFigures) -> str:
    return formats.date_format(day.day, "MONTH_DAY_FORMAT")


def round_up(number: int) -> int:
    """The next number that an axis can end with: 1, 2 or 5 with noughts behind."""
    if number <= 1:
        return 1
    unit = 10 ** int(log10(number))
    return next(unit * n for n in (1, 2, 5, 10) if unit * n >= number)
