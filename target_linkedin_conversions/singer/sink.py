"""One stream's sink: maps each record and buffers its events, 5,000 a rule."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
from singer_sdk.sinks import Sink

from target_linkedin_conversions.delivery.batch import Batch
from target_linkedin_conversions.records.columns import Columns, Row
from target_linkedin_conversions.records.compiler import compile_plan
from target_linkedin_conversions.records.event import Event, MissingKey, Refusal
from target_linkedin_conversions.records.mapping import EventsOf, compile_events, not_sent
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.singer.errors import InvalidLineError, MissingKeyError
from target_linkedin_conversions.singer.validation import TapSchema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from target_linkedin_conversions.records.plan import StreamPlan
    from target_linkedin_conversions.singer.checkpoint import Segment
    from target_linkedin_conversions.singer.target import TargetLinkedInConversions

__all__ = ["ConversionSink"]

AGAINST_TAP_SCHEMA = Refusal(reasons=(Reason("record", "against_tap_schema"),))


MOST_BYTES = 16 << 20
"""Of a batch, give or take its last event: 5,000 usual events have 3 MB, but nothing bounds a company's name."""


def _line_decoder(row: type[msgspec.Struct]) -> Callable[[bytes], Any]:
    """A decoder of whole RECORD lines, their rows at once; raises for a line of any other kind."""
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = [("record", row), ("stream", str | None, None)]
    line = msgspec.defstruct("Line", fields, tag_field="type", tag="RECORD", gc=False)
    return msgspec.json.Decoder(line, float_hook=Decimal).decode


class Buffer:
    """The events of one rule that wait to be a batch."""

    __slots__ = ("events", "room", "since", "tickets")

    def __init__(self) -> None:
        """Empty, since now."""
        self.events: list[Event] = []
        self.tickets: list[Segment] = []
        self.since = time.monotonic()
        self.room = MOST_BYTES


