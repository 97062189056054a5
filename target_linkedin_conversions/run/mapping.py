"""What a run needs of a stream's plan: how its rows become events, and what to know of them later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.records.columns import Columns, RowType
from target_linkedin_conversions.records.mapping import EventsOf, compile_events, not_sent, of_several

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


def mapping_of(plans: Sequence[StreamPlan]) -> StreamMapping:
    """The mapping of a stream that is sent, by the plan of each entry that applies to it."""
    made = [compile_events(plan) for plan in plans]
    return StreamMapping(
        plans[0].row_type,
        made[0] if len(made) == 1 else of_several(made),
        is_sent=True,
        personal_columns=frozenset().union(*(plan.personal_columns for plan in plans)),
        reject_too_old=any(plan.reject_too_old for plan in plans),
    )


def mapping_of_unsent(key_properties: Sequence[str]) -> StreamMapping:
    """The mapping of a stream that no entry fits: every row is skipped, once it has its key."""
    columns = Columns({})
    places = tuple((name, columns.optional(name)) for name in key_properties)
    return StreamMapping(columns.row_type(key_properties), not_sent(places), is_sent=False)
