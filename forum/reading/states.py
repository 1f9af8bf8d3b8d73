"""The states of pages that are kept for readers, each in one query (see `kept_pages`).

Plain SQL: these run for every page that is read, and are most of what a kept page costs.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest

from forum.reading.being_discussed import being_discussed

# On the front page.
LATEST_COMMENTS = 8


def article(request: HttpRequest, day: date, slug: str) -> Any:
    """The version of an article, whether its comments are past their time, and what its author box
    counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, version, comments_close_at <= statement_timestamp(),
                   (SELECT count(*) FROM articles_article AS piece
                     WHERE piece.author_id = articles_article.author_id
                       AND piece.published_at <= statement_timestamp()),
                   (SELECT count(*) FROM articles_article_co_authors AS shared
                      JOIN articles_article AS piece ON piece.id = shared.article_id
                     WHERE shared.user_id = articles_article.author_id
                       AND piece.published_at <= statement_timestamp())
              FROM articles_article
             WHERE publish_date = %s AND slug = %s AND published_at <= statement_timestamp()
            """,
            [day, slug],
        )
        row = cursor.fetchone()
    if row is None:
        raise Http404
    return row


def comment(request: HttpRequest, pk: int) -> Any:
    """The version of the article that a comment belongs to, and whether its comments are past
    their time."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT article.id, article.version,
                   article.comments_close_at <= statement_timestamp()
              FROM comments_comment AS comment
              JOIN articles_article AS article ON article.id = comment.article_id
             WHERE comment.id = %s AND article.published_at <= now()
            """,
            [pk],
        )
        row = cursor.fetchone()
    if row is None:
        raise Http404
    return row


def front_page(request: HttpRequest) -> Any:
    """The versions of the articles that are listed, of those with the latest comments, and of
    those being discussed.

    Older pages of the list are not kept.
    """
    if request.GET:
        return None
    discussed = being_discussed()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT ARRAY(SELECT (id, version)::text FROM articles_article
                          WHERE published_at <= statement_timestamp()
                          ORDER BY published_at DESC, id DESC LIMIT %s),
                   ARRAY(SELECT (comment.id, article.version)::text
                           FROM comments_comment AS comment
                           JOIN articles_article AS article ON article.id = comment.article_id
                          WHERE article.published_at <= statement_timestamp()
                            AND comment.withdrawn_at IS NULL AND comment.hidden_at IS NULL
                            AND comment.held_at IS NULL
                          ORDER BY comment.posted_at DESC, comment.id DESC LIMIT %s),
                   ARRAY(SELECT (id, version)::text FROM articles_article
                          WHERE id = ANY(%s) AND published_at <= statement_timestamp()
                          ORDER BY id),
                   %s,
                   ARRAY(SELECT name || '/' || slug FROM tags_category ORDER BY name)
            """,
            [settings.ARTICLES_PER_PAGE + 1, LATEST_COMMENTS, discussed, discussed],
        )
        return cursor.fetchone()
