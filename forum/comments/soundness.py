"""Finding and mending damaged threads: what `manage.py check_threads` does.

The constraints of the tables refuse nearly all of it; this is for databases that were restored in
parts or changed by hand. Parents are taken for true, places are computed from them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction

from forum.articles.models import Article
from forum.comments import tree
from forum.comments.models import OUT_OF_SIGHT, Comment

# Walking the edges of a sound tree in order counts 1, 2, 3 … and goes one level deeper at every
# left edge; a step that does not is where siblings overlap, a gap is left or an edge stands twice.
VIOLATIONS = """
WITH edges AS (
  SELECT id, article_id, tree_id, level, lft AS edge, 1 AS step FROM comments_comment
  UNION ALL
  SELECT id, article_id, tree_id, level, rght, -1 FROM comments_comment
), walk AS (
  SELECT *, row_number() OVER w AS place, sum(step) OVER w AS depth FROM edges
  WINDOW w AS (PARTITION BY tree_id ORDER BY edge, step DESC, id
               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
SELECT DISTINCT article_id, id, 'place' FROM walk
 WHERE place <> edge OR (step = 1 AND depth <> level + 1)
UNION
SELECT c.article_id, c.id, 'parent' FROM comments_comment c JOIN comments_comment p
    ON p.id = c.parent_id
 WHERE p.tree_id <> c.tree_id OR p.article_id <> c.article_id OR p.level + 1 <> c.level
    OR p.lft >= c.lft OR p.rght <= c.rght
UNION
SELECT article_id, id, 'thread' FROM (
  SELECT article_id, id, level, count(*) OVER (PARTITION BY tree_id) AS threads
    FROM comments_comment WHERE parent_id IS NULL) AS starts
 WHERE threads > 1 OR level <> 0
UNION
SELECT a.id, NULL, 'counters' FROM articles_article a LEFT JOIN LATERAL (
  SELECT count(*) FILTER (WHERE withdrawn_at IS NULL AND hidden_at IS NULL AND held_at IS NULL)
           AS visible, coalesce(max(number), 0) AS highest
    FROM comments_comment WHERE article_id = a.id) AS c ON true
 WHERE a.comment_count <> c.visible OR a.last_number < c.highest
ORDER BY 1, 2, 3
"""


@dataclass(frozen=True)
class Violation:
    """What is wrong with a comment's place, or (with no comment) with an article's counters."""

    article_id: int
    comment_id: int | None
    problem: str


def violations() -> list[Violation]:
    """Every violation in the whole database, by one statement."""
    with connection.cursor() as cursor:
        cursor.execute(VIOLATIONS)
        return [Violation(*row) for row in cursor.fetchall()]


@transaction.atomic
def repair(*, article_id: int, comment_ids: Iterable[int]) -> None:
    """Place the threads of these comments anew from their parents, and count the article again.

    Threads that were sound are not touched. A thread whose parents go in a circle stays as it is.
    """
    article = Article.objects.select_for_update(no_key=True).get(pk=article_id)
    comments = {c.pk: c for c in Comment.objects.filter(article=article).order_by("number")}
    # With the trees they stand in: a comment that leaves a tree leaves a gap.
    trees = {comments[pk].tree_id for pk in comment_ids}
    damaged = {_start(comments, c.pk) for c in comments.values() if c.tree_id in trees}
    tree.replant(
        [
            comment
            for comment in comments.values()
            if (start := _start(comments, comment.pk)) is not None and start in damaged
        ]
    )
    visible = Comment.objects.filter(article=article).exclude(OUT_OF_SIGHT)
    article.comment_count = visible.count()
    article.last_number = max([article.last_number, *(c.number for c in comments.values())])
    article.save(update_fields=["comment_count", "last_number"])


def _start(comments: dict[int, Comment], pk: int | None) -> int | None:
    """The first comment of the thread by its parents; None where they go in a circle."""
    seen: set[int | None] = set()
    while pk not in seen:
        seen.add(pk)
        comment = comments.get(pk) if pk is not None else None
        if comment is None or comment.parent_id not in comments:
            return pk
        pk = comment.parent_id
    return None
