"""A job of Spark whose tasks die: what they delivered, what they left in doubt, and what the receipt makes of it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from tests.chaos.finding import PLENTY, Broken, Finding, Trial, linkedin
from tests.chaos.once import HOLD, POLICIES, once_or_named
from tests.chaos.shared import new_database, postgresql
from tests.singer.pipe import ROOT, ends_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.spark.lake import Lake

PARTITIONS = 16
REFERENCE = "concat('leads-', id)"


def spark_job(trial: Trial, rows: int) -> list[Finding]:
    """So many rows in 16 partitions, every third task killed at its first try, one ledger in PostgreSQL."""
    if find_spec("pyspark") is None:
        return [Finding("spark", "", "", "left out: the extra spark is not installed")]
    with postgresql() as server, session(trial) as spark:
        return [_tried(trial, spark, rows, policy, new_database(server, policy)) for policy in POLICIES]


@contextmanager
def session(trial: Trial, master: str = "local[2,4]", **more: str) -> Iterator[Any]:
    """A Spark, by default of two cores in this machine that tries each task four times."""
    import os  # noqa: PLC0415 - beside the import below, which looks at what is set here

    os.environ |= {"PYSPARK_PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    from pyspark.sql import SparkSession  # noqa: PLC0415 - only where the extra is installed

    from tests.spark.killing import DyingConversions  # noqa: PLC0415 - the same

    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(trial.place("spark")),
        **more,
    }
    builder = SparkSession.builder.master(master).appName("chaos")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.dataSource.register(DyingConversions)
    yield spark
    spark.stop()


def numbered(spark: Any, lake: Lake, rows: int, partitions: int) -> Any:
    """A DataFrame of so many rows that become one event each, and that this process never holds."""
    return spark.range(0, rows, 1, partitions).selectExpr(
        "id",
        f"{REFERENCE} as ref",
        "concat('row.', id, '@example.com') as email",
        f"{lake.at} - id * 1000 as happened_at",
    )


def _tried(trial: Trial, spark: Any, rows: int, policy: str, ledger_url: str) -> Finding:
    from tests.spark.lake import Lake  # noqa: PLC0415 - only where the extra is installed

    broken = Broken()
    with linkedin() as witness:
        lake = Lake(spark, witness.linkedin, trial.place(f"spark-{policy}"))
        frame = numbered(spark, lake, rows, PARTITIONS)
        # The first tries die at their second request.
        batch = min(5_000, max(1, rows // PARTITIONS // 4))
        limits = {"requests_per_minute": PLENTY, "requests_per_day": PLENTY, "batch_size_rows": batch}
        receipt = lake.write(
            frame, "dying_conversions", ledger_url=ledger_url, on_in_doubt=policy, max_concurrent_requests=2, **limits
        )
        takes, found = witness.takes(), ends_of(receipt)
    held, resent = found.get("in_doubt:earlier_run", 0), found.get("delivered:resent", 0)
    seen = once_or_named(broken, lake, takes, rows, policy, resent)
    broken.true(f"the receipt has {found}", held=found.get("delivered", 0) + resent + held == rows)
    broken.true("nothing is named as in doubt", held=(held if policy == HOLD else resent) > 0)
    killed = len(receipt["earlier"])
    broken.true(f"{killed} runs named as killed", held=killed == -(-PARTITIONS // 3))
    return Finding(
        "spark",
        f"{rows:,} rows, {PARTITIONS} partitions, every third task killed, {policy}, PostgreSQL",
        "each event taken once, or its double named",
        f"{seen}; receipt {found}",
        broken,
    )
