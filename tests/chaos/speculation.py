"""Two hosts and a straggler: Spark starts a copy of its task on the other host, and both send the same rows."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from tests.chaos.finding import PLENTY, Broken, Finding, Trial, linkedin
from tests.chaos.once import POLICIES, once_or_named
from tests.chaos.shared import new_database, postgresql
from tests.chaos.spark import numbered, session
from tests.singer.pipe import ends_of

if TYPE_CHECKING:
    from collections.abc import Callable

PARTITIONS = 6
STRAGGLERS = {
    "straggling_conversions": "a straggler that gets its rows late",
    "unheard_conversions": "a straggler that hears LinkedIn's answers late",
}
_SPECULATION = {
    "spark.speculation": "true",
    "spark.speculation.interval": "100ms",
    "spark.speculation.multiplier": "1.1",
    "spark.speculation.quantile": "0.5",
    "spark.executor.memory": "512m",
    "spark.executor.cores": "1",
    "spark.cores.max": "2",
}


def speculation(trial: Trial, rows: int) -> list[Finding]:
    """So many rows in 6 partitions, the first of which straggles, one ledger in PostgreSQL."""
    if find_spec("pyspark") is None:
        return [Finding("speculation", "", "", "left out: the extra spark is not installed")]
    from tests.spark.cluster import standalone  # noqa: PLC0415 - only where the extra is installed

    # As many batches of Arrow as let a copy overtake the straggler.
    arrow = {"spark.sql.execution.arrow.maxRecordsPerBatch": str(max(1, rows // PARTITIONS // 6))}
    with (
        postgresql() as server,
        standalone(trial.place("cluster")) as master,
        session(trial, master, **_SPECULATION, **arrow) as spark,
    ):
        from tests.spark.straggling import StragglingConversions, UnheardConversions  # noqa: PLC0415 - the same

        spark.dataSource.register(StragglingConversions)
        spark.dataSource.register(UnheardConversions)

        def url(name: str) -> str:
            return new_database(server, name)

        return [_tried(trial, spark, rows, form, policy, url) for form in STRAGGLERS for policy in POLICIES]


def _tried(trial: Trial, spark: Any, rows: int, form: str, policy: str, database: Callable[[str], str]) -> Finding:
    from tests.spark.lake import Lake  # noqa: PLC0415 - only where the extra is installed

    broken = Broken()
    with linkedin() as witness:
        lake = Lake(spark, witness.linkedin, trial.place(f"speculation-{policy}"))
        limits = {"requests_per_minute": PLENTY, "requests_per_day": PLENTY, "batch_size_rows": rows // PARTITIONS // 6}
        url = database(f"{form.partition('_')[0]}_{policy}")
        receipt = lake.write(
            numbered(spark, lake, rows, PARTITIONS), form, ledger_url=url, on_in_doubt=policy, **limits
        )
        witness.settle()
        takes, found = witness.takes(), ends_of(receipt)
    seen = once_or_named(broken, lake, takes, rows, policy, found.get("delivered:resent", 0))
    tries = [run["part"] for run in receipt["runs"]].count(0)
    told = sum(found.get(code, 0) for code in ("delivered", "delivered:resent", "in_doubt:earlier_run"))
    broken.true(f"the receipt has {found}", held=told == rows)
    broken.true(f"{tries} runs of the straggler's rows", held=tries > 1)
    broken.true(f"the job ended with {receipt['exit_code']}", held=receipt["exit_code"] == 0)
    return Finding(
        "speculation",
        f"{rows:,} rows, two hosts, {STRAGGLERS[form]}, {policy}, PostgreSQL",
        "each event taken once, or its double named",
        f"{seen}, {tries} runs of one partition; receipt {found}",
        broken,
    )
