"""How many events each run delivered, by rule: also runs that left no report, those of another machine, and what was only noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import func, select

from target_linkedin_conversions.ledger import tables
from target_linkedin_conversions.ledger.tables import Status

if TYPE_CHECKING:
    from target_linkedin_conversions.ledger.database import Database

__all__ = ["DeliveredByRun", "delivered_by_run"]


class DeliveredByRun(msgspec.Struct, frozen=True):
    """Events of a rule that a run delivered, and when it sent the first of them (epoch ms)."""

    run: str
    rule: str
    events: int
    since: int


def delivered_by_run(database: Database, since: int) -> list[DeliveredByRun]:
    """What was delivered since a time (epoch ms), by run and rule; changes nothing."""
    batches, workers = tables.batches, tables.workers
    statement = (
        select(workers.c.run, batches.c.rule, func.sum(batches.c.events), func.min(batches.c.created))
        .select_from(batches.join(workers, batches.c.worker == workers.c.id))
        .where(batches.c.status == Status.DELIVERED, batches.c.events > 0, batches.c.created >= since)
        .group_by(workers.c.run, batches.c.rule)
    )
    with database.snapshot() as connection:
        return [DeliveredByRun(row[0], row[1], int(row[2]), int(row[3])) for row in connection.execute(statement)]
