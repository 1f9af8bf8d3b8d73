"""Where a request comes from.

Anybody can write an X-Forwarded-For. Only what the site's own proxies wrote is believed: each adds
the address it was asked from at the end, so with `TRUSTED_PROXIES` of them the client is that many
from the end, and all before it is hearsay.
"""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of whoever asks, as the outermost of the trusted proxies saw it; where no proxy
    stands in front, or one wrote nothing, the address of the connection."""
    connected = request.META.get("REMOTE_ADDR", "")
    count = settings.TRUSTED_PROXIES
    if not count:
        return connected
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    seen = forwarded[-count].strip() if len(forwarded) >= count else ""
    try:
        return str(ipaddress.ip_address(seen))
    except ValueError:
        return connected
