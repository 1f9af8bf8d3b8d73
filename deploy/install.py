#!/usr/bin/env python3
"""Makes the virtual environment in .venv and installs the locked packages into it: those of the
site, or with the word `tests` those for testing as well.

Does nothing, and asks no server, where they are installed already. What was cut off before its
end begins anew; two that start at once wait for each other.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

if sys.version_info < (3, 11):
    version = ".".join(str(part) for part in sys.version_info[:3])
    sys.exit(
        "Rejoinder needs Python 3.11 or later, and this is " + version + ". "
        "Name a later one: make run PYTHON=/path/to/python3.11"
    )

HERE = Path(__file__).resolve().parent.parent
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / "unfinished"
FETCHED = VENV / "fetched"
PIP = ("-m", "pip", "--disable-pip-version-check")
SITE, TESTS = HERE / "requirements.txt", HERE / "tests" / "requirements.txt"
REASONS = {
    "No space left": "The disk is full. Free 500 MB and try again.",
    "establish a new connection": "The package index cannot be reached; is this machine offline?",
    "No matching distribution": "Either the package index cannot be reached, or it has no "
    "ready-made package (wheel) for this machine and this Python. Rejoinder installs nothing that "
    "needs a compiler.",
    "Permission denied": "This folder cannot be written to.",
}


def is_installed(requirements: Path) -> bool:
    mark = _mark(requirements)
    return (
        PYTHON.exists()
        and not UNFINISHED.exists()
        and mark.exists()
        and mark.read_text() == _state(requirements)
    )


def install(requirements: Path) -> None:
    """Install what the file locks; exits with a sentence where that fails."""
    try:
        if UNFINISHED.exists() or not PYTHON.exists():
            VENV.unlink() if VENV.is_symlink() else shutil.rmtree(VENV, ignore_errors=True)
            venv.create(VENV, symlinks=True)
            UNFINISHED.touch()
            _run("-m", "ensurepip", "--upgrade", "--default-pip")
        print(f"Installing the packages of {requirements.relative_to(HERE)} …", flush=True)
        # Fetched first: without a network, what is installed stays as it was.
        locked = ["--requirement", str(requirements), "--require-hashes", "--only-binary", ":all:"]
        _run(*PIP, "download", "--quiet", "--no-deps", "--dest", str(FETCHED), *locked)
        UNFINISHED.touch()
        _run(*PIP, "install", "--quiet", "--no-index", "--find-links", str(FETCHED), *locked)
        for installed in {requirements, SITE}:  # those for testing hold those of the site
            _mark(installed).write_text(_state(installed))
        UNFINISHED.unlink()
    except OSError as error:
        sys.exit(f"The packages could not be installed: {error.strerror} ({error.filename}).")
    finally:
        shutil.rmtree(FETCHED, ignore_errors=True)


def _run(*arguments: str) -> None:
    done = subprocess.run(  # noqa: S603 - this file's own words alone
        [PYTHON, *arguments], capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode == 0:
        return
    if "No module named ensurepip" in done.stderr:
        sys.exit("Python's module venv is incomplete here. On Debian, install python3-venv.")
    lines = (done.stderr or done.stdout).strip().splitlines()
    errors = [line for line in lines if line.startswith("ERROR")] or lines[-1:]
    reasons = [reason for sign, reason in REASONS.items() if sign in done.stderr]
    sys.exit("\n".join(["The packages could not be installed.", *errors, *reasons[:1]]))


def _mark(requirements: Path) -> Path:
    return VENV / ("site" if requirements == SITE else "tests")


def _state(requirements: Path) -> str:
    return hashlib.sha256(requirements.read_bytes()).hexdigest()


def main() -> None:
    wanted = TESTS if sys.argv[1:] == ["tests"] else SITE
    if is_installed(wanted):
        return
    with open(__file__) as this:
        fcntl.flock(this, fcntl.LOCK_EX)
        if not is_installed(wanted):
            install(wanted)


if __name__ == "__main__":
    os.chdir(HERE)
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped before the packages were installed.")
