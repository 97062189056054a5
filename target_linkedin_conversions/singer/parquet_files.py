"""The records of a Parquet file, a thousand at a time, as the JSON that a tap would have written."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.extras import install
from target_linkedin_conversions.records.arrow_floats import with_short_floats

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["NotParquetError", "parquet_records"]

_ROWS = 1000
_encode = msgspec.json.Encoder(decimal_format="number", enc_hook=str).encode


class NotParquetError(ValueError):
    """A file that is no Parquet file, or a damaged one, or holds what has no value in Python."""


def parquet_records(file: IO[bytes]) -> Iterator[msgspec.Raw]:
    """Every record of an open Parquet file; numbers stay exact, times become RFC 3339.

    Raises `ConfigError` where the extra `parquet` is not installed, `NotParquetError` or `OSError` where
    the file is none.
    """
    try:
        from pyarrow import ArrowException  # type: ignore[import-untyped]  # noqa: PLC0415 - only where the extra is installed
        from pyarrow.parquet import ParquetFile  # type: ignore[import-untyped]  # noqa: PLC0415 - the same
    except ImportError:
        raise ConfigError(
            "batch_config",
            "the tap sends batches as Parquet, which needs the extra parquet",
            f"{install('parquet')}, or set the tap's batch_config.encoding.format: jsonl",
        ) from None
    try:
        for batch in ParquetFile(file).iter_batches(batch_size=_ROWS):
            for record in with_short_floats(batch).to_pylist():
                yield msgspec.Raw(_encode(record))
    except (ArrowException, NotImplementedError) as error:  # the latter plain, of a type without a value of Python's
        raise NotParquetError from error
