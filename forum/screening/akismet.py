"""Akismet, for sites that want it: off without a key.

It is asked by a job, after the comment is out: nobody waits for it, and it being down stops
nothing. What it is sent is the text, the name and the address that it came from, of members whom
a rule for Akismet concerns; README says so, because members should know.
"""

from urllib.parse import urlencode

import httpcore
from django.conf import settings

MOST_SECONDS = 5
MOST_BYTES = 1000
# Tests have a server of their own.
ENDPOINT = "https://rest.akismet.com/1.1/comment-check"


class AkismetSilent(Exception):
    """It gave no answer that means anything; another time it may."""


def is_spam(*, text: str, name: str, address: str, agent: str, permalink: str) -> bool:
    """Whether Akismet calls this spam; raises AkismetSilent."""
    fields = {
        "api_key": settings.AKISMET_KEY,
        "blog": settings.SITE_URL,
        "user_ip": address or "127.0.0.1",
        "user_agent": agent,
        "permalink": permalink,
        "comment_type": "comment",
        "comment_author": name,
        "comment_content": text,
    }
    try:
        answer = _ask(urlencode(fields).encode())
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
        raise AkismetSilent(str(error)) from error
    if answer not in (b"true", b"false"):
        raise AkismetSilent(answer[:200].decode(errors="replace"))
    return answer == b"true"


def _ask(body: bytes) -> bytes:
    limits = dict.fromkeys(("connect", "read", "write", "pool"), MOST_SECONDS)
    headers: dict[bytes | str, bytes | str] = {
        "User-Agent": "Rejoinder | forum.screening",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    with (
        httpcore.ConnectionPool() as pool,
        pool.stream(
            "POST", ENDPOINT, headers=headers, content=body, extensions={"timeout": limits}
        ) as response,
    ):
        answer = b""
        for part in response.iter_stream():
            answer += part
            if len(answer) > MOST_BYTES:
                break
    return answer.strip()
