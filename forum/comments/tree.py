"""The places of comments in their threads: the one module that writes MPTT's columns.

A thread is one nested-set tree. django-mptt computes the places, but leaves three things to its
user, and each corrupts trees when left out (`tests/comments/test_tree.py` shows it):

- *Exclusion of writers.* Shifting `lft` and `rght` to make room reads and writes many rows. Every
  function here must run while the transaction holds the row of the comment's article
  (`forum.comments.flows` takes it first, and in order of primary key where it needs two).
- *Tree ids.* MPTT takes MAX(tree_id) + 1 over the whole table, which two articles can do at once.
  Here a tree's id comes from a PostgreSQL sequence.
- *Fresh places.* A parent that was read before the lock was taken has an old place; it must be
  read again.

The tables hold what must be true (see the constraints of `Comment`), so a mistake here fails a
transaction instead of damaging a thread.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from django.db import connections
from mptt.managers import TreeManager
from psycopg import sql

if TYPE_CHECKING:
    from forum.comments.models import Comment

SEQUENCE = "comments_tree_id_seq"
PLACE = ("tree_id", "lft", "rght", "level")


class ThreadManager(TreeManager):
    """MPTT's manager with tree ids that no two writers can share."""

    def _get_next_tree_id(self) -> int:
        with connections[self.db].cursor() as cursor:
            cursor.execute("SELECT nextval(%s)", [SEQUENCE])
            return cursor.fetchone()[0]


def insert(comment: "Comment", *, network: int | None = None) -> bool:
    """Save a new comment as the last child of its parent, or as a thread of its own, with its
    Origin where that is known; False where the parent is not in the comment's article any more, out
    of sight, or in a locked branch.

    One statement, which reads the parent's place itself, makes room behind its last child and
    inserts: the transaction must hold the article's row before.
    """
    wrapped = connections["default"]
    fields = [
        field
        for field in comment._meta.concrete_fields
        if not field.generated and field.column not in SET_BY_THE_STATEMENT
    ]
    values = [field.get_db_prep_save(field.pre_save(comment, True), wrapped) for field in fields]
    if comment.parent_id is None:
        statement, place = INSERT_A_THREAD, [comment._tree_manager._get_next_tree_id()]
    else:
        statement, place = INSERT_BELOW, [comment.parent_id, comment.article_id]
    columns = ", ".join(wrapped.ops.quote_name(field.column) for field in fields)
    origin, known = ("", []) if network is None else (WITH_ITS_ORIGIN, [network])
    with wrapped.cursor() as cursor:
        cursor.execute(
            statement.format(
                columns=columns, values=", ".join(["%s"] * len(fields)), origin=origin
            ),
            [*place, *values, *known],
        )
        row = cursor.fetchone()
    if row is None:
        return False
    comment.pk, comment.tree_id, comment.lft, comment.rght, comment.level = row
    comment._state.adding, comment._state.db = False, "default"
    # What MPTT does after saving: the next time it must not take the comment for a new one.
    comment._mptt_saved = True
    comment._mptt_meta.update_mptt_cached_fields(comment)
    return True


SET_BY_THE_STATEMENT = {"id", *PLACE}
INSERT_A_THREAD = """
WITH placed AS (
  INSERT INTO comments_comment (tree_id, lft, rght, level, {columns})
  VALUES (%s, 1, 2, 0, {values})
  RETURNING id, tree_id, lft, rght, level
){origin}
SELECT id, tree_id, lft, rght, level FROM placed
"""
# MPTT's own insertion, which takes three statements: whatever lies right of the edge that the new
# comment takes moves two to the right, and with it the right edges of all that it stands in.
INSERT_BELOW = """
WITH parent AS (
  SELECT tree_id, rght AS edge, level FROM comments_comment AS parent
   WHERE id = %s AND article_id = %s
     AND withdrawn_at IS NULL AND hidden_at IS NULL AND held_at IS NULL
     AND NOT EXISTS (
       SELECT FROM comments_comment AS above
        WHERE above.tree_id = parent.tree_id AND above.locked_at IS NOT NULL
          AND above.lft <= parent.lft AND above.rght >= parent.rght
     )
), room AS (
  UPDATE comments_comment AS other
     SET lft = lft + CASE WHEN lft > edge THEN 2 ELSE 0 END, rght = rght + 2
    FROM parent WHERE other.tree_id = parent.tree_id AND other.rght >= edge
), placed AS (
  INSERT INTO comments_comment (tree_id, lft, rght, level, {columns})
  SELECT tree_id, edge, edge + 1, level + 1, {values} FROM parent
  RETURNING id, tree_id, lft, rght, level
){origin}
SELECT id, tree_id, lft, rght, level FROM placed
"""
WITH_ITS_ORIGIN = """, origin AS (
  INSERT INTO comments_origin (comment_id, network) SELECT id, %s FROM placed
)"""


