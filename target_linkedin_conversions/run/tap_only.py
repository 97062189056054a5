"""Settings that only apply to a tap's records: other ways in refuse them rather than ignore them."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.looks import name_shown

if TYPE_CHECKING:
    from target_linkedin_conversions.settings import Settings

__all__ = ["ensure_no_map"]

_ELSE = "__else__"
"""The map for streams without one; rows handed over under a stream's name are not affected by it."""
_NAMES = frozenset({"__alias__", "__source__"})
"""Keys of a map that only rename a stream and change no row."""


def ensure_no_map(settings: Settings, stream: str) -> None:
    """Raise `ConfigError` where `stream_maps` would change or drop rows of this stream if a tap sent them."""
    for name, found in settings.sdk.get("stream_maps", {}).items():
        if name == _ELSE or (isinstance(found, Mapping) and found.keys() <= _NAMES):
            continue
        names = (name, *(str(found[word]) for word in _NAMES & found.keys())) if isinstance(found, Mapping) else (name,)
        if any(fnmatchcase(stream, each) for each in names):
            raise ConfigError(
                f"stream_maps.{name_shown(name)}",
                "stream maps change what a tap sends, and these rows come from none: they would leave as they are",
                "change the rows before they are handed over, and name settings without this map",
            )
