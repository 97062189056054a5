"""The sandbox's own time, which a test or a user may move."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["DAY_MS", "Clock", "MovableClock", "wall_clock"]

DAY_MS = 86_400_000
Clock = Callable[[], int]
"""Gives the time now in epoch milliseconds."""


def wall_clock() -> int:
    """Read the time of this machine in epoch milliseconds."""
    return time.time_ns() // 1_000_000


class MovableClock:
    """A clock that runs, is shifted, or stands still."""

    def __init__(self, source: Clock) -> None:
        self._source = source
        self._fixed: int | None = None
        self._offset = 0

    def __call__(self) -> int:
        """Give the sandbox's time in epoch milliseconds."""
        return (self._source() if self._fixed is None else self._fixed) + self._offset

    def move(self, now: int | None = None, offset_ms: int = 0) -> None:
        """Stand still at `now` or run again (None), `offset_ms` ahead in either case."""
        self._fixed, self._offset = now, offset_ms
