"""One post of an export, on its way to being an article with a discussion."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from html import escape
from pathlib import Path
from urllib.parse import unquote

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from forum import markup, uploads
from forum.articles import covers
from forum.articles.flows import Piece, create_article, publish_article
from forum.articles.models import Article
from forum.imports import settle
from forum.imports.discussions import Discussion
from forum.imports.models import ImportedArticle, known_comments
from forum.imports.paragraphs import with_paragraphs
from forum.imports.people import (
    People,
    Person,
    person_of_creator,
    person_of_remark,
)
from forum.imports.pictures import (
    SHOWN,
    SRC,
    Picture,
    Pictures,
    in_words,
    path_of,
    picture_in,
    without_leading_picture,
)
from forum.imports.report import NOTED, PICTURE, Counts, Note
from forum.imports.wordpress import Author, Post
from forum.pictures import WIDEST
from forum.tags.flows import category_named
from forum.uploads import PictureRefused

GONE = {"trash", "auto-draft", "inherit"}
PUBLIC = {"publish", "future"}
LONGEST_HEADLINE, LONGEST_STANDFIRST, LONGEST_PATH, LONGEST_CATEGORY = 200, 600, 500, 60
LONGEST_ALT = 300


@dataclass
class Arrivals:
    """What the posts of one export have in common. `zone` reads times that are in local time."""

    source: str
    people: People
    pictures: Pictures
    authors: list[tuple[Author, User]]
    zone: tzinfo
    dry_run: bool = False


def why_not(post: Post) -> str:
    """Why an item of the export is left out; empty for a post that comes in."""
    if post.kind != "post":
        return f"it is a {post.kind.replace('_', ' ')}, which does not come in"
    if post.status in GONE:
        was = "it was in the trash" if post.status == "trash" else "it was never saved as a post"
        return f"{was} and does not come in"
    if not post.legacy_id:
        return "it has no number to know it by and does not come in"
    if not (post.title or post.content or post.comments):
        return "it is empty and does not come in"
    return ""


def describe(post: Post) -> str:
    """The item as the report names it."""
    title = markup.plain_text(post.title)[:80]
    return f"{post.kind.replace('_', ' ')} {post.legacy_id or ''} “{title or post.slug}”"


class Arrival:
    """One post coming in. What it counts and notes is good only when its transaction is."""

    def __init__(self, post: Post, common: Arrivals) -> None:
        self.post = post
        self.common = common
        self.counts = Counts()
        self.notes: list[Note] = []
        self.saved: dict[str, str] = {}
        self.missing: set[str] = set()

    def bring_in(self) -> None:
        """Make the article and its discussion; the caller keeps the transaction.

        Raises ArticleRefused, MarkupRefused, or what the database refuses.
        """
        article = None
        try:
            article = self._create(self._author(), with_paragraphs(self.post.content))
            article = self._publish(article)
            self._discuss(article)
        except BaseException:
            # Files do not roll back.
            if article and article.cover:
                covers.delete(str(article.cover))
            for name in filter(None, self.saved.values()):
                covers.delete(name)
            raise
        self.counts.pictures += len(self.saved)

    def _publish(self, article: Article) -> Article:
        """The article with its old address kept, published or a draft as it was there."""
        assert self.post.legacy_id is not None  # why_not() saw to it
        ImportedArticle.objects.create(
            source=self.common.source,
            legacy_id=self.post.legacy_id,
            article=article,
            path=former_path(self.post.link),
        )
        published = self._published_at()
        if published is None:
            self.counts.drafts = 1
            return article
        self.counts.articles = 1
        return publish_article(article=article, at=published)

    def _create(self, author: User, text: str) -> Article:
        found = self._picture(text)
        if found is not None:
            picture, path = found
            try:
                with path.open("rb") as opened:
                    file = File(opened)
                    if self.common.dry_run:
                        # Only to see whether it can be: files do not roll back.
                        uploads.read(file, widest=WIDEST)
                    piece = self._piece(text, picture, None if self.common.dry_run else file)
                    article = create_article(author=author, piece=piece)
            except (PictureRefused, OSError) as refusal:
                self._note_picture(picture, str(refusal))
            else:
                self.counts.pictures = 1
                return article
        return create_article(author=author, piece=self._piece(text))

    def _piece(self, text: str, picture: Picture | None = None, file: File | None = None) -> Piece:
        post = self.post
        headline = markup.plain_text(post.title) or markup.excerpt(_clean(text), 80)
        headline = _cut(headline or post.slug or "Untitled", LONGEST_HEADLINE)
        alt = caption = ""
        if picture:
            alt = _cut(markup.plain_text(picture.alt) or headline, LONGEST_ALT)
            caption = _cut(markup.plain_text(_clean(picture.caption)), LONGEST_ALT)
            if picture.is_first:
                text = without_leading_picture(text)
        return Piece(
            headline=headline,
            text=_clean(SHOWN.sub(self._shown, text), images=True),
            standfirst=_cut(markup.plain_text(_clean(post.excerpt)), LONGEST_STANDFIRST),
            slug=unquote(post.slug),
            markup="html",
            categories=[category_named(name=n[:LONGEST_CATEGORY]) for n in post.categories],
            tag_names=post.tags,
            cover=file,
            cover_alt=alt,
            cover_caption=caption,
        )

    def _picture(self, text: str) -> tuple[Picture, Path] | None:
        """The picture of the post and where it is; noted where it is not at hand."""
        picture = self.common.pictures.of(self.post, text)
        if picture is None:
            return None
        path = self.common.pictures.file(picture)
        if path is not None:
            return picture, path
        self._note_picture(picture)
        return None

    def _shown(self, shown: re.Match[str]) -> str:
        """A picture in the text: its copy here where there is one, or else its words."""
        picture = picture_in(shown["image"])
        if picture.url and picture.url not in self.saved:
            self._save(picture)
        if name := self.saved.get(picture.url):
            address = f'src="{escape(default_storage.url(name))}"'
            return shown[0].replace(shown["image"], SRC.sub(address, shown["image"], count=1))
        return in_words(shown)

    def _save(self, picture: Picture) -> None:
        path = self.common.pictures.file(picture)
        if path is None:
            self._note_picture(picture)
            return
        try:
            with path.open("rb") as opened:
                if self.common.dry_run:
                    uploads.read(File(opened), widest=WIDEST)
                    self.saved[picture.url] = ""
                else:
                    self.saved[picture.url] = covers.store(File(opened))
        except (PictureRefused, OSError) as refusal:
            self._note_picture(picture, str(refusal))

    def _note_picture(self, picture: Picture, reason: str = "") -> None:
        """Say once that a picture did not come in."""
        if picture.url in self.missing:
            return
        self.missing.add(picture.url)
        if not reason:
            reason = "it is not in the uploads folder"
            if self.common.pictures.uploads is None:
                reason = "no uploads folder was named"
        self._note(PICTURE, f"{_cut(picture.url, LONGEST_PATH)}: {reason}")

    def _author(self) -> User:
        """The author by login, or by name as WXR 1.0 has it."""
        creator = self.post.creator.casefold()
        for names in ("login", "name"):
            for author, member in self.common.authors:
                if getattr(author, names).casefold() == creator:
                    return member
        [member] = self._members([person_of_creator(self.post.creator)])
        return member

    def _published_at(self) -> datetime | None:
        """When the post came or comes out; None for what was not public there."""
        post = self.post
        if post.status not in PUBLIC:
            self._note(NOTED, f"it was “{post.status}” there and is a draft here")
            return None
        if post.password:
            self._note(NOTED, "it was behind a password there and is a draft here")
            return None
        found = settle.moment(post.date_gmt, post.date, settle.zone_of(post, self.common.zone))
        found = found or _moment_of_feed(post.pub_date)
        if found is None:
            self._note(NOTED, "it has no date, so it is a draft here")
        return found

    def _discuss(self, article: Article) -> None:
        """The comments, and the article's counters with them."""
        keys = [one.legacy_id for one in self.post.comments if one.legacy_id]
        known = known_comments(self.common.source, keys)
        settlement = settle.settle(self.post, zone=self.common.zone, known=known)
        creator = self.post.creator
        authors = self._members(
            [
                person_of_remark(one.remark, creator=creator, posted_at=one.posted_at)
                for one in settlement.comments
            ]
        )
        discussion = Discussion(article, settlement, authors)
        discussion.plant()
        shown = [one.posted_at for one in settlement.comments if not one.is_held]
        now = timezone.now()
        Article.objects.filter(pk=article.pk).update(
            created_at=article.published_at or article.created_at,
            last_number=len(settlement.comments),
            comment_count=len(shown),
            last_commented_at=max(shown, default=None),
            locked_at=now if self.post.discussion_is_closed else None,
        )
        self.notes += settlement.notes + discussion.notes
        self.counts.comments = len(settlement.comments)
        self.counts.held = len(settlement.comments) - len(shown)
        self.counts.reply_links = len(discussion.links)
        self.counts.locked = int(self.post.discussion_is_closed)

    def _members(self, people: Sequence[Person]) -> list[User]:
        members, new = self.common.people.members(people)
        if people and people[0].is_author:
            self.counts.authors += new
        else:
            self.counts.members += new
        return members

    def _note(self, kind: str, reason: str) -> None:
        self.notes.append(Note(kind, self.post.line, describe(self.post), reason))


def former_path(link: str) -> str:
    """The path under which the post was read, as redirects look for it: decoded, without the
    last slash. Empty for the root, where posts were told by number."""
    path = path_of(link).rstrip("/")
    return path if len(path) <= LONGEST_PATH else ""


def _clean(html: str, *, images: bool = False) -> str:
    return markup.clean_html(html, link_rel="noopener", images=images)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _moment_of_feed(text: str) -> datetime | None:
    """The date of a feed ("Thu, 20 Dec 2012 16:30:00 +0000"); WordPress writes a year of 1 or
    below for drafts."""
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    if not 1970 < found.year < 9999:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