class ConversionSink(Sink):
    """Records in, batches out; `take_all` is the whole way of a record."""

    def __init__(
        self,
        target: TargetLinkedInConversions,
        stream_name: str,
        schema: dict[str, Any],
        key_properties: Sequence[str] | None,
    ) -> None:
        """Compile the stream's plan; raises `ConfigError` where it does not fit the schema."""
        super().__init__(target, stream_name, schema, key_properties)
        self._run = target.run
        self._checkpoint = target.run.checkpoint
        self._batch_rows = target.settings.batch_size_rows
        self.plan = self._compile(target)
        if self.plan is None:
            required = Columns({}, target.any_entry)
            keys = tuple((name, required.optional(name)) for name in self.key_properties)
            self._row_type = required.row_type(self.key_properties)
            self._events_of: EventsOf = not_sent(keys)
        else:
            self._row_type = self.plan.row_type
            self._events_of = compile_events(self.plan)
        self._decode = msgspec.json.Decoder(self._row_type.struct, float_hook=Decimal).decode
        self.decode_line = _line_decoder(self._row_type.struct)
        self._tap_schema = TapSchema(stream_name, self.schema) if self.config.get("validate_records") else None
        self._buffers: dict[str, Buffer] = {}
        self._taken = 0

    def _compile(self, target: TargetLinkedInConversions) -> StreamPlan | None:
        entry = target.entry_of(self.stream_name)
        if entry is None:
            return None
        plan = compile_plan(
            self.stream_name,
            self.original_schema,
            self.key_properties,
            entry,
            target.settings,
            source=target.source_of_schema,
            suppressed=target.run.suppressed,
        )
        for warning in plan.warnings:
            target.run.warn(f"stream {self.stream_name}: {warning}")
        return plan

    def get_validator(self) -> None:
        """None: `take_mapping` asks the tap's schema, as the SDK's own validator fetches what it refers to."""

    # The way of a record

    def take_raw(self, records: Iterable[msgspec.Raw], now: int) -> None:
        """Records as they came: decoded straight into the plan's rows."""
        try:
            self.take_all(map(self._decode, records), now)
        except msgspec.ValidationError:
            raise InvalidLineError("its record is no JSON object") from None

    def take_mapping(self, record: Mapping[str, Any], now: int) -> None:
        """A record that went through the SDK's stream maps or flattening."""
        if self._tap_schema is not None and self.plan is not None and not self._tap_schema.fits(dict(record)):
            self._taken += 1
            self._run.recorder.refused(self.stream_name, AGAINST_TAP_SCHEMA)
            return
        self._take((self._row_type.of(record),), now)

    def take_all(self, records: Iterable[msgspec.Struct], now: int) -> None:
        """Records that came between the same two STATE messages, decoded to the struct of the stream."""
        self._take(map(self._row_type.row_of, records), now)

    def _take(self, rows: Iterable[Row], now: int) -> None:
        """Each row to its end or into the buffers of its rules."""
        events_of, buffers, most = self._events_of, self._buffers, self._batch_rows
        taken = 0
        try:
            for row in rows:
                made = events_of(row, now)
                if type(made) is not list:
                    self._refuse(made)  # type: ignore[arg-type]  # type() narrows less than isinstance, which is slower
                    continue
                taken += 1
                if made[0].left_out:
                    self._leave_out(made[0].left_out)
                for event in made:
                    rule = event.rule
                    buffer = buffers.get(rule)
                    if buffer is None:
                        buffer = buffers[rule] = Buffer()
                    events = buffer.events
                    events.append(event)
                    buffer.room -= len(event.payload)
                    if len(events) >= most or buffer.room <= 0:
                        self._send(rule)
        finally:
            self._taken += taken
            for rule, buffer in buffers.items():
                self._note_made(rule, buffer)

    def _refuse(self, made: Refusal | MissingKey) -> None:
        """Tell of a record without events; raises `MissingKeyError` where it is none."""
        if isinstance(made, MissingKey):
            raise MissingKeyError(
                f"a record of stream {self.stream_name!r} lacks its key property {made.name!r}; the tap must send it",
            )
        self._taken += 1
        self._run.recorder.refused(self.stream_name, made)

    def _leave_out(self, left_out: Sequence[Reason]) -> None:
        """Tell what was left out of a record's events."""
        for reason in left_out:
            self._run.tally.count_left_out(self.stream_name, reason.field, reason.code)

    # Buffers

    def send_older_than(self, seconds: float) -> None:
        """Send every buffer whose oldest event is so old."""
        limit = time.monotonic() - seconds
        for rule in [rule for rule, buffer in self._buffers.items() if buffer.since <= limit]:
            self._send(rule)

    def send_all(self) -> None:
        """Send every buffer."""
        for rule in list(self._buffers):
            self._send(rule)

    @property
    def oldest(self) -> float | None:
        """Monotonic time of the oldest event that waits here."""
        return min((buffer.since for buffer in self._buffers.values()), default=None)

    def count(self) -> None:
        """Tell the tally how many records came since the last call."""
        if self._taken:
            self._run.tally.count_records(self.stream_name, self._taken)
            self.record_counter_metric.increment(self._taken)
            self._taken = 0

    def _note_made(self, rule: str, buffer: Buffer) -> None:
        """Tell checkpoint and tally of the events that have no ticket yet: all were made since the last STATE."""
        made = len(buffer.events) - len(buffer.tickets)
        if made:
            buffer.tickets += [self._checkpoint.made(made)] * made
            self._run.tally.count_made(self.stream_name, rule, made)

    def _send(self, rule: str) -> None:
        buffer = self._buffers.pop(rule)
        plan = self.plan
        self._note_made(rule, buffer)
        batch = Batch(
            rule,
            self.stream_name,
            buffer.events,
            buffer.tickets,
            plan is not None and plan.reject_too_old,
            plan,
        )
        self._run.hand_over(batch)

    # The SDK's own path, for whoever drives a sink through it

    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:  # noqa: ARG002 - the SDK's signature
        """Take one record as the SDK hands it over."""
        self.take_mapping(record, time.time_ns() // 1_000_000)

    def process_batch(self, context: dict[str, Any]) -> None:  # noqa: ARG002 - the SDK's signature
        """Send what is buffered: the SDK drains the sink."""
        self.send_all()

    @property
    def current_size(self) -> int:
        """Events that wait here; the SDK drains a sink that is not empty."""
        return sum(len(buffer.events) for buffer in self._buffers.values())

    @property
    def is_full(self) -> bool:
        """Never: full buffers leave by themselves, a rule at a time."""
        return False
