"""How far a member has read a discussion, as ranges of comment numbers.

Numbers never change while a comment stays in its article, so what was seen is kept as ranges of
them in one value (PostgreSQL's int4multirange): `{[1,41),[43,44)}` is 1 to 40 and 43. Marking is
one union, and whether a comment was seen is one question of the database, `number <@ seen`.

New to a member is what they have not seen, can read, did not write and do not mute. Of what they
follow and mute the narrowest that a comment belongs to decides. `VISIT` asks for all of this and
keeps the visit in one statement, for it runs with every page that a member reads. It looks at no
comment below the first that was not seen, so what it costs grows with what is new.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models
from psycopg.types.multirange import Int4Multirange
from psycopg.types.range import Range

from accounts.models import User
from forum.articles.models import Article
from forum.reading import mine

# Ranges of comment numbers, (first, last), both included.
Numbers = list[tuple[int, int]]


class NumberRanges(models.Field):
    """A set of comment numbers, kept as ranges."""

    def db_type(self, connection):
        return "int4multirange"

    def from_db_value(self, value, expression, connection):
        return None if value is None else pairs(value)

    def get_prep_value(self, value):
        return None if value is None else ranges(value)

    def to_python(self, value):
        return value


def pairs(value: Iterable[Range[int]]) -> Numbers:
    """The ranges of a value from the database as (first, last), both included."""
    return [(one.lower, one.upper - 1) for one in value if one.lower is not None and one.upper]


def ranges(numbers: Numbers) -> Int4Multirange:
    """What the database is given for (first, last) pairs; it joins those that touch."""
    return Int4Multirange([Range(first, last + 1) for first, last in numbers if first <= last])


def within(numbers: Numbers, last: int) -> Numbers:
    """The numbers from 1 to `last` among these ranges."""
    return [(max(first, 1), min(end, last)) for first, end in numbers]


# Coming back within this time is the same visit.
VISIT_LASTS = timedelta(minutes=30)
VISITS_KEPT = 10
# How old the note that somebody is still there may grow before it is written again.
NOTED_FOR = timedelta(minutes=1)
# As many new comments have a link where there is no script to step through them.
LINKED = 10


@dataclass(frozen=True)
class Earlier:
    """A visit that "new since" can be set back to."""

    pk: int
    began_at: datetime


@dataclass(frozen=True)
class Linked:
    """A new comment, as far as a link to it needs."""

    pk: int
    number: int


@dataclass(frozen=True)
class Standing:
    """Where a member stands in a discussion.

    `new` are ranges of the numbers of new comments, `first_new` the oldest of them; `last_number`
    is the newest comment of which this speaks; `own` is what else a page says to the member alone.
    """

    last_number: int
    count: int = 0
    new: Numbers = field(default_factory=list)
    first_new: list[Linked] = field(default_factory=list)
    earlier: list[Earlier] = field(default_factory=list)
    can_undo: bool = False
    own: mine.Own | None = None

    @property
    def is_muted(self) -> bool:
        """Whether the member mutes all of the discussion."""
        return self.own is not None and self.own.still_open is not None

    @property
    def data(self) -> dict[str, Any]:
        """For scripts. What comes after number `until` is new too, unless all is muted."""
        return {
            "count": self.count,
            "new": self.new,
            "until": self.last_number,
            "muted": self.is_muted,
        }


# Of a comment and a mark of its article.
IS_NEW = """
     NOT comment.number <@ mark.seen
     AND comment.author_id <> %(member)s
     AND comment.withdrawn_at IS NULL AND comment.hidden_at IS NULL AND comment.held_at IS NULL
     AND NOT coalesce((
       SELECT following.muted_at IS NOT NULL
         FROM reading_following AS following
         LEFT JOIN comments_comment AS branch ON branch.id = following.branch_id
        WHERE following.member_id = %(member)s AND following.article_id = comment.article_id
          AND (branch.id IS NULL OR branch.tree_id = comment.tree_id
               AND comment.lft BETWEEN branch.lft AND branch.rght)
        ORDER BY branch.lft DESC NULLS LAST LIMIT 1), false)
     AND NOT EXISTS (
       SELECT FROM reading_personfollowing AS person
        WHERE person.member_id = %(member)s AND person.person_id = comment.author_id
          AND person.muted_at IS NOT NULL)
