"""What authors do with a piece: write, revise, publish, take back."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from forum import markup
from forum.articles import covers, rendering
from forum.articles.models import (
    Article,
    ArticleAddress,
    ArticleRevision,
    CommentsFrom,
    CommentsPolicy,
    WorkingCopy,
)
from forum.articles.tasks import show_link_card
from forum.cards.flows import cards_for
from forum.tags.flows import resolved_names, tags_named
from forum.tags.models import Category

LONGEST_SLUG = 80


class ArticleRefused(Exception):
    """The article cannot be published as it is; the message is for its author, and `field` names
    what is missing."""

    def __init__(self, message: str, *, field: str | None = None):
        super().__init__(message)
        self.field = field


class ArticleChanged(Exception):
    """Somebody saved the article after the writer had begun; nothing of either is lost.

    `newest` is the revision that is saved now, `began_from` the one the writer began from.
    """

    def __init__(self, *, newest: ArticleRevision, began_from: ArticleRevision | None):
        super().__init__(
            _(
                "Not saved yet: %(name)s saved this article after you had opened it. Your text is "
                "here as you wrote it. Take over from theirs what you want, and save again: yours "
                "then stands in its place, and theirs is kept among the revisions."
            )
            % {"name": newest.saved_by.display_name}
        )
        self.newest = newest
        self.began_from = began_from


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


def create_article(*, author: User, piece: Piece, write_key: UUID | None = None) -> Article:
    """A new draft; raises MarkupRefused or PictureRefused for what cannot be taken in.

    Created twice with one `write_key` it is one article, with the words of the second time;
    raises ArticleChanged when somebody else saved it in between.
    """
    article = Article(author=author)
    links = _write(article, piece)
    try:
        with transaction.atomic():
            if write_key:
                _hold_writer(author)
            article.save()
            _file(article, piece)
            _link_cards(article, links)
            _keep_revision(article, by=author, write_key=write_key)
            _drop_working_copy(editor=author, write_key=write_key)
    except IntegrityError:
        first = write_key and _saved_with(write_key, author)
        if not first:
            raise
        return revise_article(article=first.article, piece=piece, by=author, began_from=first.pk)
    return article


@transaction.atomic
def revise_article(
    *,
    article: Article,
    piece: Piece,
    by: User,
    began_from: int | None = None,
    write_key: UUID | None = None,
) -> Article:
    """The article with the new words, the earlier ones kept as a revision; its former address
    redirects when the slug changed. A save that changes nothing leaves no trace.

    `began_from` is the revision that the writer had before them: raises ArticleChanged when it is
    no longer the newest. Never touches the counters of the discussion, so it is safe while people
    post. Raises MarkupRefused, PictureRefused, or ArticleRefused when a published piece would
    lose what it needs.
    """
    before = _hold(article)
    _require_editor_for_the_published(before, by)
    _drop_working_copy(editor=by, article=article)
    article = copy(before)
    links = _write(article, piece)
    if not _differs(article, before, piece):
        return article
    _refuse_the_overtaken(article, began_from)
    article.revised_at = timezone.now()
    if before.published_at is not None:
        _require_publishable(article)
        if article.slug != before.slug:
            article.slug = _free_slug(article)
            _keep_address(before)
    article.save(update_fields=[*WRITTEN, "revised_at"])
    _file(article, piece)
    _link_cards(article, links)
    if write_key and _saved_with(write_key, by):
        write_key = None
    _keep_revision(article, by=by, before=before, write_key=write_key)
    return article


@transaction.atomic
def restore_revision(*, revision: ArticleRevision, by: User) -> Article:
    """The article with the words it had then, as a new revision; the picture, the address and what
    it is filed under stay. Restoring the words it has changes nothing. Raises ArticleRefused for
    who may not change what is published."""
    before = _hold(revision.article)
    _require_editor_for_the_published(before, by)
    if words_of(before) == words_of(revision):
        return before
    article = copy(before)
    for name in WORDS:
        setattr(article, name, getattr(revision, name))
    links = rendering.render(article)
    article.revised_at = timezone.now()
    article.save(update_fields=[*WORDS, *rendering.RENDERED, "revised_at"])
    _link_cards(article, links)
    _keep_revision(article, by=by, before=before)
    return article


@transaction.atomic
def keep_working_copy(
    *, editor: User, article: Article | None, write_key: UUID, fields: dict[str, Any]
) -> WorkingCopy | None:
    """What the editor has typed and not saved, in place of what was kept of it before.

    Of an article there is one for each editor, of a new one one for each form, named by
    `write_key`. None where that form was saved meanwhile: then there is nothing to keep.
    """
    if article:
        _hold(article)
    else:
        _hold_writer(editor)
    if _saved_with(write_key, editor):
        return None
    own = {"article": article} if article else {"write_key": write_key}
    kept, _created = WorkingCopy.objects.update_or_create(
        editor=editor, **own, defaults={"fields": fields, "kept_at": timezone.now()}
    )
    return kept


@transaction.atomic
def submit_article(*, article: Article, by: User, note: str = "") -> bool:
    """Hand a draft in: editors see it with the note. False when it was handed in or out before."""
    return bool(
        Article.objects.editable_by(by)
        .filter(pk=article.pk, submitted_at=None, published_at=None)
        .update(submitted_at=timezone.now(), submission_note=note, returned_at=None, return_note="")
    )


@transaction.atomic
def return_article(*, article: Article, by: User, note: str) -> bool:
    """Send a draft that was handed in back to its author, with what is to be done. False when it
    does not wait; raises ArticleRefused for who is no editor."""
    if not by.edits_all:
        raise ArticleRefused(_("Only editors send articles back."))
    return bool(
        Article.objects.filter(pk=article.pk, submitted_at__isnull=False).update(
            submitted_at=None, returned_at=timezone.now(), return_note=note
        )
    )


@transaction.atomic
def publish_article(
    *, article: Article, at: datetime | None = None, by: User | None = None
) -> Article:
    """The article is out now, or comes out at `at`; its address takes the day in site time.

    An article that is out already stays as it is. Raises ArticleRefused with what is missing, and
    for somebody who may write and not publish.
    """
    article = _hold(article)
    if article.is_published:
        return article
    if by is not None and not by.may_publish:
        raise ArticleRefused(_("An editor publishes what you write: hand it in."))
    article.submitted_at = article.returned_at = None
    _require_publishable(article)
    article.published_at = at or timezone.now()
    article.publish_date = timezone.localtime(
        article.published_at, timezone.get_default_timezone()
    ).date()
    article.slug = _free_slug(article)
    _set_closing(article)
    try:
        with transaction.atomic():
            article.save(
                update_fields=[
                    *("published_at", "publish_date", "slug", "comments_close_at"),
                    *("submitted_at", "returned_at"),
                ]
            )
    except IntegrityError as error:
        raise ArticleRefused(
            _("Another article took this address just now. Please try again.")
        ) from error
    return article


@transaction.atomic
def unpublish_article(*, article: Article, by: User | None = None) -> Article:
    """The article is a draft again; its comments are kept and its address is not given away.
    Raises ArticleRefused for somebody who may write and not publish."""
    article = _hold(article)
    _require_editor_for_the_published(article, by)
    if article.published_at is not None:
        _keep_address(article)
        article.published_at = article.publish_date = None
        _set_closing(article)
        article.save(update_fields=["published_at", "publish_date", "comments_close_at"])
    return article


@transaction.atomic
def try_article(
    *, article: Article, piece: Piece, published: bool, began_from: int | None = None
) -> None:
    """Raises what writing this piece would raise, and writes nothing. An article that exists is
    held until the transaction ends, so that what was tried can be done."""
    before = _hold(article) if article.pk else article
    tried = copy(before)
    _write(tried, piece)
    if article.pk and _differs(tried, before, piece):
        _refuse_the_overtaken(tried, began_from)
    if published:
        _require_publishable(tried)


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


def words_of(one: Article | ArticleRevision) -> tuple[str, ...]:
    """What a revision keeps of an article."""
    return tuple(getattr(one, name) for name in WORDS)


def _hold(article: Article) -> Article:
    """The article as it is now, its row held until the transaction ends."""
    return Article.objects.select_for_update(no_key=True).get(pk=article.pk)


def _hold_writer(person: User) -> None:
    """Let this person's new articles be saved and kept one after the other. Only for what has no
    row yet that could be held."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _differs(article: Article, before: Article, piece: Piece) -> bool:
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


