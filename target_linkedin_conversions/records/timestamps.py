"""When an event happened: every spelling of a time becomes epoch milliseconds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache, partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from target_linkedin_conversions.records.clocks import at_clock
from target_linkedin_conversions.records.extended_json import plain_value
from target_linkedin_conversions.records.json_text import unwrapped
from target_linkedin_conversions.records.text import in_ascii, is_placeholder
from target_linkedin_conversions.records.written_dates import written_date

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["NOT_A_TIME", "Times", "milliseconds"]

NOT_A_TIME = object()
"""The answer for a value that no time can be read from."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_WITHOUT_ZONE = _EPOCH.replace(tzinfo=None)
_FIRST_SHEET_DAY = date(1899, 12, 30)
"""Day 0 of a spreadsheet."""
_SHEET_DAYS_FROM, _DAYS_BELOW = 36_526, 73_051
"""A small number is a day: from here on (the year 2000) a spreadsheet's, below it one since 1970; up to the year 2100."""
_SECONDS_BELOW, _MILLIS_BELOW, _MICROS_BELOW, _NANOS_BELOW = 10**11, 10**14, 10**17, 5 * 10**18
_EARLIEST_MS = 1_041_379_200_000
"""The year 2003, in which LinkedIn began: what would lie before it was read wrongly."""
_THIRTEEN_DIGITS = 10**13
"""Milliseconds up to the year 2286; numbers of 14 digits may be dates."""
_LONGEST = 100
_NOTHING = re.compile(r"[0:./TZ +-]*")
"""A date of zeros, as MySQL writes one that is not there."""
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?").fullmatch
_ISO = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:(?:T|\s+)([0-9:]+(?:[.,][0-9]+)?))?"
    r"(?:\s*(?:UTC|GMT)?([+-][0-9]{1,2}(?::?[0-9]{2})?|Z|(?<=UTC|GMT))(?:\s?UTC|(?<=[0-9])\s(?:[A-Z]{3,5}|[+-][0-9]{2,4})(?:\sm=[+-][0-9.]{1,20})?|\s?\[[\w/+-]{1,40}\])?)?",
    re.IGNORECASE,
)
"""A day, its clock, and the offset, behind which Go and Java also write the zone's name, Go the offset again where it has none."""
_POINTED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[- ]([0-9]{2})\.([0-9]{2})\.([0-9]{2}(?:\.[0-9]+)?)")
"""A clock with points, as DB2 writes it."""
_POINT = re.compile(r"\A([0-9]{1,2})\.([0-9]{2})\Z").sub
"""An hour and its minutes with a point between, as in Finland, Denmark and Indonesia."""
_PART_OF_AN_HOUR = re.compile(r"[T ][0-9]{2}[.,]", re.IGNORECASE).search
"""To `fromisoformat` the point of `10.30` is one of decimals: 0.3 seconds past ten."""
_IN_ONE = re.compile(r"([0-9]{8})([0-9]{6}(?:[.,][0-9]+)?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?))", re.IGNORECASE)
"""Digits that are a date, with the offset behind, as directories (LDAP) write them."""
_COUNTED = re.compile(r"\\?/Date\(([0-9]{10,14})(?:[+-][0-9]{4})?\)\\?/")
"""Milliseconds as .NET writes them; the offset behind only says where they were counted."""
_HAS_CLOCK = re.compile(
    r"(?:[0-9]{8}|[0-9]{4}-?W[0-9]{2}-?[1-7]|[0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9]", re.IGNORECASE
).match
"""A day, and what may stand before a clock: to `fromisoformat` any character is one, the sign of an offset too."""
_DAY = re.compile(r"[0-9]{4}-(?:[0-9]{2}-[0-9]{2}|W[0-9]{2}-[1-7])|[0-9]{4}W[0-9]{2}[1-7]").fullmatch
_ORDINAL = re.compile(r"\A([0-9]{4})-([0-9]{3})(?=[T ]|\Z)")
"""The year and which of its days, as ISO 8601 also counts them."""
_CLOCK = re.compile(
    r"(.{8,10})[T ]([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,]([0-9]+))?)?(Z|[+-][0-9]{2}(?::?[0-9]{2})?|)",
    re.IGNORECASE,
).fullmatch
_IN_REGION = re.compile(r"(.{10,32}) ([A-Z][A-Za-z_]{1,20}(?:/[A-Z][A-Za-z0-9_+-]{1,20}){1,2})").fullmatch
"""A clock of a region of the time zone database, as Trino and Athena write one: `2026-11-26 13:41:00.000 Europe/Berlin`."""
_LETTERS = re.compile(r"(.*(?:[0-9]|[AP]M)) ?([A-Z]{3,5})").fullmatch
"""A time with a zone's letters behind it."""
_IN_GERMAN = {"MEZ": "CET", "MESZ": "CEST"}
"""Letters by which German forms and sheets call a zone that Python names in English."""
_MOST_REGIONS = 64
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_DIGITS = frozenset({8, 10, 12, 14, 17})
"""Numbers of so many digits are a date, as analytics exports write them: to the day, hour, minute, second or millisecond."""
_CLOCK_OF_DIGITS = ((8, 10), (10, 12), (12, 14), (14, 17))
_DIGITS_TO_THE_SECOND = 14
"""So many may have decimals, as SAP writes a moment."""


