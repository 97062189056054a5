"""The SDK's stream maps and flattening, with errors that say whose mistake it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from singer_sdk.exceptions import MappingError
from singer_sdk.mapper import PluginMapper

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.singer.errors import InvalidLineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["StreamMapper"]

_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError, RecursionError)
"""What the SDK raises for a schema whose parts are not what JSON schema asks for (measured)."""


class StreamMapper(PluginMapper):
    """Maps the records of every stream, each to any number of others."""

    def register_raw_stream_schema(
        self,
        stream_name: str,
        schema: dict[str, Any],
        key_properties: Sequence[str] | None,
    ) -> None:
        """Compile a stream's maps; raises `ConfigError` for a map and `InvalidLineError` for a schema."""
        try:
            super().register_raw_stream_schema(stream_name, schema, key_properties)
        except MappingError as error:
            raise _bad_map(stream_name, error) from None
        except _UNREADABLE as error:
            if self.stream_maps_dict and self._reads_unmapped(stream_name, schema, key_properties):
                raise _bad_map(stream_name, error) from None
            raise InvalidLineError(
                f"the schema of stream {stream_name!r} cannot be flattened or mapped; "
                "each of its properties must be a JSON schema object, with names that stay different"
            ) from None

    def _reads_unmapped(self, stream: str, schema: dict[str, Any], key_properties: Sequence[str] | None) -> bool:
        """Whether the stream's schema is sound, so that what fails is the person's map, not the tap."""
        plain = PluginMapper(plugin_config={}, logger=self.logger)
        plain.flattening_options = self.flattening_options
        try:
            plain.register_raw_stream_schema(stream, schema, key_properties)
        except _UNREADABLE:
            return False
        return True

    def mapped(self, stream: str, record: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
        """What becomes of a record: the stream and the record of each map, None where it is filtered out."""
        for stream_map in self.stream_maps[stream]:
            try:
                found = stream_map.transform(dict(record))
            except Exception as error:  # noqa: BLE001 - a person's expression raises what it likes
                raise _bad_map(stream, error) from None
            yield stream_map.stream_alias, found


def _bad_map(stream: str, error: Exception) -> ConfigError:
    """The error for an expression of `stream_maps`; the SDK's own message may hold a record's values."""
    return ConfigError(
        "stream_maps",
        f"the map of stream {stream!r} cannot be applied ({type(error).__name__})",
        "check its expressions, also against null values, with the columns of the stream",
    )
