"""How many requests one token may make in a minute and in a day."""

from __future__ import annotations

from typing import Literal

from target_linkedin_conversions.sandbox.clock import DAY_MS

__all__ = ["Quota"]

MINUTE = 60_000

Exhausted = Literal["minute", "day"]


class Quota:
    """Counts requests by token in clock minutes and UTC days.

    LinkedIn documents 600 a minute and 500,000 a day per member token, and that its daily limits
    start anew at midnight UTC. That its minutes are clock minutes too is inferred. A request that
    is refused for its quota does not count.
    """

    def __init__(self) -> None:
        self._minutes: dict[str, tuple[int, int]] = {}
        self._days: dict[str, tuple[int, int]] = {}

    def spend(self, token: str, now: int, per_minute: int, per_day: int) -> Exhausted | None:
        """Count one request at `now` (epoch ms), or say which limit forbids it."""
        minute = _count(self._minutes, token, now // MINUTE)
        day = _count(self._days, token, now // DAY_MS)
        if day >= per_day:
            return "day"
        if minute >= per_minute:
            return "minute"
        self._minutes[token] = (now // MINUTE, minute + 1)
        self._days[token] = (now // DAY_MS, day + 1)
        return None


def _count(windows: dict[str, tuple[int, int]], token: str, window: int) -> int:
    began, count = windows.get(token, (window, 0))
    return count if began == window else 0
