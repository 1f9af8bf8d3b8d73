import os

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV

from forum.management.preparation import prepare


class Command(BaseCommand):
    help = "The developer's server: reloads when the code changes. Never for the public."
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=settings.PORT)

    def handle(self, *, port, **options):
        if os.environ.get(DJANGO_AUTORELOAD_ENV) != "true":  # once, not with every reload
            prepare(demo=True, stdout=self.stdout)
        call_command("runserver", f"{settings.LISTEN}:{port}")
