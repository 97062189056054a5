"""The days on which a batch's events happened, as a column of its row holds them: `{"20420":17}`, UTC days since 1970."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import msgspec

from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.epoch import LAST_MS

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["UNDATED", "days_of_text", "days_text"]

UNDATED = ""
"""What the column holds of a batch that is not delivered, was imported, or was written by an earlier release."""

_Count = Annotated[int, msgspec.Meta(ge=1, le=(1 << 31) - 1)]
_Day = Annotated[int, msgspec.Meta(ge=0, le=LAST_MS // DAY_MS)]
_decode = msgspec.json.Decoder(dict[_Day, _Count]).decode


def days_text(days: Iterable[int], without: Iterable[int] = ()) -> str:
    """How many events each day has, but for those `without`."""
    counts = Counter(days)
    counts.subtract(Counter(without))
    return msgspec.json.encode({day: events for day, events in sorted(counts.items()) if events > 0}).decode()


def days_of_text(text: str) -> dict[int, int]:
    """The events of each day; raises `ValueError` where no run has written the text."""
    try:
        return _decode(text)
    except msgspec.DecodeError as error:
        raise ValueError(text) from error
