"""What a run needs of a stream's plan: how its rows become events, and what to know of them later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.records.columns import Columns, RowType
from target_linkedin_conversions.records.mapping import EventsOf, compile_events, not_sent
from target_linkedin_conversions.settings import StreamEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.records.plan import StreamPlan

__all__ = ["StreamMapping", "mapping_of", "mapping_of_unsent"]


class StreamMapping(msgspec.Struct, frozen=True):
    """How the rows of one stream become events."""

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


def mapping_of_unsent(key_properties: Sequence[str]) -> StreamMapping:
    """The mapping of a stream that no entry fits: every row is skipped, once it has its key."""
    columns = Columns({}, StreamEntry(place="streams", stream="*", rules=()))
    places = tuple((name, columns.optional(name)) for name in key_properties)
    return StreamMapping(columns.row_type(key_properties), not_sent(places), is_sent=False)
