import errno
import hashlib
import os
import signal
import socket
import sys
import threading
import time
from functools import partial
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
from forum.management.preparation import prepare
from forum.management.worker import working
from forum.postgresql import POOL

# Seconds for the requests that are being answered; connections that browsers keep open use them
# up, because the server does not tell one from the other.
STOP_WITHIN = 3


class Command(BaseCommand):
    help = "Serve the site: migrate, load the demo where the site is empty, answer requests."
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--host", default=settings.LISTEN)
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--workers", type=int, default=settings.WEB_CONCURRENCY)
        parser.add_argument("--no-demo", action="store_true", help="Leave an empty site empty.")

    def handle(self, *, host, port, workers, no_demo, **options):
        _require_free(host, port)
        prepare(demo=not no_demo, stdout=self.stdout)
        _collect_static_files()
        self._welcome(host, port)
        connection.close()
        server = Granian(
            "forum.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            # One for each open stream, and as many for pages as there are connections for them.
            blocking_threads=settings.MOST_STREAMS + POOL["max_size"],
            log_level=LogLevels.error,
            workers_kill_timeout=STOP_WITHIN,
            # A worker that dies is replaced.
            respawn_failed_workers=True,
        )
        if sys.stdin.isatty():  # then this signal says that the terminal was closed
            server.on_startup(lambda: signal.signal(signal.SIGHUP, server.signal_handler_interrupt))
        with working():
            server.serve(target_loader=partial(_application, os.getpid()), wrap_loader=False)
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
                f"  with the password {password.read_text().strip()}\n\n"
                f"  The mail it would send is at http://{host}:{port}/dev/mail/"
            )
        self.stdout.write("\n  Ctrl-C stops it.\n", ending="\n")
        self.stdout.flush()


def _application(server: int):
    """What a worker answers with, in a process that ends with the server's."""
    threading.Thread(target=_end_with, args=[server], daemon=True).start()
    from forum.wsgi import application

    return application


def _end_with(server: int) -> None:
    while os.getppid() == server:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_WITHIN)
    os.kill(os.getpid(), signal.SIGKILL)


def _require_free(host: str, port: int) -> None:
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise CommandError(
                f"Something else listens at {host}:{port} already. Stop it, or choose another "
                "port: make run PORT=8001"
            ) from error
        raise CommandError(f"The site cannot be served at {host}:{port}: {error}") from error


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
