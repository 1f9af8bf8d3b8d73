"""Fetching pages that people name, without lending them this machine's place in the network.

Whoever can make a server fetch an address can try to reach what only that server can: itself, its
neighbours, the metadata of its host. So every connection goes through `_Guard`, the network backend
of httpcore, which looks the name up once, refuses it unless every address it stands for is public,
and connects to the very address that was checked: a name that answers differently the next moment
changes nothing. A redirect is a new connection and is checked anew. TLS is still verified against
the name.

What comes back is bounded too: one deadline for everything, from the lookup to the last byte,
however slowly they trickle; the first 512 KB and no more; pages alone, and only as they are,
because what is compressed can be a thousand times its size. No cookies, no credentials, no proxy.
"""

import codecs
import ipaddress
import re
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import httpcore

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MOST_SECONDS = 5
MOST_BYTES = 512 * 1024
MOST_REDIRECTS = 3
LONGEST_ADDRESS = 2000
REDIRECTS = {301, 302, 303, 307, 308}
PAGES = {"text/html", "application/xhtml+xml"}
# `is_global` of Python 3.11 takes these for public: protocol assignments and relays to IPv4.
NOT_PUBLIC = [
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")
]
UNICAST = ipaddress.ip_network("2000::/3")
CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]{2,40})", re.I)
# Encodings a page may be in, besides UTF-8; Python knows others that are none for text.
ENCODING = re.compile(
    r"(iso-8859-\d+|windows-125\d|koi8-[ru]|gbk|gb2312|gb18030|big5|shift_jis|euc-(jp|kr)"
    r"|utf-16(le|be)?|macintosh|latin-?1|us-ascii)"
)


class NotFetched(Exception):
    """The page cannot be had, and why. `is_passing`: another time it may be."""

    def __init__(self, reason: str, *, is_passing: bool = False) -> None:
        super().__init__(reason)
        self.is_passing = is_passing


@dataclass(frozen=True)
class Page:
    """What was found, and at which address in the end; `html` is its beginning where it is long."""

    address: str
    html: str


