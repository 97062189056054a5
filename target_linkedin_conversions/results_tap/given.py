"""What the command line gives the tap: config files, the catalog and the last STATE, each of which may be anybody's work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from singer_sdk.helpers._compat import datetime_fromisoformat
from singer_sdk.singerlib import Catalog

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.settings.files import ConfigOption, read_config

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["catalog_in", "checked_state", "state_in"]

_STATE = ConfigOption("--state", "leave it out, and every table is read from its beginning", '{"bookmarks": {…}}')
_CATALOG = ConfigOption("--catalog", "leave it out, and every stream is read", '{"streams": […]}')
_FROM_THE_BEGINNING = (
    "take the last STATE line that this tap has printed, or leave it out, and every table is read from its beginning; under "
    "Meltano: `meltano state clear STATE_ID`"
)


class _Bookmark(msgspec.Struct, omit_defaults=True):
    replication_key: str | None = None
    replication_key_value: str | None = None


class _State(msgspec.Struct):
    bookmarks: dict[str, _Bookmark] = {}


class _Type(msgspec.Struct):
    """What the SDK reads of a column's type."""

    type: str | list[str] | None = None
    format: str | None = None
    properties: dict[str, _Type] | None = None
    items: _Type | None = None
    any_of: list[_Type] | None = msgspec.field(name="anyOf", default=None)


class _Columns(msgspec.Struct):
    properties: dict[str, _Type]


class _Entry(msgspec.Struct):
    tap_stream_id: str


class _EntryOfOurs(_Entry):
    schema: _Columns
    key_properties: list[str] | None = None
    replication_key: str | None = None
    replication_method: str | None = None


class _Catalog(msgspec.Struct):
    streams: list[dict[str, Any]]


def state_in(path: str | None) -> dict[str, Any] | None:
    """The STATE that a file holds, None where none is named; raises `ConfigError`."""
    return None if path is None else read_config([path], _STATE)


def checked_state(state: Mapping[str, Any]) -> dict[str, Any]:
    """A STATE as far as this tap writes one; raises `ConfigError` where a bookmark is none."""
    try:
        found = msgspec.convert(state, _State)
    except (msgspec.ValidationError, RecursionError):
        raise ConfigError(_STATE.name, "it holds no STATE of this tap", _FROM_THE_BEGINNING) from None
    for stream, bookmark in found.bookmarks.items():
        if not _is_time(bookmark.replication_key_value):
            raise ConfigError(_STATE.name, f"the bookmark of {printable(stream)} is no time", _FROM_THE_BEGINNING)
    return msgspec.to_builtins(found)  # type: ignore[no-any-return]  # a struct becomes a dictionary


def _is_time(value: str | None) -> bool:
    try:
        return value is None or datetime_fromisoformat(value) is not None
    except ValueError:
        return False


def catalog_in(path: str | None, ours: Collection[str]) -> Catalog | None:
    """The catalog that a file holds, None where none is named; `ours` are the streams that there are. Raises `ConfigError`."""
    if path is None:
        return None
    found = read_config([path], _CATALOG)
    try:
        for entry in msgspec.convert(found, _Catalog).streams:
            msgspec.convert(entry, _EntryOfOurs if entry.get("tap_stream_id") in ours else _Entry)
        return Catalog.from_dict(found)
    except (msgspec.ValidationError, RecursionError, TypeError, KeyError, AttributeError, ValueError):
        mend = f"write it anew by `--discover`, or {_CATALOG.for_variables}"
        raise ConfigError(_CATALOG.name, "it holds no catalog of this tap", mend) from None
