"""How long merging and erasing the account of somebody who wrote a lot takes, and how long it keeps
people waiting who post.

    .venv/bin/python -m benchmarks.people [--size 5000] [--site 100000]

Makes a site with a PostgreSQL of its own in a temporary folder, with so many comments of others,
and three members with `--size` comments each: a hundred to a discussion, half of them theirs, and
the others answer by name, like what they answer, and flag some of it. Then merges one of them into
another account, takes the two apart, and erases accounts with and without their words, while
somebody goes on posting to one of the discussions. Prints for each how long it took and the longest
that a post took meanwhile; writes `benchmarks/results/people.json`.
"""

import argparse
import json
import random

from benchmarks import growth
from benchmarks.own import RESULTS, own_site
from benchmarks.threads import beside_posts, discussion

WRITTEN = RESULTS / "people.json"
IN_ONE = 100  # comments of a discussion, half of them one member's
OTHERS = 50


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    asked.add_argument("--size", type=int, default=5_000)
    asked.add_argument("--site", type=int, default=100_000)
    options = asked.parse_args()
    with own_site():
        growth.make_people()
        growth.load(0, options.site)
        figures = _measure(options.size)
    print(f"\n{'':44}{'took':>12}{'longest post':>16}")
    for name, (taken, wait) in figures.items():
        print(f"{name:44}{taken:>9.0f} ms{wait:>13.0f} ms")
    RESULTS.mkdir(exist_ok=True)
    WRITTEN.write_text(json.dumps(figures, indent=2))


def _measure(size: int) -> dict[str, tuple[float, float]]:
    from django.db import connection

    from accounts.models import User
    from forum.people import flows

    owner = User.objects.get(username="grow0")
    busy = {name: _busy(owner, name, size) for name in ("merged", "stays", "goes")}
    kept = User.objects.get(username="grow1")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    merges = []

    def merge() -> None:
        gone = busy["merged"][0]
        merges.append(flows.merge_members(gone=gone, kept=kept, by=owner, reason="one person"))

    def undo() -> None:
        flows.undo_merge(merge=merges[0], by=owner, reason="two people")

    def erase(name: str, *, keep: bool) -> None:
        flows.erase_member(member=busy[name][0], keep_comments=keep, keep_articles=True)

    figures = {}
    for name, act, article in (
        ("merge into another account", merge, busy["merged"][1]),
        ("take the two apart", undo, busy["merged"][1]),
        ("erase, comments stay", lambda: erase("stays", keep=True), busy["stays"][1]),
        ("erase, comments go", lambda: erase("goes", keep=False), busy["goes"][1]),
    ):
        figures[name] = beside_posts(act, article)
        print(f"{name}: {figures[name][0]:.0f} ms", flush=True)
    return figures


def _busy(owner, name: str, size: int):
    """A member with so many comments, each of which has likes and may have a flag, and one of the
    articles."""
    from accounts.models import User
    from forum.comments.models import Comment, Like
    from forum.flags.models import Flag

    dice = random.Random(name)
    member = User.objects.create(
        username=name, display_name=f"Busy {name}", display_key=f"busy {name}", trust_level=1
    )
    others = list(User.objects.filter(username__startswith="grow").order_by("-pk")[:OTHERS])
    people = [*others, *[member] * OTHERS]
    for number in range(2 * size // IN_ONE):
        article = discussion(owner, f"{name} {number}", IN_ONE, people)
    theirs = list(Comment.objects.filter(author=member).only("pk", "author", "posted_at"))
    answers = Comment.objects.filter(parent__author=member).exclude(author=member)
    Like.objects.bulk_create(
        [
            *(Like(comment=comment, member=dice.choice(others)) for comment in theirs),
            *(Like(comment=comment, member=member) for comment in answers),
        ],
        batch_size=1000,
    )
    Flag.objects.bulk_create(
        [
            Flag(
                comment=one,
                author=member,
                member=dice.choice(others),
                reason="spam",
                written_at=one.posted_at,
                weight=0.5,
            )
            for one in theirs[::20]
        ],
        batch_size=1000,
    )
    return member, article


if __name__ == "__main__":
    main()
