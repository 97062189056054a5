"""Writes a ledger as lines of JSON.

The lines are read and written one at a time, so that no ledger is too large for the memory. They hold
the ledger's key: with it, whoever knows of an event finds out whether it was delivered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, func, select

from target_linkedin_conversions.ledger import tables
from target_linkedin_conversions.ledger.export_format import FORMAT, Batch, Deliveries, Header, Line, QuotaDay, Trailer
from target_linkedin_conversions.ledger.tables import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from target_linkedin_conversions.ledger.database import Database

__all__ = ["export_lines"]

_ROWS = 2_000
"""Identities a line."""


def export_lines(
    database: Database, tell: Callable[[int, int], None] = lambda _done, _all: None
) -> Generator[Line, None, None]:
    """Every line of one moment of an open ledger; runs go on meanwhile.

    What a live run has under way may have reached LinkedIn when the lines are read, so it is in doubt.
    `tell(done, all)` hears of every line of identities.
    """
    with database.snapshot() as connection:
        header = _header(database, connection)
        yield header
        days = connection.execute(_in_parts(tables.quota_days.select().order_by("quota_key", "day")))
        batches = connection.execute(_in_parts(_batches(database.now(connection))))
        counts = {"quota_days": 0, "batches": 0, "deliveries": 0}
        for row in days:
            counts["quota_days"] += 1
            yield QuotaDay(row.quota_key, row.day, row.used)
        for row in batches:
            counts["batches"] += 1
            yield _batch(row)
        for rows in connection.execute(_in_parts(tables.deliveries.select().order_by("digest"))).partitions():
            counts["deliveries"] += len(rows)
            yield Deliveries([(memoryview(digest).hex(), batch, content) for digest, batch, content in rows])
            tell(counts["deliveries"], header.identities)
        yield Trailer(**counts)


def _in_parts(statement: Select[Any]) -> Select[Any]:
    """The same, read from the database as it is asked for."""
    return statement.execution_options(yield_per=_ROWS)


def _header(database: Database, connection: Connection) -> Header:
    batches = tables.batches
    columns = (batches.c.id, batches.c.created)
    ends = [end(column) for column in columns for end in (func.min, func.max)]
    events, *ranges = connection.execute(select(func.sum(batches.c.events), *ends)).one()
    first, last, oldest, newest = (value or 0 for value in ranges)
    name, value = database.key_row
    return Header(
        format=FORMAT,
        schema_version=tables.SCHEMA_VERSION,
        **{"key" if name == "key" else "check": value.hex()},
        created=database.created,
        exported=database.now(connection),
        identities=int(events or 0),
        first_batch=first,
        last_batch=last,
        oldest=oldest,
        newest=newest,
    )


def _batches(now: int) -> Select[Any]:
    batches, workers = tables.batches, tables.workers
    alive = func.coalesce(workers.c.leased_until, 0) > now
    joined = batches.outerjoin(workers, batches.c.worker == workers.c.id)
    return select(batches, alive.label("alive")).select_from(joined).order_by(batches.c.id)


def _batch(row: Any) -> Batch:  # noqa: ANN401 - a row of SQLAlchemy
    status = Status(row.status)
    free = status is Status.WAITING and not row.alive
    known = status if status is Status.DELIVERED or free else Status.IN_DOUBT
    return Batch(row.id, row.rule, known.name.lower(), row.created, bool(row.resent), row.days)
