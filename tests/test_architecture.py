"""How the project is built, as far as it can be asked. That every address is asked for by a test
is in `test_site_map.py`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parent.parent
WITH_TABLES = [
    app.label
    for app in apps.get_app_configs()
    if app.name.partition(".")[0] in ("forum", "accounts")
    and (Path(app.path) / "migrations").exists()
]
DEPLOYED = {
    "SITE_URL": "https://example.org",
    "TRUSTED_PROXIES": "1",
    "EMAIL_URL": "smtp://localhost",
    "DEFAULT_FROM_EMAIL": "desk@example.org",
}


def test_imports_go_down_only(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    status = lint_imports(no_cache=True, no_logo=True)
    assert status == 0, capsys.readouterr().out


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


@pytest.fixture
def scratch(django_db_setup, django_db_blocker):
    """An empty database beside that of the tests, and gone afterwards."""
    settings = connections["default"].settings_dict
    name = f"{settings['NAME']}_scratch"
    with django_db_blocker.unblock(), connections["default"].cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
        connections.databases["scratch"] = {**settings, "NAME": name}
        try:
            yield connections["scratch"]
        finally:
            connections["scratch"].close()
            del connections["scratch"], connections.databases["scratch"]
            cursor.execute(f'DROP DATABASE "{name}"')


SCHEMA = """
SELECT 'column', table_name || '.' || column_name, data_type || is_nullable
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'sequence', sequencename, data_type::text FROM pg_sequences
UNION ALL SELECT 'function', proname, prosrc FROM pg_proc
  WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (
    SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
ORDER BY 1, 2, 3
"""


def schema(connection):
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        return cursor.fetchall()


def migrate(connection, targets=None):
    executor = MigrationExecutor(connection)
    executor.migrate(targets or executor.loader.graph.leaf_nodes())


def test_migrations_reverse_and_leave_nothing(scratch):
    migrate(scratch, MigrationExecutor(scratch).loader.graph.leaf_nodes("procrastinate"))
    of_the_queue = schema(scratch)
    migrate(scratch)
    made = schema(scratch)
    migrate(scratch, [(label, None) for label in WITH_TABLES])
    left = [name for kind, name, what in schema(scratch) if (kind, name, what) not in of_the_queue]
    assert [name for name in left if not name.startswith(("auth_", "django_"))] == []
    migrate(scratch)
    assert schema(scratch) == made
