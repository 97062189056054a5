"""Eight tasks of Spark at once under one quota: never a request too many, in any minute or on any day."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.durations import DAY_MS
from tests.chaos.finding import PLENTY, Broken, Finding, Trial, linkedin
from tests.chaos.quota import LEAST_USED, most_in_a_window
from tests.chaos.shared import new_database, postgresql
from tests.chaos.spark import numbered, session

if TYPE_CHECKING:
    from collections.abc import Iterator

TASKS = 8
EXIT_QUOTA = 4


def spark_quota(trial: Trial, per_minute: int, per_day: int) -> list[Finding]:
    """One request an event; more events than four minutes, or a day, allow."""
    if find_spec("pyspark") is None:
        return [Finding("spark-quota", "", "", "left out: the extra spark is not installed")]
    return [*_findings(trial, per_minute, per_day)]


def _findings(trial: Trial, per_minute: int, per_day: int) -> Iterator[Finding]:
    with postgresql() as server, session(trial, f"local[{TASKS},2]") as spark:
        from tests.spark.hurried import HurriedConversions  # noqa: PLC0415 - only where the extra is installed

        spark.dataSource.register(HurriedConversions)
        yield _minute(trial, spark, per_minute, new_database(server, "minute"))
        yield _day(trial, spark, per_day, new_database(server, "day"))


def _minute(trial: Trial, spark: Any, per_minute: int, ledger_url: str) -> Finding:
    from tests.spark.hurried import MINUTE_MS  # noqa: PLC0415 - the same

    broken, rows = Broken(), 4 * per_minute
    times, receipt, _ = _written(
        trial, spark, rows, ledger_url, requests_per_minute=per_minute, requests_per_day=PLENTY
    )
    most = most_in_a_window(times, MINUTE_MS)
    broken.true(f"{most - per_minute} requests too many in {MINUTE_MS / 1000:g} seconds", held=most <= per_minute)
    broken.true(f"the receipt has {receipt['counts']}", held=receipt["counts"] == {"delivered": rows})
    seconds = (times[-1] - times[0]) / 1000
    return Finding(
        "quota of tasks",
        f"{TASKS} tasks, {rows} requests, {per_minute} in {MINUTE_MS / 1000:g} s",
        "never one over in any window",
        f"{len(times)} requests in {seconds:.1f} s, at most {most} in a window",
        broken,
    )


def _day(trial: Trial, spark: Any, per_day: int, ledger_url: str) -> Finding:
    broken = Broken()
    limits = {"requests_per_minute": PLENTY, "requests_per_day": per_day}
    times, receipt, failed = _written(trial, spark, 2 * per_day, ledger_url, **limits)
    days = len({at // DAY_MS for at in times})
    broken.true(f"{len(times)} requests in {days} days", held=len(times) <= per_day * days)
    broken.true(f"only {len(times)} of {per_day} requests were used", held=len(times) >= per_day * LEAST_USED)
    broken.true(f"the job ended with {receipt['exit_code']}", held=receipt["exit_code"] == EXIT_QUOTA and failed)
    return Finding(
        "quota of tasks",
        f"{TASKS} tasks, {2 * per_day} events of a request each, {per_day} requests a day",
        "never one over in a UTC day; at least 95 % used; exit 4",
        f"{len(times)} requests, exit {receipt['exit_code']}, receipt {receipt['counts']}",
        broken,
    )


def _written(
    trial: Trial, spark: Any, rows: int, ledger_url: str, **limits: int
) -> tuple[list[int], dict[str, Any], bool]:
    """When LinkedIn was asked, the receipt, and whether the job failed."""
    from pyspark.errors import PySparkException  # noqa: PLC0415 - only where the extra is installed

    from tests.spark.lake import Lake  # noqa: PLC0415 - the same

    failed = False
    with linkedin() as witness:
        lake = Lake(spark, witness.linkedin, trial.place("spark-quota"))
        frame = numbered(spark, lake, rows, TASKS)
        try:
            receipt = lake.write(frame, "hurried_conversions", ledger_url=ledger_url, batch_size_rows=1, **limits)
        except PySparkException:
            failed, receipt = True, lake.receipt()
        times = [request.at for request in witness.linkedin.requests if request.method == "POST"]
    return times, receipt, failed
