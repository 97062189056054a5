"""What a run needs of a stream's plans: the functions from row to events, and facts about key and columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from target_linkedin_conversions.records.columns import Columns
from target_linkedin_conversions.records.event import Event, Key, MissingKey, Refusal
from target_linkedin_conversions.records.identifying import identifies
from target_linkedin_conversions.records.mapping import EventsOf, compile_events, not_sent
from target_linkedin_conversions.records.plain_ids import are_numbers
from target_linkedin_conversions.records.plan import StreamPlan
from target_linkedin_conversions.records.refusal import key_of
from target_linkedin_conversions.records.rows import Row, RowType
from target_linkedin_conversions.records.text import key_text

__all__ = ["EntryMapping", "StreamMapping", "mapping_of", "mapping_of_unsent"]

KeyTold = Callable[[Row], tuple[Key, frozenset[str]]]
"""The key of a row, and which of its columns must not be shown."""


class EntryMapping(msgspec.Struct, frozen=True):
    """How one entry of `streams` makes events of a stream's rows.

    `personal_columns` are those of the key that identify a person.
    """

    events_of: EventsOf
    personal_columns: frozenset[str] = frozenset()
    reject_too_old: bool = False


class StreamMapping(msgspec.Struct, frozen=True):
    """How the rows of one stream become events, by each of the entries that apply to it.

    `source` is the stream's name before stream maps, which is part of the ids that are made of its rows.
    """

    row_type: RowType
    entries: tuple[EntryMapping, ...]
    is_sent: bool
    key_told: KeyTold
    source: str = ""
    key_properties: tuple[str, ...] = ()
    plans: tuple[StreamPlan, ...] = ()

    def made_of(self, row: Row, now: int) -> tuple[list[Event], list[Refusal]] | MissingKey:
        """What every entry makes of one row; for single rows, too slow for a load."""
        events: list[Event] = []
        refusals: list[Refusal] = []
        for entry in self.entries:
            made = entry.events_of(row, now)
            if isinstance(made, MissingKey):
                return made
            if isinstance(made, list):
                events += made
            else:
                refusals.append(made)
        return events, refusals


def mapping_of(plans: Sequence[StreamPlan], source: str = "", key_properties: Sequence[str] = ()) -> StreamMapping:
    """The mapping of a stream that is sent, by plans over the same rows."""
    return StreamMapping(
        plans[0].row_type,
        tuple(
            EntryMapping(
                compile_events(plan),
                plan.personal_columns & {name for name, _ in plan.identity.key},
                plan.limits.reject_too_old,
            )
            for plan in plans
        ),
        is_sent=True,
        key_told=_key_told(plans),
        source=source,
        key_properties=tuple(key_properties),
        plans=tuple(plans),
    )


def mapping_of_unsent(key_properties: Sequence[str]) -> StreamMapping:
    """The mapping of a stream that no entry fits: every row is skipped, after a check that it has its key."""
    columns = Columns({})
    places = tuple((name, columns.optional(name)) for name in key_properties)
    entry = EntryMapping(not_sent(places))

    def key_told(row: Row) -> tuple[Key, frozenset[str]]:
        key = tuple((name, key_text(row[place])) for name, place in places)
        # Where nothing is mapped, only a number is known to be nobody's: a UUID may be a device's.
        return key, frozenset(name for name, text in key if text is not None and not are_numbers([text]))

    return StreamMapping(columns.row_type(key_properties), (entry,), is_sent=False, key_told=key_told)


def _key_told(plans: Sequence[StreamPlan]) -> KeyTold:
    """What may be told of a row's key, where nothing else of it could be read."""
    personal = {place for plan in plans for place in plan.personal}
    columns = frozenset(name for plan in plans for name in plan.personal_columns)

    def told(row: Row) -> tuple[Key, frozenset[str]]:
        key = key_of(row, plans[0])
        values = [row[place] for place in personal]
        return key, frozenset(name for name, text in key if name in columns or identifies(text, b"", values))

    return told
