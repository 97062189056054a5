"""The SCHEMA messages that came before: one that repeats another is not compiled again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from singer_sdk.mapper import StreamMap
    from singer_sdk.sinks import Sink

__all__ = ["KnownSchema", "KnownSchemas"]

_MOST_OF_A_STREAM = 8
"""Schemas of a stream that are kept; a tap alternates between a few sets of columns, not between many."""


class KnownSchema(msgspec.Struct, frozen=True):
    """What a SCHEMA was compiled to: the stream's maps, and the sinks of the streams that they make."""

    schema: dict[str, Any]
    keys: Sequence[str] | None
    maps: list[Any]
    sinks: dict[str, Any]


class KnownSchemas:
    """The last few schemas of each stream."""

    def __init__(self) -> None:
        """Start empty."""
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
