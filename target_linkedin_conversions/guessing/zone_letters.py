"""Letters of a time zone behind a clock, `10:00 AM CET`, which are read where the entry's `timezone` has them then."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["without_letters", "zone_of"]

_LETTERS = re.compile(r"(.{8,34}[0-9](?: ?[AaPp][Mm])?) ?([A-Z]{3,4})\s*", re.DOTALL).fullmatch
_ZONES = {
    **dict.fromkeys(("CET", "CEST", "MEZ", "MESZ"), "Europe/Berlin"),
    "BST": "Europe/London",
    **dict.fromkeys(("EST", "EDT"), "America/New_York"),
    **dict.fromkeys(("CST", "CDT"), "America/Chicago"),
    **dict.fromkeys(("MST", "MDT"), "America/Denver"),
    **dict.fromkeys(("PST", "PDT"), "America/Los_Angeles"),
    **dict.fromkeys(("AEST", "AEDT"), "Australia/Sydney"),
}
"""The zone that exports mean most often; a person is asked to look at it."""


def without_letters(value: object) -> object:
    """A text without a known zone's letters behind it; anything else as it is."""
    parts = _LETTERS(value) if isinstance(value, str) else None
    return parts[1] if parts is not None and parts[2] in _ZONES else value


def zone_of(values: Iterable[object]) -> str:
    """The one zone whose letters stand behind times, empty where there are none, or those of several."""
    parts = [_LETTERS(value) for value in values if isinstance(value, str)]
    zones = {_ZONES[found[2]] for found in parts if found is not None and found[2] in _ZONES}
    return zones.pop() if len(zones) == 1 else ""
