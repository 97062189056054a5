"""One task of a write is one run: the rows of a partition, with a report, rejects and a lease of its own."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa  # type: ignore[import-untyped]
from pyspark import TaskContext

from target_linkedin_conversions.errors import InputError, TargetError, fault_of
from target_linkedin_conversions.records.arrow_rows import ArrowRows
from target_linkedin_conversions.records.arrow_types import with_cast
from target_linkedin_conversions.reporting.way_back import FedBy
from target_linkedin_conversions.run.jobs import JobPart
from target_linkedin_conversions.run.process.tuning import process_tuned
from target_linkedin_conversions.run.run import Run
from target_linkedin_conversions.run.whole_run import run_to_end
from target_linkedin_conversions.spark.logs import log_to_stderr
from target_linkedin_conversions.spark.messages import TaskEnded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.records.rows import Row
    from target_linkedin_conversions.run.intake import Intake
    from target_linkedin_conversions.spark.options import Given

__all__ = ["run_task"]


def run_task(given: Given, schema: dict[str, Any], job: str, batches: Iterator[pa.RecordBatch]) -> TaskEnded:
    """Deliver the rows of one partition; raises what stopped the run, as a `TargetError` without a value of a row."""
    log_to_stderr()
    context = TaskContext.get()
    number = 0 if context is None else context.partitionId()
    source = _with_rows(batches)
    first = _first(source)
    if first is None:
        return TaskEnded(number)
    run = Run(given.settings, part=JobPart(job, number), fed_by=FedBy.ROWS)

    def feed() -> None:
        run.begin()
        if isinstance(first, InputError):
            raise first
        entries = run.streams.entries_of(given.stream)
        mapping = run.streams.mapping(given.stream, schema, given.key, entries)
        rows = ArrowRows(mapping.row_type)
        intake = run.intake(given.stream, mapping)
        for batch in chain([first], source):
            _take(run, intake, rows, batch)
        run.finish()

    # Spark gives a process of Python one task at a time, and each processor one (measured, two tasks on two processors: each
    # kept on one, they were 6.7 s on the average and up to 7.8, for a while both on the same one; 6.2 s as the system places them).
    with process_tuned(one_of_many=True):
        report, error = run_to_end(run, feed)
    if isinstance(error, TargetError):
        raise error from None
    if error is not None:
        raise fault_of(error) from None
    return TaskEnded(number, run.name, msgspec.json.encode(report))


def _first(batches: Iterator[pa.RecordBatch]) -> pa.RecordBatch | InputError | None:
    """The first of them, None where there is none, or why it does not come: a run tells that, as of any later one."""
    try:
        return next(batches, None)
    except InputError as error:
        return error


def _with_rows(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Every batch that holds a row; raises `InputError` where Spark cannot hand over the next one."""
    while True:
        try:
            batch = next(batches, None)
        except TargetError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever Spark raises, or what makes the rows
            raise InputError(f"Spark handed over no more rows ({type(error).__name__})") from None
        if batch is None:
            return
        if batch.num_rows:
            yield batch


def _take(run: Run, intake: Intake, rows: ArrowRows, batch: pa.RecordBatch) -> None:
    """The rows of a batch, with a look around now and then."""
    for some in rows.of(_in_utc(batch)):
        left: Iterator[Row] = iter(some)
        intake.take_all(left, run.now)
        run.pause()


def _in_utc(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same moments, told in UTC wherever they lie: a key must not change with the time zone of the session."""
    return with_cast(batch, _told_in_utc)


def _told_in_utc(kind: pa.DataType) -> pa.DataType:
    """The type of a time with a zone in UTC; any other type itself."""
    return pa.timestamp(kind.unit, "UTC") if pa.types.is_timestamp(kind) and kind.tz is not None else kind
