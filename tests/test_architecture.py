"""How the project is built, as far as it can be asked. That every address is asked for by a test
is in `test_site_map.py`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
DEPLOYED = {
    "SITE_URL": "https://example.org",
    "TRUSTED_PROXIES": "1",
    "EMAIL_URL": "smtp://localhost",
    "DEFAULT_FROM_EMAIL": "desk@example.org",
}


def test_imports_go_down_only():
    """In a process of its own, where the library silences all logs."""
    lint = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    found = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


@pytest.mark.django_db
def test_models_have_their_migrations(capsys):
    try:
        call_command("makemigrations", check=True, dry_run=True)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)
    assert capsys.readouterr().out == "No changes detected\n"


def test_deployment_as_the_readme_has_it_passes_every_check():
    # A browser test may have set Django's switch for running beside an event loop.
    around = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    asked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=around | DEPLOYED,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
