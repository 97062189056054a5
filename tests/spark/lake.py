"""Rows that only Spark reads, written to a sandbox: one folder, one job after another."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

    from target_linkedin_conversions.sandbox import Sandbox

FORMAT = "linkedin_conversions"
ENTRY = {"stream": "leads", "conversion_rule": 101, "fields": {"external_id": "ref"}}
Row = tuple[int, str, str, int]


class Lake:
    """Writes DataFrames, and reads what is left behind."""

    def __init__(self, spark: SparkSession, linkedin: Sandbox, folder: Path) -> None:
        self.spark, self.linkedin, self.folder = spark, linkedin, folder
        self.state_dir = folder / "delivery"
        self.at = linkedin.now() - 60_000
        """When the first row happened; the same whenever it comes again."""
        self.options: dict[str, Any] = {
            "api_url": linkedin.url,
            "oauth_url": linkedin.url,
            "access_token": "sandbox-token",
            "state_dir": str(self.state_dir),
            "streams": [ENTRY],
            "consent": {"not_required": "a test"},
            "key": "id",
        }

    def given(self, **more: Any) -> dict[str, str]:
        """Options as Spark takes them: text."""
        found = {name: value for name, value in {**self.options, **more}.items() if value is not None}
        return {name: value if isinstance(value, str) else json.dumps(value) for name, value in found.items()}

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

    def receipt(self) -> dict[str, Any]:
        """The last report."""
        found: dict[str, Any] = json.loads((self.state_dir / "runs" / "last.json").read_bytes())
        return found

    def taken(self) -> list[str]:
        """The references of all events that LinkedIn took, in the order of their names."""
        return sorted(event["user"]["externalIds"][0] for event in self.linkedin.received)

    def expected(self, numbers: Sequence[int]) -> list[str]:
        """What must have been taken of rows of these numbers, each once."""
        return sorted(f"ref-{n}" for n in numbers)


def codes(receipt: dict[str, Any]) -> dict[str, int]:
    """Events by outcome and code."""
    found: dict[str, int] = {}
    for line in receipt["lines"]:
        name = f"{line['outcome']}:{line['code']}".rstrip(":")
        found[name] = found.get(name, 0) + line["events"]
    return found
