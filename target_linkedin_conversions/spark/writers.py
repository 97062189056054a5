"""What Spark calls: `write` in each task, `commit` or `abort` at the driver when all of them have ended.

Spark has a process of Python of its own for each of the three steps of a job: plan, task and receipt. What only one of
them needs is imported there (measured: 0.25 s of imports to plan, where everything takes 1.0 s).
"""

from __future__ import annotations

import json
import logging
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from pyspark import TaskContext
from pyspark.sql.datasource import DataSourceArrowWriter, DataSourceStreamArrowWriter

from target_linkedin_conversions.errors import TargetError
from target_linkedin_conversions.run.run_id import new_run_id
from target_linkedin_conversions.spark.logs import log_to_stderr
from target_linkedin_conversions.spark.messages import ended

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa  # type: ignore[import-untyped]
    from pyspark.sql.datasource import WriterCommitMessage

    from target_linkedin_conversions.spark.messages import TaskEnded
    from target_linkedin_conversions.spark.options import Given

__all__ = ["BatchWriter", "StreamWriter"]

logger = logging.getLogger(__name__)

_BATCH_OF_STREAM = "streaming.sql.batchId"
"""Where Spark tells a task of which micro-batch it is."""


class BatchWriter(DataSourceArrowWriter):
    """One `save()`: a job of as many runs as there are partitions with rows, and tries of them."""

    def __init__(self, given: Given, schema: dict[str, Any]) -> None:
        """The job has its name before its first task."""
        self._given, self._schema, self._job = given, schema, new_run_id()

    def write(self, iterator: Iterator[pa.RecordBatch]) -> TaskEnded:
        """In a task: deliver the rows of a partition."""
        return _run(self._given, self._schema, self._job, iterator)

    def commit(self, messages: list[WriterCommitMessage | None]) -> None:
        """All partitions have ended well: write the receipt."""
        _tell(self._given, self._job, messages, completed=True)

    def abort(self, messages: list[WriterCommitMessage | None]) -> None:
        """Some partitions failed: write the receipt; what the others delivered stays delivered."""
        _tell(self._given, self._job, messages, completed=False)


class StreamWriter(DataSourceStreamArrowWriter):
    """One query: each of its micro-batches is a job, and the same one where it comes again after a restart."""

    def __init__(self, given: Given, schema: dict[str, Any], checkpoint: str) -> None:
        """Nothing is kept here: Spark makes one writer for the tasks and another to commit."""
        self._given, self._schema, self._checkpoint = given, schema, checkpoint

    def write(self, iterator: Iterator[pa.RecordBatch]) -> TaskEnded:
        """In a task: deliver the rows of a partition."""
        context = TaskContext.get()
        batch = None if context is None else context.getLocalProperty(_BATCH_OF_STREAM)
        return _run(self._given, self._schema, self._job(int(batch or 0)), iterator)

    def commit(self, messages: list[WriterCommitMessage | None], batchId: int) -> None:  # noqa: N803 - Spark's
        """Every partition of a micro-batch came to its end; one without rows is told by nobody."""
        if ended(messages):
            _tell(self._given, self._job(batchId), messages, completed=True)

    def abort(self, messages: list[WriterCommitMessage | None], batchId: int) -> None:  # noqa: N803 - Spark's
        """Some partitions failed: write the receipt; Spark sends the micro-batch again."""
        _tell(self._given, self._job(batchId), messages, completed=False)

    def _job(self, batch: int) -> str:
        """What a micro-batch is known by, in the tasks and at the driver alike."""
        query = json.dumps([self._checkpoint, self._given.stream]).encode()
        return f"{blake2b(query, digest_size=8).hexdigest()}/{batch}"


def _run(given: Given, schema: dict[str, Any], job: str, batches: Iterator[pa.RecordBatch]) -> TaskEnded:
    from target_linkedin_conversions.spark.task import run_task  # noqa: PLC0415 - only in a task

    return run_task(given, schema, job, batches)


def _tell(given: Given, job: str, messages: list[WriterCommitMessage | None], *, completed: bool) -> None:
    """Write the receipt; a failure is logged only, because raising would make Spark send the job again."""
    from target_linkedin_conversions.run.jobs import job_receipt  # noqa: PLC0415 - only where a receipt is written

    log_to_stderr()
    try:
        job_receipt(given.settings, job, given.stream, ended(messages), completed=completed)
    except TargetError as error:
        logger.error("the receipt is not complete: %s", error)
    except Exception as error:  # noqa: BLE001 - its message may hold anything
        logger.error("the receipt is not complete (%s)", type(error).__name__)