def _refuse_the_overtaken(article: Article, began_from: int | None) -> None:
    if began_from is None:
        return
    newest = article.revisions.newest()
    if newest is not None and newest.pk != began_from:
        raise ArticleChanged(
            newest=newest, began_from=article.revisions.filter(pk=began_from).first()
        )


def _drop_working_copy(
    *, editor: User, article: Article | None = None, write_key: UUID | None = None
) -> None:
    if article or write_key:
        own = Q(article=article) if article else Q(write_key=write_key)
        WorkingCopy.objects.filter(own, editor=editor).delete()


def _saved_with(write_key: UUID, by: User) -> ArticleRevision | None:
    return (
        ArticleRevision.objects.select_related("article")
        .filter(saved_by=by, write_key=write_key)
        .first()
    )


def _keep_revision(
    article: Article,
    *,
    by: User,
    before: Article | None = None,
    write_key: UUID | None = None,
) -> None:
    ArticleRevision.objects.create(
        article=article,
        saved_by=by,
        saved_at=article.revised_at or article.created_at,
        word_count=article.word_count,
        changed_words=before is None or words_of(before) != words_of(article),
        write_key=write_key,
        **{name: getattr(article, name) for name in WORDS},
    )


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
    article.canonical_url = piece.canonical_url
    article.co_author_keys = sorted({one.pk for one in piece.co_authors} - {article.author_id})
    article.comments_policy = piece.comments_policy
    article.comments_days = piece.comments_days
    article.comments_from_level = piece.comments_from_level
    article.comments_pace = piece.comments_pace
    _set_closing(article)
    if piece.cover is False:
        article.cover = None
    elif isinstance(piece.cover, str):
        article.cover = piece.cover
    elif isinstance(piece.cover, File):
        article.cover = covers.store(piece.cover)
    return links


def _set_closing(article: Article) -> None:
    """When the comments close, counted from when the article comes out."""
    days = article.comments_days
    article.comments_close_at = (
        article.published_at + timedelta(days=days) if days and article.published_at else None
    )


def _file(article: Article, piece: Piece) -> None:
    article.categories.set(piece.categories)
    article.tags.set(tags_named(names=piece.tag_names))
    article.co_authors.set(article.co_author_keys)


def _require_editor_for_the_published(article: Article, by: User | None) -> None:
    if by is not None and article.published_at is not None and not by.may_publish:
        raise ArticleRefused(_("This article is published: ask an editor to change it."))


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
        raise ArticleRefused(_("Say what the picture shows before you publish."), field="cover_alt")
    # What came from an import is published as it was there.
    undescribed = markup.pictures_without_words(article.html)
    if undescribed and article.markup == "markdown":
        raise ArticleRefused(
            ngettext(
                "Say what the picture in the text shows before you publish: ![what it shows](…).",
                "Say what the pictures in the text show before you publish: ![what it shows](…).",
                undescribed,
            ),
            field="text",
        )


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
