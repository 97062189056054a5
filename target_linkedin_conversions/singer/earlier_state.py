"""Whether a STATE that a tap writes before its first record is one of an earlier run."""

from __future__ import annotations

import msgspec

__all__ = ["says_how_far"]

_SAYS_NOTHING = frozenset(
    {"currently_syncing", "replication_key", "replication_key_signpost", "starting_replication_value", "version"}
)
"""What taps write into a STATE before they have read anything."""


def says_how_far(value: bytes) -> bool:
    """Whether the STATE holds how far an earlier run came: any value that is not only a name or where to start."""
    try:
        return _holds(msgspec.json.decode(value))
    except (msgspec.DecodeError, RecursionError):
        return False


def _holds(value: object) -> bool:
    if isinstance(value, dict):
        return any(_holds(item) for key, item in value.items() if key not in _SAYS_NOTHING)
    if isinstance(value, list):
        return any(_holds(item) for item in value)
    return value is not None and value is not False and value != ""