_HALVES = ("am", "pm")
"""Of the day, behind a clock of twelve hours."""


class Times(msgspec.Struct, frozen=True):
    """How the times of a stream are read: `zone` is that of a time without one, `formats` are strptime's.

    With `ignore_offset` the clock counts as it is written, in `zone`, whatever offset stands behind it. `date_order`
    (`dmy`, `mdy`, `ymd`) reads dates as people write them, empty none of those.
    """

    zone: tzinfo = UTC
    formats: tuple[str, ...] = ()
    ignore_offset: bool = False
    date_order: str = ""

    @property
    def reader(self) -> Callable[[object], int | object | None]:
        """The cheapest function that does the same as `read`."""
        return partial(milliseconds, zone=self.zone) if self._is_plain else self.read

    @property
    def _is_plain(self) -> bool:
        return not self.formats and not self.ignore_offset and not self.date_order

    def read(self, value: object) -> int | object | None:
        """Epoch milliseconds of a time, None for an empty value, `NOT_A_TIME` for anything else."""
        if self._is_plain:
            return milliseconds(value, self.zone)
        moment = self._moment(value)
        return _since_epoch(moment, self.zone) if isinstance(moment, date) else moment

    def day(self, value: object) -> date | None:
        """The day of a value that says no more than the day."""
        moment = self._moment(value)
        return moment if isinstance(moment, date) and not isinstance(moment, datetime) else None

    def leaves_zone_open(self, value: object) -> bool:
        """Whether a value is a time or a day that names no zone."""
        moment = self._moment(value)
        return isinstance(moment, date) and getattr(moment, "tzinfo", None) is None

    def leaves_clock_open(self, value: object) -> bool:
        """Whether a value is a time with a clock, and names no zone; a day alone is whole in any zone."""
        moment = self._moment(value)
        return isinstance(moment, datetime) and moment.tzinfo is None

    def starts(self, day: date) -> int | None:
        """The first millisecond of a day."""
        found = _since_epoch(datetime.combine(day, time()), self.zone)
        return found if isinstance(found, int) else None

    def _moment(self, value: object) -> datetime | date | object | None:
        given, value = value, unwrapped(value, _LONGEST)
        if isinstance(value, str) and len(value) <= _LONGEST:
            for form in self.formats:
                try:
                    moment = datetime.strptime(value.strip(), form)  # noqa: DTZ007 - without a zone it is in `zone`
                except ValueError:
                    continue
                has_clock = any(mark in form for mark in ("%H", "%I", "%X", "%c", "%T", "%R"))
                return self._local(moment) if has_clock else moment.date()
            if self.date_order and (written := self._written(in_ascii(value).strip())) is not None:
                return written
        found = _moment_of(value)
        if found is NOT_A_TIME:
            found = _by_letters(value, self.zone, self._moment)
        is_counted = _is_number(value) or (value is not given and value is found)
        return self._local(found) if isinstance(found, datetime) and not is_counted else found

    def _written(self, text: str) -> datetime | date | object | None:
        """The moment or day of a date as people write it, None where the text is no such date."""
        if text[4:5] == text[7:8] == "-":
            return None  # RFC 3339, or close to it
        try:
            moment = written_date(text, self.date_order)
        except ValueError:
            return NOT_A_TIME
        return self._local(moment) if isinstance(moment, datetime) else moment

    def _local(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=None) if self.ignore_offset else moment


