"""The SDK's stream maps and flattening, with errors that say whose mistake it is."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

import msgspec
from singer_sdk.exceptions import MappingError
from singer_sdk.mapper import PluginMapper

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.nearest import folded_name
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.singer.errors import InvalidLineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType

__all__ = ["FailedMap", "StreamMapper"]

_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError, RecursionError)
"""What the SDK raises for a schema whose parts are not what JSON schema asks for (measured)."""


class FailedMap(msgspec.Struct, frozen=True):
    """A map that failed on a record: where its expression stands in the settings, and the fault if it always fails."""

    place: str
    fault: ConfigError


class StreamMapper(PluginMapper):
    """Maps the records of every stream, each to any number of others."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - the SDK's own
        """Start without streams."""
        self._came: set[str] = set()
        super().__init__(**settings)

    def register_raw_stream_schema(
        self,
        stream_name: str,
        schema: dict[str, Any],
        key_properties: Sequence[str] | None,
    ) -> None:
        """Compile a stream's maps; raises `ConfigError` for a map and `InvalidLineError` for a schema."""
        self._note(stream_name)
        try:
            super().register_raw_stream_schema(stream_name, schema, key_properties)
        except MappingError as error:
            raise _bad_map(stream_name, error) from None
        except _UNREADABLE as error:
            if self.stream_maps_dict and self._reads_unmapped(stream_name, schema, key_properties):
                raise _bad_map(stream_name, error) from None
            raise InvalidLineError(
                f"the schema of stream {name_shown(stream_name)!r} cannot be flattened or mapped; "
                "each of its properties must be a JSON schema object, with names that stay different"
            ) from None

    def _note(self, stream: str) -> None:
        """Note the maps of a stream that comes; raises `ConfigError` where its name is that of a map but for case and separators."""
        meant = {name for name, source in self._sources() if fnmatch(stream, source)}
        alike = next((name for name, source in self._sources() if folded_name(source) == folded_name(stream)), None)
        if not meant and alike is not None:
            problem = f"no stream has this name, so its maps would not be applied; the stream that came: {name_shown(stream)!r}"
            raise ConfigError(f"stream_maps.{name_shown(alike)}", problem, f"write {name_shown(stream)}")
        self._came |= meant

    def _sources(self) -> Iterator[tuple[str, str]]:
        """The name of each map, and of the streams that it is for."""
        for name, found in self.stream_maps_dict.items():
            if not name.startswith("__"):
                yield name, str(found.get("__source__", name)) if isinstance(found, dict) else name

    def unused(self) -> list[str]:
        """A warning for each map of which no stream came, which may be a slip in its name."""
        return [
            f"stream_maps.{name_shown(name)}: no stream of that name came, so the map was applied to nothing"
            for name, _ in self._sources()
            if name not in self._came
        ]

    def _reads_unmapped(self, stream: str, schema: dict[str, Any], key_properties: Sequence[str] | None) -> bool:
        """Whether the stream's schema is sound, so that what fails is the person's map, not the tap."""
        plain = PluginMapper(plugin_config={}, logger=self.logger)
        plain.flattening_options = self.flattening_options
        try:
            plain.register_raw_stream_schema(stream, schema, key_properties)
        except _UNREADABLE:
            return False
        return True

    def mapped(
        self, stream: str, record: Mapping[str, Any]
    ) -> Iterator[tuple[str, Mapping[str, Any] | FailedMap | None]]:
        """Map a record: the stream and the record of each map, None where it is filtered out."""
        for stream_map in self.stream_maps[stream]:
            alias = stream_map.stream_alias
            try:
                found = stream_map.transform(dict(record))
            except Exception as error:  # noqa: BLE001 - a person's expression raises what it likes
                yield alias, FailedMap(_place(alias, error.__traceback__), _bad_map(stream, error))
            else:
                yield alias, found


def _place(alias: str, trace: TracebackType | None) -> str:
    """Where the settings have the expression that was evaluated when the SDK's map of a stream failed."""
    place = f"stream_maps.{alias}"
    while trace is not None:
        if trace.tb_frame.f_code.co_name == "_eval" and "property_name" in trace.tb_frame.f_locals:
            return f"{place}.{trace.tb_frame.f_locals['property_name'] or '__filter__'}"
        trace = trace.tb_next
    return place


def _bad_map(stream: str, error: Exception) -> ConfigError:
    """The error for an expression of `stream_maps`; the SDK's own message may hold a record's values."""
    return ConfigError(
        "stream_maps",
        f"the map of stream {name_shown(stream)!r} cannot be applied ({type(error).__name__})",
        "check its expressions, also against null values, with the columns of the stream",
    )
