"""`df.write` from Parquet by one task and by two: prints the seconds of each `save()` over those of a save of one row.

`python benchmarks/spark_writing.py CONFIG PARQUET`; a save goes before, which imports and starts what is missing.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyspark.sql import SparkSession

from target_linkedin_conversions.spark import LinkedInConversions

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TASKS = (1, 2)


def main(config: str, parquet: str) -> None:
    """Save the rows of a folder of Parquet files, and one of them alone: start and end are in both."""
    settings = json.loads(Path(config).read_text())
    os.environ["PYSPARK_PYTHON"] = sys.executable  # Spark would take the first python3 that it finds
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", value=False)
    spark = builder.config("spark.driver.host", "127.0.0.1").getOrCreate()
    spark.dataSource.register(LinkedInConversions)
    rows = spark.read.parquet(parquet)
    timed(rows.limit(2).repartition(2), settings)
    one_row = timed(rows.limit(1), settings)
    for tasks in TASKS:
        sys.stdout.write(f"{timed(rows.coalesce(tasks), settings) - one_row}\n")
    spark.stop()


def timed(rows: DataFrame, settings: dict[str, Any]) -> float:
    """Seconds of one save into a ledger of its own."""
    with tempfile.TemporaryDirectory(dir=settings["state_dir"]) as folder:
        given = {**settings, "state_dir": folder, "stream": "orders", "key": "order_id"}
        options = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
        started = time.perf_counter()
        rows.write.format("linkedin_conversions").options(**options).mode("append").save()
        took = time.perf_counter() - started
        report = json.loads((Path(folder) / "runs" / "last.json").read_bytes())
    assert report["counts"] == {"delivered": report["events"]}, report
    return took


if __name__ == "__main__":
    main(*sys.argv[1:])
