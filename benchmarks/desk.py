"""What the moderators' desk costs on a site of a million comments.

    .venv/bin/python -m benchmarks.desk [--size 1000000]

Makes a site with a PostgreSQL of its own in a temporary folder, loads comments by COPY as
`benchmarks.growth` does, and beside them what a busy year leaves at the desk: 50,000 cases decided,
5,000 that wait, 20,000 flags, 100,000 lines of the log. Then asks for every page of the desk, runs
each of its queries again under EXPLAIN ANALYZE, and prints how long the slowest of each page takes
inside PostgreSQL. Writes `benchmarks/results/desk.json`, and fails where a query takes more than
MOST milliseconds or a list counts further than it shows.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

from benchmarks import growth
from benchmarks.own import RESULTS, own_site
from benchmarks.words import WORDS

WRITTEN = RESULTS / "desk.json"
MOST = 50  # milliseconds a query may take
CASES = (
    "comment_id opened_at is_held is_newcomers flag_count flag_weight reach decided_at"
    " decided_by_id verdict"
)
FLAGS = "comment_id member_id author_id reason written_at weight flagged_at upheld_at"
LOG = "at moderator_id verb comment_id member_id"
WAITING, DECIDED, LOGGED, FLAGGED = 5_000, 50_000, 100_000, 20_000


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    asked.add_argument("--size", type=int, default=1_000_000)
    size = asked.parse_args().size
    with own_site("collectstatic"):
        growth.answer_the_test_client()
        growth.make_people()
        growth.load(0, size)
        _busy_year()
        figures = _measure()
    _print(size, figures)
    RESULTS.mkdir(exist_ok=True)
    WRITTEN.write_text(json.dumps(figures, indent=2))
    slow = [page for page, found in figures.items() if found["slowest"] > MOST]
    if slow:
        sys.exit(f"More than {MOST} ms: {', '.join(slow)}")


def _busy_year() -> None:
    """Cases, flags and the log, on comments spread over the site."""
    from django.db import connection
    from django.utils import timezone

    from accounts.models import User
    from forum.comments.models import Case
    from forum.flags.models import Flag
    from forum.moderation.models import LogEntry

    dice, now = random.Random("desk"), timezone.now()
    moderator = User.objects.get(username="grow0").pk
    with connection.cursor() as cursor:
        # What was said lately, as at any time on a site that lives.
        cursor.execute(
            "UPDATE comments_comment SET posted_at = %s - random() * interval '7 days'"
            " WHERE id IN (SELECT id FROM comments_comment ORDER BY id DESC LIMIT 14000)",
            [now],
        )
        cursor.execute(
            "SELECT id, author_id FROM comments_comment ORDER BY hashint8(id) LIMIT %s",
            [WAITING + DECIDED],
        )
        chosen = cursor.fetchall()
        waiting, decided = chosen[:WAITING], chosen[WAITING:]
        held = [pk for pk, _author in waiting[:300]]
        hidden = [pk for pk, _author in decided[: DECIDED // 3]]
        cursor.execute(
            "UPDATE comments_comment SET held_at = now(), held_reason = 'x' WHERE id = ANY(%s)",
            [held],
        )
        cursor.execute(
            "UPDATE comments_comment SET hidden_at = now(), hidden_reason = 'x' WHERE id = ANY(%s)",
            [hidden],
        )
        cursor.execute("TRUNCATE comments_case")
        cases = _cases(waiting, decided, set(held), set(hidden), moderator, now, dice)
        growth.copy_rows(cursor, Case, CASES, cases)
        people = list(User.objects.values_list("pk", flat=True))
        growth.copy_rows(cursor, Flag, FLAGS, _flags(chosen, people, now, dice))
        growth.copy_rows(cursor, LogEntry, LOG, _log(chosen, moderator, now, dice))
        cursor.execute("ANALYZE")


def _flags(chosen, people, now, dice) -> Iterator[tuple]:
    for place in range(FLAGGED):
        comment, author = chosen[place % len(chosen)]
        member = dice.choice([one for one in dice.sample(people, 3) if one != author])
        at = now - timedelta(minutes=dice.randrange(500_000))
        yield (comment, member, author, "spam", at, 0.5, at, at if place >= WAITING else None)


def _log(chosen, moderator, now, dice) -> Iterator[tuple]:
    for place in range(LOGGED):
        comment, author = chosen[place % len(chosen)]
        at = now - timedelta(minutes=dice.randrange(500_000))
        yield (at, moderator, dice.choice(["hide", "approve", "restore"]), comment, author)


def _cases(waiting, decided, held, hidden, moderator, now, dice) -> Iterator[tuple]:
    for pk, _author in waiting:
        at = now - timedelta(minutes=dice.randrange(10_000))
        flags = dice.choice([0, 0, 1, 2, 5])
        newcomers = pk not in held and not flags
        yield (pk, at, pk in held, newcomers, flags, flags / 2, 500, None, None, "")
    for pk, _author in decided:
        at = now - timedelta(minutes=dice.randrange(500_000))
        verdict = "hidden" if pk in hidden else "approved"
        yield (pk, at, False, False, 0, 0, 500, at, moderator, verdict)


def _measure() -> dict[str, dict[str, float]]:
    from django.test import Client

    from accounts.models import User
    from forum.comments.models import Comment

    desk = Client()
    desk.force_login(User.objects.get(username="grow0"))
    busiest = Comment.objects.newest_first()[0]
    like = " ".join(WORDS[:12])
    lists = "/admin/comments/comment/"
    pages = {
        "the front page": "/admin/",
        **{f"queue: {key}": f"/admin/queue/{key}/" for key in _queues()},
        "a comment": f"/admin/queue/all/{busiest.pk}/",
        "sweep: a link": "/admin/sweep/?domain=spam.example&hours=168",
        "sweep: a member": "/admin/sweep/?author=grow77&hours=720",
        "sweep: a likeness, of a day": f"/admin/sweep/?hours=24&like={like}",
        "list of comments": lists,
        **{f"comments, {state}": f"{lists}?state={state}" for state in _states()},
        "comments, found by a word": f"{lists}?q=cellars",
        "list of members": "/admin/accounts/user/",
        "list of articles": "/admin/articles/article/",
        "the log": "/admin/moderation/logentry/",
        "the public log": "/moderation/log/",
        "handing over": "/admin/handover/",
        "appeals": "/admin/appeals/",
        "figures of a year": "/admin/figures/?days=365",
    }
    return {name: _page(desk, path) for name, path in pages.items()}


def _queues() -> list[str]:
    from forum.moderation.queues import QUEUES

    return list(QUEUES)


def _states() -> list[str]:
    return ["shown", "held", "hidden", "withdrawn", "edited"]


def _page(desk, path: str) -> dict[str, float]:
    """Of the page, asked for once before: queries, milliseconds by the clock, and of the queries
    those of the slowest, the best of three under EXPLAIN ANALYZE."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    assert desk.get(path).status_code == 200, path
    with CaptureQueriesContext(connection) as queries:
        began = time.perf_counter()
        desk.get(path)
        taken = (time.perf_counter() - began) * 1000
    statements = [query["sql"] for query in queries.captured_queries]
    reads = [sql for sql in statements if sql.lstrip("( ").startswith("SELECT")]
    timed = {sql: min(_explained(sql) for _ in range(3)) for sql in reads}
    slowest = max(timed, key=timed.__getitem__)
    if timed[slowest] > MOST / 2:
        print(_plan(slowest))
    print(f"{timed[slowest]:8.2f} ms  {path}\n             {slowest[:160]}", flush=True)
    return {"queries": len(statements), "clock": taken, "slowest": timed[slowest]}


def _plan(sql: str) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + sql.replace("%", "%%"), [])
        return "\n".join(line for (line,) in cursor.fetchall())


def _explained(sql: str) -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + sql.replace("%", "%%"), [])
        return cursor.fetchone()[0][0]["Execution Time"]


def _print(size: int, figures: dict[str, dict[str, float]]) -> None:
    print(f"\n{size:,} comments" + f"{'queries':>28}{'slowest query':>16}{'page':>12}")
    for name, found in figures.items():
        print(
            f"{name:36}{found['queries']:>8}{found['slowest']:>13.2f} ms{found['clock']:>9.1f} ms"
        )


if __name__ == "__main__":
    main()
