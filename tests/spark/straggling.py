"""The data source as it is, in tasks of which one straggles at its first try: tests make it, and Spark's workers import it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from pyspark import TaskContext

from target_linkedin_conversions.delivery.client import Client
from target_linkedin_conversions.ledger import lease
from target_linkedin_conversions.spark import LinkedInConversions
from target_linkedin_conversions.spark.writers import BatchWriter
from tests.spark.killing import LEASE_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql.types import StructType

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
        send = Client.send_events

        def sending(self: Client, *args: Any, **kwargs: Any) -> Any:
            answer = send(self, *args, **kwargs)
            time.sleep(UNHEARD_SECONDS)
            return answer

        Client.send_events = sending  # type: ignore[method-assign]
        try:
            return BatchWriter.write(self, iterator)
        finally:
            Client.send_events = send  # type: ignore[method-assign]


def _late(iterator: Iterator[Any]) -> Iterator[Any]:
    yield next(iterator)
    for batch in iterator:
        time.sleep(SECONDS)
        yield batch


class StragglingConversions(LinkedInConversions):
    """Registered beside the one that everybody uses."""

    @classmethod
    def name(cls) -> str:
        super().name()
        return "straggling_conversions"

    def writer(self, schema: StructType, overwrite: bool) -> BatchWriter:  # noqa: ARG002, FBT001 - Spark's
        return Straggling(*self._checked(schema))


class UnheardConversions(LinkedInConversions):
    """Registered beside the one that everybody uses."""

    @classmethod
    def name(cls) -> str:
        super().name()
        return "unheard_conversions"

    def writer(self, schema: StructType, overwrite: bool) -> BatchWriter:  # noqa: ARG002, FBT001 - Spark's
        return Unheard(*self._checked(schema))
