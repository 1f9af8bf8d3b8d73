"""How fast the site's pages are read and its comments posted, beside what this machine allows.

    make bench                                   (or: .venv/bin/python -m benchmarks.pages)

Makes a site of its own with a PostgreSQL of its own in a temporary folder, with the data set of
`benchmarks/data.py`, serves it as `make run` does, and measures in one run, 8 clients each: pages
for readers and members, posting, and the machine's own limits. Prints a table and writes
`benchmarks/results/pages.json`. Takes three minutes.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import load, posting
from benchmarks.load import Figures
from benchmarks.own import RESULTS, ROOT, own_site

WRITTEN = RESULTS / "pages.json"
PYTHON = sys.executable


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    asked.add_argument("--seconds", type=float, default=5, help="for each page")
    asked.add_argument("--workers", type=int, default=min(os.cpu_count() or 1, 4))
    wanted = asked.parse_args()
    # Eight clients on one machine write more than eight people may: counted, never refused.
    with own_site(LIMITS="comment=100000000/10m") as folder:
        rows = _measure(folder, wanted.seconds, wanted.workers)
    _print(rows, wanted.workers)
    RESULTS.mkdir(exist_ok=True)
    WRITTEN.write_text(json.dumps({name: asdict(row) for name, row in rows.items()}, indent=2))
    print(f"\nWritten to {WRITTEN.relative_to(ROOT)}.")


def _measure(folder: Path, seconds: float, workers: int) -> dict[str, Figures]:
    from benchmarks import data

    articles = data.load()
    long, short = articles["5,000 comments"], articles["500 comments"]
    sessions = posting.sign_in([f"bench{n}" for n in range(1, load.CLIENTS + 1)])
    rows: dict[str, Figures] = {}
    with _site(workers) as site:

        def page(name: str, path: str, **headers: str) -> None:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            rows[name] = load.read(f"{site}{path}", seconds=seconds, headers=given)

        # As browsers do once they have been here.
        member = f"sessionid={sessions[0]}; csrftoken={posting.TOKEN}"
        permalink = long.comments.get(number=4321).get_absolute_url()
        deep = load_location(f"{site}{permalink}")
        page("home", "/")
        page("500 comments, reader", short.get_absolute_url())
        page("500 comments, member", short.get_absolute_url(), Cookie=member)
        page("500 of 5,000, reader", long.get_absolute_url())
        page("500 of 5,000, member", long.get_absolute_url(), Cookie=member)
        page("permalink to comment 4,321 of 5,000", permalink)
        page("page of comment 4,321, reader", deep)
        tag = load_header(f"{site}{short.get_absolute_url()}", "ETag")
        page("304, reader", short.get_absolute_url(), If_None_Match=tag)
        rows["cold: first read after a write"] = posting.cold(site, short)
        rows["posting to the 500"] = posting.post(site, short, sessions, seconds)
        rows["posting to the 5,000"] = posting.post(site, long, sessions, seconds)
        bytes_sent = load_body(f"{site}{short.get_absolute_url()}")
    with _limits(workers) as limits:
        rows["limit: trivial view"] = load.read(f"{limits}/trivial/", seconds=seconds)
        rows["limit: view with one query"] = load.read(f"{limits}/one-query/", seconds=seconds)
    if shutil.which("nginx"):
        with _nginx(folder, bytes_sent) as nginx:
            rows["limit: the same bytes from nginx"] = load.read(f"{nginx}/page", seconds=seconds)
    rows["limit: the page's query alone"] = posting.query_alone(short, seconds)
    return rows


def load_location(url: str) -> str:
    """Where a redirect leads, without what is behind the #."""
    return _answer(url).headers["Location"].partition("#")[0]


def load_header(url: str, name: str) -> str:
    return _answer(url).headers[name]


def load_body(url: str) -> bytes:
    return _answer(url).read()


def _answer(url: str) -> Any:
    import http.client
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    query = f"?{parts.query}" if parts.query else ""
    connection.request("GET", parts.path + query, headers={"Accept-Encoding": "gzip, br"})
    return connection.getresponse()


@contextmanager
def site_with_data(workers: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The site, served with the data set; its address, and the articles that are measured."""
    with own_site():
        from benchmarks import data

        articles = data.load()
        with _site(workers) as site:
            yield site, articles


@contextmanager
def _site(workers: int) -> Iterator[str]:
    port = _free_port()
    command = [PYTHON, "manage.py", "run", "--no-demo", "--port", str(port)]
    with _serving([*command, "--workers", str(workers)], port, os.environ | {"TZ": "UTC"}):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _limits(workers: int) -> Iterator[str]:
    port = _free_port()
    server = str(Path(PYTHON).parent / "granian")
    command = [server, "--interface", "wsgi", "--port", str(port), "--workers", str(workers)]
    env = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    with _serving(
        [*command, "--blocking-threads", "2", "benchmarks.site.limits:application"], port, env
    ):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _nginx(folder: Path, content: bytes) -> Iterator[str]:
    port = _free_port()
    (folder / "page").write_bytes(content)
    (folder / "nginx.conf").write_text(
        f"""
        worker_processes {multiprocessing.cpu_count()}; pid {folder}/nginx.pid; daemon off;
        error_log stderr crit;
        events {{ worker_connections 512; }}
        http {{
          access_log off; sendfile on; keepalive_requests 1000000;
          server {{ listen 127.0.0.1:{port}; root {folder}; default_type text/html;
                    add_header Content-Encoding br; }}
        }}
        """
    )
    with _serving(["nginx", "-c", str(folder / "nginx.conf")], port, dict(os.environ)):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _serving(command: list[str], port: int, env: dict[str, str]) -> Iterator[None]:
    server = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end and server.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        time.sleep(1)
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _print(rows: dict[str, Figures], workers: int) -> None:
    trivial = rows["limit: trivial view"].per_second
    print(f"\n{load.CLIENTS} clients, {workers} workers, load by {load.tool()}\n")
    print(f"{'':40}{'a second':>10}{'of trivial':>12}{'p50 ms':>9}{'p99 ms':>9}{'bytes':>10}")
    for name, row in rows.items():
        share = f"{row.per_second / trivial:.0%}"
        errors = f"  {row.errors} errors" if row.errors else ""
        print(
            f"{name:40}{row.per_second:>10,.0f}{share:>12}{row.p50:>9.2f}{row.p99:>9.2f}"
            f"{row.size:>10,}{errors}"
        )


if __name__ == "__main__":
    main()
