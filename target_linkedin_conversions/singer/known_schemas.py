"""The SCHEMA messages that came before: one that repeats another is not compiled again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.records.looks import name_shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from singer_sdk.mapper import StreamMap
    from singer_sdk.sinks import Sink

__all__ = ["KnownSchema", "KnownSchemas", "with_keys", "with_properties"]

_MOST_OF_A_STREAM = 8
"""Schemas of a stream that are kept; a tap alternates between a few sets of columns, not between many."""

_A_KEY = {"type": ["string", "number", "boolean", "null"]}


class KnownSchema(msgspec.Struct, frozen=True):
    """What a SCHEMA was compiled to: the stream's maps, and the sinks of the streams that they make."""

    schema: dict[str, Any]
    keys: Sequence[str] | None
    maps: list[Any]
    sinks: dict[str, Any]


class KnownSchemas:
    """The last few schemas of each stream."""

    def __init__(self) -> None:
        """None has come."""
        self._of_stream: dict[str, list[KnownSchema]] = {}

    def find(self, stream: str, schema: dict[str, Any], keys: Sequence[str] | None) -> KnownSchema | None:
        """What the same SCHEMA was compiled to before, if it was."""
        known = self._of_stream.get(stream, ())
        return next((one for one in known if one.schema == schema and one.keys == keys), None)

    def keep(
        self,
        stream: str,
        schema: dict[str, Any],
        keys: Sequence[str] | None,
        maps: list[StreamMap],
        active: Mapping[str, Sink],
    ) -> None:
        """Keep what a SCHEMA was compiled to."""
        aliases = [stream_map.stream_alias for stream_map in maps]
        sinks = {alias: active[alias] for alias in aliases if alias in active}
        known = self._of_stream.setdefault(stream, [])
        known.append(KnownSchema(schema, keys, list(maps), sinks))
        del known[:-_MOST_OF_A_STREAM]


def with_properties(
    stream: str, schema: Mapping[str, Any], keys: Sequence[str] | None, warn: Callable[[str], None]
) -> dict[str, Any]:
    """A schema with properties, its keys among them, whatever its tap has left out; of lacking keys `warn` is told."""
    properties = dict(schema.get("properties", {}))
    if not properties:
        # The SDK's maps ask for the keys among the properties; that there are others too must be said then.
        return {**schema, "properties": dict.fromkeys(keys or (), _A_KEY), "additionalProperties": True}
    lacking = [name for name in keys or () if name not in properties]
    for name in lacking:
        warn(
            f"stream {name_shown(stream)}: the tap's key_properties name {name_shown(name)!r}, which its own schema lacks; "
            "it is read where a record has it; mend the tap's catalog or its primary key"
        )
    properties |= {name: {} for name in lacking}
    return {**schema, "properties": properties}


def with_keys(schema: Mapping[str, Any], known: Mapping[str, Any], keys: Sequence[str] | None) -> dict[str, Any]:
    """A schema as its tap wrote it, with those of its keys that `with_properties` had to add to what it says."""
    written, said = schema.get("properties", {}), known["properties"]
    return {**schema, "properties": {**{name: said[name] for name in keys or ()}, **written}} if written else {**schema}