def milliseconds(value: object, zone: tzinfo = UTC) -> int | object | None:
    """Epoch milliseconds of a time, None for an empty value, `NOT_A_TIME` for anything else and for all before 2003.

    Takes RFC 3339 or close to it (a space for the T or before the offset, any number of decimals, a missing zone, a ` UTC`
    or a region behind, or letters that `zone` has then), what people write in one way only (RFC 2822, JavaScript's, `26 Nov 2026`), MongoDB's objects, a date,
    digits that are a date (8, 10, 12, 14 or 17), days since 1970 or a spreadsheet's where the number is that small, and epoch
    numbers by size: below 1e11 seconds, below 1e14 milliseconds, below 1e17 microseconds, below 1e20 nanoseconds. A time without a zone is in `zone`; a date alone is the end of that day.
    """
    if type(value) is str and value[13:14] == ":" and value[10] in "T ":
        try:
            return _since_epoch(datetime.fromisoformat(value), zone)
        except ValueError:
            pass  # try what is close to RFC 3339
    elif type(value) is int and _EARLIEST_MS <= value < _THIRTEEN_DIGITS:
        return value
    moment = _moment_of(value)
    if moment is NOT_A_TIME:
        moment = _by_letters(value, zone, _moment_of)
    return _since_epoch(moment, zone) if isinstance(moment, date) else moment


def _since_epoch(moment: date, zone: tzinfo) -> int | object:
    """Epoch milliseconds of a moment, of a day its last one."""
    try:
        if type(moment) is not datetime and not isinstance(moment, datetime):
            found = _since_epoch(datetime.combine(moment + timedelta(days=1), time()), zone)
            return found - 1 if isinstance(found, int) and found > _EARLIEST_MS else NOT_A_TIME
        if moment.tzinfo is not None:
            since = moment - _EPOCH
        elif zone is UTC:
            since = moment - _EPOCH_WITHOUT_ZONE
        else:
            since = moment.replace(tzinfo=zone) - _EPOCH
    except OverflowError:
        return NOT_A_TIME
    # As `since // timedelta(milliseconds=1)`, at two thirds of its cost (measured).
    found = (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000
    return found if found >= _EARLIEST_MS else NOT_A_TIME


def _moment_of(value: object) -> datetime | date | object | None:
    """The moment or day that a value means: without a zone where it names none, None where it is empty."""
    if value is None or isinstance(value, date):
        return value
    if isinstance(value, str):
        return _of_text(in_ascii(value).strip()) if len(value) <= _LONGEST else NOT_A_TIME
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _of_number(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))
    found = plain_value(value)
    return NOT_A_TIME if found is value else _moment_of(found)


def _by_letters(
    value: object, zone: tzinfo, moment_of: Callable[[object], datetime | date | object | None]
) -> datetime | object:
    """The moment of a clock with its zone's letters behind, where `zone` has them at that time: `EST` in New York.

    They also say which is meant of an hour that comes twice. By themselves letters mean several zones.
    """
    parts = _LETTERS(in_ascii(value).strip()) if isinstance(value, str) and len(value) <= _LONGEST else None
    moment = moment_of(parts[1]) if parts is not None else None
    if parts is None or not isinstance(moment, datetime) or moment.tzinfo is not None:
        return NOT_A_TIME
    letters = _IN_GERMAN.get(parts[2], parts[2])
    both = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return next((one for one in both if one.tzname() == letters), NOT_A_TIME)


def _is_number(value: object) -> bool:
    """Whether a time is counted from an epoch, which has no clock on a wall, or from a sheet's first day."""
    return _NUMBER(value.strip()) is not None if isinstance(value, str) else not isinstance(value, date)


def _of_text(text: str) -> datetime | date | object | None:
    if not text or _NOTHING.fullmatch(text):
        return None
    try:
        return _of_number(Decimal(text)) if _NUMBER(text) else _of_iso(text)
    except (ValueError, InvalidOperation):
        pass  # try the forms that people write
    if (found := unwrapped(text, _LONGEST)) is not text:
        return _moment_of(found)
    try:
        written = written_date(text)
    except ValueError:
        return NOT_A_TIME
    if written is not None:
        return written
    return None if _stands_for_none(text) else NOT_A_TIME


def _stands_for_none(text: str) -> bool:
    """Whether a placeholder stands where no time is; NaN is a number that went wrong."""
    folded = text.lower()
    return folded == "nat" or (folded != "nan" and is_placeholder(text))


def _of_iso(text: str) -> datetime | date:
    """RFC 3339, or close to it; raises `ValueError`."""
    parts = _ISO.fullmatch(text)
    if parts is None:
        return _of_other_iso(text)
    year, month, day, clock, offset = parts.groups()
    written = f"{year}-{month:0>2}-{day:0>2}"
    if clock is None:
        return date.fromisoformat(written)
    if offset and len(offset) <= len("+HH"):
        offset = f"{offset[0]}{offset[1:]:0>2}" if offset[0] in "+-" else "+00:00"
    elif offset == "":
        offset = "+00:00"  # nothing but the word UTC stands behind the clock
    if ":" not in clock:
        clock = _POINT(r"\1:\2", clock)
    return _by_clock(f"{written}T{'0' if clock[1:2] == ':' else ''}{clock}{offset or ''}")


