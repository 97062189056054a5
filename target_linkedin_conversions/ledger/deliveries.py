"""Which events were delivered, are leaving, or are in doubt: written before a batch leaves.

A batch and its identities are written in one transaction; after the answer one row is
updated. So a crash leaves a batch known by name, under a lease of its worker.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update

from target_linkedin_conversions.errors import LedgerError
from target_linkedin_conversions.ledger import tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.ledger.database import Database

LEASE_MS = 30_000
"""How long a worker is believed alive after its last sign of life."""

_TAKEN_OVER = -1
"""Written as a worker's lease by whoever took over its events: it must not send any more."""

_TAKING_OVER = 7_303_014
"""The key of PostgreSQL's lock under which one worker at a time takes over."""

_CHUNK = 500


class Status(IntEnum):
    """Where a batch is."""

    LEAVING = 1
    """Sent, or about to be: without its worker it is in doubt."""
    WAITING = 2
    """Certainly not taken; its worker tries again. Without its worker it is free."""
    DELIVERED = 3
    IN_DOUBT = 4
    """Sent and never answered."""


class Claim(msgspec.Struct, frozen=True):
    """What the ledger knows about a batch's events, by their index in it."""

    batch: int
    fresh: list[int]
    delivered: list[int]
    changed: list[int]
    in_doubt: list[int]
    elsewhere: list[int]


