"""How one stream's rows become events: one total function of a row, and what else of its plan a run needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.records.columns import Columns, Row, RowType
from target_linkedin_conversions.records.event import Event, Refusal
from target_linkedin_conversions.records.fast_lane import fast_lane
from target_linkedin_conversions.records.mapping import events_of as walk
from target_linkedin_conversions.settings import StreamEntry

if TYPE_CHECKING:
    from target_linkedin_conversions.records.columns import Read
    from target_linkedin_conversions.records.plan import StreamPlan

__all__ = ["EventsOf", "MissingKey", "StreamMapping", "compile_events", "mapping_of", "not_sent"]

NOT_CONFIGURED = Refusal(skipped="stream_not_configured")


class MissingKey(msgspec.Struct, frozen=True):
    """A row that lacks a key property of its stream."""

    name: str


EventsOf = Callable[[Row, int], "list[Event] | Refusal | MissingKey"]
"""The events of a row, or why it has none, by row and the present in epoch milliseconds."""


class StreamMapping(msgspec.Struct, frozen=True):
    """What a run needs of a stream's plan."""

    row_type: RowType
    events_of: EventsOf
    is_sent: bool
    personal_columns: frozenset[str] = frozenset()
    reject_too_old: bool = False


def mapping_of(plan: StreamPlan) -> StreamMapping:
    """The mapping of a stream that is sent."""
    return StreamMapping(
        plan.row_type,
        compile_events(plan),
        is_sent=True,
        personal_columns=plan.personal_columns,
        reject_too_old=plan.reject_too_old,
    )


def not_sent(key_properties: Sequence[str]) -> StreamMapping:
    """The mapping of a stream that no entry fits: every row is skipped, once it has its key."""
    columns = Columns({}, StreamEntry(place="streams", stream="*", rules=()))
    readers = tuple((name, columns.optional(name)) for name in key_properties)

    def skipped(row: Row, _now: int) -> Refusal | MissingKey:
        return _missing(row, readers) or NOT_CONFIGURED

    return StreamMapping(columns.row_type(key_properties), skipped, is_sent=False)


def compile_events(plan: StreamPlan) -> EventsOf:
    """One total function of a row."""
    lane, readers = fast_lane(plan), plan.required

    def events_of(row: Row, now: int) -> list[Event] | Refusal | MissingKey:
        return lane(row, now) or _missing(row, readers) or walk(row, plan, now)

    return events_of


def _missing(row: Row, readers: tuple[tuple[str, Read], ...]) -> MissingKey | None:
    for name, read in readers:
        if read(row) is msgspec.UNSET:
            return MissingKey(name)
    return None
