import hashlib
import os
import socket
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from accounts.models import User
from forum.postgresql import POOL

MOST_WORKERS = 4


class Command(BaseCommand):
    help = "Serve the site: migrate, load the demo where the site is empty, answer requests."
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=min(os.cpu_count() or 1, MOST_WORKERS))
        parser.add_argument("--no-demo", action="store_true", help="Leave an empty site empty.")

    def handle(self, *, host, port, workers, no_demo, **options):
        _require_free(host, port)
        call_command("migrate", verbosity=0, interactive=False)
        if not no_demo:
            call_command("demo", if_empty=True, stdout=self.stdout)
        _collect_static_files()
        self._welcome(host, port)
        connection.close()
        Granian(
            "forum.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            # One for each open stream, and as many for pages as there are connections for them.
            blocking_threads=settings.MOST_STREAMS + POOL["max_size"],
            log_level=LogLevels.warning,
            workers_kill_timeout=5,
            # A worker that dies is replaced.
            respawn_failed_workers=True,
        ).serve()
        self.stdout.write("Stopped.")

    def _welcome(self, host, port):
        self.stdout.write(f"\n  {settings.SITE_NAME} is at http://{host}:{port}/")
        password = settings.DATA_DIR / "demo_password"
        if password.exists() and User.objects.filter(username="owner").exists():
            self.stdout.write(
                "\n  Sign in as  ines    an author\n"
                "              pilar   a moderator\n"
                "              hollis  a member\n"
                "              owner   the owner of the site\n"
                f"  with the password {password.read_text().strip()}"
            )
        self.stdout.write("\n  Ctrl-C stops it.\n", ending="\n")
        self.stdout.flush()


def _require_free(host: str, port: int) -> None:
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise CommandError(
            f"Something else listens at {host}:{port} already, or this address cannot be used "
            f"({error.strerror}). Stop it, or choose another port: make run PORT=8001"
        ) from error


def _collect_static_files() -> None:
    """Collect and compress what pages load, where any of it changed since the last time."""
    mark = settings.DATA_DIR / "static.mark"
    state = hashlib.sha256()
    for finder in finders.get_finders():
        for path, storage in finder.list(ignore_patterns=[]):
            found = Path(storage.path(path)).stat()
            state.update(f"{path}:{found.st_mtime_ns}:{found.st_size}\n".encode())
    if mark.exists() and mark.read_text() == state.hexdigest() and settings.STATIC_ROOT.exists():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(state.hexdigest())
