"""Keeps what other packages send to this machine itself from going through a proxy.

Our own client decides for each request; packages that speak HTTP themselves go by the variable `no_proxy`.
"""

from __future__ import annotations

import os

__all__ = ["never_through_a_proxy"]

_THIS_MACHINE = ("localhost", "127.0.0.0/8", "::1")


def never_through_a_proxy() -> None:
    """Name this machine in `no_proxy`, beside whatever stands there."""
    named = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    others = [name for name in named.split(",") if name and name not in _THIS_MACHINE]
    os.environ["no_proxy"] = ",".join((*others, *_THIS_MACHINE))
