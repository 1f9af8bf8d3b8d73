from django.core.management.base import BaseCommand

from forum.articles import rendering as articles
from forum.comments import rendering as comments


class Command(BaseCommand):
    help = (
        "Render anew the stored HTML that an older engine made. Texts stay as they are; the site "
        "can be in use; a run that was cut off goes on where it was."
    )

    def handle(self, **options):
        for what, batches in (
            ("articles", articles.render_again()),
            ("comments, with their earlier texts", comments.render_again()),
        ):
            number, as_typed = 0, 0
            for done in batches:
                number += done.number
                as_typed += len(done.as_typed)
                if options["verbosity"] > 1:
                    self.stdout.write(f"{number} {what} …")
            self.stdout.write(f"{number} {what}: rendered anew.")
            if as_typed:
                self.stdout.write(
                    f"  {as_typed} of them cannot be rendered any more and are shown as typed."
                )
