"""The piece and what is kept beside it."""

from forum.articles.models.article import (
    MARKUP,
    Article,
    ArticleAddress,
    ArticleQuerySet,
    AuthorVersion,
    CommentsFrom,
    CommentsPolicy,
)
from forum.articles.models.picture import SentPicture
from forum.articles.models.texts import (
    ArticleRevision,
    WorkingCopy,
    what_a_form_begins_from,
)

__all__ = [
    "MARKUP",
    "Article",
    "ArticleAddress",
    "ArticleQuerySet",
    "ArticleRevision",
    "AuthorVersion",
    "CommentsFrom",
    "CommentsPolicy",
    "SentPicture",
    "WorkingCopy",
    "what_a_form_begins_from",
]
