"""One stream of a preview: maps its records by each entry and inspects them, a thousand at a time."""

from __future__ import annotations

from collections import Counter as Counts
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.errors import InputError
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.readiness.batch import Batch
from target_linkedin_conversions.readiness.stream import StreamInspection
from target_linkedin_conversions.readiness.values import Values
from target_linkedin_conversions.records.constants import WithConstants, without_constants
from target_linkedin_conversions.records.event import MissingKey, Refusal
from target_linkedin_conversions.records.looks import looks_personal, name_shown
from target_linkedin_conversions.records.reasons import SAME_ID_OTHER_KEY
from target_linkedin_conversions.run.open_zone import OpenZone
from target_linkedin_conversions.run.preview.findings import added, of_all_entries, readiness_of_all
from target_linkedin_conversions.run.stream_mapping import mapping_of, mapping_of_unsent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from target_linkedin_conversions.readiness.batch import Made, Record
    from target_linkedin_conversions.readiness.counted import Counted
    from target_linkedin_conversions.readiness.filling import FilledField
    from target_linkedin_conversions.readiness.finding import Finding
    from target_linkedin_conversions.readiness.matching import Readiness
    from target_linkedin_conversions.records.event import Event
    from target_linkedin_conversions.records.mapping import EventsOf
    from target_linkedin_conversions.records.plan import StreamPlan
    from target_linkedin_conversions.records.reasons import Reason
    from target_linkedin_conversions.records.rows import Row, RowType

__all__ = ["StreamPreview"]

_PAYLOADS = 3
TOGETHER = 1_000
"""Records that are mapped and inspected together, column by column."""


