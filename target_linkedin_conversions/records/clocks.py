"""The moment of a wall-clock time, also for 24:00 and second 60, which Python's `time` lacks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

__all__ = ["at_clock"]

_MIDNIGHT, _LEAP_SECOND = 24, 60


def at_clock(day: date, hour: int, minute: int, second: int, microsecond: int, zone: tzinfo | None = None) -> datetime:
    """The moment of a day by its clock: 24:00 is the next day's first (ISO 8601), second 60 the one after 59.

    Raises `ValueError` for what no clock shows, and behind the last day of the calendar.
    """
    behind = timedelta()
    if hour == _MIDNIGHT and not (minute or second or microsecond):
        hour, behind = 0, timedelta(days=1)
    if second == _LEAP_SECOND:
        second, behind = second - 1, timedelta(seconds=1)
    try:
        return datetime.combine(day, time(hour, minute, second, microsecond, zone)) + behind
    except OverflowError:
        raise ValueError(str(day)) from None
