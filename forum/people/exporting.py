"""Everything of one member, as one file that they can read without this site.

JSON of every table that names them, as `holdings` says, for programs; the same words as Markdown
for people; their pictures. Of others there is nothing but the addresses of what was answered, liked
or followed: no text and no name. What was hidden by moderators is in it where it is the member's
own, as is the reason they were given.
"""

import json
import zipfile
from collections.abc import Collection, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Field, FileField, Model
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import avatars
from accounts.models import User
from forum.articles.models import Article, SentPicture
from forum.comments.models import Comment, CommentRevision
from forum.people.holdings import COLUMNS, HOLDINGS, Named, named

AT_ONCE = 500
REVISION = ("comment", "text", "markup", "written_at", "replaced_at", "redacted_at")


def write(member: User, file: Path) -> None:
    """Write the file; it is whole or not there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.md", _readme(member))
        archive.writestr("data/account.json", _json(_account(member)))
        for one in named():
            if one.holding.exported:
                rows = _rows(one, member)
                archive.writestr(f"data/{one.label}.json", _json(rows))
        archive.writestr("data/comments.CommentRevision.json", _json(_revisions(member)))
        for name, words in (*_comments(member), *_articles(member)):
            archive.writestr(name, words)
        for name in sorted(_pictures(member)):
            if default_storage.exists(name):
                with default_storage.open(name) as picture:
                    archive.writestr(name, picture.read())
    unfinished.replace(file)


def place(key: UUID | str) -> Path:
    """Where the file of an export lies: in the data folder, out of reach of the web."""
    return settings.DATA_DIR / "exports" / f"{key}.zip"


def delete_files(keys: Collection[UUID | str]) -> None:
    for key in keys:
        place(key).unlink(missing_ok=True)


def _account(member: User) -> dict[str, Any]:
    fields = (field for field in User._meta.concrete_fields if COLUMNS[field.name].exported)
    return {field.name: _value(member, field) for field in fields}


def _rows(one: Named, member: User) -> list[dict[str, Any]]:
    rows = one.rows.filter(**{one.field.name: member}).order_by("pk")
    return _as_given(rows, HOLDINGS[one.label].exported)


def _revisions(member: User) -> list[dict[str, Any]]:
    rows = CommentRevision.objects.filter(comment__author=member).order_by("pk")
    return _as_given(rows, REVISION)


def _as_given(rows, columns: Collection[str]) -> list[dict[str, Any]]:
    fields = [rows.model._meta.get_field(name) for name in columns]
    links = [field.name for field in fields if field.remote_field is not None]
    found = rows.select_related(*links) if links else rows
    return [
        {field.name: _value(row, field) for field in fields}
        for row in found.iterator(chunk_size=AT_ONCE)
    ]


def _value(row: Model, field: Field) -> Any:
    """What of a column is given: of what it leads to only the address, which the member may
    follow where they may read it."""
    if field.remote_field is not None:
        led_to = getattr(row, field.name)
        if led_to is None:
            return None
        address = getattr(led_to, "get_absolute_url", None)
        return f"{settings.SITE_URL}{address()}" if address else led_to.pk
    value = getattr(row, field.name)
    return (value.name or None) if isinstance(field, FileField) else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | tuple):
        return list(value)
    return str(value)


def _comments(member: User) -> Iterator[tuple[str, str]]:
    """A page for each discussion: what the member said there, in their own words."""
    said = Comment.objects.filter(author=member).select_related("article", "parent")
    pages: dict[int, list[str]] = {}
    names: dict[int, str] = {}
    for comment in said.order_by("article", "number").iterator(chunk_size=AT_ONCE):
        if comment.article_id not in pages:
            article = comment.article
            names[article.pk] = f"comments/{article.pk}-{slugify(article.headline)[:60]}.md"
            address = f"{settings.SITE_URL}{article.get_absolute_url()}"
            pages[article.pk] = [f"# {article.headline}\n\n<{address}>\n"]
        pages[comment.article_id].append(_comment(comment))
    for key, words in pages.items():
        yield names[key], "\n".join(words)


def _comment(comment: Comment) -> str:
    head = [f"## {comment.number}", "", f"{_day(comment.posted_at)}"]
    if comment.parent is not None:
        head.append(_("Answers %(number)d.") % {"number": comment.parent.number})
    if comment.withdrawn_at:
        head.append(_("Withdrawn %(day)s.") % {"day": _day(comment.withdrawn_at)})
    if comment.hidden_at:
        head.append(_("Hidden by a moderator: %(reason)s") % {"reason": comment.hidden_reason})
    return "\n".join([*head, "", comment.text, ""])


def _articles(member: User) -> Iterator[tuple[str, str]]:
    written = Article.objects.by(member).order_by("pk")
    for article in written.iterator(chunk_size=20):
        when = _day(article.published_at) if article.published_at else _("Draft")
        words = [f"# {article.headline}", "", article.standfirst, "", when, "", article.text, ""]
        yield f"articles/{article.pk}-{slugify(article.headline)[:60]}.md", "\n".join(words)


def _pictures(member: User) -> set[str]:
    """The names of the files of the member's pictures."""
    covers = Article.objects.by(member).exclude(cover="").values_list("cover", flat=True)
    sent = SentPicture.objects.by(member).values_list("name", flat=True)
    own = {f"{member.avatar}-{avatars.LARGE}.webp"} if member.avatar else set()
    return {*covers, *sent, *own}


def _day(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


def _readme(member: User) -> str:
    return _(
        "# %(name)s at %(site)s\n\n"
        "Everything of yours, as of %(day)s.\n\n"
        "- `comments/` and `articles/` hold your words, to be read.\n"
        "- `data/` holds all there is about you, for programs: one file for each kind.\n\n"
        "Of others there are only addresses: of what you answered, liked or followed.\n"
    ) % {
        "name": member.display_name,
        "site": settings.SITE_NAME,
        "day": _day(timezone.now()),
    }
