"""Whose network address a request comes from.

A proxy appends the address it was spoken to from to X-Forwarded-For, and lets stand what was sent:
all but the last entries can be made up by anybody. So with a stated number of proxies of the
site's own (TRUSTED_PROXIES) the entry that the outermost of them wrote is believed, counted from
the right, and with none of them the connection's own address alone. A request whose header is
shorter did not come through all of them: then nothing in the header is believed.
"""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

# Of connections that have no address, as over a Unix socket: they are counted as one.
NOWHERE = "0.0.0.0"  # noqa: S104 - nothing is bound to it


def client_address(request: HttpRequest) -> str:
    """The client's address, in the one spelling that it has; NOWHERE where it has none."""
    proxies = settings.TRUSTED_PROXIES
    passed_on = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if proxies and len(passed_on) >= proxies:
        found = _address(passed_on[-proxies])
        if found:
            return found
    return _address(request.META.get("REMOTE_ADDR", "")) or NOWHERE


def _address(said: str) -> str:
    """The address in what a proxy or server wrote, without its port; empty where there is none."""
    said = said.strip()
    if said.startswith("["):
        said = said[1:].partition("]")[0]
    elif said.count(":") == 1:
        said = said.partition(":")[0]
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
