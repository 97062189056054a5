"""Which runs the ledger knows, and until when it believed each alive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import func, select

from target_linkedin_conversions.ledger import tables

if TYPE_CHECKING:
    from target_linkedin_conversions.ledger.database import Database

__all__ = ["Leases", "leases"]


class Leases(msgspec.Struct, frozen=True):
    """The end of each run's lease, its last batch, and the time now, in epoch milliseconds by the database's clock; and who has not reported."""

    until: dict[str, int] = {}
    batch: dict[str, int] = {}
    """When each run's last batch was claimed: a lease that was given back, or taken over, tells no time."""
    unreported: frozenset[str] = frozenset()
    """Runs of whose end no report tells: they go on, or were killed."""
    now: int = 0


def leases(database: Database) -> Leases:
    """What a ledger that is open to read says of its runs; changes nothing."""
    batches, workers = tables.batches, tables.workers
    columns = (
        workers.c.run,
        func.max(workers.c.leased_until),
        func.min(workers.c.told),
        func.coalesce(func.max(batches.c.created), 0),
    )
    found = workers.outerjoin(batches, batches.c.worker == workers.c.id)
    with database.snapshot() as connection:
        rows = connection.execute(select(*columns).select_from(found).group_by(workers.c.run)).all()
        return Leases(
            until={run: int(until) for run, until, _, _ in rows},
            batch={run: int(created) for run, _, _, created in rows},
            unreported=frozenset(run for run, _, told, _ in rows if not told),
            now=database.now(connection),
        )
