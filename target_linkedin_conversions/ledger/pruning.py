"""Forgets identities that are older than they must be kept, a slice at a time beside running deliveries.

A round walks over all identities once, in the order of their digests, and removes those of batches
that are old enough; how far it came stands in the ledger, so that short runs share one round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, func, select, update

from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.ledger import tables
from target_linkedin_conversions.ledger.advisory_locks import AdvisoryLock

if TYPE_CHECKING:
    from target_linkedin_conversions.ledger.database import Database

__all__ = ["Pruning", "is_under_way", "stop"]

SLICE = 2_000
"""Identities a transaction looks at: a few milliseconds in which no other may write."""

_BELOW = "pruning_below"
_REACHED = "pruning_reached"


def is_under_way(connection: Connection) -> bool:
    """Whether a round has begun and not ended: until then some batches count more events than are left of them."""
    return connection.scalar(select(tables.meta.c.name).where(tables.meta.c.name == _BELOW)) is not None


def stop(connection: Connection) -> None:
    """Give up the round that is under way; the next one begins from the start."""
    connection.execute(delete(tables.meta).where(tables.meta.c.name.in_([_BELOW, _REACHED])))


class Pruning:
    """Removes what was created more than `keep_days` ago."""

    def __init__(self, database: Database, keep_days: int) -> None:
        """Describe the pruning; nothing is read before `step`."""
        self._database = database
        self._keep_ms = keep_days * DAY_MS

    def step(self) -> bool:
        """Look at one slice; false when there is nothing more to do for today."""
        meta = tables.meta
        with self._database.transaction() as connection:
            if not self._database.is_sqlite and not connection.scalar(
                select(func.pg_try_advisory_xact_lock(int(AdvisoryLock.PRUNING)))
            ):
                return False  # another worker prunes already; do not wait for it
            rows = connection.execute(select(meta).where(meta.c.name.in_([_BELOW, _REACHED])))
            written: dict[str, bytes] = {row.name: row.value for row in rows}
            if _BELOW not in written:
                return self._begin(connection)
            return self._slice(connection, int(written[_BELOW]), written[_REACHED])

    def _begin(self, connection: Connection) -> bool:
        """Begin a round if the oldest batch is a day older than must be kept: one round a day is enough."""
        batches = tables.batches
        before = self._database.now(connection) - self._keep_ms
        # The first batch that must stay bounds those that go, whatever clock or import wrote them.
        stays = connection.scalar(select(func.min(batches.c.id)).where(batches.c.created >= before))
        below = stays if stays is not None else (connection.scalar(select(func.max(batches.c.id))) or 0) + 1
        oldest = connection.scalar(select(func.min(batches.c.created)).where(batches.c.id < below))
        if oldest is None or oldest >= before - DAY_MS:
            return False
        rows = [{"name": _BELOW, "value": str(below).encode()}, {"name": _REACHED, "value": b""}]
        connection.execute(tables.meta.insert(), rows)
        return True

    def _slice(self, connection: Connection, below: int, reached: bytes) -> bool:
        deliveries, meta = tables.deliveries, tables.meta
        ahead = select(deliveries.c.digest).where(deliveries.c.digest > reached).order_by(deliveries.c.digest)
        last = connection.scalar(ahead.offset(SLICE - 1).limit(1))
        old = (deliveries.c.digest > reached) & (deliveries.c.batch < below)
        connection.execute(delete(deliveries).where(old if last is None else old & (deliveries.c.digest <= last)))
        if last is None:
            return self._end(connection, below)
        connection.execute(update(meta).where(meta.c.name == _REACHED).values(value=last))
        return True

    def _end(self, connection: Connection, below: int) -> bool:
        """All identities were looked at: their batches go, a slice at a time, then workers that hold none and were told of."""
        batches, workers, days = tables.batches, tables.workers, tables.quota_days
        now = self._database.now(connection)
        slice_ = select(batches.c.id).where(batches.c.id < below).order_by(batches.c.id).limit(SLICE)
        if connection.execute(delete(batches).where(batches.c.id.in_(slice_))).rowcount == SLICE:
            return True
        over = (workers.c.told == 1) & (workers.c.leased_until <= now)
        connection.execute(delete(workers).where(over, workers.c.id.not_in(select(batches.c.worker))))
        runs = tables.job_runs  # rows of jobs that never got a receipt
        connection.execute(delete(runs).where(runs.c.worker.not_in(select(workers.c.id))))
        connection.execute(delete(days).where(days.c.day < (now - self._keep_ms) // DAY_MS))
        stop(connection)
        return False
