from itertools import groupby

from django.core.management.base import BaseCommand, CommandError

from forum.comments.soundness import repair, violations


class Command(BaseCommand):
    help = "Look for damaged threads and wrong counters; with --repair, mend them from the parents."

    def add_arguments(self, parser):
        parser.add_argument("--repair", action="store_true", help="mend what is found")

    def handle(self, **options):
        found = violations()
        for one in found:
            what = f"comment {one.comment_id}" if one.comment_id else "the article"
            self.stdout.write(f"Article {one.article_id}: {one.problem} of {what} is wrong.")
        if not found:
            self.stdout.write("All threads are sound.")
        elif not options["repair"]:
            raise CommandError(f"{len(found)} violations. Run again with --repair to mend them.")
        else:
            self.repair(found)

    def repair(self, found):
        for article_id, group in groupby(found, key=lambda one: one.article_id):
            damaged = [one.comment_id for one in group if one.comment_id]
            repair(article_id=article_id, comment_ids=damaged)
        if left := violations():
            raise CommandError(f"{len(left)} violations are left; parents may go in a circle.")
        self.stdout.write("Mended. All threads are sound.")
