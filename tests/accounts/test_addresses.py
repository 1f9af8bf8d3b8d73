import pytest

from accounts.addresses import NOWHERE, client_address

CLIENT, FORGED, OUTER = "203.0.113.7", "198.51.100.1", "192.0.2.10"


@pytest.mark.parametrize(
    ("proxies", "passed_on", "found"),
    [
        # Nobody stands in front: what is sent is not believed.
        (0, None, "127.0.0.1"),
        (0, FORGED, "127.0.0.1"),
        # One proxy wrote the last entry.
        (1, CLIENT, CLIENT),
        (1, f"{FORGED}, {CLIENT}", CLIENT),
        (1, f"{FORGED},{FORGED},{CLIENT}", CLIENT),
        # Of two, the outer one wrote the last but one.
        (2, f"{CLIENT}, {OUTER}", CLIENT),
        (2, f"{FORGED}, {CLIENT}, {OUTER}", CLIENT),
        # It did not come through both.
        (2, FORGED, "127.0.0.1"),
        (1, None, "127.0.0.1"),
        (1, "", "127.0.0.1"),
        # What is no address names nobody.
        (1, f"{CLIENT}, unknown", "127.0.0.1"),
        (1, f"{CLIENT}, <script>", "127.0.0.1"),
        # One client has one spelling.
        (1, f"{CLIENT}:51234", CLIENT),
        (1, f"::ffff:{CLIENT}", CLIENT),
        (1, "[2001:DB8::1]:443", "2001:db8::1"),
        (1, "2001:0db8:0:0::1", "2001:db8::1"),
    ],
)
def test_client_address_is_what_a_trusted_proxy_wrote(rf, settings, proxies, passed_on, found):
    settings.TRUSTED_PROXIES = proxies
    headers = {} if passed_on is None else {"x-forwarded-for": passed_on}
    assert client_address(rf.get("/", headers=headers)) == found


def test_connection_without_an_address_is_from_nowhere(rf):
    assert client_address(rf.get("/", REMOTE_ADDR="")) == NOWHERE
