"""Rows that only Spark reads, written to a sandbox: one folder, one job after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.spark.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

    from target_linkedin_conversions.sandbox import Sandbox

FORMAT = "linkedin_conversions"
Row = tuple[int, str, str, int]


class Lake(Writing):
    """Writes DataFrames, and reads what is left behind."""

    def __init__(self, spark: SparkSession, linkedin: Sandbox, folder: Path) -> None:
        super().__init__(linkedin, folder)
        self.spark = spark

    def rows(self, numbers: Sequence[int]) -> list[Row]:
        """Rows that become one event each."""
        return [(n, f"ref-{n}", f"row.{n}@example.com", self.at - n) for n in numbers]

    def frame(self, numbers: Sequence[int], partitions: int = 1) -> DataFrame:
        """The same as a DataFrame of so many partitions, the rows in order."""
        rows = self.spark.sparkContext.parallelize(self.rows(numbers), partitions)
        return self.spark.createDataFrame(rows, "id bigint, ref string, email string, happened_at bigint")

    def write(self, frame: DataFrame, form: str = FORMAT, **more: Any) -> dict[str, Any]:
        """Save it; the receipt."""
        frame.write.format(form).options(**self.given(**more)).mode("append").save()
        return self.receipt()

    def expected(self, numbers: Sequence[int]) -> list[str]:
        """What must have been taken of rows of these numbers, each once."""
        return sorted(f"ref-{n}" for n in numbers)
