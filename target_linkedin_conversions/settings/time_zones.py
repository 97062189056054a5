"""The zone of times without one: a region's name, or an offset as people and programs write it."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from target_linkedin_conversions.nearest import nearest
from target_linkedin_conversions.settings import values
from target_linkedin_conversions.settings.values import wrong

__all__ = ["read_timezone", "zone_named"]

_OFFSET = re.compile(
    r"(?:(?:UTC|GMT) ?)?(?P<sign>[+\u2212-])(?P<hours>[01]?\d)(?::?(?P<minutes>[0-5]\d))?|Z|UTC|GMT",
    re.ASCII | re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\(\s*([A-Za-z_]+/[A-Za-z_/+-]+)\s*\)")
"""A region behind its own words, as in `(GMT+01:00) Central European Standard Time (Europe/Berlin)`."""
_IN_WORDS = re.compile(r"(?P<of>.+?)(?: standard| daylight| summer)? time(?: \(us & canada\))?", re.IGNORECASE)
_REGIONS = {
    "pacific": "America/Los_Angeles",
    "mountain": "America/Denver",
    "central": "America/Chicago",
    "eastern": "America/New_York",
    "atlantic": "America/Halifax",
    "gmt": "Europe/London",
    "british": "Europe/London",
    "greenwich mean": "Europe/London",
    "w. europe": "Europe/Berlin",
    "central european": "Europe/Berlin",
    "central europe": "Europe/Budapest",
    "romance": "Europe/Paris",
    "e. europe": "Europe/Chisinau",
    "fle": "Europe/Kyiv",
    "india": "Asia/Kolkata",
    "china": "Asia/Shanghai",
    "singapore": "Asia/Singapore",
    "tokyo": "Asia/Tokyo",
    "japan": "Asia/Tokyo",
    "aus eastern": "Australia/Sydney",
    "australian eastern": "Australia/Sydney",
    "e. south america": "America/Sao_Paulo",
}
"""What Windows, Excel and CRMs call zones in words, `Pacific Standard Time`: no region's name is near to these."""
_FURTHEST = timedelta(hours=14)


def read_timezone(raw: object, place: str) -> str:
    """A region's name, or `+01:00` for an offset in any of its spellings; raises `ConfigError`."""
    if isinstance(raw, int | float):  # YAML reads +10:00 as 600 and -0500 as -320
        raise wrong(place, "a time zone's name or its offset as text", f'write it in quotes: {place}: "+01:00"')
    name = values.text(raw, place).strip()
    if (offset := _offset(name)) is not None:
        return str(timezone(offset)).removeprefix("UTC") or "UTC"
    if (region := _IN_BRACKETS.search(name)) is not None:
        name = region[1]
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise wrong(place, "a time zone's name or its offset from UTC", _mend(name, place)) from None
    return name


def zone_named(name: str) -> tzinfo:
    """The zone that `read_timezone` has read."""
    if name == "UTC":
        return UTC  # no offset to look up
    offset = _offset(name)
    return ZoneInfo(name) if offset is None else timezone(offset)


def _offset(text: str) -> timedelta | None:
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    hours, minutes = int(found["hours"] or 0), int(found["minutes"] or 0)
    offset = timedelta(hours=hours, minutes=minutes) * (1 if found["sign"] in {"+", None} else -1)
    return offset if abs(offset) <= _FURTHEST else None


def _mend(written: str, place: str) -> str:
    """What to write for a name that is no zone: the nearest place; never another abbreviation, which would be another zone."""
    if (in_words := _IN_WORDS.fullmatch(written)) is not None:
        region = _REGIONS.get(in_words["of"].lower())
        return f"did you mean {region}?" if region else f"name its region, for example {place}: Europe/Berlin"
    known = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    meant = nearest(written, known)
    return f"did you mean {meant}?" if meant else f'for example {place}: Europe/Berlin, or "+01:00"'
