from django.core.management.base import BaseCommand

from accounts.models import User
from forum.people import flows, journal


class Command(BaseCommand):
    help = "Erase the accounts again that a restored backup brought back."

    def handle(self, **options):
        done = 0
        for entry in journal.entries():
            # A key can be given again after a restore, to somebody who joined later.
            found = User.objects.filter(
                pk=entry.account, date_joined__lte=entry.at, erasure__isnull=True
            ).first()
            if found is None:
                continue
            flows.erase_member(
                member=found,
                keep_comments=entry.keep_comments,
                keep_articles=entry.keep_articles,
            )
            done += 1
        self.stdout.write(f"Erased again: {done}.")
