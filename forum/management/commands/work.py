import os

from django.core.management.base import BaseCommand

from forum.jobs import work
from forum.postgresql import pool_connections

# Beside a server jobs give way to pages, on the machine that both share.
NICENESS = 10


class Command(BaseCommand):
    help = "Do the jobs that pages leave behind, until it is stopped. `make run` starts it too."

    def add_arguments(self, parser):
        parser.add_argument(
            "--once", action="store_true", help="Do what waits, and wait for nothing more."
        )
        parser.add_argument("--server", type=int, help="End when this process has ended.")

    def handle(self, *, once, server, **options):
        if not once:
            pool_connections()  # one for each job would cost more than most jobs do
        if server:
            os.nice(NICENESS)
        work(wait=not once, server=server)
