"""Which hosts are this machine itself, and how what other packages send to it does not go through a proxy.

Our own client decides for each request; packages that speak HTTP themselves go by the variable `no_proxy`.
"""

from __future__ import annotations

import os
from ipaddress import ip_address

__all__ = ["is_loopback", "never_through_a_proxy"]

_THIS_MACHINE = ("localhost", "127.0.0.0/8", "::1")


def never_through_a_proxy() -> None:
    """Name this machine in `no_proxy`, beside whatever stands there."""
    named = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    others = [name for name in named.split(",") if name and name not in _THIS_MACHINE]
    os.environ["no_proxy"] = ",".join((*others, *_THIS_MACHINE))


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
