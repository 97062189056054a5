"""The Singer target: SCHEMA, RECORD, STATE, BATCH and ACTIVATE_VERSION in; STATE out.

Built on `singer_sdk.Target`. Records that no stream map touches go straight from their line to
the sink; the others take the SDK's way and meet them at the same row.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from itertools import chain, islice
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import Target
from singer_sdk.exceptions import InvalidJSONSchema
from singer_sdk.helpers.capabilities import CapabilitiesEnum, PluginCapabilities, TargetCapabilities
from singer_sdk.mapper import RemoveRecordTransform, SameRecordTransform

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.constants import as_floats, as_marks
from target_linkedin_conversions.records.event import Refusal
from target_linkedin_conversions.records.half_characters import with_whole_characters
from target_linkedin_conversions.records.identifying import identifies
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.text import key_text
from target_linkedin_conversions.run.process.signals import listen_for_signals
from target_linkedin_conversions.run.run import Run
from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.settings.schema import config_jsonschema
from target_linkedin_conversions.singer.earlier_state import says_how_far
from target_linkedin_conversions.singer.errors import InvalidLineError, RecordBeforeSchemaError
from target_linkedin_conversions.singer.failing_maps import FailingMaps
from target_linkedin_conversions.singer.known_schemas import KnownSchemas
from target_linkedin_conversions.singer.logs import TargetLogger
from target_linkedin_conversions.singer.mapper import FailedMap, StreamMapper
from target_linkedin_conversions.singer.reader import Envelope, LineReader
from target_linkedin_conversions.singer.record_schemas import (
    SchemaMessage,
    names_no_columns,
    schema_of_records,
    with_keys,
    with_properties,
)
from target_linkedin_conversions.singer.safe_states import SafeStates
from target_linkedin_conversions.singer.sink import ConversionSink
from target_linkedin_conversions.singer_messages import (
    MELTANO_TEST_STREAM,
    before_schema,
    is_list_of_names,
    key_properties_broken,
    properties_broken,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import msgspec
    from singer_sdk.sinks import Sink

    from target_linkedin_conversions.delivery.clock import Clock
    from target_linkedin_conversions.run.stream_mapping import StreamMapping

__all__ = ["TargetLinkedInConversions"]

_BATCH_PAUSE = 1000
"""Records of a BATCH file between two looks at signals, senders and the age of batches."""


class TargetLinkedInConversions(Target):
    """Delivers conversion events to LinkedIn's Conversions API."""

    name = "target-linkedin-conversions"
    package_name = "target-linkedin-conversions"
    logger = TargetLogger(logging.getLogger(name))
    config_jsonschema: ClassVar[dict[str, Any]] = config_jsonschema()
    default_sink_class = ConversionSink
    capabilities: ClassVar[list[CapabilitiesEnum]] = [
        PluginCapabilities.ABOUT,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.FLATTENING,
        PluginCapabilities.BATCH,
        PluginCapabilities.STRUCTURED_LOGGING,
        TargetCapabilities.VALIDATE_RECORDS,
    ]

    def __init__(  # noqa: PLR0913 - the SDK's arguments, a clock and a run
        self,
        *,
        config: Mapping[str, Any] | PurePath | str | list[PurePath | str] | None = None,
        parse_env_config: bool = False,
        validate_config: bool = True,
        setup_mapper: bool = True,
        message_reader: LineReader | None = None,
        clock: Clock | None = None,
        run: Run | None = None,
    ) -> None:
        """Read the settings; raises `ConfigError`. Nothing is opened or sent.

        `run` is one of another kind than a delivery, with settings of its own.
        """
        sends = run is None
        if run is None:
            environment = dict(os.environ) if parse_env_config else None
            raw: Mapping[str, Any] = config if isinstance(config, Mapping) else _from_files(config)
            run = Run(Settings.load(raw, environment), clock)
        self.settings = run.settings
        self.run = run
        self._states = SafeStates(run)
        run.follow(self._states)
        self._reader = message_reader or LineReader(self, sends=sends)
        self._schema_message = SchemaMessage()
        """The SCHEMA whose streams are registered."""
        self._fast: dict[str, ConversionSink] = {}
        self._known_schemas = KnownSchemas()
        self._has_state = False
        """Whether a STATE came: only the first one may be that of an earlier run."""
        self._failing_maps = FailingMaps(run)
        super().__init__(
            config=dict(self.settings.sdk) | {"batch_size_rows": self.settings.batch_size_rows},
            parse_env_config=False,
            validate_config=validate_config,
            setup_mapper=setup_mapper,
            message_reader=self._reader,
        )
        self._max_parallelism = 1

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:  # noqa: ARG002 - the SDK's signature
        """Do nothing: the settings were checked when they were read."""
        return []

    def setup_mapper(self) -> None:
        """Prepare the stream maps and flattening."""
        self._mapper = self._maps = StreamMapper(plugin_config=dict(self.config), logger=self.logger)

    # Streams

    def mapping(self, stream: str, schema: Mapping[str, Any], key_properties: Sequence[str]) -> StreamMapping:
        """What becomes of a stream's rows; raises `ConfigError` where the settings do not fit the schema."""
        streams, tap = self.run.streams, self._schema_message
        is_nothing = stream == MELTANO_TEST_STREAM or self._is_mapped_away(stream)
        entries = () if is_nothing else streams.entries_of(stream)
        if not tap.names_columns and (bare := next((entry for entry in entries if not entry.fields), None)):
            raise ConfigError(
                f"{bare.place}.fields",
                f"the tap's schema of stream {name_shown(tap.stream)!r} names no columns, so none is found by its name",
                "map happened_at, and email or another identifier",
            )
        return streams.mapping(stream, schema, key_properties, entries, source=tap.stream, bookmarks=tap.bookmarks)

    def checked_against(self, stream: str, schema: dict[str, Any]) -> dict[str, Any]:
        """What the records of a stream are checked against: the tap's schema as written, unless maps make other records."""
        is_the_tap_s = stream == self._schema_message.stream and self._stays_as_it_is(stream)
        return self._schema_message.as_written if is_the_tap_s else schema

    def _is_mapped_away(self, stream: str) -> bool:
        """Whether the stream maps of the SCHEMA that is read drop every record of the stream."""
        maps = self.mapper.stream_maps.get(self._schema_message.stream, ())
        return any(isinstance(found, RemoveRecordTransform) and found.stream_alias == stream for found in maps)

    # Messages

    def _process_schema_message(self, message_dict: dict[str, Any]) -> None:
        """Register the stream; a sink's plan is compiled here."""
        stream, schema = message_dict.get("stream"), message_dict.get("schema")
        if schema is True:
            schema = {}  # the default of JSON Schema
        if not isinstance(stream, str) or not isinstance(schema, dict):
            raise InvalidLineError("a SCHEMA needs a stream and a schema")
        if not isinstance(schema.get("properties", {}), dict):
            raise InvalidLineError(properties_broken(stream))
        keys = message_dict.get("key_properties")
        if keys is not None and not is_list_of_names(keys):
            raise InvalidLineError(key_properties_broken(stream))
        if (known := self._known_schemas.find(stream, schema, keys)) is not None:
            self._count()
            self._maps.stream_maps[stream] = known.maps
            self._sinks_active.update(known.sinks)
        else:
            plain = schema_of_records(stream, schema)
            said = with_properties(stream, plain, keys, self.run.warn)
            bookmarks = message_dict.get("bookmark_properties")
            self._schema_message = SchemaMessage(
                stream,
                tuple(bookmarks) if isinstance(bookmarks, list) and is_list_of_names(bookmarks) else (),
                with_keys(schema, said, keys),
                not names_no_columns(schema, plain),
            )
            self._register({**message_dict, "schema": said})
            maps = self._maps.stream_maps[stream]
            self._known_schemas.keep(stream, schema, keys, maps, self._sinks_active)
        self._let_straight(stream)

    def _register(self, message: dict[str, Any]) -> None:
        """Compile the stream maps of a SCHEMA, and the mappings of the streams that they make."""
        try:
            super()._process_schema_message(message)
        except InvalidJSONSchema:
            raise InvalidLineError(
                f"the schema of stream {name_shown(message['stream'])!r} is no JSON schema, so that no record can be compared with it; "
                "mend it at the tap, or set validate_records: false"
            ) from None

    def _let_straight(self, stream: str) -> None:
        """Let a stream's records go straight to their sink, where nothing has to be done with them before."""
        self._fast.pop(stream, None)
        if self._stays_as_it_is(stream) and not self.settings.sdk.get("validate_records"):
            sink = self._sinks_active[stream]
            if isinstance(sink, ConversionSink):
                self._fast[stream] = sink

    def _stays_as_it_is(self, stream: str) -> bool:
        """Whether neither stream maps nor flattening do anything to a stream's records."""
        maps = self._maps.stream_maps[stream]
        return len(maps) == 1 and isinstance(maps[0], SameRecordTransform) and not maps[0].flattening_enabled

    def _process_record_message(self, message_dict: Envelope) -> None:  # type: ignore[override]  # our reader hands over envelopes
        """One record to its sink; the per-record path."""
        stream = message_dict.stream
        sink = self.straight(stream)
        if sink is not None:
            sink.take_raw((message_dict.record,), self.now)
            return
        self._process_mapped_record(stream, message_dict.record)

    def _process_mapped_record(self, stream: str | None, record: msgspec.Raw) -> None:
        """One record through the SDK's stream maps and flattening."""
        if stream is None:
            raise InvalidLineError("a RECORD needs a stream and a record")
        if stream not in self.mapper.stream_maps:
            raise RecordBeforeSchemaError(before_schema(stream))
        decoded, suspect = self._decoded(bytes(record))
        for alias, mapped in self._maps.mapped(stream, decoded):
            sink = self._sinks_active.get(alias)
            if not isinstance(sink, ConversionSink):
                continue
            if isinstance(mapped, FailedMap):
                self._refuse_for_map(stream, sink, mapped, decoded)
                continue
            self._failing_maps.succeeded(alias, sink.intake)
            if mapped is not None:
                sink.take_mapping(mapped, self.now, suspect=suspect)

    def _decoded(self, record: bytes) -> tuple[dict[str, Any], bool]:
        """A record as a mapping, and whether constants of it are no JSON."""
        try:
            return self.message_reader.deserialize_json(record), False
        except InvalidLineError:
            whole = with_whole_characters(record)
            if (marked := as_marks(whole)) is None:
                if whole == record:
                    raise
                return self.message_reader.deserialize_json(whole), False
            return as_floats(self.message_reader.deserialize_json(marked)), True

    def _refuse_for_map(self, stream: str, sink: ConversionSink, failed: FailedMap, record: dict[str, Any]) -> None:
        """Reject a record that a stream map failed on, with what its key properties say."""
        names = self._maps.stream_maps[stream][0].raw_key_properties or ()
        key = tuple((name, key_text(record.get(name))) for name in sorted(names))
        others = tuple(value for name, value in record.items() if name not in names and isinstance(value, str))
        private = frozenset(name for name, text in key if identifies(text, b"", others))
        refusal = Refusal(reasons=(Reason(failed.place, "bad_map"),), key=key, private=private)
        if not sink.is_sent:
            refusal = Refusal(skipped="stream_not_configured", key=key, private=private)
        self._failing_maps.failed(sink.stream_name, sink.intake, refusal, failed.fault)

    def _process_state_message(self, message_dict: Envelope) -> None:  # type: ignore[override]  # our reader hands over envelopes
        """A STATE: it leaves when everything before it is settled."""
        value = bytes(message_dict.value)
        if not value:
            raise InvalidLineError("a STATE needs a value")
        if value == b"null":
            self.run.warn("a STATE whose value is null came from the tap; it says nothing and is ignored")
            return
        value.decode()
        if not self._has_state:
            self._has_state = True
            self._count()
            if not self.run.tally.records and says_how_far(value):
                self.run.warn_of_new_ledger("the tap's STATE says that it has run before")
        self._states.state(value)

    def _process_activate_version_message(self, message_dict: dict[str, Any]) -> None:
        """Ignore the message: LinkedIn has no table to clear."""

    def _process_batch_message(self, message_dict: dict[str, Any]) -> None:
        """A BATCH: the records of its files, one after another."""
        from target_linkedin_conversions.singer.batch_files import PlaceInBatch, raw_records  # noqa: PLC0415 - only where BATCH comes

        stream = message_dict.get("stream")
        if stream not in self.mapper.stream_maps:
            raise RecordBeforeSchemaError(before_schema(str(stream), "batch"))
        place = PlaceInBatch()
        records = raw_records(message_dict, self.settings.sdk.get("batch_config"), self.run.check, place)
        with place.told():
            for first in records:
                part = chain((first,), islice(records, _BATCH_PAUSE - 1))
                sink = self.straight(stream)
                if sink is not None:
                    sink.take_raw(part, self.now)
                else:
                    for record in part:
                        self._process_mapped_record(stream, record)
                self.paused()

    def _write_state_message(self, state: dict[str, Any]) -> None:
        """Write nothing: only the checkpoint knows which STATE is safe."""

    # Between messages

    @property
    def now(self) -> int:
        """Epoch milliseconds, as of the last `paused`."""
        return self.run.now

    def began(self) -> None:
        """Open what the run needs, before the first message."""
        self.run.begin()

    def paused(self) -> None:
        """Between chunks: signals, failures of the senders, and batches that are old enough."""
        self._count()
        self.run.pause()

    def straight(self, stream: str | None) -> ConversionSink | None:
        """The sink that takes a stream's records straight from their lines."""
        return self._fast.get(stream)  # type: ignore[arg-type]  # a missing name is found by nothing

    def longest_silence(self) -> float | None:
        """Seconds until the oldest waiting event must leave, though nothing comes; at most one."""
        return self.run.longest_silence()

    def failed(self, error: BaseException) -> None:
        """The run ends with an error."""
        self._conclude(error)

    def process_endofpipe(self) -> None:
        """All input was read: send what waits, wait until all is settled, and conclude."""
        try:
            self._count()
            self.run.begin()
            super().process_endofpipe()
            self._warn_of_absent()
            self.run.finish()
            self._failing_maps.end()
        except BaseException as error:
            self.failed(error)
            raise
        self._conclude(None)

    def _conclude(self, error: BaseException | None) -> None:
        """End the run, and release what waits for input, even where the end fails."""
        try:
            self._count()
            self.run.conclude(error)
        finally:
            self._reader.close()

    def _warn_of_absent(self) -> None:
        """Warn of entries and maps whose streams did not come, and of a tap that brought none at all."""
        unused = self._maps.unused() if self.mapper.stream_maps else ()
        for warning in (*self.run.streams.matching.absent(), *unused):
            self.run.warn(warning)
        if not self.mapper.stream_maps:
            what = (
                "no stream came" if self._has_state else "nothing came: the tap wrote no message, or no tap is piped in"
            )
            self.run.warn(
                f"{what}; where the tap has selected no stream, or found none: with Meltano, see `meltano select TAP --list` "
                "and choose one with `meltano select TAP STREAM '*'`"
            )

    def _count(self) -> None:
        sinks: list[Sink] = [*self._sinks_to_clear, *self._sinks_active.values()]
        for sink in sinks:
            if isinstance(sink, ConversionSink):
                sink.count()

    # Signals

    def _setup_signal_handlers(self) -> None:
        """Let signals end the run; the SDK's own handling of them loses data (measured)."""
        listen_for_signals(self.run.termination, self._reader.wake)


def _from_files(paths: PurePath | str | list[PurePath | str] | None) -> dict[str, Any]:
    from target_linkedin_conversions.settings.files import read_config  # noqa: PLC0415 - only where paths are given

    if paths is None:
        return {}
    return read_config([paths] if isinstance(paths, str | PurePath) else paths)
