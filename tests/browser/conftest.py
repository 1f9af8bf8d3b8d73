"""A real Chromium on the site as it is served, in two sizes and two themes."""

import os
import shutil

import pytest
from django.conf import settings
from django.test import override_settings
from playwright.sync_api import Browser, Page, sync_playwright

from forum.staticfiles import shortened

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

# Playwright's loop runs in the main thread, where Django would refuse plain queries.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def chromium() -> Browser:
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("Chromium was not found, and REQUIRE_BROWSER asks for it.")
        pytest.skip("Chromium was not found; set CHROMIUM to its path to run the browser tests.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session", autouse=True)
def scripts_as_stored(tmp_path_factory):
    """Browsers get the site's own scripts as they are stored for production."""
    stored = tmp_path_factory.mktemp("static")
    for script in (settings.BASE_DIR / "static").glob("js/*.js"):
        copy = stored / script.relative_to(settings.BASE_DIR / "static")
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(shortened(script.read_bytes()))
    with override_settings(STATICFILES_DIRS=[stored, *settings.STATICFILES_DIRS]):
        yield


@pytest.fixture
def visit(chromium, live_server):
    """Opens a visitor's browser: `visit(path, **context options)` answers with the page.

    Whatever a page writes to the console as an error, or throws, fails the test at its end.
    """
    contexts, troubles = [], []

    def open_page(path: str = "/", **options) -> Page:
        options.setdefault("viewport", DESKTOP)
        context = chromium.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda message: message.type == "error" and troubles.append(message.text),
        )
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            # A text that is left is sent to be kept: the database is emptied meanwhile.
            page.evaluate("document.querySelectorAll('textarea').forEach(area => area.remove())")
        context.close()
    expected = "Failed to load resource"  # a page that answers 404 or 409 on purpose
    assert [t for t in troubles if expected not in t] == []