def move(comment: "Comment", parent: "Comment | None") -> None:
    """Hang a comment, with all that is under it, below `parent`, or make it a thread of its own.

    Raises mptt.exceptions.InvalidMove for a parent inside the branch that is moved.
    """
    comment.refresh_from_db(fields=[*PLACE, "parent"])
    if parent is None and comment.parent_id is None:
        return
    comment._tree_manager.move_node(comment, parent, position="last-child")


def plant(
    comments: Sequence["Comment"],
    *,
    finish: Callable[["Comment"], None] = lambda comment: None,
) -> None:
    """Insert the comments of one discussion at once, each after the one it answers.

    For imports: the order given is the order of siblings and of threads; a parent is either in
    the sequence, before its answers, or None. Places are computed here and written in bulk, so
    the cost is that of plain inserts. `finish` is called with each comment in order of number to
    complete its other columns, and must ask the database nothing: while PostgreSQL stores one
    comment, the next is finished. The caller holds the article's row.
    """
    if not comments:
        return
    ids = _next_values("pg_get_serial_sequence('comments_comment', 'id')", len(comments))
    for comment, pk in zip(comments, ids, strict=True):
        comment.pk = pk
    for comment in comments:
        comment.parent = comment.parent  # now that it has a key
    _place(comments)
    _copy(sorted(comments, key=lambda comment: comment.number), finish)


def replant(comments: Sequence["Comment"]) -> None:
    """Give whole threads new places in trees of their own; siblings stand in the order given.

    A comment whose parent is not in the sequence becomes a thread. The caller holds the
    article's row.
    """
    known = {comment.pk for comment in comments}
    for comment in comments:
        if comment.parent_id not in known:
            comment.parent = None
    _place(comments)
    if comments:
        type(comments[0])._base_manager.bulk_update(comments, [*PLACE, "parent"], batch_size=1000)


def _place(comments: Sequence["Comment"]) -> None:
    answers: dict[int | None, list[Comment]] = {}
    for comment in comments:
        answers.setdefault(comment.parent_id, []).append(comment)
    threads = answers.get(None, [])
    tree_ids = _next_values(f"'{SEQUENCE}'", len(threads))
    for thread, tree_id in zip(threads, tree_ids, strict=True):
        _place_thread(thread, tree_id, answers)


def _place_thread(
    thread: "Comment", tree_id: int, answers: "dict[int | None, list[Comment]]"
) -> None:
    """Set the places of a thread; a stack instead of recursion, for threads of any depth."""
    edge, level = 0, 0
    stack: list[tuple[Comment, bool]] = [(thread, True)]
    while stack:
        comment, entering = stack.pop()
        edge += 1
        if entering:
            comment.tree_id, comment.lft, comment.level = tree_id, edge, level
            level += 1
            stack.append((comment, False))
            stack.extend((one, True) for one in reversed(answers.get(comment.pk, [])))
        else:
            comment.rght = edge
            level -= 1


def _copy(comments: Sequence["Comment"], finish: Callable[["Comment"], None]) -> None:
    """Insert whole rows by COPY, which costs a third of what INSERT does."""
    meta = type(comments[0])._meta
    columns = sql.SQL(", ").join(sql.Identifier(field.column) for field in meta.concrete_fields)
    names = [field.attname for field in meta.concrete_fields]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(meta.db_table), columns)
    with connections["default"].cursor() as cursor, cursor.copy(statement) as rows:
        for comment in comments:
            finish(comment)
            rows.write_row([getattr(comment, name) for name in names])


def _next_values(sequence: str, count: int) -> list[int]:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            f"SELECT nextval({sequence}) FROM generate_series(1, %s)",  # noqa: S608 - ours
            [count],
        )
        return [value for (value,) in cursor.fetchall()]
