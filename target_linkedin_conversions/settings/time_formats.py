"""The key `time_format`: how times are written, as strptime says it, and what people write who think in another language."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from target_linkedin_conversions.nearest import folded_name
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.settings import lists
from target_linkedin_conversions.settings.values import wrong

__all__ = ["read_time_format"]

_READ_ANYWAY = {"iso8601", "iso", "rfc3339", "epoch", "epochms", "unix", "unixms", "timestamp", "auto"}
_OF_STRPTIME = {
    "YYYY": "%Y",
    "yyyy": "%Y",
    "MM": "%m",
    "DD": "%d",
    "dd": "%d",
    "HH": "%H",
    "hh": "%H",
    "mm": "%M",
    "ss": "%S",
    "SS": "%S",
}
"""What Java, moment.js and spreadsheets write for each part of a time."""
_LETTERS = re.compile("|".join(_OF_STRPTIME))


def read_time_format(raw: object, place: str) -> tuple[str, ...]:
    """The formats, each with a day; raises `ConfigError`."""
    formats = lists.column_names(raw, place)
    for index, form in enumerate(formats):
        here = place if len(formats) == 1 else f"{place}[{index}]"
        try:
            sample = datetime(2026, 11, 21, 13, 54, 25, tzinfo=UTC).strftime(form)
            read = datetime.strptime(sample, form)  # noqa: DTZ007 - only to see whether the format holds a day
        except ValueError:
            raise wrong(here, "a format of strptime", f'for example {place}: "%m/%d/%Y %H:%M"') from None
        if (read.year, read.month, read.day) != (2026, 11, 21):
            raise wrong(here, "a format with year, month and day", _mend_of_format(form, here))
    return formats


def _mend_of_format(form: str, place: str) -> str:
    """The format as strptime writes it, where it stands in letters; or that such times need none."""
    if folded_name(form) in _READ_ANYWAY:
        return "remove it: such times are read without a format"
    letters = (
        form if "MM" in form else form.replace("mm", "MM", 1)
    )  # a spreadsheet's `mm` is the month, then the minute
    parts = _LETTERS.findall(letters)
    if "%" not in form and {"YYYY", "MM", "DD"} <= {part.upper() for part in parts}:
        return f'write {place}: "{name_shown(_LETTERS.sub(lambda part: _OF_STRPTIME[part.group()], letters))}"'
    return f'for example {place}: "%m/%d/%Y %H:%M"'