class StreamPreview:
    """Previews the records of one stream under one schema; `after` links it to the preview under the schema before."""

    def __init__(
        self,
        stream: str,
        plans: Sequence[StreamPlan],
        key: Sequence[str],
        now: int,
        *,
        remembers: bool,
        warn: Callable[[str], None],
    ) -> None:
        """`now` is in epoch milliseconds; `remembers` says whether a repeated event counts as already delivered."""
        self._zone = OpenZone(plans, warn)
        self.stream, self._now, self._remembers = stream, now, remembers
        mapping = mapping_of(plans) if plans else mapping_of_unsent(key)
        self._row_type: RowType = mapping.row_type
        self._looks = [StreamInspection(plan, now, looks_personal) for plan in plans]
        self._entries: list[tuple[EventsOf, StreamInspection | None]] = [
            (entry.events_of, self._looks[at] if plans else None) for at, entry in enumerate(mapping.entries)
        ]
        self._values = Values() if any(plan.value is not None for plan in plans) else None
        self.schema_and_key: tuple[Mapping[str, Any], tuple[str, ...]] = ({}, ())
        self.records = 0
        self.payloads: list[bytes] = []
        self._would_send: Counts[str] = Counts()
        self._ended: dict[tuple[str, Outcome, str], int] = {}
        self._earlier: StreamPreview | None = None
        self._waiting: list[Record] = []

    def after(self, earlier: StreamPreview) -> StreamPreview:
        """Count on from the preview of the same stream under its earlier schema; returns itself."""
        earlier.look()
        self.records, self.payloads, self._earlier = earlier.records, earlier.payloads, earlier
        return self

    def take(self, record: Record) -> None:
        """Take one record; it is mapped together with those that follow, a thousand at a time."""
        self.records += 1
        if isinstance(record, WithConstants):
            reasons = self._row_type.no_numbers(self._row_type.of(record)) if self._looks else ()
            record = without_constants(record)
            if reasons:
                self._refuse(self._row_type.of(record), reasons)
                return
        self._waiting.append(record)
        if len(self._waiting) >= TOGETHER:
            self.look()

    def _refuse(self, row: Row, reasons: tuple[Reason, ...]) -> None:
        """Count a row that is rejected for reasons of its own, unless it would be skipped, as a run does."""
        for events_of, _ in self._entries:
            made = events_of(row, self._now)
            if isinstance(made, MissingKey):
                raise self._lacking(made)
            is_skipped = not isinstance(made, list) and made.skipped
            self._count_refusal(made if is_skipped else Refusal(reasons=reasons))  # type: ignore[arg-type]  # no list

    def _lacking(self, made: MissingKey) -> InputError:
        return InputError(
            f"a record of stream {name_shown(self.stream)!r} lacks its key property {name_shown(made.name)!r}; each must have it"
        )

    def look(self) -> None:
        """Map and inspect the records that wait; raises `InputError` where one lacks its key."""
        records, self._waiting = self._waiting, []
        if not records:
            return
        batch = Batch.of(records, self._row_type)
        for row in batch.rows:
            if self._zone.is_settled:
                break
            self._zone.see(row)
        counted: Sequence[Counted | None] = [set() if len(self._entries) > 1 else None for _ in records]
        made_by_entry = []
        for events_of, look in self._entries:
            made = self._made(batch.rows, counted, events_of, look)
            made_by_entry.append(made)
            if look is not None:
                look.see(msgspec.structs.replace(batch, made=made, counted=counted))
        if self._values is not None:
            self._values.see(made_by_entry)

    def _made(
        self, rows: Sequence[Row], counted: Sequence[Counted | None], events_of: EventsOf, look: StreamInspection | None
    ) -> list[Made]:
        """Map the rows by one entry, and count how each of them ends."""
        now = self._now
        all_made = [events_of(row, now) for row in rows]
        for made, counted_of_it in zip(all_made, counted, strict=True):
            if type(made) is list and look is not None:
                self._count_events(made, look, counted_of_it)
            elif isinstance(made, MissingKey):
                raise self._lacking(made)
            else:
                self._count_refusal(made)  # type: ignore[arg-type]  # no list
        return all_made  # type: ignore[return-value]  # none lacks its key

    def _count_events(self, events: list[Event], look: StreamInspection, counted: Counted | None) -> None:
        repeated = False
        for event in events:
            came = look.identities.came_before(event)
            if came is None or not self._remembers:
                self._would_send[event.rule] += 1
                if len(self.payloads) < _PAYLOADS:
                    self.payloads.append(event.payload)
            else:
                self._count(event.rule, Outcome.ALREADY_DELIVERED, came)
            repeated |= came == SAME_ID_OTHER_KEY
        if repeated:
            look.identities.repeated(counted)

    def _count_refusal(self, made: Refusal) -> None:
        if made.skipped:
            self._count(made.rule or "", Outcome.SKIPPED, made.skipped)
        else:
            self._count(made.rule or "", Outcome.REJECTED, made.reasons[0].code)

    def _count(self, rule: str, outcome: Outcome, code: str) -> None:
        ending = (rule, outcome, code)
        self._ended[ending] = self._ended.get(ending, 0) + 1

    @property
    def ended(self) -> dict[tuple[str, Outcome, str], int]:
        """Counts by rule, outcome and code."""
        self.look()
        total = dict(self._earlier.ended) if self._earlier is not None else {}
        would_send = {(rule, Outcome.WOULD_SEND, ""): events for rule, events in self._would_send.items()}
        for ending, events in (would_send | self._ended).items():
            total[ending] = total.get(ending, 0) + events
        return total

    def findings(self) -> list[Finding]:
        """Every finding, each record counted once though several entries take it."""
        own = of_all_entries(one for look in self._looks for one in look.findings())
        own += self._values.findings() if self._values is not None else ()
        earlier = self._earlier.findings() if self._earlier is not None else ()
        return added([*(msgspec.structs.replace(one, stream=self.stream) for one in own), *earlier], "records")

    def fields(self) -> list[FilledField]:
        """Every field of every entry, with how many records fill it."""
        own = dict.fromkeys(field for look in self._looks for field in look.fields)
        return added([*own, *(self._earlier.fields() if self._earlier is not None else ())], "filled")

    def readiness(self) -> Readiness:
        """Which identifiers the events of all entries carry."""
        earlier = [self._earlier.readiness()] if self._earlier is not None else []
        return readiness_of_all([*(look.matching.readiness for look in self._looks), *earlier])
