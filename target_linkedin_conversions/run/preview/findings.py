"""What a preview found: how all records of a stream would end, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from target_linkedin_conversions.readiness.filling import FilledField
from target_linkedin_conversions.readiness.finding import Finding
from target_linkedin_conversions.readiness.matching import Readiness
from target_linkedin_conversions.readiness.stream import is_of_what_is_made

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Ended", "Previewed", "PreviewedStream", "added", "of_all_entries", "readiness_of_all"]


class Ended(msgspec.Struct, frozen=True):
    """How many events (or records without one) of a rule would end with this outcome, and why."""

    rule: str
    outcome: str
    code: str
    events: int
    meaning: str


class PreviewedStream(msgspec.Struct, frozen=True):
    """The preview of one stream."""

    stream: str
    records: int
    events: int
    fields: list[FilledField]
    outcomes: list[Ended]
    readiness: Readiness
    payloads: list[msgspec.Raw]


class Previewed(msgspec.Struct, frozen=True):
    """The preview of all records; `complete` says whether all of the input was read."""

    records: int
    complete: bool
    streams: list[PreviewedStream]
    findings: list[Finding]
    warnings: list[str]


_Counted = TypeVar("_Counted", Finding, FilledField)


def added(parts: Sequence[_Counted], count: str) -> list[_Counted]:
    """Findings, or fields, that differ only in the number named `count`, joined: one of each kind, with the sum."""
    totals: dict[_Counted, int] = {}
    for part in parts:
        kind = msgspec.structs.replace(part, **{count: 0})
        totals[kind] = totals.get(kind, 0) + getattr(part, count)
    return [msgspec.structs.replace(kind, **{count: total}) for kind, total in totals.items()]


def of_all_entries(parts: Iterable[Finding]) -> list[Finding]:
    """The findings of all entries of a stream, in the order of the entries.

    What is wrong with a column is found by every entry alike. What a record became each entry counts where none before it has
    found the same.
    """
    totals: dict[Finding, int] = {}
    for one in parts:
        kind = msgspec.structs.replace(one, records=0)
        before = totals.get(kind, 0)
        totals[kind] = before + one.records if is_of_what_is_made(one) else max(before, one.records)
    return [msgspec.structs.replace(kind, records=total) for kind, total in totals.items()]


def readiness_of_all(parts: Sequence[Readiness]) -> Readiness:
    """The match identifiers of all entries, added up."""
    if len(parts) == 1:
        return parts[0]
    by_identifier: dict[str, int] = {}
    per_event: dict[str, int] = {}
    for part in parts:
        for total, counts in ((by_identifier, part.by_identifier), (per_event, part.identifiers_per_event)):
            for name, events in counts.items():
                total[name] = total.get(name, 0) + events
    return Readiness(
        sum(part.events for part in parts),
        sum(part.strong for part in parts),
        sum(part.supported for part in parts),
        sum(part.weak for part in parts),
        by_identifier,
        per_event,
    )
