"""The data source as it is, in tasks whose minute of the quota is shorter: tests make it, and Spark's workers import it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.ledger import quota
from target_linkedin_conversions.spark import LinkedInConversions
from target_linkedin_conversions.spark.writers import BatchWriter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql.types import StructType

    from target_linkedin_conversions.spark.messages import TaskEnded

MINUTE_MS = 4_000
"""Instead of a minute."""


class Hurried(BatchWriter):
    """In every task."""

    def write(self, iterator: Iterator[Any]) -> TaskEnded:
        quota.WINDOW_MS = MINUTE_MS + quota.ROOM_MS
        return super().write(iterator)


class HurriedConversions(LinkedInConversions):
    """Registered beside the one that everybody uses."""

    @classmethod
    def name(cls) -> str:
        super().name()
        return "hurried_conversions"

    def writer(self, schema: StructType, overwrite: bool) -> BatchWriter:  # noqa: ARG002, FBT001 - Spark's
        return Hurried(*self._checked(schema))
