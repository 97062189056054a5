"""One stream's sink: decodes its records into rows, and hands them to the run's intake."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, cast

import msgspec
from singer_sdk.sinks import Sink

from target_linkedin_conversions.records.constants import as_marks, as_nulls, without_constants
from target_linkedin_conversions.records.event import Refusal
from target_linkedin_conversions.records.half_characters import with_whole_characters
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.singer.errors import InvalidLineError, MissingKeyError
from target_linkedin_conversions.singer.validation import TapSchema
from target_linkedin_conversions.wall_clock import wall_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from singer_sdk import Target

    from target_linkedin_conversions.records.rows import Row
    from target_linkedin_conversions.run.intake import Intake
    from target_linkedin_conversions.run.run import Run
    from target_linkedin_conversions.run.stream_mapping import StreamMapping

__all__ = ["ConversionSink"]

AGAINST_TAP_SCHEMA = Refusal(reasons=(Reason("record", "against_tap_schema"),))


class Owner(Protocol):
    """The target that a sink belongs to."""

    run: Run

    def mapping(self, stream: str, schema: Mapping[str, Any], key_properties: Sequence[str]) -> StreamMapping:
        """What becomes of a stream's rows; raises `ConfigError` where the settings do not fit the schema."""

    def checked_against(self, stream: str, schema: dict[str, Any]) -> dict[str, Any]:
        """What the stream's records are checked against, of which `schema` is the plain form."""


def _line_decoder(row: type[msgspec.Struct]) -> Callable[[bytes], Any]:
    """A decoder of whole RECORD lines, their rows at once; raises for a line of any other kind."""
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = [("record", row), ("stream", str | None, None)]
    line = msgspec.defstruct("Line", fields, tag_field="type", tag="RECORD", gc=False)
    return msgspec.json.Decoder(line, float_hook=Decimal).decode


class ConversionSink(Sink):
    """Records in; the intake maps them and sends their events."""

    def __init__(
        self,
        target: Target,
        stream_name: str,
        schema: dict[str, Any],
        key_properties: Sequence[str] | None,
    ) -> None:
        """Compile the stream's mapping; raises `ConfigError` where it does not fit the schema."""
        super().__init__(target, stream_name, schema, key_properties)
        owner = cast("Owner", target)
        mapping = owner.mapping(stream_name, self.original_schema, self.key_properties)
        self._row_type = mapping.row_type
        self.is_sent = mapping.is_sent
        self._measured = 0
        self.intake: Intake = owner.run.intake(stream_name, mapping, MissingKeyError)
        self._decode = msgspec.json.Decoder(self._row_type.struct, float_hook=Decimal).decode
        self.decode_line = _line_decoder(self._row_type.struct)
        asks_schema = mapping.is_sent and self.config.get("validate_records")
        tap_schema = owner.checked_against(stream_name, self.schema) if asks_schema else None
        self._tap_schema = None if tap_schema is None else TapSchema(stream_name, tap_schema)

    def get_validator(self) -> None:
        """No validator: `take_mapping` validates, because the SDK's validator would fetch references."""

    def take_all(self, records: Iterable[msgspec.Struct], now: int) -> None:
        """Records that are decoded to the struct of the stream."""
        self.intake.take_all(map(self._row_type.row_of, records), now)

    def take_raw(self, records: Iterable[msgspec.Raw], now: int) -> None:
        """Records as they came: decoded straight into the stream's rows."""
        try:
            self.intake.take_all(self._rows(records, now), now)
        except msgspec.ValidationError:
            raise InvalidLineError("its record is no JSON object") from None

    def take_mapping(self, record: Mapping[str, Any], now: int, *, suspect: bool = False) -> None:
        """A record that went through the SDK's stream maps or flattening; a suspect one may hold what is no number."""
        if self._tap_schema is not None and not self._tap_schema.fits(dict(record)):
            self.intake.refuse(AGAINST_TAP_SCHEMA)
            return
        row = self._row_type.of(record)
        bad = self._no_numbers(row) if suspect else ()
        if bad:
            self.intake.refuse_for(tuple(map(without_constants, row)), bad, now)
            return
        self.intake.take_all((row,), now)

    def _rows(self, records: Iterable[msgspec.Raw], now: int) -> Iterator[Row]:
        """The rows of records, but for those that hold `NaN` where the stream reads it: they are rejected."""
        decode, row_of = self._decode, self._row_type.row_of
        for record in records:
            try:
                row = row_of(decode(record))
            except msgspec.DecodeError as error:
                row_or_none = self._row_with_constants(bytes(record), now, error)
                if row_or_none is None:
                    continue
                row = row_or_none
            yield row

    def _row_with_constants(self, record: bytes, now: int, error: msgspec.DecodeError) -> Row | None:
        """The row of a record with constants or halves of characters that are no JSON; None where a constant costs it, and the error where it has none."""
        whole = with_whole_characters(record)
        marked, without = as_marks(whole), as_nulls(whole)
        if marked is None or without is None:
            if whole == record and isinstance(error, msgspec.ValidationError):
                raise error
            if whole == record:
                raise InvalidLineError("its record is no JSON")
            marked = without = whole
        bad = self._no_numbers(self._row_type.row_of(self._decode(marked)))
        row = self._row_type.row_of(self._decode(without))
        if not bad:
            return row
        self.intake.refuse_for(row, bad, now)
        return None

    def _no_numbers(self, row: Row) -> tuple[Reason, ...]:
        """The columns and paths that the stream reads and that hold what is no number."""
        return self._row_type.no_numbers(row) if self.is_sent else ()

    def count(self) -> None:
        """Tell tally and metrics how many records came; the run tells the tally between these calls too."""
        self.intake.count()
        if new := self.intake.counted - self._measured:
            self._measured += new
            self.record_counter_metric.increment(new)

    # The SDK's own path, for callers that drive a sink through the SDK

    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:  # noqa: ARG002 - the SDK's signature
        """Take one record as the SDK hands it over."""
        self.take_mapping(record, wall_clock())

    def process_batch(self, context: dict[str, Any]) -> None:  # noqa: ARG002 - the SDK's signature
        """Send what is buffered: the SDK drains the sink."""
        self.intake.send_all()

    @property
    def current_size(self) -> int:
        """Events that wait here; the SDK drains a sink that is not empty."""
        return self.intake.waiting

    @property
    def is_full(self) -> bool:
        """Always false: full buffers are sent by themselves, a rule at a time."""
        return False
