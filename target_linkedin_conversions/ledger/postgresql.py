"""What every batch costs on PostgreSQL, in one way there and back each: its claim, and what became of it.

A statement that is a transaction of its own says at once how long it waits for a lock, by which clock it counts, and what
it writes. Behind PgBouncer each may meet another server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from target_linkedin_conversions.ledger import lease
from target_linkedin_conversions.ledger.bulk import GIVEN_POSTGRESQL, postgresql_values
from target_linkedin_conversions.ledger.tables import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.ledger.database import Database
    from target_linkedin_conversions.ledger.lease import Lease

__all__ = ["claim_in_one_statement", "mark_in_one_statement"]

_WAITING = "waiting AS MATERIALIZED (SELECT set_config('lock_timeout', :patience, true))"

_CLAIM = text(
    f"WITH {_WAITING}, "  # noqa: S608 - a constant
    "clock AS MATERIALIZED ("
    "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint) AS now FROM waiting), "
    "alive AS (UPDATE workers SET leased_until = clock.now + :lease FROM clock "
    "WHERE id = :worker AND leased_until <> :taken_over RETURNING clock.now), "
    "made AS MATERIALIZED (SELECT nextval(pg_get_serial_sequence('batches', 'id')) AS id, alive.now FROM alive), "
    # All digests as one string of bytes (measured, 5,000 of them: 184 ms, as an array 283, by COPY and a second table 197).
    "taken AS (INSERT INTO deliveries (digest, batch, content) "
    f"SELECT given.digest, made.id, given.content FROM made, ({GIVEN_POSTGRESQL}) AS given "
    # In the order of the digests workers wait for each other instead of locking each other out.
    "ORDER BY 1 ON CONFLICT (digest) DO NOTHING RETURNING 1), "
    "counted AS MATERIALIZED (SELECT made.id, made.now, (SELECT count(*) FROM taken) AS events FROM made), "
    # Of as many events as it holds: a worker that is killed before it asks what became of the others has no more on their way.
    "noted AS (INSERT INTO batches (id, worker, rule, events, status, created, resent) "
    "SELECT id, :worker, :rule, events, :status, now, 0 FROM counted WHERE events > 0) "
    "SELECT id, events FROM counted"
)
_MARK = text(
    f"WITH {_WAITING} UPDATE batches SET status = :status, days = :days, resent = greatest(resent, :resent) "  # noqa: S608 - a constant
    "FROM waiting WHERE id = :batch RETURNING id"
)


def claim_in_one_statement(
    database: Database, worker: Lease, rule: str, digests: Sequence[bytes], contents: Sequence[int]
) -> tuple[int, int]:
    """Write those identities of a batch that nobody knows, and it as about to leave with these; its id, and how many they are.

    Where they are none, no batch is written.
    Raises `LedgerError` where another worker has taken over this one's events.
    """
    values = {
        "worker": worker.worker,
        "lease": lease.LEASE_MS,
        "taken_over": lease.TAKEN_OVER,
        "rule": rule,
        "status": int(Status.LEAVING),
        **postgresql_values(digests, contents),
    }
    row = database.autocommit(_CLAIM, values)
    if row is None:
        raise lease.taken_over()
    batch, taken = row
    return int(batch), int(taken)


def mark_in_one_statement(database: Database, batch: int, status: Status, *, resent: bool, days: str) -> bool:
    """Write where a batch is, and on which days its events happened; false where the ledger knows none such."""
    values = {"batch": batch, "status": int(status), "resent": int(resent), "days": days}
    return database.autocommit(_MARK, values) is not None
