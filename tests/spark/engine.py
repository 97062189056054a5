"""What Spark does with a data source, without Spark: a writer made at the driver, tasks in processes, commit or abort."""

from __future__ import annotations

import multiprocessing
import os
import pickle
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]
from pyspark import TaskContext
from pyspark.sql.types import LongType, StringType, StructField, StructType

from target_linkedin_conversions.durations import MINUTE_MS
from target_linkedin_conversions.errors import TargetError
from target_linkedin_conversions.ledger import lease, quota
from target_linkedin_conversions.spark import LinkedInConversions
from tests.spark.killing import LEASE_MS, dying_at
from tests.spark.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


SCHEMA = StructType(
    [
        StructField("id", LongType()),
        StructField("ref", StringType()),
        StructField("email", StringType()),
        StructField("happened_at", LongType()),
    ]
)


class Engine(Writing):
    """Writes rows of one folder, as Spark would on this machine."""

    def source(self, **more: Any) -> LinkedInConversions:
        """The data source with these options."""
        return LinkedInConversions(self.given(**more))

    def rows(self, numbers: Sequence[int], **changes: Any) -> list[dict[str, Any]]:
        """Rows that become one event each."""
        return [
            {"id": n, "ref": f"ref-{n}", "email": f"row.{n}@example.com", "happened_at": self.at - n, **changes}
            for n in numbers
        ]

    def batches(self, numbers: Sequence[int], **changes: Any) -> Iterator[Any]:
        """The same as Arrow, in batches of 8 and an empty one behind."""
        kinds = {name: pa.int64() if name in {"id", "happened_at"} else pa.string() for name in SCHEMA.names}
        schema = pa.schema(list(kinds.items()))
        rows = pa.Table.from_pylist(self.rows(numbers, **changes), schema)
        return iter([*rows.to_batches(max_chunksize=8), pa.RecordBatch.from_pylist([], schema)])

    def save(self, *parts: Sequence[int], **more: Any) -> dict[str, Any]:
        """A job of so many partitions, each tried once; the receipt."""
        writer = self.source(**more).writer(SCHEMA, overwrite=False)
        writer.commit([task(number, writer, self.batches(part)) for number, part in enumerate(parts)])
        return self.receipt()

    def together(self, writer: Any, *parts: Sequence[int], minute_ms: int = MINUTE_MS) -> list[int]:
        """Tasks at once, each in a process of its own, whose minute of the quota is so long; the exit code of each."""
        fork = multiprocessing.get_context("fork").Process
        wire = pickle.dumps(writer)
        processes = [
            fork(target=_at_once, args=(number, wire, list(self.batches(part)), minute_ms))
            for number, part in enumerate(parts)
        ]
        for process in processes:
            process.start()
        for process in processes:
            process.join(60)
        return [code for process in processes if (code := process.exitcode) is not None]

    def killed(self, writer: Any, part: int, numbers: Sequence[int], *, after: int) -> None:
        """A task in a process of its own that dies when LinkedIn has taken so many requests, the last one unheard."""
        process = multiprocessing.get_context("fork").Process(
            target=_dying, args=(part, pickle.dumps(writer), list(self.batches(numbers)), after)
        )
        process.start()
        process.join(60)
        assert process.exitcode == 1


def task(part: int, writer: Any, batches: Iterator[Any], batch_of_stream: int | None = None) -> Any:
    """What a task does with a writer that came over the wire, and its message as the driver gets it."""
    context = TaskContext._getOrCreate()  # noqa: SLF001 - what Spark's own worker does
    context._partitionId = part  # noqa: SLF001 - the same
    context._localProperties = {} if batch_of_stream is None else {"streaming.sql.batchId": str(batch_of_stream)}  # noqa: SLF001 - the same
    try:
        return pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(writer)).write(batches)))  # noqa: S301 - our own
    finally:
        TaskContext._setTaskContext(None)  # noqa: SLF001 - a Spark of another test begins where no task is under way


@contextmanager
def in_a_process(do: Callable[[], None]) -> Iterator[None]:
    """Something is done in a process of its own meanwhile, to a good end."""
    process = multiprocessing.get_context("fork").Process(target=do)
    process.start()
    try:
        yield
    finally:
        process.join(60)
    assert process.exitcode == 0


def _at_once(part: int, writer: bytes, batches: list[Any], minute_ms: int) -> None:
    quota.WINDOW_MS = minute_ms + quota.ROOM_MS
    try:
        task(part, pickle.loads(writer), iter(batches))  # noqa: S301 - our own
    except TargetError as error:
        os._exit(error.exit_code)
    os._exit(0)


def _dying(part: int, writer: bytes, batches: list[Any], after: int) -> None:
    lease.LEASE_MS = LEASE_MS
    with dying_at(after):
        task(part, pickle.loads(writer), iter(batches))  # noqa: S301 - our own


def refs(numbers: Sequence[int]) -> list[str]:
    """What must have been taken of rows of these numbers, each once."""
    return sorted(f"ref-{n}" for n in numbers)
