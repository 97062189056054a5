"""A worker's lease: until it ends, other workers take this one for alive and leave its events alone.

A worker that gives no sign of life loses what it has not settled; one that ended without a report is reported by a later run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update

from target_linkedin_conversions.errors import LedgerError
from target_linkedin_conversions.ledger import tables
from target_linkedin_conversions.ledger.sums import sums_of_ended
from target_linkedin_conversions.ledger.tables import new_id
from target_linkedin_conversions.ledger.transaction_retry import retry_transaction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_linkedin_conversions.ledger.database import Database

__all__ = [
    "LEASE_MS",
    "TAKEN_OVER",
    "Lease",
    "NewestRun",
    "UnreportedRun",
    "living_runs",
    "newest_run",
    "shorten",
    "taken_over",
]

LEASE_MS = 30_000
"""How long a worker is believed alive after its last sign of life."""

TAKEN_OVER = -1
"""Stands in place of a worker's lease when its events were taken over: it must not send any more."""

_workers = tables.workers

# Every batch runs these, so they are made once: building a statement costs SQLAlchemy ten times its execution (measured).
_EXTEND = (
    update(_workers)
    .where(_workers.c.id == bindparam("worker"), _workers.c.leased_until != TAKEN_OVER)
    .values(leased_until=bindparam("until"))
)

# A clock that was ahead when a worker wrote it must not keep its events until then; a live worker extends it anyway.
_SHORTEN = (
    update(_workers).where(_workers.c.leased_until > bindparam("latest")).values(leased_until=bindparam("latest"))
)


class UnreportedRun(msgspec.Struct, frozen=True):
    """A worker that ended without a report, and how many of its events were delivered, again, or are in doubt."""

    worker: int
    run: str
    delivered: int
    resent: int
    in_doubt: int


class NewestRun(msgspec.Struct, frozen=True):
    """The run that came to the ledger last, and whether it still gives signs of life."""

    run: str
    is_alive: bool


def newest_run(database: Database) -> NewestRun | None:
    """What a ledger that is open to read says of its last run; None where none ever came."""
    with database.snapshot() as connection:
        newest = connection.execute(
            select(_workers.c.run, _workers.c.leased_until).order_by(_workers.c.id.desc()).limit(1)
        )
        row = newest.first()
        return None if row is None else NewestRun(row.run, row.leased_until > database.now(connection))


def living_runs(database: Database) -> list[str]:
    """The runs that a ledger which is open to read takes for alive, the oldest first; one that was killed counts for another lease."""
    with database.snapshot() as connection:
        alive = select(_workers.c.run).where(_workers.c.leased_until > database.now(connection))
        return [row.run for row in connection.execute(alive.order_by(_workers.c.id))]


class Lease:
    """One worker of the ledger, which is one run."""

    def __init__(self, database: Database, run: str) -> None:
        """Describe the worker; it is written to the ledger by `join`."""
        self._database = database
        self._run = run
        self.worker = 0
        """Its id in the ledger; 0 before it joins."""

    @retry_transaction
    def join(self) -> None:
        """Write this worker to the ledger, alive for one lease."""
        with self._database.transaction() as connection:
            until = self._database.now(connection) + LEASE_MS
            shorten(connection, until)
            self.worker = new_id(connection.execute(insert(_workers).values(run=self._run, leased_until=until)))

    @retry_transaction
    def heartbeat(self) -> None:
        """Extend the lease; raises `LedgerError` if another worker took over meanwhile."""
        with self._database.transaction() as connection:
            self.extend(connection)

    def extend(self, connection: Connection) -> None:
        """Extend the lease within a transaction that is under way; raises as `heartbeat` does."""
        until = self._database.now(connection) + LEASE_MS
        if connection.execute(_EXTEND, {"worker": self.worker, "until": until}).rowcount != 1:
            raise taken_over()

    def leave(self, reported: Iterable[int] = ()) -> None:
        """End the lease: what this worker did not settle is in doubt at once.

        A report has said what became of its batches, and of those of the workers in `reported`.
        """
        if not self.worker:
            return
        with self._database.transaction() as connection:
            mine = _workers.c.id == self.worker
            connection.execute(update(_workers).where(mine).values(leased_until=0, told=1))
            others = _workers.c.id.in_(sorted(reported))
            connection.execute(update(_workers).where(others).values(told=1))

    def unreported(self) -> list[UnreportedRun]:
        """What became of the batches of workers that ended without a report: killed, or the power failed."""
        batches = tables.batches
        with self._database.transaction() as connection:
            over = _workers.c.leased_until <= self._database.now(connection)
            untold = select(_workers.c.id).where(_workers.c.told == 0, _workers.c.id != self.worker, over)
            found = [row.id for row in connection.execute(untold)]
            if not found:  # the usual case, which need not read the batches of all runs
                return []
            rows = connection.execute(
                select(_workers.c.id, _workers.c.run, *sums_of_ended())
                .select_from(_workers.outerjoin(batches, batches.c.worker == _workers.c.id))
                .where(_workers.c.id.in_(found))
                .group_by(_workers.c.id, _workers.c.run)
                .order_by(_workers.c.id)
            )
            return [UnreportedRun(*(row[0], row[1], *map(int, row[2:]))) for row in rows]


def taken_over() -> LedgerError:
    """The error of a worker whose events another one has taken over."""
    message = (
        "this run gave no sign of life for so long that another one took over its events; "
        "nothing more is sent, run it again"
    )
    return LedgerError(message)


def shorten(connection: Connection, latest: int) -> None:
    """Let no lease end later than one lease from now, whatever clock it was written by."""
    connection.execute(_SHORTEN, {"latest": latest})
