"""How fast a WordPress export comes in, and in how much memory.

    .venv/bin/python -m benchmarks.imports [--posts 200] [--comments 100000]

Writes two exports, one of them a fifth of the other, and imports each into a new site with a
PostgreSQL of its own in a temporary folder, by the command that everybody uses. Prints a table and
writes the figures to `benchmarks/results/imports.json`. Needs `make run` once, and about 500 MB of
disk.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from forum.database import serving

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "imports.json"
# A site of a million comments in five or six minutes, in memory that does not grow with it.
WANTED_RATE = 3000
WANTED_GROWTH = 1.2
WORDS = (
    "the council road water bridge report nobody quite reads again because every winter costs more "
    "than summer did and people who live beside a river know what that means for their cellars but "
    "they were asked last and told first so here we are with another plan two maps and no money"
).split(" ")
FIRST_NAMES = "Ada Bo Cy Dora Émile Fay Gus Hana Ivo Jo Kai Lou".split(" ")
LAST_NAMES = "Abbot Byrne Castro Dahl Eze Flood Grau Hale Ito Kerr".split(" ")
NAMES = [f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES]


@dataclass(frozen=True)
class Run:
    """One import: seconds by the clock from start to end of the command, those the command itself
    (without PostgreSQL) kept a processor busy, and its peak memory."""

    posts: int
    comments: int
    file_mb: float
    seconds: float
    processor_seconds: float
    comments_per_second: float
    peak_memory_mb: float


def main() -> None:
    asked = argparse.ArgumentParser(description="How fast an export comes in, in how much memory.")
    asked.add_argument("--posts", type=int, default=200)
    asked.add_argument("--comments", type=int, default=100_000)
    wanted = asked.parse_args()
    each = wanted.comments // wanted.posts
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="rejoinder-benchmark-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL's account has to pass through where root runs this
        runs = [measure(folder, posts, each) for posts in (wanted.posts // 5, wanted.posts)]
    tell(runs)
    if load > 1:
        print(f"The machine had other work to do (load {load:.1f}): alone it is faster.")
    RESULTS.parent.mkdir(exist_ok=True)
    measured = {
        "measured_at": datetime.now(UTC).isoformat(),
        "processors": os.cpu_count(),
        "load_before": load,
    }
    RESULTS.write_text(json.dumps(measured | {"runs": [asdict(run) for run in runs]}, indent=2))
    print(f"\nWritten to {RESULTS.relative_to(ROOT)}.")


def measure(folder: Path, posts: int, each: int) -> Run:
    """Import an export of so many posts and comments into an empty site."""
    file = folder / f"{posts}.xml"
    comments = write_export(file, posts=posts, comments_each=each)
    site = folder / f"site-{posts}"
    manage = [sys.executable, str(ROOT / "manage.py")]
    environment = os.environ | {"DATA_DIR": str(site), "DATABASE_URL": ""}
    # Were it started by the command, its memory would count with the command's.
    with serving(site, ""):
        subprocess.run([*manage, "migrate", "--verbosity", "0"], env=environment, check=True)
        began = time.perf_counter()
        running = subprocess.Popen(
            [*manage, "import_wordpress", str(file)], env=environment, stdout=subprocess.DEVNULL
        )
        _, status, used = os.wait4(running.pid, 0)
        seconds = time.perf_counter() - began
    if status:
        sys.exit("The import failed.")
    memory = used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    size = file.stat().st_size / 1e6
    busy = used.ru_utime + used.ru_stime
    return Run(posts, comments, size, seconds, busy, comments / seconds, memory)


def tell(runs: list[Run]) -> None:
    print("   posts   comments      file      time  processor  comments/s    memory")
    for run in runs:
        print(
            f"{run.posts:>8,} {run.comments:>10,} {run.file_mb:>6,.0f} MB {run.seconds:>7.1f} s "
            f"{run.processor_seconds:>8.1f} s {run.comments_per_second:>11,.0f} "
            f"{run.peak_memory_mb:>6.0f} MB"
        )
    rate, growth = runs[-1].comments_per_second, runs[-1].peak_memory_mb / runs[0].peak_memory_mb
    print(f"\nRate: {verdict(rate >= WANTED_RATE)}, {rate:,.0f}/s of {WANTED_RATE:,}/s wanted.")
    print(f"Memory: {verdict(growth <= WANTED_GROWTH)}, {growth:.2f} times that of a fifth.")


def verdict(is_reached: bool) -> str:
    return "reached" if is_reached else "NOT reached"


def write_export(file: Path, *, posts: int, comments_each: int) -> int:
    """Write an export as a community of ten years would have it; how many comments it holds.

    Always the same for the same numbers. Half of the comments answer another: by a plugin's link,
    by `comment_parent`, or by a name.
    """
    chance = random.Random(1)
    with file.open("w", encoding="utf-8") as opened:
        opened.write(HEAD)
        for post in range(1, posts + 1):
            opened.write(HEAD_OF_POST.format(n=post, text=_text(chance, 300)))
            opened.writelines(_comments(chance, post, comments_each))
            opened.write("</item>\n")
        opened.write("</channel></rss>\n")
    return posts * comments_each


def _comments(chance: random.Random, post: int, count: int) -> Iterator[str]:
    """The comments of a post, the newest first, as some exports have them."""
    people = chance.sample(NAMES, 40)
    names = chance.choices(people, k=count)
    first = post * 10_000
    for n in reversed(range(count)):
        text, parent = _text(chance, chance.randrange(10, 120)), 0
        if n and chance.random() < 0.5:
            answered = chance.randrange(max(0, n - 30), n)
            how = chance.randrange(5)
            if how < 3:
                link = (
                    f'@<a href="#comment-{first + answered}" rel="nofollow">{names[answered]}</a>'
                )
                text = f"{link}: {text}"
            elif how < 4:
                parent = first + answered
            else:
                text = f"@{names[answered]}: {text}"
        yield COMMENT.format(
            id=first + n,
            name=names[n],
            email=names[n].replace(" ", ".").lower(),
            at=datetime(2010, 1, 1) + timedelta(days=post, minutes=n),
            text=text,
            parent=parent,
        )


def _text(chance: random.Random, words: int) -> str:
    """Raw text as WordPress keeps it: blank lines part paragraphs, some of them quotations."""
    written = []
    while words > 0:
        paragraph = " ".join(chance.choices(WORDS, k=min(words, 50))).capitalize() + "."
        written.append(
            f"<blockquote>{paragraph}</blockquote>" if chance.random() < 0.1 else paragraph
        )
        words -= 50
    return "\n\n".join(written)


HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>A large site</title><link>https://large.example.org</link>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>https://large.example.org</wp:base_blog_url>
<wp:author><wp:author_id>1</wp:author_id><wp:author_login>editor</wp:author_login>
<wp:author_email>editor@example.org</wp:author_email>
<wp:author_display_name><![CDATA[The Editor]]></wp:author_display_name></wp:author>
"""
HEAD_OF_POST = """<item><title>Post {n}</title><link>https://large.example.org/2010/post-{n}/</link>
<dc:creator>editor</dc:creator><content:encoded><![CDATA[{text}]]></content:encoded>
<wp:post_id>{n}</wp:post_id><wp:post_date_gmt>2010-01-01 00:00:00</wp:post_date_gmt>
<wp:post_name>post-{n}</wp:post_name><wp:status>publish</wp:status>
<wp:post_type>post</wp:post_type>
<category domain="post_tag" nicename="x"><![CDATA[Rivers]]></category>
"""
COMMENT = """<wp:comment><wp:comment_id>{id}</wp:comment_id>
<wp:comment_author><![CDATA[{name}]]></wp:comment_author>
<wp:comment_author_email>{email}@example.org</wp:comment_author_email>
<wp:comment_date_gmt>{at}</wp:comment_date_gmt>
<wp:comment_content><![CDATA[{text}]]></wp:comment_content>
<wp:comment_approved>1</wp:comment_approved><wp:comment_type>comment</wp:comment_type>
<wp:comment_parent>{parent}</wp:comment_parent><wp:comment_user_id>0</wp:comment_user_id>
</wp:comment>
"""

if __name__ == "__main__":
    main()
