"""UTC days as numbers, counted from 1970."""

from __future__ import annotations

import datetime as dt

__all__ = ["date_of_day", "day_of_date"]

_EPOCH = dt.date(1970, 1, 1).toordinal()


def day_of_date(date: dt.date) -> int:
    """The number of a day."""
    return date.toordinal() - _EPOCH


def date_of_day(day: int) -> dt.date:
    """The day of a number."""
    return dt.date.fromordinal(day + _EPOCH)
