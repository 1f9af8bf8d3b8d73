"""All rows of one account made those of another, and put back exactly.

What is moved is found by introspection (`holdings.named`), so a table that is added later cannot be
forgotten. Where the kept account has the same row already (both liked one comment), or a row would
be about oneself (a like of one's own comment), the row is dropped, and the database writes it into
the record as it was, to the last digit. The record is all that `put_back` needs.

Whoever calls this holds the rows of the articles concerned, and of both accounts.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models
from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce, Greatest
from psycopg.sql import SQL, Identifier

from accounts.models import User
from forum.articles.models import Article
from forum.comments.models import Case
from forum.flags.models import Flag
from forum.flags.models import Record as FlagRecord
from forum.notifications.models import Notification
from forum.people.holdings import Merged, Named, named

Record = dict[str, Any]
# What is kept for some days where it stands must not outlive them in a record.
KEPT_FOR_DAYS = {"network"}


def move(gone: User, kept: User) -> Record:
    """Make everything of `gone` that follows a merge that of `kept`; the record of it."""
    # Each article anew from its row: the two may be its author and its co-author.
    shared = list(
        Article.objects.filter(co_author_keys__overlap=[gone.pk, kept.pk]).values_list(
            "pk", flat=True
        )
    )
    dropped: list[Record] = []
    for one in named():
        if one.holding.merged is Merged.FOLLOW:
            dropped += _drop(one, gone, kept)
    moved: dict[str, list[Any]] = {}
    cleared: dict[str, dict[str, str]] = {}
    for one in named():
        if one.holding.merged is Merged.FOLLOW:
            if one.holding.cleared:
                cleared[one.label] = _clear(one, gone, kept)
            keys = list(_of(one, gone).order_by("pk").values_list("pk", flat=True))
            _of(one, gone).update(**{one.field.name: kept})
            moved[one.label] = keys
        elif one.holding.merged is Merged.END:
            _of(one, gone).delete()
    record = {
        "moved": {label: keys for label, keys in moved.items() if keys},
        "cleared": {label: values for label, values in cleared.items() if values},
        "dropped": dropped,
        "shared": shared,
        "flags": _add_records(gone, kept),
    }
    _count(shared, gone, kept)
    _count_flags(record)
    return record


def put_back(record: Record, gone: User, kept: User) -> None:
    """Undo `move`: each row that is still there, and still that of `kept`, is that of `gone`
    again, and what was dropped is there again where it still can be."""
    for one in named():
        keys = record["moved"].get(one.label)
        if keys:
            _of(one, kept).filter(pk__in=keys).update(**{one.field.name: gone})
        for key, value in record["cleared"].get(one.label, {}).items():
            _of(one, gone).filter(pk=key).update(**{one.holding.cleared: value})
    for row in record["dropped"]:
        _restore(row["table"], row["row"])
    _count(record["shared"], gone, kept)
    _count_flags(record)
    _take_apart_records(record["flags"], gone, kept)


def _of(one: Named, person: User):
    return one.rows.filter(**{one.field.name: person})


def _drop(one: Named, gone: User, kept: User) -> list[Record]:
    """Delete the rows of `gone` that `kept` has too, and those that would be about oneself."""
    found = Q(pk__in=[])
    if not one.holding.cleared:
        for others, condition in _unique_with(one):
            same = _of(one, kept).filter(condition, **{name: OuterRef(name) for name in others})
            found |= Q(condition, Exists(same.order_by()), **{one.field.name: gone})
    if way := one.holding.own:
        for person, other in ((gone, kept), (kept, gone)):
            found |= Q(**{one.field.name: person, way: other})
    keys = list(one.rows.filter(found).values_list("pk", flat=True))
    if not keys:
        return []
    table = one.model._meta.db_table
    written = SQL("SELECT to_jsonb(row) FROM {} AS row WHERE id = ANY(%s) ORDER BY id")
    with connection.cursor() as cursor:
        cursor.execute(written.format(Identifier(table)), [keys])
        found_rows = [json.loads(row) for (row,) in cursor.fetchall()]
    rows = [
        {"table": table, "row": {name: row[name] for name in row if name not in KEPT_FOR_DAYS}}
        for row in found_rows
    ]
    one.rows.filter(pk__in=keys).delete()
    return rows


def _clear(one: Named, gone: User, kept: User) -> dict[str, str]:
    column = one.holding.cleared
    same = _of(one, kept).filter(**{column: OuterRef(column)})
    rows = _of(one, gone).filter(Exists(same.order_by()))
    values = {str(key): str(value) for key, value in rows.values_list("pk", column)}
    one.rows.filter(pk__in=values).update(**{column: None})
    return values


def _unique_with(one: Named) -> Iterator[tuple[list[str], Q]]:
    """The other columns with which the member's must be unique, and where."""
    options, name = one.model._meta, one.field.name
    unique: list[tuple[Sequence[str], Q]] = [
        (together, Q()) for together in options.unique_together
    ]
    unique += [
        (constraint.fields, constraint.condition or Q())
        for constraint in options.constraints
        if isinstance(constraint, models.UniqueConstraint)
    ]
    if one.field.unique:
        unique.append(((name,), Q()))
    for columns, condition in unique:
        if name in columns:
            yield [column for column in columns if column != name], condition


