"""What a preview reads: Singer lines, or a table in a file or on stdin, each as schemas and records."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.errors import InputError
from target_linkedin_conversions.printable import writable
from target_linkedin_conversions.records.constants import WithConstants
from target_linkedin_conversions.singer_messages import (
    MELTANO_TEST_STREAM,
    is_list_of_names,
    key_properties_broken,
    kind_of,
    properties_broken,
)
from target_linkedin_conversions.tables.json_lines import json_rows
from target_linkedin_conversions.tables.kinds import holds_json, table_of
from target_linkedin_conversions.tables.schema import schema_of_rows
from target_linkedin_conversions.tables.source import STDIN, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from target_linkedin_conversions.settings import Settings
    from target_linkedin_conversions.tables.table import Oddity, Table

__all__ = ["Message", "OddRows", "messages_of", "stream_of"]

_LOOKED_AT = 1000
"""Records whose columns make up the schema, where nothing else says it."""
_SINGER = frozenset({"SCHEMA", "RECORD", "STATE", "BATCH", "ACTIVATE_VERSION"})


@dataclass(frozen=True, slots=True)
class OddRows:
    """How many rows of a stream have something wrong before their values are read: the code, and the line of the first."""

    stream: str
    code: str
    count: Oddity


Message = tuple[str, dict[str, Any], tuple[str, ...] | None]
"""A stream, its schema and its key; or, without a key, one of its records."""


def messages_of(
    path: str,
    settings: Settings,
    stream: str | None,
    encoding: str | None = None,
    delimiter: str | None = None,
    odd: list[OddRows] | None = None,
) -> Iterator[Message]:
    """What a file holds, by its first bytes; `-` is stdin.

    `stream` names the records of a file that names none itself; `odd` gets, in the end, the rows that are no records.
    Raises `InputError` and `ConfigError`, without a record's values.
    """
    if path == STDIN and _is_singer_or_json(sys.stdin.buffer.peek(1)[:_LOOKED_AT]):  # type: ignore[union-attr]  # stdin's buffer can
        yield from _of_lines(sys.stdin.buffer, stream or stream_of("stdin", settings))
        return
    with Source(path) as source:
        name = stream or stream_of(writable(Path(source.name).stem), settings)
        if holds_json(source.head):
            yield from _of_lines(source.from_start(), name)
        else:
            table = table_of(source, encoding, delimiter)
            yield from _of_table(table, name)
            if odd is not None:
                odd += [OddRows(name, code, count) for code, count in table.oddities.items()]


def stream_of(stem: str, settings: Settings) -> str:
    """The stream of a file that names none: its own name, unless the settings know one stream only."""
    names = dict.fromkeys(entry.stream for entry in settings.streams)
    (only, *others) = names or {stem: None}
    return stem if others or any(mark in only for mark in "*?[") else only


def _is_singer_or_json(head: bytes) -> bool:
    """Whether stdin can be read line by line, as it comes; nothing at all can."""
    return not head.strip() or holds_json(head)


def _of_table(table: Table, stream: str) -> Iterator[Message]:
    yield stream, table.schema, ()
    for part in table.parts():
        for at, record in enumerate(part.records()):
            if at not in part.odd:
                yield stream, record, None


def _of_lines(file: Iterable[bytes], stream: str) -> Iterator[Message]:
    """Singer messages, or records as JSON lines: the first line says which."""
    lines = json_rows(file, lambda number: InputError(f"line {number} is no JSON object"))
    first = next(lines, None)
    if first is None:
        return
    lines = chain((first,), lines)
    if kind_of(first[1]) in _SINGER and ("stream" in first[1] or "value" in first[1]):
        yield from _of_singer(lines)
    else:
        yield from _of_records((record for _, record in lines), stream)


def _of_singer(lines: Iterable[tuple[int, dict[str, Any]]]) -> Iterator[Message]:
    for number, message in lines:
        kind, stream = kind_of(message), message.get("stream")
        if kind in {"STATE", "ACTIVATE_VERSION"} or stream == MELTANO_TEST_STREAM:
            continue
        if kind == "BATCH":
            raise InputError(f"line {number} is a BATCH, whose files a preview does not read; let the tap send records")
        content = message.get("record" if kind == "RECORD" else "schema")
        if kind not in {"SCHEMA", "RECORD"} or not isinstance(stream, str) or not isinstance(content, dict):
            raise InputError(f"line {number} is no Singer message")
        if kind == "RECORD":
            yield stream, WithConstants(content) if isinstance(message, WithConstants) else content, None
            continue
        keys = message.get("key_properties") or []
        if not is_list_of_names(keys):
            raise InputError(key_properties_broken(stream))
        if not isinstance(content.get("properties", {}), dict):
            raise InputError(properties_broken(stream))
        yield stream, content, tuple(keys)


def _of_records(records: Iterable[dict[str, Any]], stream: str) -> Iterator[Message]:
    rest = iter(records)
    head = list(islice(rest, _LOOKED_AT))
    yield stream, schema_of_rows(head), ()
    for record in chain(head, rest):
        yield stream, record, None
