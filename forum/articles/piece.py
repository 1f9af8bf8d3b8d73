"""What an author hands in, and how it is written on an article. Nothing is saved here but what an
article is filed under."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.core.files import File
from django.utils.text import slugify

from accounts.models import User
from forum.articles import covers, rendering
from forum.articles.models import Article, ArticleRevision, CommentsFrom, CommentsPolicy
from forum.tags.flows import resolved_names, tags_named
from forum.tags.models import Category

LONGEST_SLUG = 80

# What a revision keeps, and what is written with it.
WORDS = ["headline", "standfirst", "text", "markup"]
WRITTEN = [
    *WORDS,
    "slug",
    "html",
    "html_version",
    "word_count",
    "cover",
    "cover_width",
    "cover_height",
    "cover_alt",
    "cover_caption",
    "canonical_url",
    "co_author_keys",
    "comments_policy",
    "comments_days",
    "comments_from_level",
    "comments_pace",
    "comments_close_at",
]
COMPARED = [
    *WORDS,
    "slug",
    "cover_alt",
    "cover_caption",
    "canonical_url",
    "comments_policy",
    "comments_days",
    "comments_from_level",
    "comments_pace",
]


@dataclass(frozen=True)
class Piece:
    """What an author hands in. `cover` is a file, or the name of a picture that is stored already;
    None keeps the picture there is, False takes it away."""

    headline: str
    text: str
    standfirst: str = ""
    slug: str = ""
    markup: str = "markdown"
    categories: Sequence[Category] = ()
    tag_names: Sequence[str] = ()
    co_authors: Sequence[User] = ()
    cover: File | str | bool | None = None
    cover_alt: str = ""
    cover_caption: str = ""
    canonical_url: str = ""
    comments_policy: str = CommentsPolicy.OPEN
    comments_days: int | None = None
    comments_from_level: int = CommentsFrom.ALL
    comments_pace: int | None = None


def words_of(one: Article | ArticleRevision) -> tuple[str, ...]:
    """What a revision keeps of an article."""
    return tuple(getattr(one, name) for name in WORDS)


def write_on(article: Article, piece: Piece) -> list[str]:
    """Set what is written on the article; the addresses in its text that can have cards."""
    article.headline = piece.headline
    article.standfirst = piece.standfirst
    article.slug = (
        slugify(piece.slug or piece.headline, allow_unicode=True)[:LONGEST_SLUG].strip("-")
        or "article"
    )
    article.text = piece.text
    article.markup = piece.markup
    links = rendering.render(article)
    article.cover_alt = piece.cover_alt
    article.cover_caption = piece.cover_caption
    article.canonical_url = piece.canonical_url
    article.co_author_keys = sorted({one.pk for one in piece.co_authors} - {article.author_id})
    article.comments_policy = piece.comments_policy
    article.comments_days = piece.comments_days
    article.comments_from_level = piece.comments_from_level
    article.comments_pace = piece.comments_pace
    set_closing(article)
    if piece.cover is False:
        article.cover = None
    elif isinstance(piece.cover, str):
        article.cover = piece.cover
    elif isinstance(piece.cover, File):
        article.cover = covers.store(piece.cover)
    return links


def set_closing(article: Article) -> None:
    """When the comments close, counted from when the article comes out."""
    days = article.comments_days
    article.comments_close_at = (
        article.published_at + timedelta(days=days) if days and article.published_at else None
    )


def file_under(article: Article, piece: Piece) -> None:
    """File a saved article under the headings and people of the piece."""
    article.categories.set(piece.categories)
    article.tags.set(tags_named(names=piece.tag_names))
    article.co_authors.set(article.co_author_keys)


def differs(article: Article, before: Article, piece: Piece) -> bool:
    """Whether the piece, written on the article, changes anything of what was before."""
    if piece.cover or (piece.cover is False and before.cover):
        return True
    if any(getattr(article, name) != getattr(before, name) for name in COMPARED):
        return True
    filed = {category.pk for category in before.categories.all()}
    if filed != {category.pk for category in piece.categories}:
        return True
    if article.co_author_keys != before.co_author_keys:
        return True
    return {tag.name_key for tag in before.tags.all()} != resolved_names(piece.tag_names).keys()
