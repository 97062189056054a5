"""The data source as it is, in tasks whose first tries die: tests make it, and Spark's workers import it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pyspark import TaskContext

from target_linkedin_conversions.ledger import lease
from target_linkedin_conversions.spark.writers import BatchWriter
from tests.spark.another import AnotherConversions, after_each_answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from target_linkedin_conversions.spark.messages import TaskEnded

LEASE_MS = 1_500
"""Instead of half a minute."""
EVERY, REQUESTS = "killed_every", "killed_after"


class Dying(BatchWriter):
    """Every third partition's first try is killed when LinkedIn has taken its second request, unheard."""

    every, requests = 3, 2

    def write(self, iterator: Iterator[Any]) -> TaskEnded:
        lease.LEASE_MS = LEASE_MS
        context = TaskContext.get()
        assert context is not None
        if context.attemptNumber() == 0 and context.partitionId() % self.every == 0:
            with dying_at(self.requests):
                return super().write(iterator)
        return super().write(iterator)


def dying_at(requests: int) -> AbstractContextManager[None]:
    """End this process when so many requests were answered, before anybody hears of the last answer."""
    left = [requests]

    def die_at_the_last() -> None:
        left[0] -= 1
        if not left[0]:
            os._exit(1)

    return after_each_answer(die_at_the_last)


class DyingConversions(AnotherConversions):
    called, writes = "dying_conversions", Dying
