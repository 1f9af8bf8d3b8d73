import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from forum.imports.flows import ImportRefused, import_wordpress
from forum.imports.report import GUESSED, LEFT_OUT, NOTED, PICTURE, Report
from forum.imports.wordpress import NotAnExport

SECONDS_BETWEEN_SIGNS_OF_LIFE = 5
SECTIONS = [
    (LEFT_OUT, "What did not come in"),
    (PICTURE, "Pictures that did not come in"),
    (GUESSED, "Reply links that were found by name alone"),
    (NOTED, "What is different here"),
]


class Command(BaseCommand):
    help = "Bring in the articles, discussions and people of a WordPress export (WXR)."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="what WordPress exports under Tools, Export")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would come in, and change nothing"
        )
        parser.add_argument(
            "--uploads",
            type=Path,
            metavar="DIR",
            help="a copy of the site's wp-content/uploads, for the pictures",
        )

    def handle(self, *, file, dry_run, uploads, verbosity, **options):
        if uploads is not None and not uploads.is_dir():
            raise CommandError(f"There is no folder {uploads}.")
        self.told_at = time.monotonic()
        try:
            with file.open("rb") as opened:
                report = import_wordpress(
                    file=opened,
                    uploads=uploads,
                    dry_run=dry_run,
                    progress=self.tell_progress if verbosity else lambda counts: None,
                )
        except FileNotFoundError as error:
            raise CommandError(f"There is no file {file}.") from error
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except (NotAnExport, ImportRefused) as error:
            raise CommandError(f"{file}: {error}") from error
        with report:
            self.tell(report, dry_run=dry_run)
        if report.damage:
            what_came = "would come in" if dry_run else "is in"
            raise CommandError(f"{report.damage} What came before it {what_came}.")

    def tell_progress(self, counts):
        if time.monotonic() - self.told_at > SECONDS_BETWEEN_SIGNS_OF_LIFE:
            self.told_at = time.monotonic()
            articles = counts.articles + counts.drafts + counts.already_here
            self.stdout.write(f"… {articles:,} articles, {counts.comments:,} comments")

    def tell(self, report: Report, *, dry_run: bool):
        counts = report.counts
        self.stdout.write("This would come in:" if dry_run else "This came in:")
        for number, one, many in [
            (counts.articles, "article", "articles"),
            (counts.drafts, "draft", "drafts"),
            (counts.categories, "new category", "new categories"),
            (counts.tags, "new tag", "new tags"),
            (counts.comments, "comment", "comments"),
            (counts.reply_links, "reply link", "reply links"),
            (counts.authors, "author", "authors"),
            (counts.members, "member", "members"),
            (counts.pictures, "picture", "pictures"),
        ]:
            self.stdout.write(f"  {number:,} {one if number == 1 else many}")
        if counts.held:
            self.stdout.write(f"Comments that wait for a moderator: {counts.held:,}.")
        if counts.locked:
            self.stdout.write(f"Discussions that are closed, as they were: {counts.locked:,}.")
        if counts.already_here:
            are = "article was" if counts.already_here == 1 else "articles were"
            self.stdout.write(f"{counts.already_here:,} {are} here already.")
        for kind, heading in SECTIONS:
            self.tell_notes(report, kind, heading)
        if dry_run:
            self.stdout.write("\nNothing was changed.")

    def tell_notes(self, report, kind, heading):
        notes = 0
        for note in report.notes(kind):
            if not notes:
                self.stdout.write(f"\n{heading}:")
            self.stdout.write(f"  line {note.line}: {note.item}: {note.reason}")
            notes += 1
        if notes:
            self.stdout.write(f"  {notes:,} in all")
        if kind == LEFT_OUT:
            for reason, times in report.reasons(kind):
                self.stdout.write(f"    {times:,}: {reason}")
