"""Load from this machine on this machine: wrk where it is found, else threads of Python.

Python's own client takes as much of a processor as the server does, so its figures are lower; the
table says which was used.
"""

import http.client
import re
import shutil
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

CLIENTS = 8
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Figures:
    """Requests a second; milliseconds at the median and at the 99th percentile; bytes of a body
    as it was sent, and the errors there were."""

    per_second: float
    p50: float
    p99: float
    size: int
    errors: int


def tool() -> str:
    return "wrk" if shutil.which("wrk") else "Python's http.client"


def read(url: str, *, seconds: float, headers: dict[str, str] | None = None) -> Figures:
    """GET a page for some seconds with CLIENTS clients that keep their connections."""
    headers = {"Accept-Encoding": "gzip, br", **(headers or {})}
    status, size = _once(url, headers)
    if status >= 400:
        raise SystemExit(f"{url} answers {status}.")
    if shutil.which("wrk"):
        return _wrk(url, seconds, headers, size)
    return _threads(url, seconds, headers, size)


def _once(url: str, headers: dict[str, str]) -> tuple[int, int]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    connection.request("GET", f"{parts.path}?{parts.query}".rstrip("?"), headers=headers)
    answer = connection.getresponse()
    return answer.status, len(answer.read())


def _wrk(url: str, seconds: float, headers: dict[str, str], size: int) -> Figures:
    command = ["wrk", "-t2", f"-c{CLIENTS}", f"-d{seconds:.0f}s", "--latency"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return Figures(
        per_second=float(rate[1]) if rate else 0.0,
        p50=_percentile(said, "50%"),
        p99=_percentile(said, "99%"),
        size=size,
        errors=int(failed[1]) if failed else 0,
    )


def _percentile(said: str, name: str) -> float:
    found = re.search(rf"{name}\s+([\d.]+)(us|ms|s|m)\b", said)
    return float(found[1]) * UNITS[found[2]] if found else 0.0


def _threads(url: str, seconds: float, headers: dict[str, str], size: int) -> Figures:
    parts = urlsplit(url)
    taken: list[float] = []
    errors = 0

    def client() -> None:
        nonlocal errors
        connection = http.client.HTTPConnection(parts.netloc, timeout=60)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            began = time.perf_counter()
            connection.request("GET", f"{parts.path}?{parts.query}".rstrip("?"), headers=headers)
            answer = connection.getresponse()
            answer.read()
            errors += answer.status >= 400
            taken.append((time.perf_counter() - began) * 1000)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return figures(taken, time.monotonic() - began, size, errors)


def figures(taken: list[float], seconds: float, size: int, errors: int) -> Figures:
    """Figures of requests that took these milliseconds each, in so many seconds together."""
    ranks = statistics.quantiles(taken, n=100) if len(taken) > 1 else [0.0] * 99
    return Figures(len(taken) / seconds, ranks[49], ranks[98], size, errors)
