"""A site for one benchmark: a PostgreSQL of its own, in a temporary folder that goes with it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"


@contextmanager
def own_site(*commands: str, **environment: str) -> Iterator[Path]:
    """Within the block Django works on an empty site; yields its folder. After `migrate` these
    commands of manage.py are run, all in this environment."""
    with tempfile.TemporaryDirectory(prefix="rejoinder-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL's account has to pass through where root runs this
        os.environ |= environment
        os.environ |= {"DATA_DIR": name, "DJANGO_SETTINGS_MODULE": "forum.settings"}
        from django.conf import settings

        from forum.database import serving

        with serving(settings.DATA_DIR, settings.DATABASE_URL):
            for command in ("migrate", *commands):
                subprocess.run(
                    [sys.executable, "manage.py", command, "--no-input", "--verbosity", "0"],
                    cwd=ROOT,
                    check=True,
                )
            import django

            django.setup()
            yield folder
