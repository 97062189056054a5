"""`df.write` from Parquet by one task and by two: prints the seconds of each `save()` over those of a save of one row.

`python benchmarks/spark_writing.py CONFIG SECONDS PARQUET…`, the smallest folder first; a line a save: which folder, how many
tasks, and the seconds. A save goes before, which imports and starts what is missing. One that would not end in time, as the
smaller ones of before tell, is left out.
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


def main(config: str, seconds: str, *folders: str) -> None:
    """Save the rows of each folder of Parquet files, and one row alone: start and end are in both."""
    until = time.monotonic() + float(seconds)
    settings = json.loads(Path(config).read_text())
    os.environ["PYSPARK_PYTHON"] = sys.executable  # Spark would take the first python3 that it finds
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", value=False)
    spark = builder.config("spark.driver.host", "127.0.0.1").getOrCreate()
    spark.dataSource.register(LinkedInConversions)
    first = spark.read.parquet(folders[0])
    timed(first.limit(2).repartition(2), settings)
    one_row = timed(first.limit(1), settings)
    per_row = 0.0
    for number, folder in enumerate(folders):
        rows = spark.read.parquet(folder)
        count = rows.count()
        for tasks in TASKS:
            if time.monotonic() + one_row + per_row * count > until:
                break
            took = timed(rows.coalesce(tasks), settings) - one_row
            per_row = max(per_row, took / count)
            sys.stdout.write(f"{number} {tasks} {took}\n")
            sys.stdout.flush()
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
