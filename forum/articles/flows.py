"""What authors do with a piece: write, revise, publish, take back."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from forum.articles import rendering
from forum.articles.covers import reencoded
from forum.articles.models import Article, ArticleAddress
from forum.articles.tasks import show_link_card
from forum.cards.flows import cards_for
from forum.tags.flows import tags_named
from forum.tags.models import Category

LONGEST_SLUG = 80


class ArticleRefused(Exception):
    """The article cannot be published as it is; the message is for its author."""


@dataclass(frozen=True)
class Piece:
    """What an author hands in. `cover` None keeps the picture there is, False takes it away."""

    headline: str
    text: str
    standfirst: str = ""
    slug: str = ""
    markup: str = "markdown"
    categories: Sequence[Category] = ()
    tag_names: Sequence[str] = ()
    cover: File | bool | None = None
    cover_alt: str = ""
    cover_caption: str = ""


@transaction.atomic
def create_article(*, author: User, piece: Piece) -> Article:
    """A new draft; raises MarkupRefused or PictureRefused for what cannot be taken in."""
    article = Article(author=author)
    links = _write(article, piece)
    article.save()
    _file(article, piece)
    _link_cards(article, links)
    return article


@transaction.atomic
def revise_article(*, article: Article, piece: Piece) -> Article:
    """The article with the new words; its former address redirects when the slug changed.

    Never touches the counters of the discussion, so it is safe while people post. Raises
    MarkupRefused, PictureRefused, or ArticleRefused when a published piece would lose what it
    needs.
    """
    before = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    links = _write(article, piece)
    article.revised_at = timezone.now()
    article.publish_date = before.publish_date
    article.published_at = before.published_at
    if before.published_at is not None:
        _require_publishable(article)
        if article.slug != before.slug:
            article.slug = _free_slug(article)
            _keep_address(before)
    article.save(update_fields=[*WRITTEN, "revised_at"])
    _file(article, piece)
    _link_cards(article, links)
    return article


@transaction.atomic
def publish_article(*, article: Article, at: datetime | None = None) -> Article:
    """The article is out now, or comes out at `at`; its address takes the day in site time.

    An article that is out already stays as it is. Raises ArticleRefused with what is missing.
    """
    article = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    if article.is_published:
        return article
    _require_publishable(article)
    article.published_at = at or timezone.now()
    article.publish_date = timezone.localtime(
        article.published_at, timezone.get_default_timezone()
    ).date()
    article.slug = _free_slug(article)
    try:
        with transaction.atomic():
            article.save(update_fields=["published_at", "publish_date", "slug"])
    except IntegrityError as error:
        raise ArticleRefused(
            _("Another article took this address just now. Please try again.")
        ) from error
    return article


@transaction.atomic
def unpublish_article(*, article: Article) -> Article:
    """The article is a draft again; its comments are kept and its address is not given away."""
    article = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    if article.published_at is not None:
        _keep_address(article)
        article.published_at = article.publish_date = None
        article.save(update_fields=["published_at", "publish_date"])
    return article


def try_article(*, article: Article, piece: Piece, published: bool) -> None:
    """Raises what writing this piece would raise, and writes nothing."""
    tried = copy(article)
    _write(tried, piece)
    if published:
        _require_publishable(tried)


WRITTEN = [
    "headline",
    "standfirst",
    "slug",
    "text",
    "markup",
    "html",
    "html_version",
    "word_count",
    "cover",
    "cover_width",
    "cover_height",
    "cover_alt",
    "cover_caption",
]


def _write(article: Article, piece: Piece) -> list[str]:
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
    if piece.cover is False:
        article.cover = None
    elif isinstance(piece.cover, File):
        article.cover = reencoded(piece.cover)
    return links


def _file(article: Article, piece: Piece) -> None:
    article.categories.set(piece.categories)
    article.tags.set(tags_named(names=piece.tag_names))


def _link_cards(article: Article, urls: Sequence[str]) -> None:
    """Note which cards the saved article shows or waits for, and have those fetched that were not
    there when it was written."""
    cards = cards_for(urls=urls) if urls else []
    article.link_cards.set(cards)
    for card in cards:
        if card.fetched_at is None:
            show_link_card.defer(card=card.pk)


def _require_publishable(article: Article) -> None:
    if article.cover and not article.cover_alt:
        raise ArticleRefused(_("Say what the picture shows before you publish."))


def _keep_address(article: Article) -> None:
    if article.publish_date is not None:
        ArticleAddress.objects.update_or_create(
            publish_date=article.publish_date, slug=article.slug, defaults={"article": article}
        )


def _free_slug(article: Article) -> str:
    """The slug, with a number behind it where another article of that day has or had it."""
    same_day = {"publish_date": article.publish_date, "slug__startswith": article.slug[:70]}
    taken = set(
        Article.objects.filter(**same_day).exclude(pk=article.pk).values_list("slug", flat=True)
    ) | set(
        ArticleAddress.objects.filter(**same_day)
        .exclude(article=article)
        .values_list("slug", flat=True)
    )
    free, n = article.slug, 1
    while free in taken:
        n += 1
        free = f"{article.slug[: LONGEST_SLUG - 4]}-{n}"
    return free