def _of_other_iso(text: str) -> datetime | date:
    """A day of a week, or a moment whose parts stand together or apart in a rarer way; raises `ValueError`."""
    text = _ORDINAL.sub(_day_of_year, text)
    if _DAY(text):
        return date.fromisoformat(text)
    if text[-2:].lower() in _HALVES and text[4:5] == "-" and (halved := written_date(text, "ymd")) is not None:
        return halved
    if (placed := _IN_REGION(text)) is not None:
        return _in_region(placed[1], placed[2])
    if (counted := _COUNTED.fullmatch(text)) is not None:
        return _EPOCH + timedelta(milliseconds=int(counted[1]))
    text = _IN_ONE.sub(r"\1T\2", _POINTED.sub(r"\1T\2:\3:\4", text))
    if not _HAS_CLOCK(text):
        raise ValueError
    return _by_clock(text)


def _in_region(clock: str, region: str) -> datetime:
    """The moment of a region's clock, of two in autumn the first, unless an offset says which; raises `ValueError`."""
    moment, zone = _of_iso(clock), _zone_of(region)
    if zone is None or not isinstance(moment, datetime):
        raise ValueError
    return moment.replace(tzinfo=moment.tzinfo or zone)


@lru_cache(_MOST_REGIONS)
def _zone_of(region: str) -> tzinfo | None:
    """A region's zone, read from the database when it first comes; None where there is no such region."""
    try:
        return ZoneInfo(region)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _by_clock(text: str) -> datetime:
    """A day with its clock, also where that shows 24:00 or a leap second; raises `ValueError`."""
    if _PART_OF_AN_HOUR(text):
        raise ValueError
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        if (parts := _CLOCK(text)) is None:
            raise
    day, hour, minute, second, part, offset = parts.groups()
    zone = datetime.fromisoformat(f"{_EPOCH.date()}T00:00{offset}").tzinfo
    microsecond = int((part or "0")[:6].ljust(6, "0"))
    return at_clock(date.fromisoformat(day), int(hour), int(minute), int(second or 0), microsecond, zone)


def _day_of_year(found: re.Match[str]) -> str:
    """The calendar's day of `2026-330`; raises `ValueError` where the year has no such day."""
    first = date(int(found[1]), 1, 1)
    day = first + timedelta(days=int(found[2]) - 1)
    if day.year != first.year:
        raise ValueError
    return day.isoformat()


def _of_number(number: Decimal) -> datetime | date | object | None:
    if not number:
        return None
    if not number.is_finite() or not 0 <= number < _NANOS_BELOW:
        return NOT_A_TIME
    if number < _DAYS_BELOW:
        return _of_days(number)
    whole = int(number)
    if (found := _of_digits(whole, number - whole)) is not None:
        return found
    return _EPOCH + timedelta(microseconds=_microseconds(number))


def _microseconds(number: Decimal) -> int:
    """Of an epoch number, by its size."""
    if number < _SECONDS_BELOW:
        return int(number * 1_000_000)
    if number < _MILLIS_BELOW:
        return int(number * 1000)
    return int(number) if number < _MICROS_BELOW else int(number) // 1000


def _of_days(number: Decimal) -> datetime | date:
    """A spreadsheet's serial day, or days since 1970; what is behind the point is the time of day."""
    whole = int(number)
    first = _FIRST_SHEET_DAY if whole >= _SHEET_DAYS_FROM else _EPOCH.date()
    day = first + timedelta(days=whole)
    if number == whole:
        return day
    # To the second: a sheet keeps 1/86,400 of a day in a float.
    return datetime.combine(day, time()) + timedelta(seconds=round((number - whole) * 86_400))


def _of_digits(number: int, fraction: Decimal) -> datetime | date | None:
    """20261101 is a day, 202611011830 a minute of it: as epoch numbers they would lie in 1970 or far ahead."""
    text = str(number)
    if (
        len(text) not in _DIGITS
        or not _FIRST_YEAR <= int(text[:4]) < _LAST_YEAR
        or (fraction and len(text) != _DIGITS_TO_THE_SECOND)
    ):
        return None
    hour, minute, second, part = (int(text[first:last] or 0) for first, last in _CLOCK_OF_DIGITS)
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
        return at_clock(day, hour, minute, second, part * 1000 + int(fraction * 1_000_000)) if text[8:] else day
    except ValueError:
        return None
