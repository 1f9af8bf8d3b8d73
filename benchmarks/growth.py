"""How the cost of a page and of a post grows with the site.

    .venv/bin/python -m benchmarks.growth [--sizes 10000 100000 1000000 10000000]

Makes a site with a PostgreSQL of its own in a temporary folder, loads comments by COPY up to each
size (500 to an article, threads of five, joined by reply links), and at each size measures, in one
process: pages made anew and kept, posting and telling of it, the desk's list, every job that is
done by the clock, and the size of tables and indexes. Prints a table and writes
`benchmarks/results/growth.json`. To 10 million it takes half an hour and 12 GB of disk.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from benchmarks.own import RESULTS, ROOT, own_site
from benchmarks.words import PASSWORD, WORDS

WRITTEN = RESULTS / "growth.json"
SIZES = [10_000, 100_000, 1_000_000, 10_000_000]
MEMBERS = 2000
EACH = 500  # comments of an article
THREAD = 5
PROBES = 10
ARTICLES = (
    "id headline slug text html author_id created_at published_at publish_date last_number"
    " comment_count last_commented_at version"
)
LINKS = "comment_id target_id handle"
COMMENTS = (
    "id article_id number author_id parent_id tree_id lft rght level text markup html posted_at"
)
TEXT_INDEX = "comment_text_trgm"  # quicker to make at once than to grow


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    asked.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    sizes = sorted(asked.parse_args().sizes)
    with own_site("collectstatic"):
        answer_the_test_client()
        figures = _grow(sizes)
    _print(figures)
    RESULTS.mkdir(exist_ok=True)
    WRITTEN.write_text(json.dumps(figures, indent=2))
    print(f"\nWritten to {WRITTEN.relative_to(ROOT)}.")


def answer_the_test_client() -> None:
    """Its requests come from a host that no site has."""
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]


def _grow(sizes: list[int]) -> dict[int, dict[str, float]]:
    make_people()
    figures, loaded = {}, 0
    for size in sizes:
        began = time.monotonic()
        load(loaded, size)
        print(f"{size:,} comments are in after {time.monotonic() - began:.0f} s.", flush=True)
        loaded = size
        figures[size] = _measure() | _sizes()
    return figures


def make_people() -> None:
    from accounts.models import User
    from forum.articles.models import Article

    first = User.objects.create_superuser("grow0", "grow0@example.org", PASSWORD, is_author=True)
    User.objects.bulk_create(
        User(
            username=f"grow{n}",
            display_name=f"Member {n}",
            display_key=f"member {n}",
            trust_level=1,
        )
        for n in range(1, MEMBERS)
    )
    Article.objects.create(author=first, headline="Draft", slug="draft", text="x", html="x")


def load(done: int, size: int) -> None:
    """Add articles and comments until there are `size` comments."""
    from django.db import connection
    from django.utils import timezone

    from accounts.models import User
    from forum.articles.models import Article
    from forum.comments.models import Comment, ReplyLink

    dice = random.Random(size)
    people = list(User.objects.order_by("pk").values_list("pk", flat=True))
    start = timezone.now() - timedelta(days=2000)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no triggers while loading
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [TEXT_INDEX])
        made_by = cursor.fetchone()[0]
        cursor.execute(f"DROP INDEX {TEXT_INDEX}")
        first, last = done // EACH + 100, size // EACH + 100
        copy_rows(cursor, Article, ARTICLES, _articles(first, last, people[0], start))
        copy_rows(cursor, Comment, COMMENTS, _comments(first, last, people, start, dice))
        copy_rows(cursor, ReplyLink, LINKS, _links(first, last))
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute(made_by)
        # What is posted while measuring stands far above what is loaded.
        for sequence in (
            "articles_article_id_seq",
            "comments_comment_id_seq",
            "comments_tree_id_seq",
        ):
            cursor.execute("SELECT setval(%s, %s)", [sequence, 10**11 + done])
        cursor.execute("ANALYZE")


def copy_rows(cursor, model, columns: str, rows: Iterable[tuple]) -> None:
    """COPY rows into the table of a model; the columns that are not named and cannot be null take
    the model's defaults."""
    from django.db import connection

    named = columns.split()
    others = [
        field
        for field in model._meta.concrete_fields
        if field.column not in named
        and not (field.null or field.primary_key or getattr(field, "generated", False))
    ]
    constants = tuple(f.get_db_prep_save(f.get_default(), connection) for f in others)
    names = ", ".join([*named, *(field.column for field in others)])
    with cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row((*row, *constants))


def _articles(first: int, last: int, author: int, start) -> Iterator[tuple]:
    for key in range(first, last):
        at = start + timedelta(minutes=key * 5)
        yield (
            key, f"Piece {key}", f"piece-{key}", "x", "<p>x</p>", author, at, at, at.date(),
            EACH, EACH, at, 1,
        )  # fmt: skip


