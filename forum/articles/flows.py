"""What authors do with a piece: write, revise, publish, take back."""

from collections.abc import Sequence
from copy import copy
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.names import isolated
from forum import markup
from forum.articles import rendering, telling
from forum.articles.addresses import free_slug, keep_address
from forum.articles.models import Article, ArticleRevision, WorkingCopy
from forum.articles.piece import (
    WORDS,
    WRITTEN,
    Piece,
    differs,
    file_under,
    set_closing,
    words_of,
    write_on,
)
from forum.articles.tasks import show_link_card
from forum.cards.flows import cards_for


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
            % {"name": isolated(newest.saved_by.display_name)}
        )
        self.newest = newest
        self.began_from = began_from


def create_article(*, author: User, piece: Piece, write_key: UUID | None = None) -> Article:
    """A new draft; raises MarkupRefused or PictureRefused for what cannot be taken in, and
    ArticleRefused for an author whose account was erased a moment ago.

    Created twice with one `write_key` it is one article, with the words of the second time;
    raises ArticleChanged when somebody else saved it in between.
    """
    article = Article(author=author)
    links = write_on(article, piece)
    try:
        with transaction.atomic():
            if write_key:
                _hold_writer(author)
            article.save()
            file_under(article, piece)
            _link_cards(article, links)
            _keep_revision(article, by=author, write_key=write_key)
            _drop_working_copy(editor=author, write_key=write_key)
    except IntegrityError:
        first = write_key and _saved_with(write_key, author)
        if not first:
            if not User.objects.filter(pk=author.pk, is_active=True).exists():
                raise ArticleRefused(_account_closed()) from None
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
    links = write_on(article, piece)
    if not differs(article, before, piece):
        return article
    _refuse_the_overtaken(article, began_from)
    article.revised_at = timezone.now()
    if before.published_at is not None:
        _require_publishable(article)
        if article.slug != before.slug:
            article.slug = free_slug(article)
            keep_address(before)
    article.save(update_fields=[*WRITTEN, "revised_at"])
    file_under(article, piece)
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
    """Hand a draft in: editors are told, and see it with the note. False when it was handed in or
    out before."""
    changed = (
        Article.objects.editable_by(by)
        .filter(pk=article.pk, submitted_at=None, published_at=None)
        .update(submitted_at=timezone.now(), submission_note=note, returned_at=None, return_note="")
    )
    if changed:
        telling.handed_in(article, by=by)
    return bool(changed)


@transaction.atomic
def return_article(*, article: Article, by: User, note: str) -> bool:
    """Send a draft that was handed in back to its authors, who are told, with what is to be done.
    False when it does not wait; raises ArticleRefused for who is no editor."""
    if not by.edits_all:
        raise ArticleRefused(_("Only editors send articles back."))
    changed = Article.objects.filter(pk=article.pk, submitted_at__isnull=False).update(
        submitted_at=None, returned_at=timezone.now(), return_note=note
    )
    if changed:
        telling.sent_back(article, by=by)
    return bool(changed)


@transaction.atomic
def publish_article(
    *, article: Article, at: datetime | None = None, by: User | None = None
) -> Article:
    """The article is out now, or comes out at `at`; its address takes the day in site time.

    Its authors are told when somebody else, named with `by`, did it. An article that is out already
    stays as it is. Raises ArticleRefused with what is missing, and
    for somebody who may write and not publish.
    """
    article = _hold(article)
    if article.is_published:
        return article
    if by is not None and not by.may_publish:
        raise ArticleRefused(_("An editor publishes what you write: hand it in."))
    was_to_come_out = article.published_at
    article.submitted_at = article.returned_at = None
    _require_publishable(article)
    article.published_at = at or timezone.now()
    article.publish_date = timezone.localtime(
        article.published_at, timezone.get_default_timezone()
    ).date()
    article.slug = free_slug(article)
    set_closing(article)
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
    if by is not None and article.published_at != was_to_come_out:
        telling.published(article, by=by)
    return article


@transaction.atomic
def unpublish_article(*, article: Article, by: User | None = None) -> Article:
    """The article is a draft again; its comments are kept and its address is not given away.
    Raises ArticleRefused for somebody who may write and not publish."""
    article = _hold(article)
    _require_editor_for_the_published(article, by)
    if article.published_at is not None:
        keep_address(article)
        article.published_at = article.publish_date = None
        set_closing(article)
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
    write_on(tried, piece)
    if article.pk and differs(tried, before, piece):
        _refuse_the_overtaken(tried, began_from)
    if published:
        _require_publishable(tried)


def _hold(article: Article) -> Article:
    """The article as it is now, its row held until the transaction ends."""
    return Article.objects.select_for_update(no_key=True).get(pk=article.pk)


def _account_closed() -> str:
    return _("Your account was closed a moment ago, so nothing can be saved with it any more.")


def _hold_writer(person: User) -> None:
    """Let this person's new articles be saved and kept one after the other. Only for what has no
    row yet that could be held."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)


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
