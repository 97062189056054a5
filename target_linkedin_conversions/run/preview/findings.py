"""What a preview found: how all records of a stream would end, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from target_linkedin_conversions.readiness.filling import FilledField
from target_linkedin_conversions.readiness.finding import Finding
from target_linkedin_conversions.readiness.matching import Readiness
from target_linkedin_conversions.readiness.stream import OF_WHAT_IS_MADE

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Ended", "Previewed", "PreviewedStream", "added", "of_all_entries", "readiness_of_all"]


class Ended(msgspec.Struct, frozen=True):
    """How many events (or records without one) of a rule would end so, and why."""

    rule: str
    outcome: str
    code: str
    events: int
    meaning: str


class PreviewedStream(msgspec.Struct, frozen=True):
    """What one stream would become."""

    stream: str
    records: int
    events: int
    fields: list[FilledField]
    outcomes: list[Ended]
    readiness: Readiness
    payloads: list[msgspec.Raw]


class Previewed(msgspec.Struct, frozen=True):
    """What all records would become; `complete` says whether all that came were looked at."""

    records: int
    complete: bool
    streams: list[PreviewedStream]
    findings: list[Finding]
    warnings: list[str]


_Counted = TypeVar("_Counted", Finding, FilledField)


def added(parts: Sequence[_Counted], count: str) -> list[_Counted]:
    """Findings, or fields, that differ only in the number named `count` put together: one of each kind, with the sum."""
    totals: dict[_Counted, int] = {}
    for part in parts:
        kind = msgspec.structs.replace(part, **{count: 0})
        totals[kind] = totals.get(kind, 0) + getattr(part, count)
    return [msgspec.structs.replace(kind, **{count: total}) for kind, total in totals.items()]


def of_all_entries(parts: Sequence[tuple[int, Sequence[Finding]]]) -> list[Finding]:
    """The findings of a stream with several entries, put together so that a record counts once.

    Each part is the findings of one entry, behind a number: entries with the same number share the records, each taking
    others. Every entry finds what is wrong with a column in the same records, so the largest count is kept; what
    entries that share the records made of them is added up.
    """
    totals: dict[Finding, dict[tuple[int, int], int]] = {}
    for number, (share, findings) in enumerate(parts):
        for one in findings:
            by_entry = totals.setdefault(msgspec.structs.replace(one, records=0), {})
            taker = (share, 0) if one.code in OF_WHAT_IS_MADE else (share, number)
            by_entry[taker] = by_entry.get(taker, 0) + one.records
    return [msgspec.structs.replace(kind, records=max(by_entry.values())) for kind, by_entry in totals.items()]


def readiness_of_all(parts: Sequence[Readiness]) -> Readiness:
    """By what the events of all entries can be matched, added up."""
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
