"""How soon a page with 500 comments can be used where the processor is four times as slow.

    .venv/bin/python -m benchmarks.interactive       (needs Chromium and the packages of the tests)

Makes a site of its own with the data set of `benchmarks/data.py` and opens its article with 500
comments in Chromium, whose processor is slowed down (CDP's Emulation.setCPUThrottlingRate), as a
reader. A page can be used when its scripts have run: the button for the keys is shown then.

What else the machine does makes the time by the clock longer, so beside it stands how long the
page's main thread worked, which is what the page itself can do something about.
"""

import os
import shutil
import statistics

from benchmarks import pages

SLOWER = 4
TIMES = 5
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
READY = """
new MutationObserver(() => {
  const button = document.getElementById("keys-button");
  if (button && !button.hidden) requestAnimationFrame(() => (window.ready ??= performance.now()));
}).observe(document, { subtree: true, childList: true, attributeFilter: ["hidden"] });
"""


def main() -> None:
    with pages.site_with_data(workers=1) as (site, articles):
        address = f"{site}{articles['500 comments'].get_absolute_url()}"
        taken = [_open(address) for _ in range(TIMES + 1)][1:]
    clock, work = (statistics.median(one) for one in zip(*taken, strict=True))
    print(f"Can be used after {clock:,.0f} ms, {work:,.0f} of them work (medians of {TIMES}).")


def _open(address: str) -> tuple[float, float]:
    """By the clock and on the main thread, in milliseconds."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script(READY)
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        before = _work(session)
        page.goto(address)
        page.wait_for_function("window.ready")
        taken = page.evaluate("window.ready"), _work(session) - before
        browser.close()
    return taken


def _work(session) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000 * next(one["value"] for one in metrics if one["name"] == "TaskDuration")


if __name__ == "__main__":
    main()
