"""What Lighthouse says of the two pages that most people see: nothing to mend."""

import json
import os
import shutil
import subprocess

import pytest

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.factories import make_article, make_comment

LIGHTHOUSE = os.environ.get("LIGHTHOUSE") or shutil.which("lighthouse")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
# Performance swings with what else the machine does: best of so many runs.
RUNS = 3


@pytest.mark.skipif(not (CHROMIUM and LIGHTHOUSE), reason="needs Chromium, and lighthouse of npm's")
@pytest.mark.parametrize("page", ["home", "article"])
def test_lighthouse_has_nothing_to_mend(live_server, page, tmp_path):
    article = make_article(headline="A river and its town", standfirst="What the flood left.")
    make_comment(parent=make_comment(article))
    address = live_server.url + ("/" if page == "home" else article.get_absolute_url())
    best = {}
    for run in range(RUNS):
        said = _ask(address, tmp_path / f"{run}.json")
        best = {name: max(score, best.get(name, 0)) for name, score in said.items()}
        if min(best.values()) == 100:
            break
    assert best == dict.fromkeys(CATEGORIES, 100)


def _ask(address, to):
    subprocess.run(
        [
            LIGHTHOUSE,
            address,
            "--quiet",
            "--output=json",
            f"--output-path={to}",
            f"--chrome-flags={' '.join(FLAGS)}",
            f"--only-categories={','.join(CATEGORIES)}",
        ],
        env=os.environ | {"CHROME_PATH": CHROMIUM},
        check=True,
        capture_output=True,
        timeout=180,
    )
    report = json.loads(to.read_text())
    return {name: round(100 * report["categories"][name]["score"]) for name in CATEGORIES}
