"""Bringing a community in from WordPress.

Each post comes in whole, with its comments, in a transaction of its own, or not at all; a row of
`ImportedArticle` says that it is there. So a run that was cut off goes on where it was, and a
second run changes nothing.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO

from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from forum import markup
from forum.articles.flows import ArticleRefused
from forum.comments import standing
from forum.imports import wordpress
from forum.imports.models import ImportedArticle, known_comments
from forum.imports.people import People, person_of_author
from forum.imports.pictures import Pictures
from forum.imports.posts import Arrival, Arrivals, describe, why_not
from forum.imports.report import LEFT_OUT, Counts, Note, Report
from forum.imports.settle import describe as describe_remark
from forum.imports.settle import settle
from forum.imports.wordpress import Author, Damage, Entry, Post, Site
from forum.tags.models import Category, Tag

LOCK = "rejoinder.import"
PATIENCE = 2  # seconds


class ImportRefused(Exception):
    """The import cannot run now; the message says why."""


def import_wordpress(
    *,
    file: BinaryIO,
    uploads: Path | None = None,
    dry_run: bool = False,
    progress: Callable[[Counts], None] = lambda counts: None,
) -> Report:
    """All of an export that can come in is in, and the report says what could not.

    `file` is read twice, in constant memory: for the attachments, then for the rest. `uploads` is
    a copy of the site's wp-content/uploads. With `dry_run` everything is done and then undone.
    Raises wordpress.NotAnExport before anything is written, and ImportRefused while another import
    runs.
    """
    with _alone(), Pictures(uploads) as pictures:
        for attachment in wordpress.attachments(file):
            pictures.add(attachment)
        file.seek(0)
        report = Report()
        with transaction.atomic() if dry_run else nullcontext():
            before = Category.objects.count(), Tag.objects.count()
            running = _Import(pictures, report, dry_run=dry_run)
            for entry in wordpress.read(file):
                running.take(entry)
                progress(report.counts)
            report.counts.categories = Category.objects.count() - before[0]
            report.counts.tags = Tag.objects.count() - before[1]
            standing.weigh_all()
            if dry_run:
                transaction.set_rollback(True)
    return report


@contextmanager
def _alone() -> Iterator[None]:
    """One import at a time: two would bring in the same people twice. The server takes a moment
    to notice that one was killed."""
    end = time.monotonic() + PATIENCE
    while not _try_lock():
        if time.monotonic() > end:
            raise ImportRefused("Another import is running. Wait until it has finished.")
        time.sleep(0.1)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [LOCK])


def _try_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [LOCK])
        return cursor.fetchone()[0]


class _Import:
    """One run over one file."""

    def __init__(self, pictures: Pictures, report: Report, *, dry_run: bool) -> None:
        self.report = report
        self.common = Arrivals(
            source="",
            people=People(""),
            pictures=pictures,
            authors=[],
            zone=timezone.get_default_timezone(),
            dry_run=dry_run,
        )

    def take(self, entry: Entry) -> None:
        """Bring in one thing of the export, or note why not."""
        match entry:
            case Site():
                self.common.source = source_of(entry)
                self.common.people = People(self.common.source)
            case Author():
                self._welcome(entry)
            case Post():
                self._take_post(entry)
            case Damage():
                self.report.damage = _tell(entry)
            case _:
                name = f"file {entry.url or entry.legacy_id or ''}".strip()
                self._leave_out(entry.line, name, "it is an attachment")

    def _welcome(self, author: Author) -> None:
        with transaction.atomic():
            [member], new = self.common.people.members([person_of_author(author)])
        self.common.authors.append((author, member))
        self.report.counts.authors += new

    def _take_post(self, post: Post) -> None:
        if reason := why_not(post):
            comments = f", nor do its {len(post.comments)} comments" if post.comments else ""
            self._leave_out(post.line, describe(post), reason + comments)
            return
        assert post.legacy_id is not None  # why_not() saw to it
        there = ImportedArticle.objects.filter(
            source=self.common.source, legacy_id=post.legacy_id
        ).first()
        if there is not None:
            self.report.counts.already_here += 1
            self._tell_of_new_comments(post)
            return
        arrival = Arrival(post, self.common)
        try:
            with transaction.atomic():
                arrival.bring_in()
                if self.common.dry_run:
                    # What is checked when a transaction commits would never be.
                    connection.check_constraints()
        except (ArticleRefused, markup.MarkupRefused, DataError, IntegrityError) as error:
            reason = f"it could not be stored: {str(error).splitlines()[0]}"
            self._leave_out(post.line, describe(post), reason)
        else:
            self.report.counts.add(arrival.counts)
            self.report.note(arrival.notes)

    def _tell_of_new_comments(self, post: Post) -> None:
        """An article that is here keeps its discussion; what was said elsewhere since is noted."""
        settled = settle(post, zone=self.common.zone).comments
        keys = [one.remark.legacy_id for one in settled if one.remark.legacy_id]
        new = set(keys) - known_comments(self.common.source, keys)
        reason = "it was written after its article was brought in, and the discussion goes on here"
        self.report.note(
            Note(LEFT_OUT, one.remark.line, describe_remark(one.remark), reason)
            for one in settled
            if one.remark.legacy_id in new
        )

    def _leave_out(self, line: int, item: str, reason: str) -> None:
        self.report.note([Note(LEFT_OUT, line, item, reason)])


def source_of(site: Site) -> str:
    """The site's address without its scheme: moving to HTTPS did not make it another site."""
    return re.sub(r"^[a-z]+://", "", site.address.strip().lower()).rstrip("/")[:300]


def _tell(damage: Damage) -> str:
    told = f"The file cannot be read beyond line {damage.line} ({damage.reason})."
    if damage.inside_line is None:
        return told
    title = markup.plain_text(damage.inside) or "an item without a title"
    return f"{told} “{title}”, which begins in line {damage.inside_line}, was not complete."
