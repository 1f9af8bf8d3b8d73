"""Which articles are being discussed, so that the front page can say so.

An article counts the people who wrote there lately, each of them once: somebody who posts forty
times weighs as much as somebody who posts once, so two people in a quarrel do not carry an article
to the top. A person weighs 1 when they wrote just now and half as much for every day since:

    score = sum over its commenters of 0.5 ^ (days since their latest comment there)

Comments that are out of sight count for nothing. The list is worked out once a minute, from the
newest comments alone, so its cost does not grow with the site.
"""

from django.core.cache import cache
from django.db import connection

from forum.articles.models import Article

SHOWN = 5
A_MINUTE = 60
DAYS = 14
NEWEST = 5000
# What makes a discussion: one person talking alone is none.
FEWEST_PEOPLE = 2
KEY = "being-discussed"


def being_discussed() -> list[int]:
    """Keys of articles, the most discussed first; at most a minute old."""
    keys = cache.get(KEY)
    if keys is None:
        keys = _ranked()
        cache.set(KEY, keys, A_MINUTE)
    return keys


def articles(keys: list[int]) -> list[Article]:
    """The articles of these keys that are out, in this order; one query."""
    found = Article.objects.published().only("headline", "slug", "publish_date", "comment_count")
    by_key = found.in_bulk(keys)
    return [by_key[key] for key in keys if key in by_key]


def _ranked() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH newest AS (
              SELECT article_id, author_id, posted_at FROM comments_comment
               WHERE withdrawn_at IS NULL AND hidden_at IS NULL AND held_at IS NULL
                 AND posted_at > statement_timestamp() - make_interval(days => %s)
               ORDER BY posted_at DESC, id DESC LIMIT %s
            ), people AS (
              SELECT article_id, author_id, max(posted_at) AS latest
                FROM newest GROUP BY article_id, author_id
            )
            SELECT article_id
              FROM people JOIN articles_article ON articles_article.id = article_id
             WHERE published_at <= statement_timestamp()
             GROUP BY article_id
            HAVING count(*) >= %s
             ORDER BY sum(0.5 ^ (extract(epoch FROM statement_timestamp() - latest) / 86400)) DESC,
                      article_id DESC
             LIMIT %s
            """,
            [DAYS, NEWEST, FEWEST_PEOPLE, SHOWN],
        )
        return [key for (key,) in cursor.fetchall()]
