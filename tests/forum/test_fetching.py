"""Fetching what people name: from real servers, and never from where it should not reach."""

import gzip
import socket
import threading
from contextlib import contextmanager
from ipaddress import ip_address

import pytest

from forum.fetching import MOST_BYTES, NotFetched, Reach, fetch_page, is_public

LOCAL = ip_address("127.0.0.1")
PAGE = b"<title>Hello</title>"


def answer(body=PAGE, *, status="200 OK", kind="text/html; charset=utf-8", **headers):
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@contextmanager
def serving(*answers):
    """A server that gives these answers, one to a connection: bytes, or a function that writes to
    the connection. Yields its port and what it was asked."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            for one in answers:
                try:
                    connection, _peer = server.accept()
                except OSError:
                    return
                with connection:
                    asked.append(connection.recv(65536).decode())
                    try:
                        if callable(one):
                            one(connection)
                        else:
                            connection.sendall(one)
                    except OSError:
                        pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], asked
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


class Names:
    """A name service that gives its answers in turn, the last one again and again."""

    def __init__(self, *answers):
        self.answers = [[ip_address(one) for one in addresses] for addresses in answers]
        self.asked = []

    def __call__(self, host, port):
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def near(port, *, names=None, seconds=5):
    """Reaches public addresses, and of this machine one, where the test has its server."""
    return Reach(
        look_up=names or Names(["127.0.0.1"]),
        is_allowed=lambda address: address == LOCAL or is_public(address),
        ports={port},
        seconds=seconds,
    )


def fetch(port, path="/", **more):
    return fetch_page(f"http://page.example:{port}{path}", agent="test", reach=near(port, **more))


def test_page_is_fetched_with_nothing_of_ours_but_a_name():
    with serving(answer()) as (port, asked):
        page = fetch(port, "/a path?q=é#part")
    assert page.html == "<title>Hello</title>"
    assert asked[0].startswith("GET /a%20path?q=%C3%A9 HTTP/1.1\r\n")
    assert f"Host: page.example:{port}\r\n" in asked[0]
    assert "cookie" not in asked[0].lower()
    assert "authorization" not in asked[0].lower()


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "0.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "192.0.0.8", "192.88.99.1", "198.18.0.1", "224.0.0.1"),
        *("240.0.0.1", "255.255.255.255", "192.0.2.1"),
        *("::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "fe80::1", "fc00::1", "fec0::1"),
        *("ff02::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "64:ff9b::7f00:1"),
        *("64:ff9b:1::1", "fd00:ec2::254", "3fff::1"),
    ],
)
def test_address_that_is_not_public_is_refused(address):
    assert not is_public(ip_address(address))
    names = Names([address])
    with pytest.raises(NotFetched, match="not on the public internet") as refusal:
        fetch_page("http://page.example/", agent="test", reach=Reach(look_up=names))
    assert names.asked == ["page.example"]
    assert not refusal.value.is_passing


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111"])
def test_public_address_is_allowed(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "[::1]", "0"]
)
def test_this_machine_is_refused_however_it_is_written(host):
    with serving(answer()) as (port, asked):
        with pytest.raises(NotFetched):
            fetch_page(f"http://{host}:{port}/", agent="test", reach=Reach(ports={port}))
        assert asked == []


def test_name_that_stands_for_one_private_address_among_public_ones_is_refused():
    names = Names(["93.184.215.14", "10.0.0.1"])
    with pytest.raises(NotFetched, match="not on the public internet"):
        fetch_page("http://page.example/", agent="test", reach=Reach(look_up=names))


def test_name_that_changes_its_address_is_connected_to_where_it_was_checked():
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    with serving(answer()) as (port, _asked):
        assert fetch(port, names=names).html
    # Looked up once: there is no second answer to fall for.
    assert names.asked == ["page.example"]


def test_redirect_is_followed_and_its_end_is_told():
    with serving(answer(b"", status="302 Found", Location="/there"), answer()) as (port, asked):
        page = fetch(port)
    assert page.address == f"http://page.example:{port}/there"
    assert asked[1].startswith("GET /there ")


@pytest.mark.parametrize(
    "names",
    [
        Names(["127.0.0.1"], ["169.254.169.254"]),
        Names(["127.0.0.1"], ["10.0.0.1"]),
    ],
)
def test_redirect_is_checked_anew(names):
    with serving(answer(b"", status="302 Found", Location="/secret"), answer()) as (port, asked):
        with pytest.raises(NotFetched, match="not on the public internet"):
            fetch(port, names=names)
        assert len(asked) == 1


@pytest.mark.parametrize(
    "where",
    [
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "gopher://page.example/",
        "//user:secret@page.example/",
        "http://page.example:22/",
        "http://[/",
    ],
)
def test_redirect_cannot_leave_the_web(where):
    redirect = answer(b"", status="301 Moved", Location=where)
    with serving(redirect) as (port, _asked), pytest.raises(NotFetched):
        fetch(port)


def test_redirects_end():
    loop = answer(b"", status="302 Found", Location="/")
    with serving(*[loop] * 5) as (port, asked):
        with pytest.raises(NotFetched, match="from one address to the next"):
            fetch(port)
        assert len(asked) == 4


@pytest.mark.parametrize(
    "address",
    [
        "ftp://page.example/",
        "http://page.example:8080/",
        "http://page.example:22/",
        "http://user@page.example/",
        "http:///path",
        "http://page.example:x/",
        "http://" + "a" * 3000,
        "http://" + "a" * 100 + ".example/",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_address_of_a_page_is_refused(address):
    with pytest.raises(NotFetched):
        fetch_page(address, agent="test", reach=Reach(look_up=Names(["10.0.0.1"])))


def test_long_page_is_read_to_the_limit_and_no_further():
    sent = []

    def endless(connection):
        connection.sendall(answer())
        while len(sent) < 2000:
            connection.sendall(b"x" * 65536)
            sent.append(1)

    with serving(endless) as (port, _asked):
        page = fetch(port)
    assert len(page.html) == MOST_BYTES
    assert page.html.startswith("<title>Hello")
    assert len(sent) < 2000


@pytest.mark.parametrize("part", ["headers", "body"])
def test_page_that_trickles_ends_at_the_deadline(part):
    stopped = threading.Event()

    def trickle(connection):
        if part == "body":
            connection.sendall(answer())
        # Without one deadline for all it ends by itself, and the page would be had.
        for _byte in range(100):
            if stopped.wait(0.05):
                return
            connection.sendall(b"x")

    with serving(trickle) as (port, _asked):
        with pytest.raises(NotFetched, match="too long") as refusal:
            fetch(port, seconds=0.4)
        stopped.set()
    assert refusal.value.is_passing


def test_name_that_is_not_found_in_time_ends_at_the_deadline():
    found = threading.Event()

    def slow(host, port):
        found.wait(20)
        return [LOCAL]

    with pytest.raises(NotFetched, match="too long"):
        fetch_page("http://page.example/", agent="test", reach=Reach(look_up=slow, seconds=0.2))
    found.set()


def test_compressed_page_is_refused_unread():
    bomb = answer(gzip.compress(b"x" * 10_000_000), Content_Encoding="gzip")
    with serving(bomb) as (port, _asked), pytest.raises(NotFetched, match="compressed"):
        fetch(port)


@pytest.mark.parametrize("kind", ["image/png", "application/json", "text/plain", ""])
def test_what_is_no_page_is_refused(kind):
    found = answer(kind=kind)
    with serving(found) as (port, _asked), pytest.raises(NotFetched, match="no page"):
        fetch(port)


@pytest.mark.parametrize(
    ("status", "is_passing"),
    [("404 Not Found", False), ("503 Busy", True), ("429 Too Many", True), ("204 None", False)],
)
def test_failure_says_whether_it_may_pass(status, is_passing):
    with serving(answer(status=status)) as (port, _asked), pytest.raises(NotFetched) as refusal:
        fetch(port)
    assert refusal.value.is_passing is is_passing


@pytest.mark.parametrize(
    "rubbish", [b"", b"hello\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 99999]
)
def test_server_that_speaks_no_http_is_refused(rubbish):
    with serving(rubbish) as (port, _asked), pytest.raises(NotFetched, match="does not answer"):
        fetch(port)


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("text/html", "<title>Zoë".encode(), "Zoë"),
        ("text/html", "<title>Zoë".encode("cp1252"), "Zoë"),
        ("text/html; charset=ISO-8859-2", "<title>Łódź".encode("iso-8859-2"), "Łódź"),
        ("text/html", '<meta charset="shift_jis"><title>日本'.encode("shift_jis"), "日本"),
        ("text/html; charset=zip", "<title>Zoë".encode("cp1252"), "Zoë"),
        ("text/html; charset=punycode", "<title>Zoë".encode("cp1252"), "Zoë"),
    ],
)
def test_page_is_read_in_its_own_encoding(kind, body, said):
    with serving(answer(body, kind=kind)) as (port, _asked):
        assert said in fetch(port).html


def test_page_cut_within_a_character_is_read():
    with serving(answer("é".encode() * MOST_BYTES)) as (port, _asked):
        assert set(fetch(port, "/x").html) == {"é"}
    with serving(answer(b"x" + "é".encode() * MOST_BYTES)) as (port, _asked):
        assert set(fetch(port).html) == {"x", "é"}
