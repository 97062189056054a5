"""Objects that were handed over in parts, put together again.

Meltano writes an object setting to the environment twice (measured): whole, with the names of its inner
values joined by dots (`{"leads.email": …}`), and each inner value as a variable of its own whose name has lost
its case and its punctuation (`…_STREAM_MAPS_LEADS_EMAIL`). People write dotted keys to config files.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.settings.consent import CONSENT_NAMES
from target_linkedin_conversions.settings.lists import json_or

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["OBJECTS", "nested", "path_of_variable", "put_together"]

OBJECTS = ("consent", "stream_maps", "stream_map_config", "faker_config", "batch_config")
_MAPS = "stream_maps"
_NOTHING: tuple[object, ...] = (None, "__NULL__")
_DOT = re.compile(r"(?<!\\)\.")
"""A dot between two names; Meltano writes one that belongs to a name as `\\.` (measured)."""
_KNOWN: dict[str, dict[str, tuple[str, ...]]] = {
    "consent": {name.upper(): (name,) for name in CONSENT_NAMES},
    "faker_config": {"SEED": ("seed",), "LOCALE": ("locale",)},
    "batch_config": {
        "ENCODING": ("encoding",),
        "ENCODING_FORMAT": ("encoding", "format"),
        "ENCODING_COMPRESSION": ("encoding", "compression"),
        "STORAGE": ("storage",),
        "STORAGE_ROOT": ("storage", "root"),
        "STORAGE_PREFIX": ("storage", "prefix"),
        "STORAGE_PARAMS": ("storage", "params"),
        "BATCH_SIZE": ("batch_size",),
    },
}


def put_together(config: Mapping[str, object]) -> dict[str, object]:
    """The settings with dotted keys of objects inside their objects, and stream maps by stream and column."""
    found = dict(config)
    for name in OBJECTS:
        dotted = {key: found.pop(key) for key in [*found] if key.startswith(f"{name}.")}
        whole = json_or(found.get(name), dict)
        if dotted and (whole is None or isinstance(whole, dict)):
            whole = _merged(whole or {}, nested({key.partition(".")[2]: value for key, value in dotted.items()}))
        if whole is not None:
            found[name] = _by_stream(whole) if name == _MAPS and isinstance(whole, dict) else whole
    return found


def nested(flat: Mapping[str, object]) -> dict[str, object]:
    """An object of objects, from one whose keys are paths."""
    found: dict[str, Any] = {}
    for key, value in flat.items():
        *path, last = (name.replace("\\.", ".") for name in _DOT.split(str(key)))
        inner = found
        for name in path:
            inner[name] = inner[name] if isinstance(inner.get(name), dict) else {}
            inner = inner[name]
        inner[last] = (
            _merged(inner[last], value) if isinstance(inner.get(last), dict) and isinstance(value, dict) else value
        )
    return found


def _merged(old: Mapping[str, object], new: Mapping[str, object]) -> dict[str, object]:
    found = dict(old)
    for name, value in new.items():
        before = found.get(name)
        found[name] = _merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return found


def _by_stream(maps: Mapping[str, object]) -> dict[str, object]:
    """Stream maps as the SDK takes them, from ones whose streams' names Meltano took apart at their dots.

    A dotted name with an expression is a stream and its column; a stream that holds nothing but objects is the
    beginning of a stream's name that has a dot in it.
    """
    flat = {name: value for name, value in maps.items() if _is_column(str(name), json_or(value, dict), maps)}
    whole = {str(name): json_or(value, dict) for name, value in maps.items() if name not in flat}
    joined = _merged(whole, nested(flat))
    return {stream: item for name, value in joined.items() for stream, item in _streams_below(name, value)}


def _streams_below(name: str, value: object) -> Iterable[tuple[str, object]]:
    if isinstance(value, dict) and value and all(isinstance(item, dict) for item in value.values()):
        for column, item in value.items():
            yield from _streams_below(f"{name}.{column}", item)
    else:
        yield name, value


def _is_column(name: str, value: object, maps: Mapping[str, object]) -> bool:
    """Whether a dotted name is a stream's column; where it holds nothing, it may be a stream that is left out."""
    *stream, column = _DOT.split(name)
    if not stream or isinstance(value, dict):
        return False
    if column.startswith("__") or value not in _NOTHING:
        return True
    beginning = name.removesuffix(column)
    return any(str(other).startswith(beginning) and item not in _NOTHING for other, item in maps.items())


def path_of_variable(setting: str, rest: str, streams: Sequence[str]) -> str | None:
    """The dotted key of what a variable holds whose name goes on so behind the setting's, None for no part of it."""
    if setting in _KNOWN:
        path = _KNOWN[setting].get(rest.upper())
        return None if path is None else ".".join((setting, *path))
    if setting != _MAPS:
        return f"{setting}.{_cased(rest)}"
    stream, column = _stream_of_variable(rest, streams)
    return ".".join((setting, stream.replace(".", "\\."), *([column] if column else [])))


def _stream_of_variable(rest: str, streams: Sequence[str]) -> tuple[str, str]:
    """A stream and its column: a stream that is configured, or whatever stands before the first `_`."""
    for stream in sorted(streams, key=len, reverse=True):
        form = re.sub(r"[^A-Za-z0-9]", "_", stream).upper()
        if rest.upper() == form:
            return stream, ""
        if rest.upper().startswith(f"{form}_"):
            return stream, _cased(rest[len(form) + 1 :])
    if rest.startswith("__"):
        return _cased(rest), ""
    stream, _, column = rest.partition("_")
    return _cased(stream), _cased(column)


def _cased(name: str) -> str:
    """A name that lost its case: names in lower case are the most frequent ones."""
    return name.lower() if name == name.upper() else name