def _restore(table: str, row: Record) -> None:
    """Put a row back, unless the member has the same again or what it was about is gone."""
    model = next(one.model for one in named() if one.model._meta.db_table == table)
    for field in model._meta.concrete_fields:
        if not isinstance(field, models.ForeignKey) or not row[field.attname]:
            continue
        led_to: type[models.Model] = field.remote_field.model
        if not led_to._base_manager.filter(pk=row[field.attname]).exists():
            return
    restored = SQL(
        "INSERT INTO {} SELECT * FROM jsonb_populate_record(NULL::{}, %s) ON CONFLICT DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute(restored.format(Identifier(table), Identifier(table)), [json.dumps(row)])


def _count(shared: list[int], *members: User) -> None:
    """Make anew what is kept beside the rows."""
    people = Article.co_authors.through.objects.filter(article=OuterRef("pk")).order_by("user")
    for key, keys in Article.objects.filter(pk__in=shared).values_list(
        "pk", ArraySubquery(people.values("user"))
    ):
        Article.objects.filter(pk=key).update(co_author_keys=keys)
    for member in members:
        unread = Notification.objects.of(member).unread().count()
        User.objects.filter(pk=member.pk).update(unread_notifications=unread)


def _count_flags(record: Record) -> None:
    """What the queue of the moderators counts, of comments of which a flag was dropped."""
    flags = Flag._meta.db_table
    comments = {row["row"]["comment_id"] for row in record["dropped"] if row["table"] == flags}
    for case in Case.objects.filter(comment__in=comments, decided_at=None):
        waiting = Flag.objects.open().filter(comment=case.pk)
        sums = waiting.aggregate(count=Count("pk"), weight=Coalesce(Sum("weight"), 0.0))
        Case.objects.filter(pk=case.pk).update(flag_count=sums["count"], flag_weight=sums["weight"])


def _add_records(gone: User, kept: User) -> dict[str, int]:
    """How often the flags of `gone` were right counts for `kept`; what was added."""
    found = FlagRecord.objects.filter(member=gone).first() or FlagRecord()
    theirs = {"upheld": found.upheld, "rejected": found.rejected}
    if any(theirs.values()):
        FlagRecord.objects.get_or_create(member=kept)
        _change(kept, theirs, 1)
        _change(gone, theirs, -1)
    return theirs


def _take_apart_records(added: dict[str, int], gone: User, kept: User) -> None:
    if any(added.values()):
        _change(kept, added, -1)
        _change(gone, added, 1)


def _change(member: User, counts: dict[str, int], sign: int) -> None:
    FlagRecord.objects.filter(member=member).update(
        **{name: Greatest(F(name) + sign * count, 0) for name, count in counts.items()}
    )
