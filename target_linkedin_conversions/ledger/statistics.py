"""What the ledger holds, counted without walking over its identities.

Every batch knows how many events it holds, so that their sum is as exact as a count of the
identities and takes as long as there are batches: a five-thousandth of it. Only while a round of
pruning is under way do old batches still count identities that are gone already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection, func, select

from target_linkedin_conversions.epoch import LAST_MS
from target_linkedin_conversions.ledger import pruning, tables
from target_linkedin_conversions.ledger.engines import log_files
from target_linkedin_conversions.ledger.sums import sums_of_events
from target_linkedin_conversions.ledger.tables import Status

if TYPE_CHECKING:
    from target_linkedin_conversions.ledger.database import Database

__all__ = ["OfRule", "Statistics", "statistics"]


class OfRule(msgspec.Struct, frozen=True):
    """The events of one rule; `resent` are those of the delivered ones that had been sent before without an answer.

    `leaving` and `waiting` are with a live run; `free` were certainly not taken, and their run has ended.
    """

    rule: str
    delivered: int
    leaving: int
    waiting: int
    free: int
    in_doubt: int
    resent: int
    batches: int


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """Times in epoch milliseconds, sizes in bytes; `exact` is false while a round of pruning is under way."""

    created: int
    schema_version: int
    rules: list[OfRule]
    workers: int
    workers_alive: int
    oldest: int | None
    newest: int | None
    bytes: int
    pruning: bool

    @property
    def exact(self) -> bool:
        """Whether every identity that is counted is there."""
        return not self.pruning

    @property
    def identities(self) -> int:
        """Events that the ledger knows, whatever became of them."""
        return sum(rule.delivered + rule.leaving + rule.waiting + rule.free + rule.in_doubt for rule in self.rules)

    def events(self, status: str) -> int:
        """Events of one status over all rules; `status` is a field of `OfRule`."""
        return sum(getattr(rule, status) for rule in self.rules)


def statistics(database: Database) -> Statistics:
    """Count what an open ledger holds; changes nothing and stops no run."""
    batches, workers = tables.batches, tables.workers
    with database.snapshot() as connection:
        alive = workers.c.leased_until > database.now(connection)
        oldest, newest = connection.execute(select(func.min(batches.c.created), func.max(batches.c.created))).one()
        return Statistics(
            created=database.created,
            schema_version=tables.SCHEMA_VERSION,
            rules=_by_rule(connection, database.now(connection)),
            workers=connection.scalar(select(func.count()).select_from(workers)) or 0,
            workers_alive=connection.scalar(select(func.count()).where(alive)) or 0,
            oldest=_moment(oldest),
            newest=_moment(newest),
            bytes=_bytes(database, connection),
            pruning=pruning.is_under_way(connection),
        )


def _moment(found: int | None) -> int | None:
    """A time that a clock may have shown; raises `ValueError`."""
    if found is not None and not 0 <= found <= LAST_MS:
        raise ValueError(found)
    return found


def _by_rule(connection: Connection, now: int) -> list[OfRule]:
    """The sums of every rule, in the order of their ids."""
    batches, workers = tables.batches, tables.workers
    status, alive = batches.c.status, func.coalesce(workers.c.leased_until, 0) > now
    sums = sums_of_events(
        status == Status.DELIVERED,
        (status == Status.LEAVING) & alive,
        (status == Status.WAITING) & alive,
        (status == Status.WAITING) & ~alive,
        (status == Status.IN_DOUBT) | ((status == Status.LEAVING) & ~alive),
        (status == Status.DELIVERED) & (batches.c.resent == 1),
    )
    statement = (
        select(batches.c.rule, *sums, func.count())
        .select_from(batches.outerjoin(workers, batches.c.worker == workers.c.id))
        .where(batches.c.events > 0)
        .group_by(batches.c.rule)
    )
    rows = [OfRule(row[0], *map(int, row[1:])) for row in connection.execute(statement)]
    return sorted(rows, key=lambda rule: (len(rule.rule), rule.rule))


def _bytes(database: Database, connection: Connection) -> int:
    """The file with what was not written back to it yet, or the tables with their indexes."""
    if database.path is not None:
        files = [database.path, log_files(database.path)[0]]
        return sum(file.stat().st_size for file in files if file.exists())
    sizes = [func.pg_total_relation_size(func.to_regclass(table.name)) for table in tables.metadata.sorted_tables]
    return sum(int(size or 0) for size in connection.execute(select(*sizes)).one())
