"""How sound a ledger is: what the database says of its own file, and whether the rows fit together.

SQLite looks at every page and index of the file (`PRAGMA integrity_check`). PostgreSQL looks after its own files
(`pg_amcheck` and data checksums are its administrator's); there only the rows are looked at. A byte that was flipped
inside a digest is seen by nobody: such an event is sent once more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection, Select, func, inspect, select, text

from target_linkedin_conversions.epoch import LAST_MS
from target_linkedin_conversions.ledger import pruning, tables
from target_linkedin_conversions.ledger.tables import DIGEST_BYTES, Status

if TYPE_CHECKING:
    from target_linkedin_conversions.ledger.database import Database

__all__ = ["Integrity", "integrity"]

_MOST = 20
"""Problems of the file that are told: a broken one has as many as it has pages."""


class Integrity(msgspec.Struct, frozen=True):
    """What was looked at, in words, and every problem that was found."""

    looked_at: list[str]
    problems: list[str]

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def integrity(database: Database) -> Integrity:
    """Look at all of a ledger that is open to read; changes nothing. Raises `LedgerError` where it cannot be read at all."""
    looked_at, problems = [], []
    with database.snapshot() as connection:
        if database.is_sqlite:
            looked_at.append("the file's pages and indexes")
            found = connection.execute(text(f"PRAGMA integrity_check({_MOST})")).scalars()
            problems += [f"file: {line}" for line in found if line != "ok"]
        problems += [] if problems else _of_tables(database, connection)
        if not problems:  # rows of a broken file are read as something else
            looked_at.append("batches and identities")
            problems += _of_rows(connection, is_sqlite=database.is_sqlite)
    return Integrity(looked_at, problems)


def _of_tables(database: Database, connection: Connection) -> list[str]:
    """Problems of the tables; missing ones of an earlier release are none, because the next run upgrades it."""
    if database.upgraded_from is not None:
        return []
    inspector = inspect(connection)
    problems = []
    for table in tables.metadata.sorted_tables:
        if not inspector.has_table(table.name):
            problems.append(f"the table {table.name} is missing")
            continue
        there = {column["name"] for column in inspector.get_columns(table.name)}
        problems += [
            f"the table {table.name} lacks its column {one.name}" for one in table.columns if one.name not in there
        ]
    return problems


def _of_rows(connection: Connection, *, is_sqlite: bool) -> list[str]:
    batches, deliveries = tables.batches, tables.deliveries
    counted = select(deliveries.c.batch, func.count().label("events")).group_by(deliveries.c.batch).subquery()
    held = batches.outerjoin(counted, batches.c.id == counted.c.batch)
    miscounted = batches.c.events != func.coalesce(counted.c.events, 0)
    checks: dict[str, Select[tuple[int]]] = {
        "batches have a status that there is not": _count(batches.c.status.not_in(list(Status))),
        "batches were written at no time that a clock showed": _count(~batches.c.created.between(0, LAST_MS)),
        "identities are of another length": _count(func.length(deliveries.c.digest) != DIGEST_BYTES),
        "identities belong to a batch that is not there": (
            select(func.count())
            .select_from(deliveries.outerjoin(batches, deliveries.c.batch == batches.c.id))
            .where(batches.c.id.is_(None))
        ),
    }
    if is_sqlite:  # whose columns take values of any kind
        checks["identities are no digests"] = _count(func.typeof(deliveries.c.digest) != "blob")
    if not pruning.is_under_way(connection):
        checks["batches count other events than they hold"] = select(func.count()).select_from(held).where(miscounted)
    found = {what: connection.scalar(statement) or 0 for what, statement in checks.items()}
    return [f"{count:,} {what}" for what, count in found.items() if count]


def _count(condition: Any) -> Select[tuple[int]]:  # noqa: ANN401 - any condition of SQLAlchemy
    return select(func.count()).where(condition)