"""

VISIT = f"""
WITH
mark AS (
  SELECT seen, undone_to FROM reading_readmark
   WHERE member_id = %(member)s AND article_id = %(article)s
),
visits AS (
  SELECT id, began_at, seen_at, last_number FROM reading_visit
   WHERE member_id = %(member)s AND article_id = %(article)s
),
visit AS (
  SELECT NOT EXISTS (SELECT FROM visits WHERE seen_at > %(still_there)s) AS begins
),
-- At the first visit all that is there counts as seen. At a later one the member's own comments,
-- which were never new to them, close their gaps, and what was done at a stroke stays done.
begun_mark AS (
  INSERT INTO reading_readmark AS mark (member_id, article_id, seen)
  SELECT %(member)s, %(article)s, int4multirange(int4range(1, %(last)s + 1))
    FROM visit WHERE begins
  ON CONFLICT (member_id, article_id) DO UPDATE
    SET undone_to = NULL,
        seen = mark.seen + coalesce((
          SELECT range_agg(int4range(number, number + 1)) FROM comments_comment
           WHERE article_id = %(article)s AND author_id = %(member)s), '{{}}')
),
begun_visit AS (
  INSERT INTO reading_visit (member_id, article_id, began_at, seen_at, last_number)
  SELECT %(member)s, %(article)s, %(now)s, %(now)s, %(last)s FROM visit WHERE begins
  ON CONFLICT (member_id, article_id, last_number) DO UPDATE
    SET began_at = excluded.began_at, seen_at = excluded.seen_at
),
forgotten AS (
  DELETE FROM reading_visit WHERE id IN (
    SELECT id FROM visits, visit WHERE begins AND last_number <> %(last)s
     ORDER BY last_number DESC OFFSET %(kept)s - 1)
),
continued AS (
  UPDATE reading_visit SET seen_at = %(now)s
   WHERE id = (SELECT id FROM visits ORDER BY seen_at DESC LIMIT 1)
     AND seen_at < %(noted)s AND NOT (SELECT begins FROM visit)
),
fresh AS (
  SELECT comment.id, comment.number
    FROM mark, comments_comment AS comment
   WHERE comment.article_id = %(article)s
     AND comment.number >= (SELECT lower('{{[1,)}}'::int4multirange - seen) FROM mark)
     AND {IS_NEW}),
earlier AS (
  SELECT id, began_at, last_number FROM visits
   WHERE last_number < (SELECT CASE WHEN begins THEN %(last)s
                                    ELSE (SELECT max(last_number) FROM visits) END FROM visit)
)
SELECT (SELECT count(*) FROM fresh),
       (SELECT range_agg(int4range(number, number + 1)) FROM fresh),
       ARRAY(SELECT id FROM fresh ORDER BY number LIMIT %(linked)s),
       ARRAY(SELECT number FROM fresh ORDER BY number LIMIT %(linked)s),
       ARRAY(SELECT id FROM earlier ORDER BY last_number DESC),
       ARRAY(SELECT began_at FROM earlier ORDER BY last_number DESC),
       coalesce((SELECT undone_to IS NOT NULL AND NOT begins FROM mark, visit), false),
       {mine.COLUMNS}
"""  # noqa: S608 - our own words

COUNTS = f"""
SELECT mark.article_id, count(*)
  FROM reading_readmark AS mark
  JOIN comments_comment AS comment ON comment.article_id = mark.article_id
 WHERE mark.member_id = %(member)s AND mark.article_id = ANY(%(articles)s)
   AND comment.number >= lower('{{[1,)}}'::int4multirange - mark.seen)
   AND {IS_NEW}
 GROUP BY mark.article_id
"""  # noqa: S608 - our own words


def count_new(member: User, articles: Sequence[Article]) -> None:
    """Set `new_count` on these articles: how many comments are new to the member, 0 where they
    have not been; one query."""
    fields: dict[str, Any] = {"member": member.pk, "articles": [one.pk for one in articles]}
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, fields)
        counts = dict(cursor.fetchall())
    for article in articles:
        article.new_count = counts.get(article.pk, 0)  # type: ignore[attr-defined]
