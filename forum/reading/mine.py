"""What a page of a discussion says to one member alone: a small piece of data beside what
everybody reads. Scripts put it into the cards; every verb has a page of its own besides."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from accounts.models import User
from forum.articles.models import Article
from forum.comments import permissions
from forum.comments.models import Comment

_STANDING = """
  FROM comments_comment
 WHERE article_id = %(article)s AND author_id = %(member)s
   AND withdrawn_at IS NULL AND hidden_at IS NULL
"""
_BRANCHES = """
  FROM reading_following AS following
  JOIN comments_comment AS branch ON branch.id = following.branch_id
 WHERE following.member_id = %(member)s AND following.article_id = %(article)s
"""
_INSIDE = """
  FROM reading_following AS following
  JOIN comments_comment AS branch ON branch.id = following.branch_id
  JOIN comments_comment AS comment ON comment.tree_id = branch.tree_id
   AND comment.lft BETWEEN branch.lft AND branch.rght
 WHERE following.member_id = %(member)s AND following.article_id = %(article)s
 GROUP BY comment.number
"""
# Of all branches that a comment is in, what is chosen for the narrowest: whether it is muted.
_NARROWEST_IS_MUTED = "(array_agg(following.muted_at IS NOT NULL ORDER BY branch.lft DESC))[1]"
# As many as a style sheet may name, see `folding`.
MOST_FOLDED = 1000
# Columns for any statement that has a %(member)s and an %(article)s: the fields of Own.
COLUMNS = f"""
  ARRAY(SELECT number {_STANDING} ORDER BY number),
  ARRAY(SELECT posted_at {_STANDING} ORDER BY number),
  ARRAY(SELECT number {_STANDING} AND EXISTS (
    SELECT FROM comments_comment AS above
     WHERE above.tree_id = comments_comment.tree_id AND above.locked_at IS NOT NULL
       AND above.lft <= comments_comment.lft AND above.rght >= comments_comment.rght)),
  ARRAY(SELECT number {_STANDING} AND held_at IS NOT NULL ORDER BY number),
  ARRAY(SELECT comment.number FROM comments_like AS liked
          JOIN comments_comment AS comment ON comment.id = liked.comment_id
         WHERE liked.member_id = %(member)s AND comment.article_id = %(article)s ORDER BY 1),
  ARRAY(SELECT person_id FROM reading_personfollowing
         WHERE member_id = %(member)s AND muted_at IS NOT NULL ORDER BY 1),
  ARRAY(SELECT branch.number {_BRANCHES} AND following.muted_at IS NOT NULL ORDER BY 1),
  ARRAY(SELECT comment.number {_INSIDE} HAVING {_NARROWEST_IS_MUTED}
         ORDER BY 1 LIMIT {MOST_FOLDED}),
  (SELECT ARRAY(SELECT comment.number {_INSIDE} HAVING NOT {_NARROWEST_IS_MUTED}
                 ORDER BY 1 LIMIT {MOST_FOLDED})
     FROM reading_following AS whole
    WHERE whole.member_id = %(member)s AND whole.article_id = %(article)s
      AND whole.branch_id IS NULL AND whole.muted_at IS NOT NULL)
"""  # noqa: S608 - our own words


@dataclass(frozen=True)
class Own:
    """What the tables say of a member in a discussion: numbers of comments, but for `moments`,
    when those of `said` were posted, and `muted_people`, which are keys. `closed` are those of
    `said` in branches that a moderator has closed. `still_open` is None but in a discussion that
    the member mutes: there it has what is in branches of it they follow."""

    said: list[int]
    moments: list[datetime]
    closed: list[int]
    held: list[int]
    liked: list[int]
    muted_people: list[int]
    muted_branches: list[int]
    folded: list[int]
    still_open: list[int] | None


def own(member: User, article: Article) -> Own:
    """One query."""
    fields = {"member": member.pk, "article": article.pk}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS}", fields)
        return Own(*cursor.fetchone())


def mine(member: User, article: Article, own: Own, *, csrf: str) -> dict[str, Any]:
    """For the page of `article`; no query.

    `me` is the member's key, as in the cards' data-by; `csrf` the token for what scripts send;
    `own` has the member's comments by number, with the moment until which each can be edited
    (ISO 8601), or null; `held` the numbers of those that wait for a moderator; `liked` the numbers
    of those they like; `muted` the keys of the people they mute; `branches` the comments whose
    branches they mute, and `folded` all comments in those but for branches in them they follow;
    `open` what is not folded of a discussion that they mute, or null where they do not.
    """
    return {
        "me": member.pk,
        "csrf": csrf,
        "own": {
            number: None if number in own.closed else _editable_until(member, article, posted_at)
            for number, posted_at in zip(own.said, own.moments, strict=True)
        },
        "held": own.held,
        "liked": own.liked,
        "muted": own.muted_people,
        "branches": own.muted_branches,
        "folded": own.folded,
        "open": own.still_open,
    }


def _editable_until(member: User, article: Article, posted_at: datetime) -> str | None:
    comment = Comment(article=article, author=member, posted_at=posted_at)
    if permissions.why_not_edit(member, comment):
        return None
    return permissions.typos_until(comment).isoformat(timespec="seconds")
