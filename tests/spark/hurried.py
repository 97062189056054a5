"""The data source as it is, in tasks whose minute of the quota is shorter: tests make it, and Spark's workers import it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.ledger import quota
from target_linkedin_conversions.spark.writers import BatchWriter
from tests.spark.another import AnotherConversions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.spark.messages import TaskEnded

MINUTE_MS = 4_000
"""Instead of a minute."""


class Hurried(BatchWriter):
    """In every task."""

    def write(self, iterator: Iterator[Any]) -> TaskEnded:
        quota.WINDOW_MS = MINUTE_MS + quota.ROOM_MS
        return super().write(iterator)


class HurriedConversions(AnotherConversions):
    called, writes = "hurried_conversions", Hurried
