"""Which runs belong together: those of a job that an engine gave out in parts, tried as often as it takes.

Nobody hears of a run that was killed, and what it delivered still counts: so a job's receipt asks the ledger. The rows
are there while the job is under way; its receipt ends them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from target_linkedin_conversions.ledger import tables
from target_linkedin_conversions.ledger.sums import sums_of_ended
from target_linkedin_conversions.ledger.transaction_retry import retry_transaction

if TYPE_CHECKING:
    from collections.abc import Collection

    from target_linkedin_conversions.ledger.database import Database
    from target_linkedin_conversions.ledger.lease import Lease

__all__ = ["EventsOfRule", "JobRuns", "RunOfJob", "forget_job", "jobs_at_rest", "runs_of_job"]

_batches, _runs = tables.batches, tables.job_runs
_AT_ONCE = 20


class EventsOfRule(msgspec.Struct, frozen=True):
    """What the ledger holds of a run's events of one rule; `resent` of the delivered ones had been sent before."""

    delivered: int
    resent: int
    in_doubt: int


class RunOfJob(msgspec.Struct, frozen=True):
    """One run of a job: its part, its report where it came to write one, and its events by rule."""

    run: str
    part: int
    report: bytes | None
    events: dict[str, EventsOfRule]


class JobRuns:
    """Notes that this worker's run belongs to a job."""

    def __init__(self, database: Database, lease: Lease, run: str) -> None:
        """Nothing is written before `begin`."""
        self._database = database
        self._lease = lease
        self._run = run
        self._part: tuple[str, int] | None = None

    def of_other_parts(self, connection: Connection, workers: Collection[int]) -> set[int]:
        """Those of these workers that try another part of the same job; none where this run is no part of one."""
        if self._part is None or not workers:
            return set()
        job, part = self._part
        others = select(_runs.c.worker).where(_runs.c.job == job, _runs.c.part != part)
        return set(connection.scalars(others.where(_runs.c.worker.in_(sorted(workers)))))

    @retry_transaction
    def begin(self, job: str, part: int) -> None:
        """Write that this run tries a part of a job; call it after the worker has joined."""
        self._part = job, part
        row = {"run": self._run, "job": job, "part": part, "worker": self._lease.worker}
        with self._database.transaction() as connection:
            connection.execute(
                delete(_runs).where(_runs.c.run == self._run)
            )  # a first try that was committed after all
            connection.execute(insert(_runs), row)

    @retry_transaction
    def is_awaited(self) -> bool:
        """Whether the job has no receipt yet, which ends what the ledger holds of it."""
        if self._part is None:
            return True
        with self._database.snapshot() as connection:
            mine = select(func.count()).select_from(_runs).where(_runs.c.run == self._run)
            return bool(connection.scalar(mine))

    @retry_transaction
    def end(self, report: bytes) -> None:
        """This run has ended, and its report says how."""
        with self._database.transaction() as connection:
            connection.execute(update(_runs).where(_runs.c.run == self._run).values(report=report))


def jobs_at_rest(database: Database, but: str) -> list[str]:
    """The jobs without a receipt, other than one, none of whose workers gives a sign of life; at most twenty."""
    workers = tables.workers
    with database.snapshot() as connection:
        alive = func.coalesce(func.max(workers.c.leased_until), 0) > database.now(connection)
        of_jobs = select(_runs.c.job).select_from(_runs.outerjoin(workers, workers.c.id == _runs.c.worker))
        at_rest = of_jobs.where(_runs.c.job != but).group_by(_runs.c.job).having(~alive)
        return list(connection.scalars(at_rest.order_by(func.min(_runs.c.worker)).limit(_AT_ONCE)))


def runs_of_job(database: Database, job: str) -> list[RunOfJob]:
    """The runs of a job, in the order in which they began; those that were killed too."""
    with database.snapshot() as connection:
        of_job = select(_runs.c.run, _runs.c.part, _runs.c.report, _runs.c.worker).where(_runs.c.job == job)
        rows = connection.execute(of_job.order_by(_runs.c.worker)).all()
        events = _events(connection, job)
    return [RunOfJob(row.run, row.part, row.report, events[row.worker]) for row in rows]


def _events(connection: Connection, job: str) -> dict[int, dict[str, EventsOfRule]]:
    """The counts of events, by worker and rule."""
    statement = (
        select(_batches.c.worker, _batches.c.rule, *sums_of_ended())
        .join(_runs, _runs.c.worker == _batches.c.worker)
        .where(_runs.c.job == job)
        .group_by(_batches.c.worker, _batches.c.rule)
    )
    found: dict[int, dict[str, EventsOfRule]] = defaultdict(dict)
    for worker, rule, *numbers in connection.execute(statement):
        found[worker][rule] = EventsOfRule(*map(int, numbers))
    return found


def forget_job(database: Database, job: str) -> None:
    """Delete the rows of a job whose receipt is written."""
    with database.transaction() as connection:
        connection.execute(delete(_runs).where(_runs.c.job == job))
