"""How long what moderators do to threads takes, and how long it keeps people waiting who post.

    .venv/bin/python -m benchmarks.threads [--size 5000]

Makes a site with a PostgreSQL of its own in a temporary folder, and in it two discussions of so
many comments each: half of them one thread in which everybody answers somebody by name, the others
threads of five. Then moves, splits, hides, restores and merges, while somebody goes on posting to
the same discussion. Prints for each act how many comments it touched, how long it took, and the
longest that a post took meanwhile; writes `benchmarks/results/threads.json`.
"""

import argparse
import json
import random
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from benchmarks import growth
from benchmarks.own import RESULTS, own_site
from benchmarks.words import WORDS

WRITTEN = RESULTS / "threads.json"
PEOPLE = 200
BRANCH = 50


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    asked.add_argument("--size", type=int, default=5_000)
    size = asked.parse_args().size
    with own_site():
        growth.make_people()
        figures = _measure(size)
    print(f"\n{'':44}{'comments':>9}{'took':>12}{'longest post':>16}")
    for name, (count, taken, wait) in figures.items():
        print(f"{name:44}{count:>9,}{taken:>9.0f} ms{wait:>13.0f} ms")
    RESULTS.mkdir(exist_ok=True)
    WRITTEN.write_text(json.dumps(figures, indent=2))


def _measure(size: int) -> dict[str, tuple[int, float, float]]:
    from django.db import connection

    from accounts.models import User
    from forum.comments.models import Comment
    from forum.comments.soundness import violations
    from forum.moderation import threads

    owner = User.objects.get(username="grow0")
    here, there = (discussion(owner, name, size) for name in ("Here", "There"))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    big = here.comments.filter(parent=None).order_by("number")[0]
    replies = list(here.comments.filter(tree_id=big.tree_id, level=1))
    replies.sort(key=lambda one: one.rght - one.lft)
    small = next(one for one in replies if one.rght - one.lft > 2 * BRANCH)
    large = replies[-1]
    how: dict = {"by": owner, "reason": "x"}
    acts: dict[str, tuple[Callable[[], object], Callable[[], int]]] = {
        "split a branch off": (
            lambda: threads.split(comment=small, **how),
            lambda: Comment.objects.get(pk=small.pk).get_descendant_count() + 1,
        ),
        "hang it back": (
            lambda: threads.move(comment=small, parent=Comment.objects.get(pk=big.pk), **how),
            lambda: Comment.objects.get(pk=small.pk).get_descendant_count() + 1,
        ),
        "move it to another article": (
            lambda: threads.move(comment=small, article=there, **how),
            lambda: Comment.objects.get(pk=small.pk).get_descendant_count() + 1,
        ),
        "hide the largest branch": (
            lambda: threads.hide_branch(comment=Comment.objects.get(pk=large.pk), **how),
            lambda: Comment.objects.filter(hidden_with=large.pk).count(),
        ),
        "restore it": (
            lambda: threads.restore_branch(comment=Comment.objects.get(pk=large.pk), **how),
            lambda: Comment.objects.get(pk=large.pk).get_descendant_count() + 1,
        ),
        "move the largest thread to another article": (
            lambda: threads.move(comment=Comment.objects.get(pk=big.pk), article=there, **how),
            lambda: Comment.objects.get(pk=big.pk).get_descendant_count() + 1,
        ),
        "move it back": (
            lambda: threads.move(comment=Comment.objects.get(pk=big.pk), article=here, **how),
            lambda: Comment.objects.get(pk=big.pk).get_descendant_count() + 1,
        ),
        "merge the discussion into another": (
            lambda: threads.merge_discussions(source=here, target=there, **how),
            lambda: size,
        ),
    }
    figures = {}
    for name, (act, count) in acts.items():
        taken, wait = beside_posts(act, there if "another" in name else here)
        figures[name] = count(), taken, wait
        print(f"{name}: {taken:.0f} ms", flush=True)
    if found := list(violations()):
        sys.exit(f"{len(found)} comments are not in their places.")
    return figures


def discussion(owner, headline: str, size: int, people=()):
    """An article with so many comments of these people, each answer beginning with the name of whom
    it answers."""
    from django.db import transaction
    from django.utils import timezone

    from accounts.models import User
    from forum import markup
    from forum.articles.flows import Piece, create_article, publish_article
    from forum.articles.models import Article
    from forum.comments import tree
    from forum.comments.models import Comment, ReplyLink
    from forum.comments.rendering import redraw

    dice, now = random.Random(headline), timezone.now()
    piece = Piece(headline=headline, text="x", tag_names=[])
    article = publish_article(article=create_article(author=owner, piece=piece), at=now)
    people = people or list(User.objects.exclude(pk=owner.pk)[:PEOPLE])
    comments: list[Comment] = []
    for number in range(1, size + 1):
        parent = None
        if 1 < number <= size // 2:
            parent = comments[dice.randrange(number - 1)]
        elif number % 5 != 1:
            parent = comments[-1] if comments else None
        words = " ".join(dice.choices(WORDS, k=dice.randrange(10, 80)))
        comments.append(
            Comment(
                article=article,
                number=number,
                author=dice.choice(people),
                parent=parent,
                text=f"@{parent.author.display_name}: {words}" if parent else words,
                posted_at=now - timedelta(seconds=size - number),
            )
        )
    with transaction.atomic():
        Article.objects.select_for_update().get(pk=article.pk)
        tree.plant(comments)
        ReplyLink.objects.bulk_create(
            ReplyLink(
                comment=one,
                target=one.parent,
                handle=one.parent.author.display_name.casefold(),
            )
            for one in comments
            if one.parent
        )
        redraw(comments)
        Comment.objects.filter(article=article).update(html_version=markup.ENGINE)
        Article.objects.filter(pk=article.pk).update(last_number=size, comment_count=size)
    return Article.objects.get(pk=article.pk)


def beside_posts(act: Callable[[], object], article) -> tuple[float, float]:
    """Milliseconds that the act took, and the longest of the posts that were made meanwhile."""
    from django.db import connections
    from django.utils import timezone

    from accounts.models import User
    from forum.comments.flows import post_comment

    writer = User.objects.filter(username__startswith="grow").order_by("-pk")[0]
    is_over, posts = threading.Event(), []

    def post() -> None:
        while not is_over.is_set():
            began = time.perf_counter()
            post_comment(
                author=writer, article=article, text="Meanwhile.", posted_at=timezone.now()
            )
            posts.append((time.perf_counter() - began) * 1000)
            time.sleep(0.02)
        connections.close_all()

    poster = threading.Thread(target=post)
    poster.start()
    time.sleep(0.3)
    posts.clear()
    began = time.perf_counter()
    act()
    taken = (time.perf_counter() - began) * 1000
    is_over.set()
    poster.join()
    return taken, max(posts)


if __name__ == "__main__":
    main()
