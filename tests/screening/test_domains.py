"""A rule for a domain means all below it and what looks like it, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum import markup
from forum.screening.domains import Domains, domain_named, hosts, links

labels = st.from_regex(r"[a-z]([a-z0-9-]{0,6}[a-z0-9])?", fullmatch=True)
domains = st.lists(labels, min_size=2, max_size=3).map(".".join)


def hosts_of(text):
    return hosts(markup.render_markdown(text, link_rel="nofollow"))


@given(domains, st.lists(labels, max_size=2))
def test_domain_holds_itself_and_what_is_below(domain, above):
    assert Domains([domain]).hold(".".join([*above, domain]))


@given(domains, labels)
def test_domain_holds_no_neighbour(domain, label):
    assert not Domains([domain]).hold(f"{label}{domain}") or f"{label}{domain}".endswith(
        f".{domain}"
    )
    assert not Domains([f"{label}.{domain}"]).hold(domain)
    assert not Domains([domain]).hold(f"{domain}.{label}") or domain.endswith(f".{label}")


@pytest.mark.parametrize(
    "text",
    [
        "https://spam.example/x?y=1",
        "[here](HTTP://user:secret@Deep.SPAM.example:8080/)",
        "www.spam.example",
        "go to spam.example today",
        "[x](https://sp%61m.example/)",
        "[x](https://spam。example/)",
        "[x](//spam.example/)",
        "https://sраm.example/",
        "https://xn--sm-7kc7d.example/",
    ],
)
def test_address_is_of_the_domain_however_it_is_written(text):
    assert any(Domains(["spam.example"]).hold(host) for host in hosts_of(text)), hosts_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://notspam.example/",
        "https://spam.example.org/",
        "https://example.org/?to=spam.example.net",
        "spam example",
        "[x](/articles/spam.example/)",
    ],
)
def test_other_addresses_are_not(text):
    assert not any(Domains(["spam.example"]).hold(host) for host in hosts_of(text))


def test_links_within_the_site_are_not_counted():
    html = markup.render_markdown("[a](/x/) [b](#y) [c](https://example.org/)", link_rel="x")
    assert links(html) == ["https://example.org/"]


@pytest.mark.parametrize("written", ["https://www.x.org/path", "*.www.x.org", "WWW.x.org."])
def test_domain_of_a_rule_is_taken_from_how_people_write_it(written):
    assert domain_named(written) == "www.x.org"


@pytest.mark.parametrize("written", ["", "two words", "https://", "a..b", "(x)"])
def test_what_is_no_domain_is_none(written):
    assert domain_named(written) == ""
