"""How long texts take that once made parsers slow, and honest ones beside them.

    .venv/bin/python -m benchmarks.markup

Each text is rendered as an article's (pictures allowed, 200,000 characters at most) and cut to a
comment's longest. Times are of the processor, the best of three; "refused" stands where the writer
is told instead. Prints a table and writes `benchmarks/results/markup.json`.
"""

import json
import platform
import time
from pathlib import Path

from django.conf import settings

from forum import markup
from tests.forum.test_markup import PATHOLOGICAL

RESULTS = Path(__file__).parent / "results" / "markup.json"
LONGEST_COMMENT = 20_000
SENTENCE = "Some *words* of [somebody](https://example.org/a-page), and more of my own. "
HONEST = {
    "prose with links and emphasis": f"{SENTENCE * 6}\n\n" * 1000,
    "plain prose": f"{'Words of my own, one after another, and so on. ' * 12}\n\n" * 1000,
}
# Thin enough for a comment: the most work that can be had.
DENSE = {
    "much emphasis": "*word* aa " * 50_000,
    "short lines": "a line of it\n" * 50_000,
    "items of a sentence each": "- an item that says something of more than fifty letters\n"
    * 50_000,
    "addresses": "https://example.org/page " * 499,
}


def measure(text: str) -> dict:
    """Characters, milliseconds of the processor, and whether the text was refused."""
    best, refused = float("inf"), False
    for _attempt in range(3):
        start = time.process_time()
        try:
            markup.render_markdown(text, link_rel="ugc nofollow noopener", images=True)
        except markup.MarkupRefused:
            refused = True
        best = min(best, time.process_time() - start)
    return {"characters": len(text), "ms": round(best * 1000, 1), "refused": refused}


def main() -> None:
    settings.configure(USE_I18N=False)
    markup.render_markdown("warm", link_rel="")
    rows = []
    for kind, texts in (("pathological", PATHOLOGICAL), ("dense", DENSE), ("honest", HONEST)):
        for name, text in texts.items():
            for where, longest in (
                ("whole", len(text)),
                ("article", markup.LONGEST_TEXT),
                ("comment", LONGEST_COMMENT),
            ):
                if longest <= len(text):
                    rows.append({"kind": kind, "text": name, "as": where} | measure(text[:longest]))
    print(f"{'text':<48}{'as':<9}{'characters':>10}{'ms':>9}")
    for row in rows:
        said = "  refused" if row["refused"] else ""
        print(f"{row['text']:<48}{row['as']:<9}{row['characters']:>10}{row['ms']:>9}{said}")
    slowest = max(row["ms"] for row in rows if row["kind"] != "honest")
    print(f"\nThe slowest text that nobody writes by hand took {slowest} ms.")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(
        json.dumps({"engine": markup.ENGINE, "python": platform.python_version(), "rows": rows})
    )


if __name__ == "__main__":
    main()
