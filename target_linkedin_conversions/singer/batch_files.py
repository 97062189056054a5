"""The files of a BATCH message, read record by record and never whole."""

from __future__ import annotations

import gzip
import io
import zlib
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import IO, TYPE_CHECKING, Any, cast

import msgspec
from singer_sdk.helpers._batch import StorageTarget
from upath import UPath

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.singer.errors import InvalidLineError
from target_linkedin_conversions.singer.limits import LONGEST_LINE
from target_linkedin_conversions.singer.lines import without_mark
from target_linkedin_conversions.singer.parquet_files import parquet_records

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["raw_records"]

_COMPRESSIONS = frozenset({"", "none", "gzip"})
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
"""What a compressed file begins with."""
_CHUNK = 1 << 18
_DRIVERS = (
    (("s3", "s3a"), "'target-linkedin-conversions[s3]'"),
    (("gs", "gcs"), "gcsfs"),
    (("abfs", "abfss", "az", "adl"), "adlfs"),
)
"""What to install for the files behind a URL, by its scheme."""


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
    compression = encoding.get("compression")
    if isinstance(compression, str) and compression not in _COMPRESSIONS:
        raise ConfigError(
            "batch_config",
            "the tap compresses its batches with neither gzip nor nothing, such as zstd, which is not read here",
            "set the tap's batch_config.encoding.compression: gzip, or none",
        )
    for number, path in enumerate(manifest, 1):
        with _faults(number, str(path).partition("://")[0]):
            place = _place(str(path), storage)
        if encoding["format"] == "parquet":
            yield from _rows(place, number)
        else:
            yield from _lines(place, number)


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


def _lines(place: UPath, number: int) -> Iterator[msgspec.Raw]:
    with _faults(number, place.protocol), place.open("rb") as file, _buffered(file, number) as text:
        read = partial(text.readline, LONGEST_LINE + 1)
        for line in chain([without_mark(read())], iter(read, b"")):
            if len(line) > LONGEST_LINE:
                raise InvalidLineError(f"file {number} of its BATCH has a line of more than {LONGEST_LINE >> 20} MiB")
            if line and not line.isspace():
                yield msgspec.Raw(line)


def _rows(place: UPath, number: int) -> Iterator[msgspec.Raw]:
    with _faults(number, place.protocol), place.open("rb") as file:
        yield from parquet_records(file)


@contextmanager
def _faults(number: int, scheme: str = "") -> Iterator[None]:
    """Every fault of a file, known by its number in the manifest, as one clear stop."""
    try:
        yield
    except ImportError:
        driver = next((name for schemes, name in _DRIVERS if scheme in schemes), "the fsspec driver of its scheme")
        raise ConfigError(
            "batch_config",
            f"file {number} of a BATCH lies behind a URL whose driver is not installed",
            f"pip install {driver}",
        ) from None
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise InvalidLineError(f"file {number} of its BATCH cannot be read ({type(error).__name__})") from None


def _place(path: str, storage: StorageTarget | None) -> UPath:
    """A file of a manifest; the SDK's own way to it would make folders that are missing (measured)."""
    named = UPath(path)
    return named if storage is None else UPath(storage.root, **storage.params) / named.name


def _buffered(file: IO[bytes], number: int) -> io.BufferedIOBase:
    """The file's text, in lines that are found by compiled code; compressed or not as its first bytes say."""
    packed = io.BufferedReader(cast("io.RawIOBase", file), _CHUNK)
    first = packed.peek(len(_ZSTD))
    if first.startswith(_ZSTD):
        raise ConfigError(
            "batch_config",
            f"file {number} of a BATCH is compressed with zstd, which is not read here",
            "set the tap's batch_config.encoding.compression: gzip, or none",
        )
    return io.BufferedReader(gzip.GzipFile(fileobj=packed), _CHUNK) if first.startswith(_GZIP) else packed
