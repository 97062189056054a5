"""IP addresses: public IPv4 only, hashed or plain."""

from __future__ import annotations

from hashlib import sha256
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
from typing import TYPE_CHECKING

from target_linkedin_conversions.records.normalise.digests import HASHES_OF_NOTHING, hex_digest
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from target_linkedin_conversions.records.normalise.plain_text import Normalised

__all__ = ["ip_address_hashed", "ip_address_plain"]

_EXAMPLES = tuple(IPv4Network(network) for network in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))
"""Networks reserved for documentation: they match nobody and are what people try things out with."""


def ip_address_plain(value: object) -> Normalised:
    """A public IPv4 address in canonical form; `::ffff:` is unwrapped."""
    return _public_ipv4(value, Reason("ip_address_plain", "not_a_public_ipv4"))


def ip_address_hashed(value: object) -> Normalised:
    """The SHA-256 of a public IPv4 address; a hash passes as lower-case hex."""
    if type(value) is str and (digest := hex_digest(value.strip())):
        return Reason("ip_address", "hash_of_nothing") if digest in HASHES_OF_NOTHING else digest
    found = _public_ipv4(value, Reason("ip_address", "not_a_public_ipv4"))
    return sha256(found.encode()).hexdigest() if isinstance(found, str) else found


def _public_ipv4(value: object, bad: Reason) -> Normalised:
    if value is None or (type(value) is str and not value.strip()):
        return None
    if type(value) is not str:
        return value if isinstance(value, Reason) else bad
    try:
        found: IPv4Address | IPv6Address | None = ip_address(value.strip())
    except ValueError:
        return bad
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped
    if found is None or found.is_multicast:
        return bad
    return str(found) if found.is_global or any(found in network for network in _EXAMPLES) else bad
