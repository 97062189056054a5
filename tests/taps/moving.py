"""Times of a tap's file moved by whole days, each in its own spelling: only the day of a time changes, never its clock."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.records.paths import Path, follow, path_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path as File

    from target_linkedin_conversions.settings import StreamEntry

_WRITTEN = {
    re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"): "%Y-%m-%d",
    re.compile(r"[0-9]{2}/[0-9]{2}/[0-9]{4}"): "%m/%d/%Y",
    re.compile(r"[0-9]{2}\.[0-9]{2}\.[0-9]{4}"): "%d.%m.%Y",
}
"""How a text begins that holds a day."""
_FIRST_SHEET_DAY, _EPOCH = date(1899, 12, 30), date(1970, 1, 1)
_UNITS = ((100_000, 1), (10**11, 86_400), (10**14, 86_400_000), (10**17, 86_400_000_000))
"""A number below the first is so many of the second a day: serial days, seconds, milliseconds, microseconds."""
_FAR = date(2100, 1, 1)
"""What lies behind it is no time but a database's infinity."""

decode = msgspec.json.Decoder(float_hook=Decimal).decode
encode = msgspec.json.Encoder(decimal_format="number").encode


def day_of(value: Any) -> date | None:
    """The day of a time, None for anything else."""
    number = _number(value)
    if number is not None:
        a_day = _a_day(number)
        return (_FIRST_SHEET_DAY if a_day == 1 else _EPOCH) + timedelta(days=int(number // a_day))
    found = _written(value)
    return datetime.strptime(*found).date() if found else None  # noqa: DTZ007 - a day has no zone


def moved(value: Any, days: int) -> Any:
    """The same time so many days later, as it is written."""
    number, day = _number(value), day_of(value)
    if day is None or day > _FAR:
        return value
    if number is not None:
        later = number + days * _a_day(number)
        return str(later) if isinstance(value, str) else later
    text, form = _written(value) or ("", "")
    return f"{day + timedelta(days=days):{form}}{value[len(text) :]}"


def moved_file(file: File, entries: tuple[StreamEntry, ...], newest: date) -> tuple[bytes, int]:
    """The lines of a file whose newest mapped time is moved to a day, and by how many days."""
    lines = [decode(line) for line in file.read_bytes().splitlines()]
    times = [place for line in lines if line["type"] == "RECORD" for place in _times(line, entries)]
    days = (newest - max(day for holder, name in times if (day := day_of(holder[name])) and day < _FAR)).days
    for holder, name in {(id(holder), name): (holder, name) for holder, name in times}.values():
        holder[name] = moved(holder[name], days)
    return b"\n".join(encode(line) for line in lines) + b"\n", days


def _times(line: dict[str, Any], entries: tuple[StreamEntry, ...]) -> Iterator[tuple[dict[str, Any], str]]:
    """Where the record of a line holds the times that are mapped: an object, and the name in it."""
    for entry in entries:
        for written in entry.fields.get("happened_at", ()) if entry.stream == line["stream"] else ():
            path = path_of(written, tuple(line["record"]))
            *before, last = (f".{written}",) if path is None else (f".{path.column}", *path.steps)
            holder = follow(Path("", tuple(before)))(line["record"])
            if isinstance(holder, dict) and last[1:] in holder:
                yield holder, last[1:]


def _number(value: Any) -> Decimal | int | None:
    if isinstance(value, str):
        return int(value) if value.isdigit() else None
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def _a_day(number: Decimal | int) -> int:
    return next(a_day for below, a_day in _UNITS if number < below)


def _written(value: Any) -> tuple[str, str] | None:
    """The part of a text that is its day, and its format."""
    found = ((form.match(value), name) for form, name in _WRITTEN.items()) if isinstance(value, str) else ()
    return next(((match.group(), name) for match, name in found if match), None)
