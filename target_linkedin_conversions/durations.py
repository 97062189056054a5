"""How many milliseconds a minute, an hour and a day have (no leap seconds, as in epoch time), and how many days LinkedIn looks back."""

from __future__ import annotations

__all__ = ["DAY_MS", "HOUR_MS", "MINUTE_MS", "TAKEN_DAYS"]

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

TAKEN_DAYS = 90
"""How old an event may be that LinkedIn takes (documented)."""
