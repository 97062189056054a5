"""The identities of a whole batch in one statement.

SQLite's driver lets go of the interpreter for every row that it is given or gives. Beside a thread
that is never idle each of them then waits for a turn of 5 ms (measured), so that a batch is handed
over as the values of one statement and comes back as one text.
"""

from __future__ import annotations

import sqlite3
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection, bindparam, text, update

from target_linkedin_conversions.cpu_affinity import THREADS
from target_linkedin_conversions.ledger import tables

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "GIVEN_POSTGRESQL",
    "KnownIdentity",
    "insert_identities",
    "look_up",
    "move",
    "postgresql_array",
    "postgresql_values",
]

GIVEN_POSTGRESQL = (
    "SELECT substr(CAST(:digests AS bytea), CAST(16 * i AS integer) - 15, 16) AS digest, content "
    "FROM unnest(CAST(:contents AS bigint[])) WITH ORDINALITY AS t(content, i)"
)
"""What `postgresql_values` gives, as rows."""
_MOST_ROWS = 5_000
"""Of one statement to SQLite: as many as a batch may have."""
_INSERT_POSTGRESQL = text(
    f"INSERT INTO deliveries (digest, batch, content) SELECT digest, :batch, content FROM ({GIVEN_POSTGRESQL}) AS given "  # noqa: S608 - a constant
    "ORDER BY 1 ON CONFLICT (digest) DO NOTHING",
)
_MOVE_POSTGRESQL = text(
    "UPDATE deliveries SET batch = :batch, content = coalesce(given.content, deliveries.content) "  # noqa: S608 - a constant
    f"FROM ({GIVEN_POSTGRESQL}) AS given WHERE deliveries.digest = given.digest",
)
# As one text back (measured, 5,000 of them: 3 ms of this process, as an array and rows 46). By the index, row by row, which each
# LIMIT makes sure of: as a join the planner reads the whole table for every batch until it holds a million events, for it takes
# a page on a disk for four times what it costs here (measured, of 500,000: 81 ms of the server's processor; so 18).
_LOOK_UP_POSTGRESQL = text(
    "SELECT CAST(json_agg(json_build_array(each.i, d.batch, d.content, b.status, b.worker)) AS text) FROM "
    "(SELECT i, substr(CAST(:digests AS bytea), 16 * i + 1, 16) AS digest "
    "FROM generate_series(0, CAST(:count AS integer) - 1) AS series(i)) AS each "
    "CROSS JOIN LATERAL (SELECT batch, content FROM deliveries WHERE digest = each.digest LIMIT 1) AS d "
    "CROSS JOIN LATERAL (SELECT status, worker FROM batches WHERE id = d.batch LIMIT 1) AS b"
)
_LOOK_UP_SQLITE = text(
    "WITH RECURSIVE each(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM each WHERE i + 1 < :count) "
    "SELECT json_group_array(json_array(i, d.batch, d.content, b.status, b.worker)) FROM each "
    "CROSS JOIN deliveries AS d ON d.digest = substr(:digests, 16 * i + 1, 16) "
    "CROSS JOIN batches AS b ON b.id = d.batch",
)


class KnownIdentity(msgspec.Struct, array_like=True, gc=False):
    """What the ledger holds of one identity; `index` is its place among those asked for."""

    index: int
    batch: int
    content: int
    status: int
    worker: int


_read_known = msgspec.json.Decoder(list[KnownIdentity]).decode


def postgresql_values(digests: Sequence[bytes], contents: Sequence[int]) -> dict[str, object]:
    """Identities with their check sums for a statement on PostgreSQL, null where there are none: a string of bytes and one of numbers.

    Its driver writes a list value by value (measured, of this process for each identity: 0.8 us for its number, 4 for its bytes;
    so 0.03 for both).
    """
    return {"digests": b"".join(digests), "contents": postgresql_array(contents or [None] * len(digests))}


def postgresql_array(numbers: Sequence[int | None]) -> str:
    """Numbers as PostgreSQL reads an array of them."""
    return f"{{{msgspec.json.encode([*numbers]).decode()[1:-1]}}}"


def insert_identities(
    connection: Connection, batch: int, digests: Sequence[bytes], contents: Sequence[int], *, is_sqlite: bool
) -> int:
    """Insert the identities that are not there yet; how many those were.

    In the order of the digests: so each page of the table is touched once, and workers wait for
    each other instead of locking each other out.
    """
    if not is_sqlite:
        return connection.execute(_INSERT_POSTGRESQL, {"batch": batch, **postgresql_values(digests, contents)}).rowcount
    rows = [*zip(digests, contents, strict=True)]
    most = _most_rows(connection)
    with THREADS.elsewhere():
        return sum(_insert_sqlite(connection, batch, rows[at : at + most], most) for at in range(0, len(rows), most))


def _insert_sqlite(connection: Connection, batch: int, rows: Sequence[tuple[bytes, int]], most: int) -> int:
    """Insert rows with one statement; how many were not there yet.

    A statement stays prepared, a megabyte of it for a whole batch, so that there are few: of 1, 2, 4, 8 rows and so on, the
    last row again and again where it has more, which is ignored.
    """
    size = min(1 << (len(rows) - 1).bit_length(), most)
    values = (*chain.from_iterable(rows), *(rows[-1] * (size - len(rows))))
    return connection.exec_driver_sql(_insert_of(size), (batch, *values)).rowcount


@cache
def _insert_of(rows: int) -> str:
    """The statement that inserts so many rows (measured: half the cost of reading the same from JSON)."""
    values = ", ".join(["(?, ?)"] * rows)
    return (
        "INSERT OR IGNORE INTO deliveries (digest, batch, content) "  # noqa: S608 - of question marks
        f"SELECT column1, ?, column2 FROM (VALUES {values}) ORDER BY 1"
    )


def _most_rows(connection: Connection) -> int:
    """How many rows a statement may insert; before 3.32 SQLite took 999 values."""
    driver: Any = connection.connection.driver_connection
    values: int = driver.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
    return min(_MOST_ROWS, (values - 1) // 2)


def look_up(connection: Connection, digests: Sequence[bytes], *, is_sqlite: bool) -> list[KnownIdentity]:
    """What the ledger holds of these identities; nothing of those that it does not know."""
    if not digests:
        return []
    statement = _LOOK_UP_SQLITE if is_sqlite else _LOOK_UP_POSTGRESQL
    values = {"count": len(digests), "digests": b"".join(digests)}
    return _read_known(connection.scalar(statement, values) or "[]")


def move(
    connection: Connection, digests: Sequence[bytes], batch: int, contents: Sequence[int], *, is_sqlite: bool
) -> None:
    """Move identities to a batch, with the check sums of the events that are sent now."""
    if not digests:
        return
    if not is_sqlite:
        connection.execute(_MOVE_POSTGRESQL, {"batch": batch, **postgresql_values(digests, contents)})
        return
    deliveries = tables.deliveries
    taken = update(deliveries).where(deliveries.c.digest == bindparam("taken"))
    if contents:
        sums = [{"taken": digest, "sum": content} for digest, content in zip(digests, contents, strict=True)]
        connection.execute(taken.values(batch=batch, content=bindparam("sum")), sums)
    else:
        connection.execute(taken.values(batch=batch), [{"taken": digest} for digest in digests])
