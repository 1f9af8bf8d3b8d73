"""The states of pages that are kept, each one question (see `kept_pages`).

These are asked for every page that is read, and are most of what a kept page costs: plain SQL, and
nothing that takes longer where there is more of it.
"""

from collections.abc import Sequence
from datetime import date

from django.conf import settings

from forum.postgresql.prepared import Question
from forum.reading import marks
from forum.reading.being_discussed import being_discussed

# On the front page.
LATEST_COMMENTS = 8

Asked = tuple[Question, Sequence[object]]

# The version covers all of the page but what time alone changes: whether its comments are past
# their time, and how many of the author's pieces are out, which is told by a version of its own
# and how many are still to come.
_ARTICLE = """
  ROW(article.id, article.version, article.comments_close_at <= statement_timestamp(),
      (SELECT kept.version FROM articles_authorversion AS kept
        WHERE kept.author_id = article.author_id),
      (SELECT count(*) FROM articles_article AS piece
        WHERE piece.published_at > statement_timestamp()
          AND (piece.author_id = article.author_id OR EXISTS (
            SELECT FROM articles_article_co_authors AS shared
             WHERE shared.article_id = piece.id
               AND shared.user_id = article.author_id))))::text
"""
_AT = """
  FROM articles_article AS article
 WHERE article.publish_date = %s AND article.slug = %s
   AND article.published_at <= statement_timestamp()
"""
ARTICLE = Question("article", f"SELECT {_ARTICLE} {_AT}")
# xmin is the transaction that wrote a row last, so it differs after every change of the row. There
# is a second part as long as the member's visit need not be noted anew.
MEMBERS_ARTICLE = Question(
    "member's article",
    f"""
    SELECT {_ARTICLE} || ' ' || coalesce((
      SELECT ROW(
        session.xmin, member.xmin, member.banned_until > statement_timestamp(),
        (SELECT xmin FROM reading_readmark
          WHERE member_id = member.id AND article_id = article.id),
        ARRAY(SELECT (id, xmin) FROM reading_visit
               WHERE member_id = member.id AND article_id = article.id ORDER BY id),
        ARRAY(SELECT (id, xmin) FROM reading_following
               WHERE member_id = member.id AND article_id = article.id ORDER BY id),
        ARRAY(SELECT (id, xmin) FROM reading_personfollowing
               WHERE member_id = member.id ORDER BY id))::text
        FROM django_session AS session, accounts_user AS member
       WHERE session.session_key = %s AND session.expire_date > statement_timestamp()
         AND member.id = %s
         AND EXISTS (SELECT FROM reading_visit
                      WHERE member_id = member.id AND article_id = article.id
                        AND seen_at > statement_timestamp() - make_interval(secs => %s))
      ), '')
    {_AT}
    """,  # noqa: S608 - our own words
)
COMMENT = Question(
    "comment",
    """
    SELECT ROW(article.id, article.version,
               article.comments_close_at <= statement_timestamp())::text
      FROM comments_comment AS comment
      JOIN articles_article AS article ON article.id = comment.article_id
     WHERE comment.id = %s AND article.published_at <= statement_timestamp()
    """,
)
FRONT_PAGE = Question(
    "front page",
    """
    SELECT ROW(
      ARRAY(SELECT (id, version) FROM articles_article
             WHERE published_at <= statement_timestamp()
             ORDER BY published_at DESC, id DESC LIMIT %s),
      ARRAY(SELECT (comment.id, article.version)
              FROM comments_comment AS comment
              JOIN articles_article AS article ON article.id = comment.article_id
             WHERE article.published_at <= statement_timestamp()
               AND comment.withdrawn_at IS NULL AND comment.hidden_at IS NULL
               AND comment.held_at IS NULL
             ORDER BY comment.posted_at DESC, comment.id DESC LIMIT %s),
      ARRAY(SELECT (id, version) FROM articles_article
             WHERE id = ANY(%s::bigint[]) AND published_at <= statement_timestamp()
             ORDER BY id),
      ARRAY(SELECT name || '/' || slug FROM tags_category ORDER BY name),
      %s::text)::text
    """,
)


def article(day: date, slug: str) -> Asked:
    """The version of an article, whether its comments are past their time, and what its author box
    counts."""
    return ARTICLE, [day, slug]


def members_article(day: date, slug: str, *, session_key: str, member: int) -> Asked:
    """The same for a page that a member reads, and behind a space all that the page says to them
    alone. Nothing is there when the visit has to be noted again."""
    noted = marks.NOTED_FOR.total_seconds()
    return MEMBERS_ARTICLE, [session_key, member, noted, day, slug]


def comment(pk: int) -> Asked:
    """The version of the article that a comment belongs to, and whether its comments are past
    their time."""
    return COMMENT, [pk]


def front_page() -> Asked:
    """The versions of the articles that are listed, of those with the latest comments, and of
    those being discussed, in their order."""
    discussed = f"{{{','.join(map(str, being_discussed()))}}}"
    return FRONT_PAGE, [settings.ARTICLES_PER_PAGE + 1, LATEST_COMMENTS, discussed, discussed]
