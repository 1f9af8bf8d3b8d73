"""`make run` and its like, as processes: what they say when they cannot, and what they leave."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.error
import urllib.request
import venv
from functools import partial
from pathlib import Path

import psutil
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from forum.database import is_running, private_server


def manage(*arguments, **environment):
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"} | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Tests that run in the background ignore it, and what they start would too.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def first_page(site, port):
    """The status of the home page, once the site answers; what it said, when it ends instead."""
    while True:
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/").status
        except urllib.error.URLError:
            if site.poll() is not None:
                return site.stdout.read()
            time.sleep(0.05)


@pytest.fixture(scope="module")
def data_dir():
    """A site's folder: the first to start there sets it up, which takes longest of all."""
    made = Path(tempfile.mkdtemp(prefix="rejoinder-test-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def test_site_survives_being_killed_and_stops_all_it_started(data_dir):
    port = free_port()
    command = ["run", "--no-demo", "--port", str(port), "--workers", "1"]
    surroundings = {"DATA_DIR": str(data_dir), "SITE_URL": f"http://127.0.0.1:{port}"}

    site = manage(*command, **surroundings)
    assert first_page(site, port) == 200
    own = [
        child
        for child in psutil.Process(site.pid).children()
        if "manage.py" in " ".join(child.cmdline())
    ]
    pages, jobs = sorted(own, key=lambda child: "work" in child.cmdline())
    for _ in range(600):  # until it has come so far
        if gives_way := jobs.nice() > pages.nice():
            break
        time.sleep(0.05)
    assert gives_way
    site.kill()
    site.communicate()
    _gone, left = psutil.wait_procs(own, timeout=30)
    assert left == []

    site = manage(*command, **surroundings)
    assert first_page(site, port) == 200
    children = psutil.Process(site.pid).children(recursive=True)
    with socket.create_connection(("127.0.0.1", port)):  # as a browser keeps one open
        site.send_signal(signal.SIGINT)
        words, _nothing = site.communicate()
    assert site.returncode == 0
    assert f"is at http://127.0.0.1:{port}/" in words
    assert words.endswith("Stopped.\n")
    assert [child for child in children if child.is_running()] == []
    assert not is_running(private_server(data_dir))


def works(process):
    return {"work", "--server"} <= set(process.cmdline())


def test_developers_server_has_its_jobs_done_and_leaves_nothing(data_dir):
    port = free_port()
    surroundings = {"DATA_DIR": str(data_dir), "DEBUG": "true"}
    site = manage("dev", "--no-demo", "--port", str(port), **surroundings)
    assert first_page(site, port) == 200
    children = psutil.Process(site.pid).children(recursive=True)
    assert len([child for child in children if works(child)]) == 1
    site.send_signal(signal.SIGINT)
    site.communicate()
    _gone, left = psutil.wait_procs(children, timeout=30)
    assert left == []


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"DATABASE_URL": "postgres://u@127.0.0.1:1/x"}, "Set SECRET_KEY"),
        ({"DATABASE_URL": "postgres://u@127.0.0.1:1/x", "SECRET_KEY": "x" * 50}, "refused"),
        ({"PORT": "abc"}, '"PORT" invalid'),
        ({"EMAIL_URL": "smtp+tls://desk@example.org"}, "EMAIL_URL must begin with submission://"),
        ({"DATA_DIR": "/dev/null/data"}, "Not a directory"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(environment, said):
    site = manage("run", **environment)
    words, _nothing = site.communicate()
    assert site.returncode == 1
    assert said in words
    assert "Traceback" not in words


def test_taken_port_is_named():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"listens at 127.0.0.1:{port} already"):
            call_command("run", port=port)


@pytest.fixture
def checkout(tmp_path):
    """A folder with what `deploy/install.py` needs, and an environment that was made before."""
    (tmp_path / "deploy").mkdir()
    shutil.copy(settings.BASE_DIR / "deploy" / "install.py", tmp_path / "deploy")
    (tmp_path / "tests").mkdir()
    venv.create(tmp_path / ".venv", symlinks=True)
    (packages,) = (tmp_path / ".venv" / "lib").glob("python*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))  # to have pip
    return tmp_path


def install(checkout, *before):
    return subprocess.run(
        [sys.executable, *before, "deploy/install.py"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""},
    )


def test_package_that_cannot_be_had_leaves_what_is_installed(checkout):
    locked = checkout / "requirements.txt"
    locked.write_text(f"rejoinder-no-such-package==1.0 --hash=sha256:{'0' * 64}\n")
    done = install(checkout)
    assert done.returncode == 1
    assert "No matching distribution found for rejoinder-no-such-package" in done.stderr
    assert "Rejoinder installs nothing that needs a compiler" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (checkout / ".venv" / "unfinished").exists()


def test_python_that_is_too_old_is_told_apart(checkout):
    pretence = "import sys; sys.version_info = (3, 9, 1); exec(open('deploy/install.py').read())"
    done = install(checkout, "-c", pretence)
    assert done.returncode == 1
    assert "needs Python 3.11 or later, and this is 3.9.1" in done.stderr
