"""Dates as people and spreadsheets write them: `20.11.2026 14:05`, `11/20/2026, 2:05 PM`, `Nov 20, 2026`, RFC 2822's."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone

from target_linkedin_conversions.records.calendar_words import is_before_a_day, month_of
from target_linkedin_conversions.records.clocks import at_clock

__all__ = ["ORDERS", "orders_of", "written_date"]

ORDERS = ("dmy", "mdy", "ymd")
"""In which order day, month and year stand; a year of four digits in front always comes first."""

_IN_DIGITS = r"(?P<a>[0-9]{4}|[0-9]{1,2})\s?[./-]\s?(?P<b>[0-9]{1,2})\s?[./-]\s?(?P<c>[0-9]{4}|[0-9]{1,2})\.?"
_MONTH = r"[^\W\d_]{3,12}"
_WORD = r"(?:(?P<word>[^\W\d_]{2,13})(?:-feira)?(?:\.?,\s?|\.?\s)(?:den\s)?)?"
"""The day of the week."""
_DAY_FIRST = rf"(?P<day>[0-9]{{1,2}})(?:\.|st|nd|rd|th|er|[ºo])?[\s/-]?(?:de\s|of\s)?(?P<month_behind>{_MONTH})\.?"
_MONTH_FIRST = rf"(?P<month_before>{_MONTH})\.?\s(?P<day_behind>[0-9]{{1,2}})(?:st|nd|rd|th)?"
_YEAR = r",?[\s/-]?(?:del?\s)?(?P<year>[0-9]{4}|[0-9]{2})"
_BEHIND_A_YEAR = (
    r"(?:\s?(?:\u0433(?:ода|\.)?|\u0440(?:оку|\.)?|r(?:oku|\.)))?"
    r"(?:,?\s(?:pazar(?:tesi)?|sal\u0131|çarşamba|perşembe|cuma(?:rtesi)?))?"
)
"""The word year in Russian, Ukrainian and Polish; in Turkish, the day of the week."""
_YEAR_FIRST = rf"(?P<year_before>[0-9]{{4}})\.?[\s/-](?P<month_between>{_MONTH})\.?[\s/-](?P<day_last>[0-9]{{1,2}})\.?"
_AT = r"(?:,\s?|\s|T|(?<=[0-9]{4}):)(?:(?:at|um|kl\.?|à|a\slas|om|alle|às|saat|o(?:\sgodz\.)?|v|в|\u043e)\s)?"
_TIME = r"(?P<hour>[0-9]{1,2})[:.h](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})(?:[.,:](?P<part>[0-9]{1,9}))?)?"
_HALF = r"\s?(?P<half>[AP]\.?\s?M\.?)?(?:\s?Uhr)?"
_ZONE = r"\s?(?P<zone>(?:UTC|GMT)?[+-][0-9]{2}:?[0-9]{2}|(?:UTC|GMT)[+-][0-9]{1,2}|Z|UTC|GMT|UT)?"
_WRITTEN = re.compile(
    rf"{_WORD}(?:{_IN_DIGITS}|(?:{_DAY_FIRST}|{_MONTH_FIRST}){_YEAR}{_BEHIND_A_YEAR}|{_YEAR_FIRST})"
    rf"(?:{_AT}{_TIME}{_HALF}{_ZONE})?",
    re.IGNORECASE,
).fullmatch
_YEAR_LAST = re.compile(
    rf"((?:[^\W\d_]{{2,13}}\.?,?\s)?{_MONTH} [0-9]{{1,2}}) ([0-9:]{{5,8}})(?: (UTC|GMT|[+-][0-9]{{2}}:?[0-9]{{2}}))? ([0-9]{{4}})"
).fullmatch
"""As C and Java write a moment: `Fri Nov 20 10:30:00 UTC 2026`."""
_ZONE_NAMED = re.compile(r"(?<=[0-9]) ?\([^()]{1,60}\)\Z")
"""What JavaScript puts behind the offset."""
_EAST_ASIAN = str.maketrans({**dict.fromkeys("年月년월", "-"), **dict.fromkeys("日일", " ")})
_CENTURY, _THIS_CENTURY_BELOW = 100, 70
_NOON, _HOUR = 12, 60


def written_date(text: str, order: str = "") -> datetime | date | None:
    """The moment or day that a text means, None for another form; `order` is one of `ORDERS`.

    Without one, what can be read in one way only: a year of four digits in front, or beside a month's name.
    Raises `ValueError` for a day that no calendar has, such as the 20th month.
    """
    found = _WRITTEN(_plainly(text))
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
    return at_clock(day, hour, int(found["minute"]), int(found["second"] or 0), part, _zone(found["zone"]))


def orders_of(text: str) -> frozenset[str]:
    """The orders in which a text may be a day, all of them where none is needed; empty where it is no such date.

    Nobody puts the month first where points stand between, nor a year of two digits unless strokes do.
    """
    text = _plainly(text)
    found = _WRITTEN(text)
    if found is None:
        return frozenset()
    between = text[found.end("a") :].lstrip()[:1]
    unusual = {".": {"mdy", "ymd"}, "/": {"ymd"}}.get(between, set()) if found["a"] and len(found["a"]) <= 2 else set()  # noqa: PLR2004 - a day or a month
    possible = frozenset(order for order in ORDERS if _can_be(text, order))
    return possible - unusual or possible


def _plainly(text: str) -> str:
    """The text with one space between its words, and the year beside its day."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_EAST_ASIAN))
    text = _ZONE_NAMED.sub("", " ".join(text.split()))
    apart = _YEAR_LAST(text)
    return text if apart is None else f"{apart[1]} {apart[4]} {apart[2]} {apart[3] or ''}".strip()


def _can_be(text: str, order: str) -> bool:
    try:
        return written_date(text, order) is not None
    except ValueError:
        return False


def _day(found: re.Match[str], order: str) -> date | None:
    """The day, None where its order or century is not known; raises `ValueError`."""
    if found["word"] and not is_before_a_day(found["word"]):
        return None
    year = found["year_before"] or found["year"]
    if year is not None:
        month = month_of(found["month_behind"] or found["month_before"] or found["month_between"])
        if month is None or not (order or len(year) == len("YYYY")):
            return None
        return date(_full(year), month, int(found["day"] or found["day_behind"] or found["day_last"]))
    parts = (found["a"], found["b"], found["c"])
    if len(parts[0]) == len("YYYY"):
        order = "ymd"
    if not order:
        return None
    by_letter = dict(zip(order, parts, strict=True))
    if len(by_letter["d"]) > len("DD"):
        return None
    return date(_full(by_letter["y"]), int(by_letter["m"]), int(by_letter["d"]))


def _full(year: str) -> int:
    """The full year, also of one with two digits."""
    if int(year) >= _CENTURY:
        return int(year)
    return int(year) + (2000 if int(year) < _THIS_CENTURY_BELOW else 1900)


def _zone(written: str | None) -> timezone | None:
    if not written:
        return None
    written = written.lstrip("UTCGMutcgm")
    if not written or written in "Zz":
        return UTC
    hours, rest = (written[1:], "0") if len(written) <= len("+HH") else (written[1:3], written[-2:])
    if int(rest) >= _HOUR:
        raise ValueError
    minutes = int(hours) * _HOUR + int(rest)
    return timezone(timedelta(minutes=-minutes if written[0] == "-" else minutes))
