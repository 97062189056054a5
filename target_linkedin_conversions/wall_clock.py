"""The time of this machine, which can be set and steps; everything that must not step measures by another clock."""

from __future__ import annotations

import time

__all__ = ["wall_clock"]


def wall_clock() -> int:
    """Epoch milliseconds."""
    return time.time_ns() // 1_000_000
