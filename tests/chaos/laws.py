"""Every law by name, and how much of it: a little wherever the tests run, the whole in `make chaos`."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.chaos import quota, shared, suites
from tests.chaos.doubt import in_doubt
from tests.chaos.dry_run import dry_run
from tests.chaos.killed import killed, terminated
from tests.chaos.lost import lost
from tests.chaos.many import many_workers
from tests.chaos.memory import out_of_memory
from tests.chaos.moved import ended_together, ledger_moved
from tests.chaos.network import network
from tests.chaos.silence import silent_stdin
from tests.chaos.spark import spark_job
from tests.chaos.spark_quota import spark_quota
from tests.chaos.speculation import speculation
from tests.chaos.stateless import stateless
from tests.chaos.streaming import streaming

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.chaos.finding import Finding, Trial


SHORT_MINUTE_MS = 6_000
"""The quota's minute, in small."""


@dataclass(frozen=True)
class Size:
    """How much is tried; `quick` shortens what would only be waited for: leases and the quota's minute."""

    quick: bool = False
    kills: int = 400
    chances: int = 100
    terms: int = 200
    events: int = 200_000
    shared: int = 100_000
    many: int = 200_000
    spark: int = 1_000_000
    copies: int = 12_000
    streamed: int = 12_000
    stateless: int = 100_000
    dry: int = 20_000
    doubtful: int = 3_000
    answers: int = 20
    losses: int = 40
    stops: int = 24
    silences: int = 20
    starved: int = 60
    moved: int = 12
    together: int = 150
    per_minute: int = 240
    windows: int = 4
    per_day: int = 1_000


FULL = Size()
SMALL = Size(
    quick=True,
    kills=12,
    chances=4,
    terms=6,
    events=12_000,
    shared=4_000,
    many=1_200,
    spark=4_000,
    stateless=4_000,
    dry=2_000,
    doubtful=600,
    answers=6,
    losses=4,
    stops=3,
    silences=3,
    starved=5,
    moved=2,
    together=8,
    per_minute=50,
    windows=2,
    per_day=100,
)


def _killed(trial: Trial, size: Size) -> list[Finding]:
    return killed(trial, size.kills, size.chances, quick=size.quick)


def _quota(trial: Trial, size: Size) -> list[Finding]:
    """The minute under both kinds of ledger, the day under the shared one."""
    with shared.postgresql() as server:
        names = map("minute{}".format, itertools.count())

        def one(number: int) -> Finding:
            def new_ledger() -> str | None:
                return None if number == 0 else shared.new_database(server, next(names))

            if size.quick:
                return quota.short_minute(trial, size.per_minute, size.windows, new_ledger, SHORT_MINUTE_MS)
            return quota.minute(trial, size.per_minute, size.windows, new_ledger())

        minutes = trial.all(one, 1 if size.quick else 2)
        return [*minutes, quota.day(trial, size.per_day, shared.new_database(server, "day"))]


def _shared(trial: Trial, size: Size) -> list[Finding]:
    with shared.postgresql() as server:
        return shared.shared_ledger(trial, size.shared, shared.new_database(server, "shared"))


LAWS: dict[str, Callable[[Trial, Size], list[Finding]]] = {
    "dry-run": lambda trial, size: dry_run(trial, size.dry),
    "killed": _killed,
    "terminated": lambda trial, size: terminated(trial, size.terms),
    "network": lambda trial, size: network(trial, size.events),
    "lost-answers": lambda trial, size: lost(trial, size.doubtful, size.losses),
    "quota": _quota,
    "shared-ledger": _shared,
    "many-workers": lambda trial, size: many_workers(trial, size.many),
    # Its small form is a test of its own: tests/spark/test_once.py.
    "spark": lambda trial, size: [] if size.quick else spark_job(trial, size.spark),
    "speculation": lambda trial, size: [] if size.quick else speculation(trial, size.copies),
    "streaming": lambda trial, size: [] if size.quick else streaming(trial, size.streamed),
    "spark-quota": lambda trial, size: (
        [] if size.quick else spark_quota(trial, size.per_minute // 4, size.per_day // 4)
    ),
    "stateless": lambda trial, size: stateless(trial, size.stateless),
    "in-doubt": lambda trial, size: in_doubt(trial, size.doubtful, size.answers, size.stops),
    "silent-stdin": lambda trial, size: silent_stdin(trial, size.silences),
    "memory": lambda trial, size: out_of_memory(trial, size.starved),
    "ledger-moved": lambda trial, size: ledger_moved(trial, size.moved),
    "together": lambda trial, size: ended_together(trial, size.together),
    "privacy": lambda trial, size: [] if size.quick else suites.privacy(trial),
    "hostile-input": lambda trial, size: [] if size.quick else suites.hostile_input(trial),
}
"""What `make chaos` tries, in this order; the last two are tests of their own wherever the tests run."""
