"""Pages of long lists by key instead of by count.

A page begins behind the last row of the one before it, so the thousandth costs what the first
costs, and a row that is added meanwhile moves nothing. The list must be ordered newest first by a
moment and the primary key; the key that stands in the address as `?before=` holds the two and
means nothing to readers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404

M = TypeVar("M", bound=Model)

KEY = re.compile(r"(-?[0-9a-f]{1,15})\.([0-9a-f]{1,15})")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class UnknownPage(Exception):
    """The key in the address was not made here; the answer is 404."""


@dataclass(frozen=True)
class Page(Generic[M]):
    """Some rows of a list; `next_key` is None on the last page."""

    rows: list[M]
    next_key: str | None
    is_first: bool


def newest_first(rows: QuerySet[M], *, moment: str, before: str | None, size: int) -> Page[M]:
    """The page of `rows`, newest first by the field `moment`, that follows the key `before`.

    One query, and none that counts. Without a key it is the first page; raises UnknownPage for a
    key that cannot be read.
    """
    if before:
        at, pk = _read(before)
        # The first condition says nothing new: it lets the database start in the index.
        rows = rows.filter(
            Q(**{f"{moment}__lte": at}) & (Q(**{f"{moment}__lt": at}) | Q(pk__lt=pk))
        )
    found = list(rows.order_by(f"-{moment}", "-pk")[: size + 1])
    page = found[:size]
    more = len(found) > size
    return Page(page, _key(page[-1], moment) if more else None, is_first=not before)


def earliest_first(rows: QuerySet[M], *, moment: str, after: str | None, size: int) -> Page[M]:
    """The page of `rows`, earliest first by the field `moment`, that follows the key `after`; as
    `newest_first`."""
    if after:
        at, pk = _read(after)
        rows = rows.filter(
            Q(**{f"{moment}__gte": at}) & (Q(**{f"{moment}__gt": at}) | Q(pk__gt=pk))
        )
    found = list(rows.order_by(moment, "pk")[: size + 1])
    page = found[:size]
    more = len(found) > size
    return Page(page, _key(page[-1], moment) if more else None, is_first=not after)


def by_key(rows: QuerySet[M], *, size: int) -> Iterator[list[M]]:
    """All rows in order of their primary key, `size` at a time, for work that takes long.

    Each batch is read when it is asked for, so no row is held and none is met twice.
    """
    behind = rows.order_by("pk")
    while batch := list(behind[:size]):
        yield batch
        behind = rows.filter(pk__gt=batch[-1].pk).order_by("pk")


def page_or_404(rows: QuerySet[M], *, moment: str, before: str | None, size: int) -> Page[M]:
    """`newest_first` for views: a key that cannot be read is an address that leads nowhere."""
    try:
        return newest_first(rows, moment=moment, before=before, size=size)
    except UnknownPage as error:
        raise Http404 from error


def _key(row: Model, moment: str) -> str:
    return f"{(getattr(row, moment) - EPOCH) // MICROSECOND:x}.{row.pk:x}"


def _read(key: str) -> tuple[datetime, int]:
    found = KEY.fullmatch(key)
    if not found:
        raise UnknownPage(key)
    try:
        return EPOCH + int(found[1], 16) * MICROSECOND, int(found[2], 16)
    except OverflowError as error:
        raise UnknownPage(key) from error
