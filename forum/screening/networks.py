"""Whether two things were sent from one network address, without keeping the address.

What is kept is a keyed hash (HMAC) of the address: equal addresses have equal hashes, and a hash
says nothing else to whoever has the database alone, because the key comes from the site's
SECRET_KEY. With that key all addresses could be tried, so the hashes are deleted after
ADDRESS_HASHES_KEPT_DAYS. Of IPv6 it is the network that one connection has to itself. 64 bits are
enough: of a million addresses two share a hash once in thirty million sites.
"""

import ipaddress
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.addresses import NOWHERE


def network_of(address: str) -> str:
    """The address, or for IPv6 the network that one connection has to itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ipaddress.ip_network((parsed, 64 if parsed.version == 6 else 32), strict=False))


def network_hash(address: str) -> int | None:
    """What is kept of an address, as the database's bigint; None where nothing is kept, or there is
    no address."""
    if not settings.ADDRESS_HASHES_KEPT_DAYS or address in ("", NOWHERE):
        return None
    digest = salted_hmac(__name__, network_of(address), algorithm="sha256").digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def kept_since() -> datetime:
    """Hashes of what was sent before are deleted by a job, and not looked at until it has."""
    return timezone.now() - timedelta(days=settings.ADDRESS_HASHES_KEPT_DAYS)
