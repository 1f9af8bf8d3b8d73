"""The mail that a private site wrote to files instead of sending it, read back.

It holds what nobody else may see (links that set passwords), so there is none to see unless the
site is the demo, on this machine alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

# What Django's filebased backend writes below each message.
END = b"\n" + b"-" * 79 + b"\n"
NAME = re.compile(r"([0-9]{8}-[0-9]{6}-[0-9]{1,20})-([0-9]{1,4})")
MOST_FILES = 100


@dataclass(frozen=True)
class Mail:
    """One message. `html` is as hostile as the message: it is shown in a frame that can do
    nothing."""

    key: str
    subject: str
    sender: str
    to: str
    at: datetime
    text: str
    html: str


def is_shown() -> bool:
    """Whether this is the demo, mail goes to files, and nobody from outside can come here."""
    return (
        settings.EMAIL_BACKEND == "django.core.mail.backends.filebased.EmailBackend"
        and _is_this_machine(urlsplit(settings.SITE_URL).hostname or "")
        and _is_this_machine(settings.LISTEN)
        and not settings.TRUSTED_PROXIES
        and (settings.DATA_DIR / "demo_password").exists()
    )


def newest() -> list[Mail]:
    """The mail of the newest files, the newest first."""
    files = sorted(_folder().glob("*.log"), reverse=True)[:MOST_FILES]
    return sorted((mail for file in files for mail in _in(file)), key=lambda m: m.at, reverse=True)


def mail_with(key: str) -> Mail | None:
    """The mail with this key; None where there is none."""
    found = NAME.fullmatch(key)
    file = _folder() / f"{found[1]}.log" if found else None
    if file is None or not file.is_file():
        return None
    return next((mail for mail in _in(file) if mail.key == key), None)


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _in(file: Path) -> Iterator[Mail]:
    written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    for place, part in enumerate(file.read_bytes().split(END)):
        if not part.strip():
            continue
        message = message_from_bytes(part, policy=policy.default)
        assert isinstance(message, EmailMessage)
        yield Mail(
            key=f"{file.stem}-{place}",
            subject=str(message["Subject"] or ""),
            sender=str(message["From"] or ""),
            to=str(message["To"] or ""),
            at=_sent(message) or written,
            text=_body(message, "plain"),
            html=_body(message, "html"),
        )


def _sent(message: EmailMessage) -> datetime | None:
    at = getattr(message["Date"], "datetime", None)
    return at if at is not None and at.tzinfo is not None else None


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    try:
        return "" if part is None else str(part.get_content())
    except (LookupError, ValueError):
        return ""  # in an encoding that nobody knows
