"""Parquet, a batch at a time, its values as a load would read them from JSON."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.extras import install
from target_linkedin_conversions.tables.arrow import arrow_rows, arrow_schema
from target_linkedin_conversions.tables.table import ROWS_AT_ONCE, Oddity, Records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.tables.source import Source

__all__ = ["Parquet"]

_decode = msgspec.json.Decoder(list[dict[str, Any]], float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number", enc_hook=str).encode


class Parquet:
    """A Parquet file; needs the extra `parquet`."""

    def __init__(self, source: Source) -> None:
        """Read its schema; raises `ConfigError` where there is none, or where the extra is missing."""
        try:
            import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - only where the extra is installed
            import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415 - the same
        except ImportError:
            raise ConfigError(source.name, "a Parquet file needs the extra parquet", install("parquet")) from None
        self.name = source.name
        self._failures = (pa.ArrowException, OSError)
        try:
            self._file = pq.ParquetFile(source.from_start())
        except self._failures:
            raise self._unreadable() from None
        self.schema = arrow_schema(self._file.schema_arrow)
        self.columns = tuple(self.schema["properties"])
        self.delimiter = ","
        self.reading = "Parquet"
        self.notes: list[str] = []
        self.said: dict[str, str] = {}
        self.oddities: dict[str, Oddity] = {}

    def parts(self) -> Iterator[Records]:
        """A thousand rows at a time; raises `ConfigError` where the file is broken."""
        number = 1
        try:
            rows = arrow_rows(self._file.iter_batches())
            while part := list(islice(rows, ROWS_AT_ONCE)):
                yield Records(number, self.columns, _decode(_encode(part)), {})
                number += len(part)
        except self._failures:
            raise self._unreadable() from None

    def _unreadable(self) -> ConfigError:
        return ConfigError(
            self.name, "it is no Parquet file that can be read", "export it anew, or hand over a CSV file"
        )
