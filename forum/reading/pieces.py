"""Articles as their pages show them, read and rendered once for everybody who may read them.

Kept under the answer to the question for the state of the article's page (`states.article`), as
pages are: what is found is right, and nothing is purged.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from forum import markup
from forum.articles.models import Article
from forum.comments.kept import KEPT_FOR
from forum.process_cache import Unchanging
from forum.release import release


@dataclass(frozen=True)
class KeptPiece(Unchanging):
    """An article as `for_reading` gives it, and the parts of its page that are the same for all.
    Many requests share it, so nothing of it is changed."""

    article: Article
    description: str
    meta: SafeString
    body: SafeString


def read(day: date, slug: str, *, state: str) -> KeptPiece | None:
    """The published article at this address in this state, asked for just before; one query, none
    where it is kept. None where it has gone meanwhile."""
    key = f"piece:{state}:{get_language()}:{release()}"
    piece = cache.get(key)
    if piece is None:
        published = Article.objects.published().for_reading()
        article = published.filter(publish_date=day, slug=slug).first()
        if article is None:
            return None
        piece = of(article)
        cache.set(key, piece, KEPT_FOR)
    return piece


def of(article: Article) -> KeptPiece:
    """The parts of the page of an article that `for_reading` gave."""
    description = article.standfirst or markup.excerpt(article.html, 200)
    context = {
        "article": article,
        "description": description,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }
    return KeptPiece(
        article,
        escape(description),
        render_to_string("articles/_meta.html", context),
        render_to_string("articles/_whole.html", context),
    )
