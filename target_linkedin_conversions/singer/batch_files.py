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

from target_linkedin_conversions.errors import ConfigError, InputError, TargetError
from target_linkedin_conversions.private_files import NotRegularError
from target_linkedin_conversions.singer.batch_places import Storage, opened, scheme_of, storage_of
from target_linkedin_conversions.singer.errors import InvalidLineError
from target_linkedin_conversions.singer.limits import LONGEST_LINE
from target_linkedin_conversions.singer.lines import without_mark
from target_linkedin_conversions.singer.parquet_files import NotParquetError, parquet_records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["PlaceInBatch", "raw_records"]

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
_FAULTS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (FileNotFoundError, "is not there; it must still be where the tap wrote it, and this machine must see that folder"),
    (PermissionError, "may not be read by this user; run tap and target as one user, or let its group read it"),
    (NotRegularError, "is no file but a folder, a pipe or the like"),
    (
        (EOFError, gzip.BadGzipFile, zlib.error),
        "was cut or changed after it was compressed; let the tap write it again",
    ),
    (NotParquetError, "is no Parquet file that can be read; let the tap write it again, or as JSONL"),
)
"""What is wrong with a file, and the mend, by what is raised where it is read."""


class _FileError(InvalidLineError):
    """A file of a BATCH that cannot be read, which says its number itself."""


class PlaceInBatch:
    """How far the files of a BATCH were read: a line of its manifest may stand for thousands of records."""

    def __init__(self) -> None:
        """Before the first file."""
        self.file = 0

    @contextmanager
    def told(self) -> Iterator[None]:
        """Says of what is wrong with a record which file of the manifest it is in."""
        try:
            yield
        except _FileError:
            raise
        except InputError as error:
            raise type(error)(f"file {self.file} of its BATCH: {error}" if self.file else str(error)) from None


def raw_records(
    message: dict[str, Any],
    config: dict[str, Any] | None,
    listen: Callable[[], None],
    place: PlaceInBatch | None = None,
) -> Iterator[msgspec.Raw]:
    """Every record of a BATCH's files: JSONL, plain or gzipped, or Parquet; raises `InvalidLineError`.

    `listen()` is called while no record comes, and raises where a signal did; `place` follows the reading.
    """
    place = place or PlaceInBatch()
    encoding, manifest = message.get("encoding"), message.get("manifest")
    if not isinstance(encoding, dict) or not isinstance(manifest, list):
        raise InvalidLineError("a BATCH needs an encoding and a manifest")
    if not all(isinstance(place, str) for place in manifest):
        raise InvalidLineError("the manifest of its BATCH is no list of files")
    if encoding.get("format") not in ("jsonl", "parquet"):
        raise ConfigError(
            "batch_config",
            "the tap sends batches in a format other than JSONL and Parquet",
            "set the tap's batch_config.encoding.format: jsonl",
        )
    storage = storage_of(config)
    is_parquet = encoding["format"] == "parquet"
    compression = encoding.get("compression")
    # A Parquet file says itself how its columns are compressed.
    if not is_parquet and isinstance(compression, str) and compression not in _COMPRESSIONS:
        raise ConfigError(
            "batch_config",
            "the tap compresses its batches with neither gzip nor nothing, such as zstd, which is not read here",
            "set the tap's batch_config.encoding.compression: gzip, or none",
        )
    for number, path in enumerate(manifest, 1):
        place.file = number
        with _faults(number, storage), opened(path, storage, listen, at_any_place=is_parquet) as file:
            yield from (
                parquet_records(file) if is_parquet else _lines(file, number, listen, is_gzip=compression == "gzip")
            )


def _lines(file: IO[bytes], number: int, listen: Callable[[], None], *, is_gzip: bool) -> Iterator[msgspec.Raw]:
    blank = 0
    packed = io.BufferedReader(cast("io.RawIOBase", file), _CHUNK)
    if is_gzip and not packed.peek(1):
        raise _FileError(f"file {number} of its BATCH is empty, so that it was cut: gzip of nothing is not")
    with packed, _unpacked(packed, number) as text:
        read = partial(text.readline, LONGEST_LINE + 1)
        for line in chain([without_mark(read())], iter(read, b"")):
            if len(line) > LONGEST_LINE:
                raise _FileError(f"file {number} of its BATCH has a line of more than {LONGEST_LINE >> 20} MiB")
            if line and not line.isspace():
                yield msgspec.Raw(line)
                continue
            blank += len(line) + _skipped(text)
            if blank >= _CHUNK:
                blank = 0
                listen()


def _skipped(text: io.BufferedIOBase) -> int:
    """Skip the white space that comes next, as far as it is in memory: blank lines one by one take 100 s of 400 MB."""
    coming = cast("io.BufferedReader[Any]", text).peek()
    return len(text.read(len(coming) - len(coming.lstrip())))


@contextmanager
def _faults(number: int, storage: Storage | None) -> Iterator[None]:
    """Every fault of a file, known by its number in the manifest, as one clear stop; each storage has errors of its own."""
    try:
        yield
    except (TargetError, MemoryError):
        raise
    except ImportError:
        scheme = scheme_of(storage.root) if storage else ""
        driver = next((name for schemes, name in _DRIVERS if scheme in schemes), "the fsspec driver of its scheme")
        raise ConfigError(
            "batch_config",
            f"file {number} of a BATCH lies behind a URL whose driver is not installed",
            f"pip install {driver}",
        ) from None
    except Exception as error:  # noqa: BLE001 - whatever the file's format or its storage raises
        fault = next((fault for errors, fault in _FAULTS if isinstance(error, errors)), None)
        problem = fault or f"cannot be read ({type(error).__name__})"
        raise _FileError(f"file {number} of its BATCH {problem}") from None


def _unpacked(packed: io.BufferedReader[Any], number: int) -> io.BufferedIOBase:
    """The file's text, in lines that are found by compiled code; compressed or not as its first bytes say."""
    first = packed.peek(len(_ZSTD))
    if first.startswith(_ZSTD):
        raise ConfigError(
            "batch_config",
            f"file {number} of a BATCH is compressed with zstd, which is not read here",
            "set the tap's batch_config.encoding.compression: gzip, or none",
        )
    return io.BufferedReader(gzip.GzipFile(fileobj=packed), _CHUNK) if first.startswith(_GZIP) else packed
