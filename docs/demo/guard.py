"""Nothing the caller has set reaches the demo, and the demo reaches nothing but this machine."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

INHERITED = ("TARGET_LINKEDIN_CONVERSIONS_", "MELTANO_", "TAP_POSTGRES_", "PG", "PYTHON", "SINGER_")
UNREACHABLE = "http://127.0.0.1:9"
"""Stands for the Meltano Hub: the discard port, where nobody answers."""


class NotLoopbackError(Exception):
    """A URL leads off this machine: the demo stops before it starts anything."""


def clean_environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without any variable that a part of the demo would read."""
    kept = {name: text for name, text in inherited.items() if not name.startswith(INHERITED)}
    return kept | {
        "MELTANO_AUTO_INSTALL": "false",
        "MELTANO_CLI_DISABLE_VERSION_CHECK": "true",
        "MELTANO_HUB_URL": UNREACHABLE,
        "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
        # A proxy of the caller's must not be asked for 127.0.0.1.
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def require_loopback(url: str) -> str:
    """Hand the URL back if its host is this machine, given as a number.

    Raises:
        NotLoopbackError: it is another machine, or a name that could be one.

    """
    host = urlsplit(url).hostname or ""
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if not loopback:
        raise NotLoopbackError(f"{url} is not on this machine; the demo sends nothing anywhere else")
    return url
