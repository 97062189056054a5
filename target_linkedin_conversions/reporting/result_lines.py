"""Reads what runs kept of each event (`results_log`), also of a run that is under way or was killed."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.extras import install
from target_linkedin_conversions.reporting.folder import run_of
from target_linkedin_conversions.reporting.results import GZIP, PARQUET, ResultLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_linkedin_conversions.reporting.folder import Folder

__all__ = ["UNREADABLE", "last_result", "parquet_missing", "result_lines", "runs_with_results"]

UNREADABLE = (ValueError, OSError, EOFError, zlib.error, RecursionError, msgspec.DecodeError)
"""What is raised on reading a results file that is cut, changed, or of another kind."""

_ROWS = 5_000
_NO_RESULTS = "it is Parquet of another kind"


def runs_with_results(folder: Folder) -> list[str]:
    """The runs that kept what became of their events, the oldest first."""
    return list(dict.fromkeys(run for name in folder.names("results") if (run := run_of(name)) is not None))


def last_result(folder: Folder, run: str) -> int:
    """The time of the last line that a run has written, in epoch milliseconds; 0 where it has none that can be read."""
    return max((line.time for name in _files(folder, run)[-1:] for line in _lines_of(folder, name, _let_be)), default=0)


def result_lines(folder: Folder, run: str, unreadable: Callable[[str], None]) -> Iterator[ResultLine]:
    """Every line of a run, in the order in which they were written; `unreadable` is told of files that are broken."""
    for name in _files(folder, run):
        yield from _lines_of(folder, name, unreadable)


def _lines_of(folder: Folder, name: str, unreadable: Callable[[str], None]) -> Iterator[ResultLine]:
    try:
        data = folder.read(name)
        if data is not None:
            yield from _of_parquet(data) if name.endswith(PARQUET) else _of_gzip(data)
    except UNREADABLE:
        unreadable(f"{folder.place(name)} cannot be read to its end")


def _let_be(_: str) -> None:
    """Of a file that is broken those tell who read it for its lines."""


def _files(folder: Folder, run: str) -> list[str]:
    """The one file of a run that ended, else its parts."""
    there = set(folder.names("results"))
    for suffix in (PARQUET, GZIP):
        if run + suffix in there:
            return [f"results/{run}{suffix}"]
    if run not in there:
        return []
    parts = folder.names(f"results/{run}")
    return [f"results/{run}/{part}" for part in parts if part.endswith((PARQUET, GZIP))]


def parquet_missing() -> ConfigError:
    """The error where results are kept as Parquet, and the extra is not installed that reads it."""
    return ConfigError("state_dir", "its results are Parquet, which needs the extra parquet", install("parquet"))


def _of_parquet(data: bytes) -> Iterator[ResultLine]:
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - only where results are read
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415 - the same
    except ImportError:
        raise parquet_missing() from None
    names = ResultLine.__struct_fields__
    types = [pa.int64() if name == "time" else pa.string() for name in names]
    try:
        with pq.ParquetFile(io.BytesIO(data)) as file:
            if not set(names).issubset(file.schema_arrow.names):
                raise ValueError(_NO_RESULTS)
            for batch in file.iter_batches(batch_size=_ROWS, columns=list(names)):
                columns = [batch.column(name).cast(of) for name, of in zip(names, types, strict=True)]
                if any(column.null_count for column in columns):
                    raise ValueError(_NO_RESULTS)
                yield from map(ResultLine, *(column.to_pylist() for column in columns))
    except pa.ArrowException as error:
        raise ValueError(type(error).__name__) from None


def _of_gzip(data: bytes) -> Iterator[ResultLine]:
    with gzip.open(io.BytesIO(data)) as lines:
        for line in lines:
            yield msgspec.json.decode(line, type=ResultLine)
