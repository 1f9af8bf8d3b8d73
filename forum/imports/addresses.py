"""Web addresses written out in comments, as links. Pure.

WordPress stores them as text and makes links of them when it shows a comment.
"""

import re

TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)\b[^<>]*>")
ADDRESS = re.compile(r"(?<![\w/@=\"'])https?://[^\s<>\"'\[\]{}|\\^`]{2,1000}", re.IGNORECASE)
# What ends a sentence rather than an address.
BEHIND = re.compile(r"(?:[.,;:!?…]|&(?:quot|#0*39|#8217|#8221|raquo|gt);)+$")
NOT_IN = {"a", "pre", "code", "script", "style"}


def with_links(html: str) -> str:
    """The HTML with its bare http addresses as links; nothing else changes."""
    if "://" not in html:
        return html
    written: list[str] = []
    end = depth = 0
    for tag in TAG.finditer(html):
        text = html[end : tag.start()]
        written += [text if depth else ADDRESS.sub(_link, text), tag[0]]
        end = tag.end()
        if tag["name"].lower() in NOT_IN:
            depth = max(0, depth - 1) if tag["close"] else depth + 1
    written.append(html[end:] if depth else ADDRESS.sub(_link, html[end:]))
    return "".join(written)


def _link(match: re.Match[str]) -> str:
    address = BEHIND.sub("", match[0])
    while address.endswith(")") and address.count(")") > address.count("("):
        address = BEHIND.sub("", address[:-1])
    return f'<a href="{address}">{address}</a>{match[0][len(address) :]}'
