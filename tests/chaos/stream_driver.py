"""A driver of Spark that others stop or kill: a query from its checkpoint over the files of a folder, until all are through.

`python -m tests.chaos.stream_driver FOLDER OPTIONS`, these as JSON; SIGTERM stops the query in mid-batch.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from target_linkedin_conversions.spark import LinkedInConversions

SCHEMA = "id bigint, ref string, email string, happened_at bigint"


def drive(folder: Path, options: dict[str, str]) -> None:
    """One life of the query, a micro-batch a file."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(folder / "spark"),
    }
    builder = SparkSession.builder.master("local[2]").appName("chaos")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.dataSource.register(LinkedInConversions)
    source = spark.readStream.schema(SCHEMA).option("maxFilesPerTrigger", 1).json(str(folder / "files"))
    rows = source.repartition(2)
    writing = rows.writeStream.format("linkedin_conversions").options(**options)
    query = writing.option("checkpointLocation", str(folder / "checkpoint")).trigger(availableNow=True).start()

    def stop(*_: Any) -> None:
        query.stop()
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    while not query.awaitTermination(1):
        pass
    spark.stop()


if __name__ == "__main__":
    drive(Path(sys.argv[1]), json.loads(sys.argv[2]))
