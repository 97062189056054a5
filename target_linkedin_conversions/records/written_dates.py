"""Dates as people and spreadsheets write them: `20.11.2026 14:05`, `11/20/2026, 2:05 PM`, `Nov 20, 2026`."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone

__all__ = ["ORDERS", "orders_of", "written_date"]

ORDERS = ("dmy", "mdy", "ymd")
"""In which order day, month and year stand; a year of four digits in front always comes first."""

_WRITTEN = re.compile(
    r"(?:(?P<a>[0-9]{4}|[0-9]{1,2})\s?[./-]\s?(?P<b>[0-9]{1,2})\s?[./-]\s?(?P<c>[0-9]{4}|[0-9]{1,2})\.?"
    r"|(?:[^\W\d_]{2,10}\.?,?\s)?(?:(?P<day>[0-9]{1,2})(?:\.|st|nd|rd|th|er|º)?[\s/-](?:de\s)?(?P<name>[^\W\d_]{3,10})\.?"
    r"|(?P<first>[^\W\d_]{3,10})\.?\s(?P<second>[0-9]{1,2})(?:st|nd|rd|th)?),?[\s/-](?:de\s)?(?P<year>[0-9]{4}|[0-9]{2}))"
    r"(?:(?:,\s?|\s|T)(?:at\s|um\s|à\s|a\slas\s|om\s|alle\s|às\s)?(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?:[:.](?P<second_>[0-9]{2})(?:[.,:](?P<part>[0-9]{1,9}))?)?"
    r"\s?(?P<half>[AP]\.?\s?M\.?)?(?:\s?Uhr)?\s?(?P<zone>(?:UTC|GMT)?[+-][0-9]{2}:?[0-9]{2}|(?:UTC|GMT)[+-][0-9]{1,2}|Z|UTC|GMT)?)?",
    re.IGNORECASE,
).fullmatch
_YEAR_LAST = re.compile(
    r"(?:[^\W\d_]{2,10},?\s)?([^\W\d_]{3,10} [0-9]{1,2}) ([0-9:]{5,8})(?: (UTC|GMT|[+-][0-9]{2}:?[0-9]{2}))? ([0-9]{4})"
).fullmatch
"""As C and Java write a moment: `Fri Nov 20 10:30:00 UTC 2026`."""
_ZONE_NAMED = re.compile(r"(?<=[0-9]) ?\([^()]{1,60}\)\Z")
"""What JavaScript puts behind the offset."""
_EAST_ASIAN = str.maketrans({"\u5e74": "-", "\u6708": "-", "\u65e5": " "})
_MONTHS = {
    **dict.fromkeys(("jan", "ene", "gen"), 1),
    **dict.fromkeys(("feb", "fev"), 2),
    **dict.fromkeys(("mar", "mrz", "mrt", "maa"), 3),
    **dict.fromkeys(("apr", "avr", "abr"), 4),
    **dict.fromkeys(("may", "mai", "mag", "mei"), 5),
    **dict.fromkeys(("jun", "juin", "giu"), 6),
    **dict.fromkeys(("jul", "juil", "lug"), 7),
    **dict.fromkeys(("aug", "aou", "ago"), 8),
    **dict.fromkeys(("sep", "set"), 9),
    **dict.fromkeys(("oct", "okt", "ott", "out"), 10),
    "nov": 11,
    **dict.fromkeys(("dec", "dez", "dic"), 12),
}
"""The beginnings of English, German, French, Spanish, Italian, Portuguese and Dutch names, without accents."""
_CENTURY, _THIS_CENTURY_BELOW = 100, 70
_NOON = 12


def written_date(text: str, order: str) -> datetime | date | None:
    """The moment or day that a text means, None for another form; `order` is one of `ORDERS`.

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
    text = _plainly(text)
    found = _WRITTEN(text)
    if found is None:
        return frozenset()
    between = text[len(found["a"] or "") :].lstrip()[:1]
    unusual = {".": {"mdy", "ymd"}, "/": {"ymd"}}.get(between, set()) if found["a"] and len(found["a"]) <= 2 else set()  # noqa: PLR2004 - a day or a month
    possible = frozenset(order for order in ORDERS if _can_be(text, order))
    return possible - unusual or possible


def _plainly(text: str) -> str:
    """The text with one space between its words, and the year beside its day."""
    text = _ZONE_NAMED.sub("", " ".join(text.translate(_EAST_ASIAN).split()))
    apart = _YEAR_LAST(text)
    return text if apart is None else f"{apart[1]} {apart[4]} {apart[2]} {apart[3] or ''}".strip()


def _month(name: str) -> int | None:
    letters = "".join(c for c in unicodedata.normalize("NFD", name.casefold()) if c.isalpha())
    return _MONTHS.get(letters[:3]) or _MONTHS.get(letters[:4])


def _can_be(text: str, order: str) -> bool:
    try:
        return written_date(text, order) is not None
    except ValueError:
        return False


def _day(found: re.Match[str], order: str) -> date | None:
    if found["year"] is not None:
        month = _month(found["name"] or found["first"])
        return None if month is None else date(_full(found["year"]), month, int(found["day"] or found["second"]))
    parts = (found["a"], found["b"], found["c"])
    if len(parts[0]) == len("YYYY"):
        order = "ymd"
    by_letter = dict(zip(order, parts, strict=True))
    if len(by_letter["d"]) > len("DD"):
        return None
    return date(_full(by_letter["y"]), int(by_letter["m"]), int(by_letter["d"]))


def _full(year: str) -> int:
    """The year, also of its last two digits."""
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
    minutes = int(hours) * 60 + int(rest)
    return timezone(timedelta(minutes=-minutes if written[0] == "-" else minutes))