def _comments(first: int, last: int, people: list[int], start, dice) -> Iterator[tuple]:
    for article in range(first, last):
        at = start + timedelta(minutes=article * 5)
        for place in range(EACH):
            key = article * EACH + place
            inside = place % THREAD
            text = " ".join(dice.choices(WORDS, k=12))
            yield (
                key, article, place + 1, dice.choice(people),
                key - inside if inside else None, key - inside,
                1 if not inside else 2 * inside, 2 * THREAD if not inside else 2 * inside + 1,
                1 if inside else 0, text, "markdown", f"<p>{text}</p>",
                at + timedelta(seconds=place),
            )  # fmt: skip


def _links(first: int, last: int) -> Iterator[tuple]:
    """Each comment inside a thread answers the one before it by name."""
    for article in range(first, last):
        for place in range(EACH):
            if place % THREAD:
                key = article * EACH + place
                yield key, key - 1, "somebody"


def _measure() -> dict[str, float]:
    """Milliseconds by the clock, the median of PROBES, each of another article or member."""
    from django.core.cache import cache
    from django.test import Client

    from accounts.models import User
    from forum.articles.models import Article
    from forum.comments.flows import post_comment
    from forum.comments.models import Comment
    from forum.reading.telling import tell_of

    dice = random.Random(1)
    keys = list(Article.objects.exclude(published_at=None).values_list("pk", flat=True))
    articles = Article.objects.in_bulk(dice.sample(keys, PROBES * 2))
    chosen = [articles[key] for key in sorted(articles)]
    people = list(User.objects.order_by("pk")[1 : PROBES * 2 + 1])
    reader, desk = Client(), Client()
    desk.force_login(User.objects.get(username="grow0"))

    def page(article: Article) -> None:
        assert reader.get(article.get_absolute_url()).status_code == 200

    def anew(path: str) -> None:
        cache.clear()
        assert reader.get(path).status_code == 200

    def reply(place: int) -> None:
        article, author = chosen[place], people[place]
        parent = Comment.objects.select_related("article", "author").get(
            article=article, number=1 + dice.randrange(EACH)
        )
        answer = post_comment(
            author=author,
            article=article,
            parent=parent,
            text=f"@{parent.author.display_name}: no, and here is why.",
        )
        posted.append(answer.pk)

    posted: list[int] = []
    places = range(PROBES)
    return {
        "article, made anew": _median(page, chosen[:PROBES]),
        "article, kept": _median(page, chosen[:PROBES]),
        "front page, made anew": _median(anew, ["/"] * PROBES),
        "member's page": _median(anew, [p.get_absolute_url() for p in people[:PROBES]]),
        "post an answer": _median(reply, places),
        "tell of it": _median(lambda place: tell_of([posted[place]]), places),
        "the desk's list of comments": _median(
            lambda _n: desk.get("/admin/comments/comment/"), places
        ),
        "the desk's search": _median(
            lambda _n: desk.get("/admin/comments/comment/?q=cellars"), range(5)
        ),
        **_by_the_clock(),
    }


def _by_the_clock() -> dict[str, float]:
    """Each job that is done every minute, hour or day, once; those of the queue itself left out."""
    from inspect import iscoroutinefunction

    from procrastinate.contrib.django import app

    jobs = [one.task for one in app.periodic_registry.periodic_tasks.values()]
    return {
        f"job: {job.name.rpartition('.')[2].replace('_', ' ')}": _median(job.func, [0])
        for job in jobs
        if not iscoroutinefunction(job.func)
    }


def _median(act: Callable, given) -> float:
    taken = []
    for one in given:
        began = time.perf_counter()
        act(one)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def _sizes() -> dict[str, float]:
    """Megabytes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_table_size('comments_comment') / 1e6,"
            " pg_indexes_size('comments_comment') / 1e6, pg_relation_size(%s) / 1e6",
            [TEXT_INDEX],
        )
        table, indexes, search = (float(size) for size in cursor.fetchone())
    return {"MB of comments": table, "MB of their indexes": indexes, "MB to search them": search}


def _print(figures: dict[int, dict[str, float]]) -> None:
    sizes = list(figures)
    print("\n" + f"{'milliseconds':32}" + "".join(f"{size:>14,}" for size in sizes) + "   growth")
    for name in figures[sizes[0]]:
        row = [figures[size][name] for size in sizes]
        cells = "".join(f"{value:>14,.2f}" for value in row)
        print(f"{name:32}{cells}{row[-1] / row[0] if row[0] else 0:>9.2f}")


if __name__ == "__main__":
    main()
