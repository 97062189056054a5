"""The status of each batch: leaving, waiting, delivered, or in doubt.

After an answer one row is updated, whatever a batch holds; only what is released or divided costs rows of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Update, bindparam, delete, insert, update

from target_linkedin_conversions.errors import LedgerError
from target_linkedin_conversions.ledger import tables
from target_linkedin_conversions.ledger.event_days import UNDATED
from target_linkedin_conversions.ledger.postgresql import mark_in_one_statement
from target_linkedin_conversions.ledger.tables import Status, new_id
from target_linkedin_conversions.ledger.transaction_retry import retry_transaction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_linkedin_conversions.ledger.database import Database
    from target_linkedin_conversions.ledger.lease import Lease

__all__ = ["Batches", "count_out"]

_batches, _deliveries = tables.batches, tables.deliveries

# Every batch runs these, so they are made once: building a statement costs SQLAlchemy ten times its execution (measured).
_NEW = insert(_batches)
_of_batch = update(_batches).where(_batches.c.id == bindparam("batch"))
_MARK = _of_batch.values(status=bindparam("to"), days=bindparam("on"))
_MARK_RESENT = _MARK.values(resent=1)
_MARK_FEWER = _MARK.values(events=_batches.c.events - bindparam("fewer"))


class Batches:
    """The batches of one worker."""

    def __init__(self, database: Database, lease: Lease) -> None:
        """Batches belong to the worker of this lease."""
        self._database = database
        self._lease = lease

    def add(
        self,
        connection: Connection,
        rule: str,
        events: int,
        status: Status,
        *,
        resent: bool = False,
        days: str = UNDATED,
    ) -> int:
        """Write a new batch of so many events, within a transaction that is under way; its id."""
        values = {
            "worker": self._lease.worker,
            "rule": rule,
            "events": events,
            "status": status,
            "created": self._database.now(connection),
            "resent": int(resent),
            "days": days,
        }
        return new_id(connection.execute(_NEW, values))

    @retry_transaction
    def mark(self, batch: int, status: Status, *, resent: bool = False, days: str = UNDATED) -> None:
        """Write the status of a batch and, of a delivered one, the days on which its events happened: one row an answer.

        One that is to leave again is still this worker's, or `LedgerError` says that it is not;
        `resent` notes that its events were sent before without an answer.
        """
        if status != Status.LEAVING and not self._database.is_sqlite:
            if not mark_in_one_statement(self._database, batch, status, resent=resent, days=days):
                raise _lost(batch)
            return
        with self._database.transaction() as connection:
            _mark(connection, _MARK_RESENT if resent else _MARK, batch, status, days)
            if status == Status.LEAVING:
                self._lease.extend(connection)

    @retry_transaction
    def settle(self, batch: int, status: Status, released: Sequence[bytes], *, days: str = UNDATED) -> None:
        """Write the status of a batch, as `mark` does, and forget those of its events that were not taken."""
        with self._database.transaction() as connection:
            if released:
                mine = _deliveries.c.batch == batch
                statement = delete(_deliveries).where(_deliveries.c.digest == bindparam("released"), mine)
                connection.execute(statement, [{"released": digest} for digest in released])
            _mark(connection, _MARK_FEWER, batch, status, days, fewer=len(released))

    @retry_transaction
    def divide(
        self,
        batch: int,
        rule: str,
        parts: Sequence[tuple[Sequence[bytes], Status]],
        *,
        resent: bool = False,
        days: Sequence[str] = (),
    ) -> list[int]:
        """Move the events of a batch to new batches, each with its status and days; returns their ids, in order."""
        mine = update(_deliveries).where(_deliveries.c.digest == bindparam("moved"), _deliveries.c.batch == batch)
        with self._database.transaction() as connection:
            entries = []
            for (digests, status), on in zip(parts, days or [UNDATED] * len(parts), strict=True):
                entry = self.add(connection, rule, len(digests), status, resent=resent, days=on)
                if digests:
                    connection.execute(mine.values(batch=entry), [{"moved": digest} for digest in digests])
                entries.append(entry)
            if connection.execute(delete(_batches).where(_batches.c.id == batch)).rowcount != 1:
                raise _lost(batch)
            return entries


def count_out(connection: Connection, taken: Mapping[int, int]) -> None:
    """Lower the event counts of batches by the events taken over from them; the rows stay, for a slow worker may still mark them."""
    for batch, events in taken.items():
        statement = update(_batches).where(_batches.c.id == batch)
        connection.execute(statement.values(events=_batches.c.events - events))


def _mark(connection: Connection, statement: Update, batch: int, status: Status, days: str, **more: int) -> None:
    if connection.execute(statement, {"batch": batch, "to": status, "on": days, **more}).rowcount != 1:
        raise _lost(batch)


def _lost(batch: int) -> LedgerError:
    return LedgerError(f"the ledger has lost batch {batch}")