def look_up(host: str, port: int) -> list[Address]:
    """All addresses that a name stands for; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ipaddress.ip_address(one[4][0]) for one in found))


def is_public(address: Address) -> bool:
    """Whether an address is one that everybody can reach, as far as registries say."""
    if any(address in network for network in NOT_PUBLIC if network.version == address.version):
        return False
    if isinstance(address, ipaddress.IPv6Address):
        return address in UNICAST and address.is_global
    return address.is_global and not address.is_multicast and not address.is_reserved


@dataclass(frozen=True)
class Reach:
    """How far fetching may go. The default is right for a site; tests have servers of their own."""

    look_up: Callable[[str, int], Sequence[Address]] = look_up
    is_allowed: Callable[[Address], bool] = is_public
    ports: Collection[int] = (80, 443)
    seconds: float = MOST_SECONDS


def fetch_page(address: str, *, agent: str, reach: Reach = Reach()) -> Page:
    """The page at this address; raises NotFetched."""
    guard = _Guard(reach)
    for _redirect in range(MOST_REDIRECTS + 1):
        parts = _checked(address, reach)
        try:
            answer = _ask(parts, agent, guard)
        except httpcore.TimeoutException as error:
            raise NotFetched("It took too long.", is_passing=True) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise NotFetched(f"It does not answer: {error}", is_passing=True) from error
        if isinstance(answer, _Body):
            return Page(address, answer.decode())
        try:
            address = urljoin(address, answer)
        except ValueError as error:
            raise NotFetched("It leads to no address.") from error
    raise NotFetched("It leads from one address to the next.")


@dataclass(frozen=True)
class _Body:
    content: bytes
    charset: str

    def decode(self) -> str:
        try:
            # Where the page was cut, its last character may be too.
            is_whole = len(self.content) < MOST_BYTES
            return codecs.getincrementaldecoder("utf-8")().decode(self.content, final=is_whole)
        except UnicodeDecodeError:
            found = CHARSET.search(self.content[:2048])
            named = self.charset or (found[1].decode("ascii") if found else "")
            known = ENCODING.fullmatch(named.lower())
            return self.content.decode(known[0] if known else "windows-1252", errors="replace")


def _checked(address: str, reach: Reach) -> SplitResult:
    if len(address) > LONGEST_ADDRESS:
        raise NotFetched("Its address is too long.")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise NotFetched("It is no address.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotFetched("It is no address of the web.")
    if parts.username is not None or parts.password is not None:
        raise NotFetched("It holds a name or password.")
    if (port or _default_port(parts)) not in reach.ports:
        raise NotFetched("Its port is not one of the web's.")
    return parts


def _default_port(parts: SplitResult) -> int:
    return 443 if parts.scheme == "https" else 80


def _ask(parts: SplitResult, agent: str, guard: "_Guard") -> _Body | str:
    """The beginning of the page, or the address that it leads to."""
    try:
        host = (parts.hostname or "").encode("idna")
    except UnicodeError as error:
        raise NotFetched("Its host has a name that cannot be.") from error
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        target += "?" + quote(parts.query, safe="/?%:@!$&'()*+,;=~-._")
    url = httpcore.URL(
        scheme=parts.scheme.encode(),
        host=host,
        port=parts.port or _default_port(parts),
        target=target.encode("ascii"),
    )
    headers: list[tuple[bytes | str, bytes | str]] = [
        ("User-Agent", agent),
        ("Accept", "text/html,application/xhtml+xml;q=0.9"),
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
    ]
    with (
        httpcore.ConnectionPool(network_backend=guard, max_connections=1) as pool,
        pool.stream("GET", url, headers=headers) as response,
    ):
        said = {name.lower(): value.decode("latin-1") for name, value in response.headers}
        if response.status in REDIRECTS and b"location" in said:
            return said[b"location"]
        return _Body(_read(response, said), _charset(said))


def _read(response: httpcore.Response, said: dict[bytes, str]) -> bytes:
    if response.status != 200:
        passing = response.status >= 500 or response.status in (408, 425, 429)
        raise NotFetched(f"It answers with {response.status}.", is_passing=passing)
    if said.get(b"content-type", "").split(";")[0].strip().lower() not in PAGES:
        raise NotFetched("It is no page.")
    if said.get(b"content-encoding", "identity").strip().lower() != "identity":
        raise NotFetched("It comes compressed, which was not asked for.")
    content = bytearray()
    for piece in response.iter_stream():
        content += piece
        if len(content) >= MOST_BYTES:
            break
    return bytes(content[:MOST_BYTES])


def _charset(said: dict[bytes, str]) -> str:
    header = Message()
    header["content-type"] = said.get(b"content-type", "")
    return str(header.get_content_charset() or "")


class _Guard(httpcore.NetworkBackend):
    """Connects to what may be reached and to nothing else, within one deadline."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self.end = time.monotonic() + reach.seconds

    def left(self) -> float:
        """Seconds until the deadline; raises a time-out when it has passed."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("The deadline has passed.")
        return left

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._look_up(host, port)
        if not addresses or not all(map(self.reach.is_allowed, addresses)):
            raise NotFetched("It is not on the public internet.")
        for address in addresses[:-1]:
            try:
                return self._connect(address, port)
            except httpcore.ConnectError:
                continue
        return self._connect(addresses[-1], port)

    def connect_unix_socket(self, *arguments: Any, **more: Any) -> httpcore.NetworkStream:
        raise NotFetched("It is not on the public internet.")

    def _connect(self, address: Address, port: int) -> httpcore.NetworkStream:
        stream = httpcore.SyncBackend().connect_tcp(str(address), port, timeout=self.left())
        return _GuardedStream(stream, self)

    def _look_up(self, host: str, port: int) -> Sequence[Address]:
        """On a thread of its own: the system's lookup knows no time limit."""
        found: list[Sequence[Address]] = []

        def ask() -> None:
            try:
                found.append(self.reach.look_up(host, port))
            except (OSError, UnicodeError):
                found.append([])

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(self.left())
        if not found:
            raise httpcore.ConnectTimeout("The name was not found in time.")
        if not found[0]:
            raise NotFetched("There is no host of this name.", is_passing=True)
        return found[0]


class _GuardedStream(httpcore.NetworkStream):
    """A connection that ends at the deadline, however often a few bytes arrive."""

    def __init__(self, stream: httpcore.NetworkStream, guard: _Guard) -> None:
        self.stream = stream
        self.guard = guard

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, timeout=self.guard.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, timeout=self.guard.left())

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self.stream.start_tls(ssl_context, server_hostname, timeout=self.guard.left())
        return _GuardedStream(stream, self.guard)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)
