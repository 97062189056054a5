"""The ledger's tables, in SQLAlchemy Core, for SQLite and PostgreSQL alike.

Times are epoch milliseconds by the database's clock. `deliveries` is the large one: 16 bytes
of keyed digest, the batch, and a check sum a row; nothing in it names a person. The check sum's
lower 32 bits are those of time and value; the 31 above it those of the record's key and person, or 0
where these tell nothing (`checksums.py`): as in all rows of versions before 3.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table

__all__ = [
    "DIGEST_BYTES",
    "SCHEMA_VERSION",
    "Status",
    "attempts",
    "batches",
    "deliveries",
    "job_runs",
    "meta",
    "metadata",
    "new_id",
    "quota_days",
    "workers",
]

SCHEMA_VERSION = 4
"""Raised with every change of these tables; `upgrades.py` holds the way from each earlier one."""


DIGEST_BYTES = 16
"""How long an identity is."""


class Status(IntEnum):
    """The status of a batch, as `batches.status` holds it."""

    LEAVING = 1
    """Sent, or about to be: without its worker it is in doubt."""
    WAITING = 2
    """Certainly not taken; its worker tries again. Without its worker it is free."""
    DELIVERED = 3
    IN_DOUBT = 4
    """Sent and never answered."""


metadata = MetaData()

_Id = BigInteger().with_variant(Integer, "sqlite")

meta = Table(
    "meta",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

quota_days = Table(
    "quota_days",
    metadata,
    Column("quota_key", String, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("used", Integer, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("quota_key", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("attempts_by_time", "quota_key", "at"),
)

workers = Table(
    "workers",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("run", String, nullable=False),
    Column("leased_until", BigInteger, nullable=False),
    # Whether a report has said what became of this worker's batches.
    Column("told", Integer, nullable=False, server_default="0"),
)

batches = Table(
    "batches",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("worker", BigInteger, nullable=False),
    Column("rule", String, nullable=False),
    Column("events", Integer, nullable=False),
    Column("status", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    # Whether its events were sent before without an answer, so that LinkedIn may hold them twice.
    Column("resent", Integer, nullable=False, server_default="0"),
    # On which days its events happened (`event_days.py`), once they are delivered.
    Column("days", String, nullable=False, server_default=""),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("digest", LargeBinary(16), primary_key=True),
    Column("batch", BigInteger, nullable=False),
    Column("content", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# The runs of jobs that are under way, for the receipt over all of them. It came after version 3 and needs no step:
# a release that does not know it never looks at it.
job_runs = Table(
    "job_runs",
    metadata,
    Column("run", String, primary_key=True),
    Column("job", String, nullable=False),
    Column("part", Integer, nullable=False),
    Column("worker", BigInteger, nullable=False),
    # Its report as JSON, once it has ended.
    Column("report", LargeBinary),
    Index("job_runs_by_job", "job"),
)


def new_id(result: Any) -> int:  # noqa: ANN401 - SQLAlchemy's cursor result
    """The id that the database gave an inserted row."""
    (number,) = result.inserted_primary_key
    return int(number)
