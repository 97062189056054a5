"""Times and days as numbers: milliseconds and UTC days since 1970, and the dates that these are."""

from __future__ import annotations

import datetime as dt

from target_linkedin_conversions.durations import DAY_MS

__all__ = ["EPOCH", "LAST_MS", "date_of_day", "day_of", "day_of_date", "utc_of"]

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LAST_MS = 253_402_300_799_999
"""The end of the year 9999 in epoch milliseconds: later is no time that a clock showed, and no date can show it."""
_FIRST_DAY = EPOCH.toordinal()


def utc_of(milliseconds: int) -> dt.datetime:
    """The date and time, in UTC, of epoch milliseconds; raises `OverflowError` beyond the years 1 to 9999."""
    return EPOCH + dt.timedelta(milliseconds=milliseconds)


def day_of(milliseconds: int) -> int:
    """The UTC day of epoch milliseconds, counted from 1970."""
    return milliseconds // DAY_MS


def day_of_date(date: dt.date) -> int:
    """The number of a day, counted from 1970."""
    return date.toordinal() - _FIRST_DAY


def date_of_day(day: int) -> dt.date:
    """The date of a day's number."""
    return dt.date.fromordinal(day + _FIRST_DAY)
