from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "The developer's server: reloads when the code changes. Never for the public."

    def add_arguments(self, parser):
        parser.add_argument("--port", default="8000")

    def handle(self, *, port, **options):
        call_command("migrate", verbosity=0, interactive=False)
        call_command("demo", if_empty=True, stdout=self.stdout)
        call_command("runserver", f"127.0.0.1:{port}")
