"""Streams on the server that serves the site, in processes of its own."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from forum.postgresql import POOL
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db(transaction=True)
STREAMS = 12
PATIENCE = 60  # seconds, for what takes a few


@pytest.fixture
def server(tmp_path):
    """`make run` on the database of the tests: (process, port)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    database = connection.settings_dict
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "forum.settings",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": "for a test " * 6,
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"postgres://{database['USER']}:{quote(database.get('PASSWORD', ''))}"
        f"@{quote(database['HOST'], safe='')}:{database.get('PORT', '')}/{database['NAME']}",
        "MOST_STREAMS": str(STREAMS),
    }
    command = f"run --no-demo --workers=1 --port={port}".split()
    process = subprocess.Popen(
        [sys.executable, settings.BASE_DIR / "manage.py", *command],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except ConnectionRefusedError:
            time.sleep(0.1)
    yield process, port
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def open_stream(server):
    _process, port = server
    with ExitStack() as opened:

        def open_one(article):
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            opened.callback(client.close)
            client.request("GET", f"/articles/{article.pk}/live/")
            return opened.enter_context(client.getresponse())

        yield open_one


def heard(stream):
    """The next thing that the stream says, but for empty lists."""
    while True:
        line = stream.readline()
        assert line, "the stream ended"
        if line.startswith(b"data: ") and any((said := json.loads(line[6:])).values()):
            return said


def test_streams_hear_of_comments_need_no_connections_and_end_with_the_server(server, open_stream):
    process, _port = server
    article = make_article()
    streams = [open_stream(article) for _ in range(STREAMS)]
    assert {stream.status for stream in streams} == {200}
    for stream in streams:
        stream.readline()
    one_more = open_stream(article)
    assert (one_more.status, one_more.headers["Retry-After"]) == (503, "60")

    make_comment(article)
    assert [heard(stream) for stream in streams] == [{"posted": [1]}] * STREAMS
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid != pg_backend_pid()"
        )
        # The one that listens, and what the pool holds.
        assert cursor.fetchone()[0] <= POOL["max_size"] + 1

    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does
    process.wait(timeout=PATIENCE)
