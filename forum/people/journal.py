"""Which accounts were erased, outside the database, for after a backup was restored.

A backup from before an erasure brings the account back. `manage.py erase_again` reads this list and
erases once more what it finds. The list holds keys and moments, and nothing that says who it was.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.models import User


@dataclass(frozen=True)
class Entry:
    """One erasure; an account that joined after `at` is another with the same key."""

    account: int
    at: datetime
    keep_comments: bool
    keep_articles: bool


def note(accounts: Collection[User], keep_comments: bool, keep_articles: bool) -> None:
    file = place()
    file.parent.mkdir(parents=True, exist_ok=True)
    at = timezone.now().isoformat()
    with file.open("a", encoding="utf-8") as lines:
        for account in accounts:
            entry = {
                "account": account.pk,
                "at": at,
                "keep_comments": keep_comments,
                "keep_articles": keep_articles,
            }
            lines.write(f"{json.dumps(entry)}\n")


def entries() -> Iterator[Entry]:
    """All erasures, in their order."""
    if not place().exists():
        return
    for line in place().read_text(encoding="utf-8").splitlines():
        found = json.loads(line)
        yield Entry(**{**found, "at": datetime.fromisoformat(found["at"])})


def place() -> Path:
    return settings.DATA_DIR / "erased.jsonl"
