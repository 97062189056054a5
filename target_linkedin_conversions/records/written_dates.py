"""Dates as people and spreadsheets write them: `20.11.2026 14:05`, `11/20/2026, 2:05 PM`, `Nov 20, 2026`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

__all__ = ["ORDERS", "orders_of", "written_date"]

ORDERS = ("dmy", "mdy", "ymd")
"""In which order day, month and year stand; a year of four digits in front always comes first."""

_WRITTEN = re.compile(
    r"(?:(?P<a>[0-9]{4}|[0-9]{1,2})\s?[./-]\s?(?P<b>[0-9]{1,2})\s?[./-]\s?(?P<c>[0-9]{4}|[0-9]{1,2})"
    r"|(?:[^\W\d_]{2,10}\.?,?\s)?(?:(?P<day>[0-9]{1,2})\.?[\s-](?P<name>[^\W\d_]{3,9})\.?"
    r"|(?P<first>[^\W\d_]{3,9})\.?\s(?P<second>[0-9]{1,2})),?[\s-](?P<year>[0-9]{4}))"
    r"(?:(?:,\s?|\s|T)(?:at\s|um\s)?(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?:[:.](?P<second_>[0-9]{2})(?:[.,](?P<part>[0-9]{1,9}))?)?"
    r"\s?(?P<half>[AP]\.?M\.?)?(?:\s?Uhr)?\s?(?P<zone>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?)?",
    re.IGNORECASE,
).fullmatch
_MONTHS = {
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "m\u00e4r": 3,
    "mrz": 3,
    "apr": 4,
    "may": 5,
    "mai": 5,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "oct": 10,
    "okt": 10,
    "nov": 11,
    "dec": 12,
    "dez": 12,
}
"""The beginnings of English and German names."""
_CENTURY, _THIS_CENTURY_BELOW = 100, 70
_NOON = 12


def written_date(text: str, order: str) -> datetime | date | None:
    """The moment or day that a text means, None for another form; `order` is one of `ORDERS`.

    Raises `ValueError` for a day that no calendar has, such as the 20th month.
    """
    found = _WRITTEN(text)
    if found is None:
        return None
    day = _day(found, order)
    if day is None or found["hour"] is None:
        return day
    hour, half = int(found["hour"]), (found["half"] or "")[:1].lower()
    if half:
        if not 1 <= hour <= _NOON:
            raise ValueError
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    part = int((found["part"] or "0")[:6].ljust(6, "0"))
    return datetime(
        day.year,
        day.month,
        day.day,
        hour,
        int(found["minute"]),
        int(found["second_"] or 0),
        part,
        tzinfo=_zone(found["zone"]),
    )


def orders_of(text: str) -> frozenset[str]:
    """The orders in which a text may be a day, all of them where none is needed; empty where it is no such date.

    Nobody puts the month first where points stand between, nor a year of two digits unless strokes do.
    """
    found = _WRITTEN(text.strip())
    if found is None:
        return frozenset()
    between = text.strip()[len(found["a"] or "") :].lstrip()[:1]
    unusual = {".": {"mdy", "ymd"}, "/": {"ymd"}}.get(between, set()) if found["a"] and len(found["a"]) <= 2 else set()  # noqa: PLR2004 - a day or a month
    possible = frozenset(order for order in ORDERS if _can_be(text.strip(), order))
    return possible - unusual or possible


def _can_be(text: str, order: str) -> bool:
    try:
        return written_date(text, order) is not None
    except ValueError:
        return False


def _day(found: re.Match[str], order: str) -> date | None:
    if found["year"] is not None:
        month = _MONTHS.get((found["name"] or found["first"])[:3].casefold())
        return None if month is None else date(int(found["year"]), month, int(found["day"] or found["second"]))
    parts = (found["a"], found["b"], found["c"])
    if len(parts[0]) == len("YYYY"):
        order = "ymd"
    by_letter = dict(zip(order, parts, strict=True))
    year = int(by_letter["y"])
    if len(by_letter["d"]) > len("DD"):
        return None
    if year < _CENTURY:
        year += 2000 if year < _THIS_CENTURY_BELOW else 1900
    return date(year, int(by_letter["m"]), int(by_letter["d"]))


def _zone(written: str | None) -> timezone | None:
    if not written:
        return None
    if written[0] not in "+-":
        return UTC
    minutes = int(written[1:3]) * 60 + int(written[-2:])
    return timezone(timedelta(minutes=-minutes if written[0] == "-" else minutes))
