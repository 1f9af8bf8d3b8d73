"""How far a member has read a discussion, as ranges of comment numbers.

Numbers never change while a comment stays in its article, so what was seen is kept as ranges of
them in one value (PostgreSQL's int4multirange): `{[1,41),[43,44)}` is 1 to 40 and 43. Marking is
one union, and whether a comment is new is one question of the database, `number <@ seen`.
"""

from collections.abc import Iterable

from django.db import models
from psycopg.types.multirange import Int4Multirange, Multirange
from psycopg.types.range import Range


class NumberRanges(models.Field):
    """A set of comment numbers, kept as ranges; in Python (first, last) pairs, both included."""

    def db_type(self, connection):
        return "int4multirange"

    def from_db_value(self, value, expression, connection):
        return None if value is None else pairs(value)

    def get_prep_value(self, value):
        return None if value is None else ranges(value)

    def to_python(self, value):
        return value


def pairs(value: Multirange[int]) -> list[tuple[int, int]]:
    """The ranges of a value from the database as (first, last), both included."""
    return [(one.lower, one.upper - 1) for one in value if one.lower is not None and one.upper]


def ranges(numbers: Iterable[tuple[int, int]]) -> Int4Multirange:
    """What the database is given for (first, last) pairs; it joins those that touch."""
    return Int4Multirange([Range(first, last + 1) for first, last in numbers if first <= last])


class IsSeen(models.Func):
    """Whether a number is in the ranges: IsSeen("number", "seen")."""

    template = "(%(expressions)s)"
    arg_joiner = " <@ "
    output_field = models.BooleanField()
