"""The data source as it is, in tasks of which one straggles at its first try: tests make it, and Spark's workers import it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyspark import TaskContext

from target_linkedin_conversions.ledger import lease
from target_linkedin_conversions.spark.writers import BatchWriter
from tests.spark.another import AnotherConversions, after_each_answer
from tests.spark.killing import LEASE_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_linkedin_conversions.spark.messages import TaskEnded

SECONDS = 4.0
"""For so long the straggler waits for its rows, again and again."""
LONGEST_SECONDS = 30.0
UNHEARD_SECONDS = 20.0
"""For so long it waits for an answer: four are awaited at once, and the other partitions must have ended meanwhile."""


class Straggling(BatchWriter):
    """The first partition's first try waits for each batch of its rows after the first one; its copy waits for that.

    A copy in a process that is warm would else be done before a straggler in a cold one has begun.
    """

    def write(self, iterator: Iterator[Any]) -> TaskEnded:
        lease.LEASE_MS = LEASE_MS
        context = TaskContext.get()
        assert context is not None
        straggles = context.attemptNumber() == 0 and context.partitionId() == 0
        if straggles:
            return self.slowly(iterator)
        if context.partitionId() == 0:
            self.await_the_other()
        return super().write(iterator)

    def slowly(self, iterator: Iterator[Any]) -> TaskEnded:
        """The same, late."""
        return super().write(_late(iterator, self.begun))

    def begun(self) -> None:
        """The straggler is at its rows."""
        self._mark.touch()

    def await_the_other(self) -> None:
        """Let the straggler come to its rows first, or wait in vain for so long."""
        until = time.monotonic() + LONGEST_SECONDS
        while not self._mark.exists() and time.monotonic() < until:
            time.sleep(0.05)

    @property
    def _mark(self) -> Path:
        return Path(self._given.settings.state_dir) / f"straggler-of-{self._job}"


class Unheard(Straggling):
    """The same one hears each of LinkedIn's answers late: what it sent is taken, and still on its way for all others."""

    def slowly(self, iterator: Iterator[Any]) -> TaskEnded:
        with after_each_answer(self.hear_late):
            return BatchWriter.write(self, iterator)

    def hear_late(self) -> None:
        """An answer is on its way for so long."""
        self.begun()
        time.sleep(UNHEARD_SECONDS)


def _late(iterator: Iterator[Any], begun: Callable[[], None]) -> Iterator[Any]:
    yield next(iterator)
    begun()
    for batch in iterator:
        time.sleep(SECONDS)
        yield batch


class StragglingConversions(AnotherConversions):
    called, writes = "straggling_conversions", Straggling


class UnheardConversions(AnotherConversions):
    called, writes = "unheard_conversions", Unheard
