"""The data source as it is, in tasks whose first tries die: tests make it, and Spark's workers import it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pyspark import TaskContext

from target_linkedin_conversions.delivery.client import Client
from target_linkedin_conversions.ledger import lease
from target_linkedin_conversions.spark import LinkedInConversions
from target_linkedin_conversions.spark.writers import BatchWriter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql.types import StructType

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
            die_at(self.requests)
        return super().write(iterator)


def die_at(requests: int) -> None:
    """End this process when so many requests were answered, before anybody hears of the last answer."""
    send, left = Client.send_events, [requests]

    def sending(self: Client, *args: Any, **kwargs: Any) -> Any:
        answer = send(self, *args, **kwargs)
        left[0] -= 1
        if not left[0]:
            os._exit(1)
        return answer

    Client.send_events = sending  # type: ignore[method-assign]


class DyingConversions(LinkedInConversions):
    """Registered beside the one that everybody uses."""

    @classmethod
    def name(cls) -> str:
        super().name()
        return "dying_conversions"

    def writer(self, schema: StructType, overwrite: bool) -> BatchWriter:  # noqa: ARG002, FBT001 - Spark's
        return Dying(*self._checked(schema))
