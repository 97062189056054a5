"""Events that were taken for others of the same run or of earlier ones: when they are so many that the key may be at fault."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol, TypeVar

from target_linkedin_conversions.outcomes import ACCEPTED, Outcome
from target_linkedin_conversions.records.reasons import CHANGED, MARKED, WOULD_MARK
from target_linkedin_conversions.reporting.report import Repeated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from target_linkedin_conversions.reporting.report import Line

__all__ = ["FEWEST", "MEND_OF_CHANGED", "MEND_OF_REPEATED", "changed_often", "repeated_in", "repeated_often"]

FEWEST = 20
"""Fewer may be rows that a tap sent twice, or that somebody corrected."""

MEND_OF_REPEATED = "where they are not the same row twice, name in key the columns that tell them apart"
MEND_OF_CHANGED = (
    "where they are conversions of their own, name in key the columns that tell them apart, or set once_per: row"
)


class OfStream(Protocol):
    """The events of a stream that repeated another one of the run, and those that were taken."""

    @property
    def events(self) -> int:
        """How many repeated another one."""

    @property
    def taken(self) -> int:
        """How many were taken."""


_Repeats = TypeVar("_Repeats", bound=OfStream)


def repeated_in(lines: Iterable[Line], repeated: Mapping[str, int]) -> list[Repeated]:
    """Of each stream that had any, how many events had the key, time and value of another one of the run, as `repeated` counts them."""
    taken: Counter[str] = Counter()
    for line in lines:
        if line.outcome in ACCEPTED or line.code in {MARKED, WOULD_MARK}:
            taken[line.stream] += line.events
    return [Repeated(stream, events, taken[stream]) for stream, events in sorted(repeated.items()) if events]


def repeated_often(repeated: Iterable[_Repeats]) -> list[_Repeats]:
    """The streams of which as many events repeated another one as were taken: rows that came twice, or a key that tells nobody apart."""
    return [one for one in repeated if one.events >= max(FEWEST, one.taken)]


def changed_often(lines: Iterable[Line]) -> dict[str, int]:
    """The events of each stream of which most had the key of one that was delivered, and another time or value."""
    changed: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for line in lines:
        if line.outcome is not Outcome.SKIPPED:
            (changed if line.code == CHANGED else others)[line.stream] += line.events
    return {stream: events for stream, events in sorted(changed.items()) if events >= max(FEWEST, others[stream])}