class Deliveries:
    """The identities that one worker claims, settles and releases."""

    def __init__(self, database: Database, run: str) -> None:
        """Describe the worker; it is written to the ledger by `join`."""
        self._database = database
        self._run = run
        self._worker = 0

    def join(self) -> None:
        """Write this worker to the ledger, alive for one lease."""
        with self._database.transaction() as connection:
            until = self._database.now(connection) + LEASE_MS
            result = connection.execute(insert(tables.workers).values(run=self._run, leased_until=until))
            self._worker = _new_id(result)

    def stay(self) -> None:
        """Extend this worker's lease; raises `LedgerError` if another worker took over meanwhile."""
        with self._database.transaction() as connection:
            self._stay(connection)

    def _stay(self, connection: Connection) -> None:
        workers = tables.workers
        mine = (workers.c.id == self._worker) & (workers.c.leased_until != _TAKEN_OVER)
        until = self._database.now(connection) + LEASE_MS
        if connection.execute(update(workers).where(mine).values(leased_until=until)).rowcount != 1:
            message = (
                "this run gave no sign of life for so long that another one took over its events; "
                "nothing more is sent, run it again"
            )
            raise LedgerError(message)

    def leave(self) -> None:
        """End this worker's lease: what it did not settle is in doubt at once."""
        if not self._worker:
            return
        with self._database.transaction() as connection:
            connection.execute(update(tables.workers).where(tables.workers.c.id == self._worker).values(leased_until=0))

    def claim(self, rule: str, digests: Sequence[bytes], contents: Sequence[int], *, resend: bool) -> Claim:
        """Take the events that nobody has taken; `resend` also takes those in doubt.

        The digests are distinct. Events that were delivered, are in doubt, or belong to a
        live worker come back as such and stay as they are.
        """
        with self._database.transaction() as connection:
            now = self._database.now(connection)
            batch = _new_id(
                connection.execute(
                    insert(tables.batches).values(
                        worker=self._worker,
                        rule=rule,
                        events=len(digests),
                        status=Status.LEAVING,
                        created=now,
                    ),
                ),
            )
            order = sorted(range(len(digests)), key=digests.__getitem__)
            taken = self._insert(connection, batch, [(digests[i], batch, contents[i]) for i in order])
            claim = Claim(batch, [], [], [], [], [])
            if taken == len(digests):
                claim.fresh.extend(range(len(digests)))
            else:
                self._sort_out(connection, claim, digests, contents, resend=resend)
            self._stay(connection)
            return claim

    def _insert(self, connection: Connection, batch: int, rows: list[tuple[bytes, int, int]]) -> int:
        if self._database.is_sqlite:
            result = connection.exec_driver_sql(
                "INSERT OR IGNORE INTO deliveries (digest, batch, content) VALUES (?, ?, ?)",
                rows,
            )
            return result.rowcount
        statement = text(
            "INSERT INTO deliveries (digest, batch, content) "
            "SELECT d, :batch, c FROM unnest(CAST(:digests AS bytea[]), CAST(:contents AS bigint[])) AS t(d, c) "
            "ON CONFLICT (digest) DO NOTHING",
        )
        values = {
            "batch": batch,
            "digests": [row[0] for row in rows],
            "contents": [row[2] for row in rows],
        }
        return connection.execute(statement, values).rowcount

    def _sort_out(
        self,
        connection: Connection,
        claim: Claim,
        digests: Sequence[bytes],
        contents: Sequence[int],
        *,
        resend: bool,
    ) -> None:
        """Say of each event what the ledger held; take over what is free."""
        known, gone = self._held(connection, digests)
        taken_over: list[bytes] = []
        for index, digest in enumerate(digests):
            row = known[digest]
            if row.batch == claim.batch:
                claim.fresh.append(index)
            elif row.status == Status.DELIVERED:
                (claim.delivered if row.content == contents[index] else claim.changed).append(index)
            elif self._may_take(row, gone, resend=resend):
                claim.fresh.append(index)
                taken_over.append(digest)
            elif row.status == Status.IN_DOUBT or row.worker in gone:
                (claim.elsewhere if resend else claim.in_doubt).append(index)
            else:
                claim.elsewhere.append(index)
        self._take_over(connection, claim.batch, taken_over)
        self._fence(connection, {known[digest].worker for digest in taken_over} - {self._worker})
        if not claim.fresh:
            connection.execute(delete(tables.batches).where(tables.batches.c.id == claim.batch))

    def _held(self, connection: Connection, digests: Sequence[bytes]) -> tuple[dict[bytes, Any], set[int]]:
        """What the ledger holds of these events, and which of their workers are gone."""
        if not self._database.is_sqlite:
            connection.execute(select(func.pg_advisory_xact_lock(_TAKING_OVER)))
        known = {row.digest: row for row in self._known(connection, digests)}
        others = {row.worker for row in known.values() if row.status != Status.DELIVERED} - {self._worker}
        gone = self._gone(connection, others)
        if gone and not self._database.is_sqlite:  # what they wrote before they left
            known = {row.digest: row for row in self._known(connection, digests)}
        return known, gone

    def _may_take(self, row: Any, gone: set[int], *, resend: bool) -> bool:  # noqa: ANN401 - a row of `_known`
        """Whether an event that was not delivered may be sent by this worker."""
        if row.worker in gone:
            return resend or row.status == Status.WAITING
        return resend and row.status == Status.IN_DOUBT and row.worker == self._worker

    def _take_over(self, connection: Connection, batch: int, digests: list[bytes]) -> None:
        statement = (
            update(tables.deliveries).where(tables.deliveries.c.digest == bindparam("taken")).values(batch=batch)
        )
        if digests:
            connection.execute(statement, [{"taken": digest} for digest in digests])

    def _gone(self, connection: Connection, among: set[int]) -> set[int]:
        """The workers whose lease is over; their rows stay locked until this transaction ends."""
        workers = tables.workers
        over = workers.c.leased_until <= self._database.now(connection)
        found = select(workers.c.id).where(workers.c.id.in_(sorted(among)), over).order_by(workers.c.id)
        return {row.id for row in connection.execute(found.with_for_update())} if among else set()

    def _fence(self, connection: Connection, gone: set[int]) -> None:
        """Keep workers that were only slow from sending what was taken from them."""
        workers = tables.workers
        if gone:
            connection.execute(update(workers).where(workers.c.id.in_(sorted(gone))).values(leased_until=_TAKEN_OVER))

    def _known(self, connection: Connection, digests: Sequence[bytes]) -> Iterator[Any]:
        deliveries, batches = tables.deliveries, tables.batches
        joined = deliveries.join(batches, deliveries.c.batch == batches.c.id)
        columns = (
            deliveries.c.digest,
            deliveries.c.batch,
            deliveries.c.content,
            batches.c.status,
            batches.c.worker,
        )
        for start in range(0, len(digests), _CHUNK):
            part = digests[start : start + _CHUNK]
            yield from connection.execute(select(*columns).select_from(joined).where(deliveries.c.digest.in_(part)))

    def mark(self, batch: int, status: Status) -> None:
        """Write where a batch is; the one row that an answer costs.

        One that is to leave again is still this worker's, or `LedgerError` says that it is not.
        """
        with self._database.transaction() as connection:
            self._mark(connection, batch, status)
            if status == Status.LEAVING:
                self._stay(connection)

    def settle(self, batch: int, status: Status, released: Sequence[bytes]) -> None:
        """Write where a batch is and forget the events of it that were not taken."""
        with self._database.transaction() as connection:
            if released:
                mine = tables.deliveries.c.batch == batch
                statement = delete(tables.deliveries).where(tables.deliveries.c.digest == bindparam("released"), mine)
                connection.execute(statement, [{"released": digest} for digest in released])
            self._mark(connection, batch, status)

    def divide(self, batch: int, rule: str, parts: Sequence[tuple[Sequence[bytes], Status]]) -> list[int]:
        """Move the events of a batch to new batches, each with its status; their ids, in order."""
        with self._database.transaction() as connection:
            now = self._database.now(connection)
            made = []
            for digests, status in parts:
                values = {
                    "worker": self._worker,
                    "rule": rule,
                    "events": len(digests),
                    "status": status,
                    "created": now,
                }
                entry = _new_id(connection.execute(insert(tables.batches).values(**values)))
                statement = (
                    update(tables.deliveries)
                    .where(tables.deliveries.c.digest == bindparam("moved"), tables.deliveries.c.batch == batch)
                    .values(batch=entry)
                )
                if digests:
                    connection.execute(statement, [{"moved": digest} for digest in digests])
                made.append(entry)
            connection.execute(delete(tables.batches).where(tables.batches.c.id == batch))
            return made

    def _mark(self, connection: Connection, batch: int, status: Status) -> None:
        statement = update(tables.batches).where(tables.batches.c.id == batch).values(status=status)
        if connection.execute(statement).rowcount != 1:
            message = f"the ledger has lost batch {batch}"
            raise LedgerError(message)

    def delivered(self, digests: Sequence[bytes]) -> set[bytes]:
        """Those of the events that were delivered; changes nothing."""
        with self._database.transaction() as connection:
            return {row.digest for row in self._known(connection, digests) if row.status == Status.DELIVERED}


def _new_id(result: Any) -> int:  # noqa: ANN401 - SQLAlchemy's cursor result
    (found,) = result.inserted_primary_key
    return int(found)
