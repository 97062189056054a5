"""A ledger as lines of JSON: a header, quota, batches, identities in the order of their digests, a trailer.

The lines are read and written one at a time, so that no ledger is too large for the memory. They hold
the ledger's key: with it, whoever knows of an event finds out whether it was delivered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection, Select, func, select

from target_linkedin_conversions.ledger import tables
from target_linkedin_conversions.ledger.deliveries import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from target_linkedin_conversions.ledger.database import Database

__all__ = [
    "FORMAT",
    "Batch",
    "Deliveries",
    "Header",
    "Line",
    "QuotaDay",
    "Trailer",
    "export_lines",
]

FORMAT = 1
"""Raised when a reader of an earlier one could misread the lines."""

_ROWS = 2_000
"""Identities a line."""


class Header(msgspec.Struct, frozen=True, tag="header", tag_field="type", kw_only=True):
    """The first line. Times in epoch milliseconds; `identities` is about how many follow.

    Batches have ids from `first_batch` to `last_batch` and were written from `oldest` to `newest`.
    """

    format: int
    schema_version: int
    key: str
    created: int
    exported: int
    identities: int
    first_batch: int = 0
    last_batch: int = 0
    oldest: int = 0
    newest: int = 0


class QuotaDay(msgspec.Struct, frozen=True, tag="quota", tag_field="type"):
    """How many requests were counted on an epoch day."""

    key: str
    day: int
    used: int


class Batch(msgspec.Struct, frozen=True, tag="batch", tag_field="type"):
    """A batch; `status` is delivered, in_doubt, or waiting: certainly not taken, and nobody's."""

    id: int
    rule: str
    status: str
    created: int
    resent: bool = False


class Deliveries(msgspec.Struct, frozen=True, tag="deliveries", tag_field="type"):
    """Identities, each with the hexadecimal digits of its digest, its batch and its check sum."""

    rows: list[tuple[str, int, int]]


class Trailer(msgspec.Struct, frozen=True, tag="trailer", tag_field="type"):
    """The last line: how much came before it. A file without it was cut."""

    quota_days: int = 0
    batches: int = 0
    deliveries: int = 0


Line = Header | QuotaDay | Batch | Deliveries | Trailer


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
            yield Deliveries([(bytes(digest).hex(), batch, content) for digest, batch, content in rows])
            tell(counts["deliveries"], header.identities)
        yield Trailer(**counts)


def _in_parts(statement: Select[Any]) -> Select[Any]:
    """The same, read from the database as it is asked for."""
    return statement.execution_options(yield_per=_ROWS)


def _header(database: Database, connection: Connection) -> Header:
    batches = tables.batches
    columns = (batches.c.id, batches.c.created)
    ends = [end(column) for column in columns for end in (func.min, func.max)]
    events, *found = connection.execute(select(func.sum(batches.c.events), *ends)).one()
    first, last, oldest, newest = (value or 0 for value in found)
    return Header(
        format=FORMAT,
        schema_version=tables.SCHEMA_VERSION,
        key=database.key.hex(),
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
    kept = status if status is Status.DELIVERED or free else Status.IN_DOUBT
    return Batch(row.id, row.rule, kept.name.lower(), row.created, bool(row.resent))
