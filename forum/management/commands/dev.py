import os

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV

from forum.management.preparation import prepare
from forum.management.worker import working


class Command(BaseCommand):
    help = "The developer's server: reloads when the code changes. Never for the public."
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--no-demo", action="store_true", help="Leave an empty site empty.")

    def handle(self, *, port, no_demo, **options):
        address = f"{settings.LISTEN}:{port}"
        if os.environ.get(DJANGO_AUTORELOAD_ENV) != "true":
            prepare(demo=not no_demo, stdout=self.stdout)  # once, not with every reload
            call_command("runserver", address)
            return
        with working():  # with the code as it is after each reload
            call_command("runserver", address)
