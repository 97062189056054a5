"""What a preview reads: Singer lines, CSV, JSON lines or Parquet, each as schemas and records."""

from __future__ import annotations

import csv
import io
import sys
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.errors import ConfigError, InputError
from target_linkedin_conversions.python.arrow import arrow_rows, arrow_schema
from target_linkedin_conversions.python.schema import schema_of_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from target_linkedin_conversions.settings import Settings

__all__ = ["Message", "messages_of", "rows_schema"]

Message = tuple[str, dict[str, Any], tuple[str, ...] | None]
"""A stream, its schema and its key; or, without a key, one of its records."""

_LOOKED_AT = 1000
"""Records whose columns make up the schema, where nothing else says it."""
_DELIMITERS = ",;\t|"
_LONGEST_FIELD = 1 << 24
_SINGER = frozenset({"SCHEMA", "RECORD", "STATE", "BATCH", "ACTIVATE_VERSION"})
_MELTANO_TEST_STREAM = "meltano_test_stream"

_decode = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode


def messages_of(path: str, settings: Settings, stream: str | None) -> Iterator[Message]:
    """What a file holds, by its suffix and its first line; `-` is stdin.

    `stream` names the records of a file that names none itself. Raises `InputError` and `ConfigError`, without
    a record's values.
    """
    if path == "-":
        return _of_lines(sys.stdin.buffer, stream or _stream_of("stdin", settings))
    name = stream or _stream_of(Path(path).stem, settings)
    suffix = Path(path).suffix.lower()
    if suffix in {".csv", ".tsv", ".txt"}:
        return _of_csv(path, name)
    return _of_parquet(path, name) if suffix in {".parquet", ".pq"} else _of_file(path, name)


def rows_schema(rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The schema of rows that nothing else describes."""
    return schema_of_rows(rows)


def _stream_of(stem: str, settings: Settings) -> str:
    """The stream of a file that names none: its own name, unless the settings know one stream only."""
    names = dict.fromkeys(entry.stream for entry in settings.streams)
    (only, *others) = names or {stem: None}
    return stem if others or any(mark in only for mark in "*?[") else only


def _of_file(path: str, stream: str) -> Iterator[Message]:
    try:
        with Path(path).open("rb") as file:
            yield from _of_lines(file, stream)
    except OSError as error:
        raise _unreadable(path, error) from None


def _of_lines(file: Iterable[bytes], stream: str) -> Iterator[Message]:
    """Singer messages, or records as JSON lines: the first line says which."""
    lines = _parsed(file)
    first = next(lines, None)
    if first is None:
        return
    lines = chain((first,), lines)
    if first[1].get("type") in _SINGER and ("stream" in first[1] or "value" in first[1]):
        yield from _of_singer(lines)
    else:
        yield from _of_records((record for _, record in lines), stream)


def _parsed(file: Iterable[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(file, 1):
        text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if not text.strip():
            continue
        try:
            yield number, _decode(text)
        except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError):
            raise InputError(f"line {number} is no JSON object") from None


def _of_singer(lines: Iterable[tuple[int, dict[str, Any]]]) -> Iterator[Message]:
    for number, message in lines:
        kind, stream = message.get("type"), message.get("stream")
        if kind in {"STATE", "ACTIVATE_VERSION"} or stream == _MELTANO_TEST_STREAM:
            continue
        if kind == "BATCH":
            raise InputError(f"line {number} is a BATCH, whose files a preview does not read; let the tap send records")
        content = message.get("record" if kind == "RECORD" else "schema")
        if kind not in {"SCHEMA", "RECORD"} or not isinstance(stream, str) or not isinstance(content, dict):
            raise InputError(f"line {number} is no Singer message")
        if kind == "RECORD":
            yield stream, content, None
            continue
        keys = message.get("key_properties") or []
        if not isinstance(keys, list) or not all(isinstance(name, str) for name in keys):
            raise InputError(f"the key_properties of stream {stream!r} are no list of names")
        if not isinstance(content.get("properties", {}), dict):
            raise InputError(f"the properties of the schema of stream {stream!r} are no JSON object")
        yield stream, content, tuple(keys)


def _of_records(records: Iterable[dict[str, Any]], stream: str) -> Iterator[Message]:
    rest = iter(records)
    head = list(islice(rest, _LOOKED_AT))
    yield stream, schema_of_rows(head), ()
    for record in chain(head, rest):
        yield stream, record, None


def _of_csv(path: str, stream: str) -> Iterator[Message]:
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
            delimiter = max(_DELIMITERS, key=header.count)
            names = next(csv.reader(io.StringIO(header), delimiter=delimiter), [])
            if not names:
                raise InputError(f"{path} has no header line")
            properties = {name: {"type": ["string", "null"]} for name in names}
            yield stream, {"type": "object", "properties": properties, "additionalProperties": False}, ()
            for cells in csv.reader(file, delimiter=delimiter):
                if cells:
                    yield stream, dict(zip(names, cells, strict=False)), None
    except OSError as error:
        raise _unreadable(path, error) from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is not written in UTF-8; save it as CSV UTF-8") from None
    except csv.Error:
        raise InputError(f"{path} is no CSV: a field in quotes does not end, or is too long") from None


def _of_parquet(path: str, stream: str) -> Iterator[Message]:
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - only where the extra is installed
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415 - the same
    except ImportError:
        mend = "pip install 'target-linkedin-conversions[parquet]'"
        raise ConfigError("INPUT", f"{path} needs the extra parquet", mend) from None
    encode = msgspec.json.Encoder(decimal_format="number", enc_hook=str).encode
    try:
        with pq.ParquetFile(path) as file:
            yield stream, arrow_schema(file.schema_arrow), ()
            for row in arrow_rows(file.iter_batches()):
                yield stream, _decode(encode(row)), None  # as a load reads them
    except OSError as error:
        raise _unreadable(path, error) from None
    except pa.ArrowException:
        raise InputError(f"{path} is no Parquet file") from None


def _unreadable(path: str, error: OSError) -> ConfigError:
    return ConfigError("INPUT", f"{path} cannot be read ({type(error).__name__})", "check its name and who may read it")
