"""Posting as browsers do it: a form with a session and a token, a redirect as the answer."""

import http.client
import multiprocessing
import os
import threading
import time
from queue import Queue
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from benchmarks.load import CLIENTS, Figures, figures

TOKEN = "b" * 32


def sign_in(usernames: list[str]) -> list[str]:
    """Session keys of these members, made as signing in makes them."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from accounts.models import User

    keys = []
    for member in User.objects.filter(username__in=usernames):
        session = SessionStore()
        session[SESSION_KEY] = str(member.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = member.get_session_auth_hash()
        session.save()
        keys.append(session.session_key)
    return keys


def post(site: str, article, sessions: list[str], seconds: float) -> Figures:
    """CLIENTS members answer comments of a discussion for some seconds; then every counter of
    the article must be right."""
    parents = list(article.comments.order_by("?").values_list("pk", flat=True)[:200])
    before = article.comments.count()
    results: multiprocessing.Queue = multiprocessing.get_context("fork").Queue()
    clients = [
        multiprocessing.get_context("fork").Process(
            target=_client, args=(site, session, parents[place::CLIENTS], seconds, results)
        )
        for place, session in enumerate(sessions)
    ]
    from django.db import connections

    connections.close_all()
    began = time.monotonic()
    for client in clients:
        client.start()
    answers = [results.get() for _ in clients]
    took = time.monotonic() - began
    for client in clients:
        client.join()
    taken = [one for times, _errors in answers for one in times]
    errors = sum(found for _times, found in answers)
    article.refresh_from_db()
    stored = article.comments.count()
    if (stored - before, article.comment_count) != (len(taken) - errors, stored):
        raise SystemExit(
            f"{len(taken) - errors} were posted, {stored - before} stored, and the counter says "
            f"{article.comment_count} of {stored}."
        )
    return figures(taken, took, 0, errors)


def cold(site: str, article) -> Figures:
    """The first read after a write, ten times, one client: milliseconds by the clock, with what
    the machine does besides."""
    from forum.articles.models import Article

    parts, taken, size = urlsplit(site), [], 0
    for _ in range(10):
        Article.objects.filter(pk=article.pk).update(lock_reason=str(uuid4())[:8])
        connection = http.client.HTTPConnection(parts.netloc, timeout=60)
        began = time.perf_counter()
        connection.request("GET", article.get_absolute_url(), headers={"Accept-Encoding": "br"})
        size = len(connection.getresponse().read())
        taken.append((time.perf_counter() - began) * 1000)
    return figures(taken, sum(taken) / 1000, size, 0)


def query_alone(article, seconds: float) -> Figures:
    """The query that finds out whether a kept page is still right, through psycopg alone."""
    import psycopg
    from django.db import connections

    params = connections["default"].get_connection_params()
    wanted = {k: params[k] for k in ("host", "user", "dbname") if k in params}
    taken: Queue[list[float]] = Queue()

    def client() -> None:
        times = []
        with psycopg.connect(**wanted, autocommit=True) as connection:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                began = time.perf_counter()
                connection.execute(
                    "SELECT id, version FROM articles_article"
                    " WHERE publish_date = %s AND slug = %s",
                    [article.publish_date, article.slug],
                ).fetchone()
                times.append((time.perf_counter() - began) * 1000)
        taken.put(times)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return figures([one for _ in threads for one in taken.get()], seconds, 0, 0)


def _client(site: str, session: str, parents: list[int], seconds: float, results) -> None:
    parts = urlsplit(site)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    headers = {
        "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": site,
    }
    taken, errors, place = [], 0, 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        place += 1
        fields = {
            "text": f"Remark {place} of {os.getpid()}, with *some* stress and a second sentence.",
            "csrfmiddlewaretoken": TOKEN,
            "post_key": str(uuid4()),
        }
        began = time.perf_counter()
        connection.request(
            "POST", f"/comments/{parents[place % len(parents)]}/reply/", urlencode(fields), headers
        )
        answer = connection.getresponse()
        answer.read()
        errors += answer.status != 302
        taken.append((time.perf_counter() - began) * 1000)
    results.put((taken, errors))
