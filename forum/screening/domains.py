"""Where the links of a text lead, and whether a rule means that place.

Addresses are compared as people see them: whatever spelling leads to a host (percent signs, full
width letters, punycode), it is the host it leads to; and letters that look alike are the same, so
that a rule for one domain is a rule for those that imitate it.
"""

import re
import unicodedata
from collections.abc import Iterable
from html import unescape
from urllib.parse import unquote, urlsplit

from accounts.names import display_key
from forum.markup import plain_text

HREF = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"')
# An address that nobody made a link of is one all the same to those who read it.
BARE = re.compile(r"(?<![\w@.-])(?:[\w-]+\.)+[\w-]{2,}")
ELSEWHERE = re.compile(r"https?:|//", re.IGNORECASE)
DOTS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61", "."))
LONGEST_HOST = 253

Key = tuple[str, ...]


def links(html: str) -> list[str]:
    """The addresses elsewhere that clean HTML links to, in order."""
    addresses = (unescape(found) for found in HREF.findall(html))
    return [address for address in addresses if ELSEWHERE.match(address)]


def host_of(address: str) -> str:
    """The host of an address in one spelling, in letters rather than punycode; empty for none."""
    try:
        named = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return normal_host(named)


def normal_host(host: str) -> str:
    """A host in one spelling; what cannot be one is empty."""
    host = unicodedata.normalize("NFKC", unquote(host).translate(DOTS)).casefold().strip(".")
    if not host or len(host) > LONGEST_HOST or re.search(r"[\s/@:?#\\]", host):
        return ""
    return ".".join(_in_letters(label) for label in host.split("."))


def key(host: str) -> Key:
    """What a host is compared by: its labels, the most general first."""
    return tuple(display_key(label) for label in reversed(host.split(".")))


def hosts(html: str) -> list[str]:
    """Hosts that clean HTML links to or names, each once."""
    named = [host_of(address) for address in links(html)]
    named += [normal_host(found) for found in BARE.findall(plain_text(html))]
    return [host for host in dict.fromkeys(named) if host]


def domain_named(written: str) -> str:
    """The domain that somebody names in a rule, by itself, with a star or as an address; empty for
    none."""
    written = written.strip()
    host = host_of(written if "//" in written else f"//{written}").removeprefix("*.")
    return host if re.fullmatch(r"[\w-]+(\.[\w-]+)*", host) else ""


class Domains:
    """Some domains, to be asked whether a host is one of them, is below one, or looks so; in time
    that does not grow with their number."""

    def __init__(self, domains: Iterable[str]) -> None:
        self._keys = {key(named) for domain in domains if (named := domain_named(domain))}

    def hold(self, host: str) -> bool:
        labels = key(host)
        return any(labels[:length] in self._keys for length in range(1, len(labels) + 1))


def _in_letters(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return unicodedata.normalize(
            "NFKC", label[4:].encode("ascii").decode("punycode")
        ).casefold()
    except UnicodeError:
        return label
