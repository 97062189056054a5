"""Which runs the ledger knows, and until when it believed each alive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from target_linkedin_conversions.ledger import tables

if TYPE_CHECKING:
    from target_linkedin_conversions.ledger.database import Database

__all__ = ["leases"]


def leases(database: Database) -> tuple[dict[str, int], int]:
    """The end of each run's lease, and the time now, in epoch milliseconds by the database's clock; changes nothing."""
    workers = tables.workers
    with database.snapshot() as connection:
        rows = connection.execute(select(workers.c.run, func.max(workers.c.leased_until)).group_by(workers.c.run))
        return {run: int(until) for run, until in rows}, database.now(connection)
