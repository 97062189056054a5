"""How a ledger of an earlier release becomes one of this: a step a version, none of them loses a row.

Every step is plain SQL that SQLite and PostgreSQL both read, and leaves tables that a run of the
earlier release, still under way, can go on writing to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text, update

from target_linkedin_conversions.ledger import tables

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["upgrade"]

_STEPS = {
    1: (
        "ALTER TABLE batches ADD COLUMN resent INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE workers ADD COLUMN told INTEGER NOT NULL DEFAULT 1",
    ),
    2: (),  # the check sums have room for the key's; a release before would take that for another time or value
    3: ("ALTER TABLE batches ADD COLUMN days VARCHAR NOT NULL DEFAULT ''",),
}
"""The statements that lead from a version to the next one."""


def upgrade(connection: Connection, version: int) -> None:
    """Bring the tables from a version to this release's, within the transaction that opens the ledger."""
    if version == tables.SCHEMA_VERSION:
        return
    for step in range(version, tables.SCHEMA_VERSION):
        for statement in _STEPS[step]:
            connection.execute(text(statement))
    now = str(tables.SCHEMA_VERSION).encode()
    connection.execute(update(tables.meta).where(tables.meta.c.name == "version").values(value=now))
