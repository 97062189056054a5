"""The data source as it is, in tasks of which one straggles at its first try: tests make it, and Spark's workers import it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from pyspark import TaskContext

from target_linkedin_conversions.ledger import lease
from target_linkedin_conversions.spark.writers import BatchWriter
from tests.spark.another import AnotherConversions, after_each_answer
from tests.spark.killing import LEASE_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.spark.messages import TaskEnded

SECONDS = 4.0
"""For so long the straggler waits for its rows, again and again."""
UNHEARD_SECONDS = 20.0
"""For so long it waits for an answer: four are awaited at once, and the other partitions must have ended meanwhile."""


class Straggling(BatchWriter):
    """The first partition's first try waits for each batch of its rows after the first one."""

    def write(self, iterator: Iterator[Any]) -> TaskEnded:
        lease.LEASE_MS = LEASE_MS
        context = TaskContext.get()
        assert context is not None
        straggles = context.attemptNumber() == 0 and context.partitionId() == 0
        return self.slowly(iterator) if straggles else super().write(iterator)

    def slowly(self, iterator: Iterator[Any]) -> TaskEnded:
        """The same, late."""
        return super().write(_late(iterator))


class Unheard(Straggling):
    """The same one hears each of LinkedIn's answers late: what it sent is taken, and still on its way for all others."""

    def slowly(self, iterator: Iterator[Any]) -> TaskEnded:
        with after_each_answer(lambda: time.sleep(UNHEARD_SECONDS)):
            return BatchWriter.write(self, iterator)


def _late(iterator: Iterator[Any]) -> Iterator[Any]:
    yield next(iterator)
    for batch in iterator:
        time.sleep(SECONDS)
        yield batch


class StragglingConversions(AnotherConversions):
    called, writes = "straggling_conversions", Straggling


class UnheardConversions(AnotherConversions):
    called, writes = "unheard_conversions", Unheard
