"""The private PostgreSQL: real servers, in folders of their own."""

import os
import shutil
import signal
import tempfile
from pathlib import Path

import psutil
import psycopg
import pytest
from django.db import connection

from accounts.models import User
from forum import database
from forum.database import (
    PREPARED,
    DatabaseTrouble,
    configuration,
    is_running,
    private_server,
    serving,
)

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as another account")


@pytest.fixture
def folder():
    """One that the account of the database can enter; pytest's own only root can."""
    made = Path(tempfile.mkdtemp(prefix="rejoinder-test-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def data_dir():
    """Holds a server that was started and stopped, with a table to be found again."""
    made = Path(tempfile.mkdtemp(prefix="rejoinder-test-"))
    made.chmod(0o755)
    with serving(made, "") as server, connect(server) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    yield made
    shutil.rmtree(made)


def connect(server):
    return psycopg.connect(
        host=str(server.socket_folder), user=database.NAME, dbname=database.NAME, autocommit=True
    )


def answer(server):
    with connect(server) as connection:
        return connection.execute("SELECT answer FROM kept").fetchone()[0]


def processes_of(server):
    main = psutil.Process(int((server.data / "postmaster.pid").read_text().split("\n")[0]))
    return [main, *main.children(recursive=True)]


def test_the_last_to_leave_stops_the_server(data_dir):
    with serving(data_dir, "") as server:
        with serving(data_dir, ""):
            assert answer(server) == 42
        assert is_running(server)
    assert not is_running(server)


def test_searches_take_capital_letters_of_all_scripts_for_small_ones(data_dir):
    with serving(data_dir, "") as server, connect(server) as connection:
        if connection.info.server_version < 170000:
            pytest.skip("PostgreSQL tells letters of all scripts from its version 17 on")
        found = connection.execute("SELECT upper('zoé жук'), 'ÉCLAIR' ILIKE 'éclair'").fetchone()
        assert found == ("ZOÉ ЖУК", True)


def test_older_postgresql_is_set_up_as_it_can_be(data_dir, monkeypatch):
    server = private_server(data_dir)
    assert "--locale-provider=builtin" in database._letters_of_all_scripts(server)
    monkeypatch.setattr(database, "_version", lambda server: "16")
    assert database._letters_of_all_scripts(server) == []


@pytest.mark.parametrize("victims", [slice(None), slice(1)], ids=["all of it", "its main process"])
def test_server_comes_up_again_after_kill_9(data_dir, victims):
    with serving(data_dir, "") as server:
        for process in processes_of(server)[victims]:
            process.send_signal(signal.SIGKILL)
        with serving(data_dir, ""):
            assert answer(server) == 42


def test_lock_file_that_names_another_program_is_no_hindrance(data_dir):
    with serving(data_dir, "") as server:
        lock_file = server.data / "postmaster.pid"
        left = lock_file.read_text().split("\n", 1)[1]
    # A program of the same account, with the number that the server had.
    other = database._run(server, ["pg_ctl", "--help"], stdout=-1)
    lock_file.write_text(f"{other.pid}\n{left}")
    with serving(data_dir, ""):
        assert answer(server) == 42
    other.communicate()


@pytest.mark.parametrize(
    ("made_by", "said"),
    [("15", "was made by PostgreSQL 15, and this is"), (None, "does not hold the data")],
)
def test_data_of_another_version_is_left_alone(data_dir, made_by, said):
    version = private_server(data_dir).data / "PG_VERSION"
    kept = version.with_name("PG_VERSION.kept")
    version.rename(kept)
    try:
        if made_by:
            version.write_text(f"{made_by}\n")
        with pytest.raises(DatabaseTrouble, match=said), serving(data_dir, ""):
            pass
    finally:
        kept.rename(version)
    with serving(data_dir, "") as server:
        assert answer(server) == 42


def test_damage_is_told_in_the_words_of_postgresql(data_dir):
    control = private_server(data_dir).data / "global"
    away = control.rename(control.with_name("away"))
    try:
        with pytest.raises(DatabaseTrouble, match=r"did not start.*control"), serving(data_dir, ""):
            pass
    finally:
        away.rename(control)


def test_a_nearly_full_disk_is_told_before_anything_is_made(folder, monkeypatch):
    monkeypatch.setattr(database, "NEEDED_BYTES", shutil.disk_usage(folder).total)
    with pytest.raises(DatabaseTrouble, match="nearly full"), serving(folder, ""):
        pass
    assert not private_server(folder).data.exists()


def test_folder_that_cannot_be_made_is_named():
    with pytest.raises(DatabaseTrouble, match="/dev/null"), serving(Path("/dev/null/data"), ""):
        pass


def test_socket_of_a_long_path_fits_into_the_limit(folder, monkeypatch):
    monkeypatch.setattr(database, "ELSEWHERE", folder / "elsewhere")
    server = private_server(folder / ("x" * 60) / ("y" * 60))
    assert len(f"{server.socket_folder}/.s.PGSQL.5432.lock") <= 103


@needs_root
def test_where_its_account_cannot_enter_all_is_kept_elsewhere(folder, monkeypatch):
    monkeypatch.setattr(database, "ELSEWHERE", folder / "elsewhere")
    binaries = database.find_binaries()
    can_enter = database.can_enter
    monkeypatch.setattr(
        database, "can_enter", lambda account, to: to != binaries and can_enter(account, to)
    )
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with serving(closed / "data", "") as server:
        assert server.home.parent == folder / "elsewhere"
        assert server.home in server.binaries.parents
        assert is_running(server)
    assert private_server(closed / "data") == server
    # The link goes with the folder; a new folder in its place gets data of its own.
    closed.rename(folder / "moved")
    assert private_server(folder / "moved" / "data").home == server.home
    closed.mkdir(mode=0o700)
    assert private_server(closed / "data").home != server.home


def test_copy_of_the_binaries_is_renewed_after_an_upgrade(folder, monkeypatch):
    installed = folder / "site-packages" / database.PACKAGED_BINARIES
    installed.mkdir(parents=True, mode=0o700)
    (installed / "postgres").write_text("18.6")
    monkeypatch.setattr(database, "find_binaries", lambda: installed)
    copy = folder / "postgres" / "postgresql" / database.PACKAGED_BINARIES
    server = database.Server(folder / "postgres", copy)
    (folder / "postgres").mkdir()

    database._bring_binaries(server)
    assert (copy / "postgres").read_text() == "18.6"
    assert {path.stat().st_mode & 0o777 for path in (copy, copy / "postgres")} == {0o755}
    (copy / "mark").touch()
    database._bring_binaries(server)
    assert (copy / "mark").exists()
    (installed / "postgres").write_text("18.7.1")
    database._bring_binaries(server)
    assert [(path.name, path.read_text()) for path in copy.iterdir()] == [("postgres", "18.7.1")]


@pytest.mark.parametrize(
    "url", ["sqlite:///x", "postgres://u@h:abc/x", "postgres://u@h", "nonsense"]
)
def test_database_url_that_names_no_database_is_refused(url):
    with pytest.raises(DatabaseTrouble, match="DATABASE_URL must read postgres://"):
        configuration(Path("/nowhere"), url)


def test_database_url_is_used_and_no_server_is_started(tmp_path):
    found = configuration(
        tmp_path, "postgres://site:s%40cret@db.example.org:5433/site?sslmode=require"
    )
    assert found["OPTIONS"] == {**PREPARED, "sslmode": "require"}
    assert (found["HOST"], found["PORT"], found["PASSWORD"]) == ("db.example.org", 5433, "s@cret")
    with serving(tmp_path, "postgres://site@db.example.org/site") as server:
        assert server is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_what_is_asked_again_and_again_is_prepared():
    for _ in range(4):
        assert not User.objects.filter(username="nobody", is_active=True).exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%accounts_user%%'"
            " AND generic_plans + custom_plans > 0"
        )
        assert cursor.fetchone()[0]
