"""The site's secret key: from the environment, or the private set-up's own."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key


def secret_key(data_dir: Path, *, private: bool) -> str:
    """The key kept in `secret_key` under the data folder, made at first use, readable by its owner.

    Only the private set-up (its own database, this machine) may make one; elsewhere a missing
    SECRET_KEY raises ImproperlyConfigured, because every server of a site needs the same.
    """
    kept = data_dir / "secret_key"
    if not private:
        raise ImproperlyConfigured(
            "Set SECRET_KEY to 50 random characters or more: with DATABASE_URL set, all servers of "
            "the site need the same."
        )
    if not kept.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        # Two processes may start at once: each writes its own, the first link to the name wins.
        made = data_dir / f"secret_key.{os.getpid()}"
        with open(os.open(made, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(get_random_secret_key())
        try:
            os.link(made, kept)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return kept.read_text()
