"""The files of a BATCH message, read record by record and never whole."""

from __future__ import annotations

import gzip
import io
import zlib
from contextlib import contextmanager
from functools import partial
from typing import IO, TYPE_CHECKING, Any, cast

import msgspec
from singer_sdk.helpers._batch import StorageTarget
from upath import UPath

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.singer.errors import InvalidLineError
from target_linkedin_conversions.singer.limits import LONGEST_LINE
from target_linkedin_conversions.singer.parquet_files import parquet_records

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["raw_records"]


def raw_records(message: dict[str, Any], config: dict[str, Any] | None) -> Iterator[msgspec.Raw]:
    """Every record of a BATCH's files: JSONL, plain or gzipped, or Parquet; raises `InvalidLineError`."""
    encoding, manifest = message.get("encoding"), message.get("manifest")
    if not isinstance(encoding, dict) or not isinstance(manifest, list):
        raise InvalidLineError("a BATCH needs an encoding and a manifest")
    if encoding.get("format") not in {"jsonl", "parquet"}:
        raise ConfigError(
            "batch_config",
            "the tap sends batches in a format other than JSONL and Parquet",
            "set the tap's batch_config.encoding.format: jsonl",
        )
    storage = _storage(config)
    for path in manifest:
        with _faults():
            place = _place(str(path), storage)
        if encoding["format"] == "parquet":
            yield from _rows(place)
        else:
            yield from _lines(place, gzipped=encoding.get("compression") == "gzip")


def _storage(config: dict[str, Any] | None) -> StorageTarget | None:
    """Where the files are, if the settings say it."""
    if not config or not config.get("storage"):
        return None
    try:
        return StorageTarget(**config["storage"])
    except TypeError:
        raise ConfigError(
            "batch_config.storage",
            "expected an object with root and, if needed, prefix and params",
            "for example {root: s3://bucket/batches}",
        ) from None


def _lines(place: UPath, *, gzipped: bool) -> Iterator[msgspec.Raw]:
    with _faults(), place.open("rb") as file, _buffered(file, gzipped=gzipped) as text:
        for line in iter(partial(text.readline, LONGEST_LINE + 1), b""):
            if len(line) > LONGEST_LINE:
                raise InvalidLineError(f"a file of its BATCH has a line of more than {LONGEST_LINE >> 20} MiB")
            if not line.isspace():
                yield msgspec.Raw(line)


def _rows(place: UPath) -> Iterator[msgspec.Raw]:
    with _faults(), place.open("rb") as file:
        yield from parquet_records(file)


@contextmanager
def _faults() -> Iterator[None]:
    """Every fault of a file as one clear stop."""
    try:
        yield
    except (OSError, EOFError, ValueError, ImportError, zlib.error) as error:
        raise InvalidLineError(f"a file of its BATCH cannot be read ({type(error).__name__})") from None


def _place(path: str, storage: StorageTarget | None) -> UPath:
    """A file of a manifest; the SDK's own way to it would make folders that are missing (measured)."""
    named = UPath(path)
    return named if storage is None else UPath(storage.root, **storage.params) / named.name


def _buffered(file: IO[bytes], *, gzipped: bool) -> io.BufferedReader:
    """The file's text, in lines that are found by compiled code."""
    return io.BufferedReader(gzip.GzipFile(fileobj=file) if gzipped else cast("io.RawIOBase", file), 1 << 18)
