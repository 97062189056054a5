"""Which events were delivered, are leaving, or are in doubt: written before a batch leaves.

A batch and its identities are written in one transaction; after the answer one row is
updated. So a crash leaves a batch known by name, under a lease of its worker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection, Update, bindparam, case, delete, func, insert, select, update

from target_linkedin_conversions.errors import LedgerError
from target_linkedin_conversions.ledger import tables
from target_linkedin_conversions.ledger.bulk import Held, insert_identities, look_up
from target_linkedin_conversions.ledger.group_commit import GroupCommit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_linkedin_conversions.ledger.database import Database

LEASE_MS = 30_000
"""How long a worker is believed alive after its last sign of life."""

TAKEN_OVER = -1
"""Written as a worker's lease by whoever took over its events: it must not send any more."""

_MOST_IN_A_COMMIT = 4
"""Batches that a transaction takes: what it holds up, other programs that share the ledger wait for."""

_TAKING_OVER = 7_303_014
"""The key of PostgreSQL's lock under which one worker at a time takes over."""

_workers, _batches = tables.workers, tables.batches

# What every batch costs, made once: SQLAlchemy takes ten times as long to make a statement as to run it (measured).
_NEW_BATCH = insert(_batches)
_STAY = (
    update(_workers)
    .where(_workers.c.id == bindparam("worker"), _workers.c.leased_until != TAKEN_OVER)
    .values(leased_until=bindparam("until"))
)
_of_batch = update(_batches).where(_batches.c.id == bindparam("batch"))
_MARK = _of_batch.values(status=bindparam("to"))
_MARK_RESENT = _of_batch.values(status=bindparam("to"), resent=1)
_MARK_FEWER = _of_batch.values(status=bindparam("to"), events=_batches.c.events - bindparam("fewer"))


class Status(IntEnum):
    """Where a batch is."""

    LEAVING = 1
    """Sent, or about to be: without its worker it is in doubt."""
    WAITING = 2
    """Certainly not taken; its worker tries again. Without its worker it is free."""
    DELIVERED = 3
    IN_DOUBT = 4
    """Sent and never answered."""


class Claim(msgspec.Struct):
    """What the ledger knows about a batch's events, by their index in it.

    `fresh` may leave under the ledger entry `batch`; `again` were sent before without an answer
    and may leave under `batch_again`. An entry is 0 where there is nothing for it.
    """

    batch: int
    fresh: list[int] = []
    delivered: list[int] = []
    changed: list[int] = []
    in_doubt: list[int] = []
    elsewhere: list[int] = []
    again: list[int] = []
    batch_again: int = 0


class _Wanted(msgspec.Struct, frozen=True):
    """What a thread wants to send: events of one rule, and whether those in doubt are among them."""

    rule: str
    digests: Sequence[bytes]
    contents: Sequence[int]
    resend: bool


class Earlier(msgspec.Struct, frozen=True):
    """A worker that ended without a report, and how many of its events were delivered, again, or are in doubt."""

    worker: int
    run: str
    delivered: int
    resent: int
    in_doubt: int


class Deliveries:
    """The identities that one worker claims, settles and releases."""

    def __init__(self, database: Database, run: str) -> None:
        """Describe the worker; it is written to the ledger by `join`."""
        self._database = database
        self._run = run
        self._worker = 0
        # SQLite has one writer. On PostgreSQL two workers that want the same events would lock each other out,
        # unless each transaction takes its events in the order of their digests.
        most = _MOST_IN_A_COMMIT if database.is_sqlite else 1
        self._claims: GroupCommit[_Wanted, Claim] = GroupCommit(self._claim_all, most)

    def join(self) -> None:
        """Write this worker to the ledger, alive for one lease."""
        with self._database.transaction() as connection:
            until = self._database.now(connection) + LEASE_MS
            result = connection.execute(insert(tables.workers).values(run=self._run, leased_until=until))
            self._worker = new_id(result)

    def stay(self) -> None:
        """Extend this worker's lease; raises `LedgerError` if another worker took over meanwhile."""
        with self._database.transaction() as connection:
            self._stay(connection)

    def _stay(self, connection: Connection) -> None:
        until = self._database.now(connection) + LEASE_MS
        if connection.execute(_STAY, {"worker": self._worker, "until": until}).rowcount != 1:
            message = (
                "this run gave no sign of life for so long that another one took over its events; "
                "nothing more is sent, run it again"
            )
            raise LedgerError(message)

    def leave(self, told: Iterable[int] = ()) -> None:
        """End this worker's lease: what it did not settle is in doubt at once.

        A report has said what became of its batches, and of those of the workers in `told`.
        """
        if not self._worker:
            return
        workers = tables.workers
        with self._database.transaction() as connection:
            mine = workers.c.id == self._worker
            connection.execute(update(workers).where(mine).values(leased_until=0, told=1))
            others = workers.c.id.in_(sorted(told))
            connection.execute(update(workers).where(others).values(told=1))

    def untold(self) -> list[Earlier]:
        """What became of the batches of workers that ended without a report: killed, or the power failed."""
        workers, batches = tables.workers, tables.batches
        sums = [
            func.coalesce(func.sum(case((condition, batches.c.events), else_=0)), 0)
            for condition in (
                batches.c.status == Status.DELIVERED,
                (batches.c.status == Status.DELIVERED) & (batches.c.resent == 1),
                batches.c.status.in_([Status.LEAVING, Status.IN_DOUBT]),
            )
        ]
        with self._database.transaction() as connection:
            over = workers.c.leased_until <= self._database.now(connection)
            found = (
                select(workers.c.id, workers.c.run, *sums)
                .select_from(workers.outerjoin(batches, batches.c.worker == workers.c.id))
                .where(workers.c.told == 0, workers.c.id != self._worker, over)
                .group_by(workers.c.id, workers.c.run)
                .order_by(workers.c.id)
            )
            return [Earlier(*(row[0], row[1], *map(int, row[2:]))) for row in connection.execute(found)]

    def claim(self, rule: str, digests: Sequence[bytes], contents: Sequence[int], *, resend: bool) -> Claim:
        """Take the events that nobody has taken; `resend` also takes those in doubt.

        The digests are distinct. Events that were delivered, are in doubt, or belong to a
        live worker come back as such and stay as they are. Threads that ask at once share a transaction.
        """
        return self._claims.ask(_Wanted(rule, digests, contents, resend))

    def _claim_all(self, wanted: Sequence[_Wanted]) -> list[Claim]:
        with self._database.transaction(bulky=True) as connection:
            claims = [self._claim(connection, each) for each in wanted]
            self._stay(connection)
            return claims

    def note(self, rule: str, digests: Sequence[bytes], contents: Sequence[int]) -> Claim:
        """Write events as delivered that were sent by somebody else: those that are fresh, and those in doubt.

        What a live worker holds stays its own. In one transaction, so that nothing is ever seen leaving.
        """
        with self._database.transaction() as connection:
            claim = self._claim(connection, _Wanted(rule, digests, contents, resend=True))
            self._stay(connection)
            batches = tables.batches
            mine = batches.c.id.in_([claim.batch, claim.batch_again])
            connection.execute(update(batches).where(mine).values(status=Status.DELIVERED, resent=0))
            return claim

    def peek(self, digests: Sequence[bytes], contents: Sequence[int]) -> Claim:
        """What `note` would find of these events; changes nothing."""
        with self._database.transaction() as connection:
            claim = Claim(0)
            self._sort(claim, digests, contents, *self._held(connection, digests), resend=True)
            return claim

    def _claim(self, connection: Connection, wanted: _Wanted) -> Claim:
        rule, digests, contents = wanted.rule, wanted.digests, wanted.contents
        batch = self._new_batch(connection, rule, len(digests), Status.LEAVING)
        taken = insert_identities(connection, batch, digests, contents, is_sqlite=self._database.is_sqlite)
        claim = Claim(batch)
        if taken == len(digests):
            claim.fresh.extend(range(len(digests)))
        else:
            self._sort_out(connection, claim, digests, contents, resend=wanted.resend)
            claim.batch_again = self._take_over(connection, claim, rule, digests)
        return claim

    def _new_batch(
        self, connection: Connection, rule: str, events: int, status: Status, *, resent: bool = False
    ) -> int:
        values = {
            "worker": self._worker,
            "rule": rule,
            "events": events,
            "status": status,
            "created": self._database.now(connection),
            "resent": int(resent),
        }
        return new_id(connection.execute(_NEW_BATCH, values))

    def _sort_out(
        self,
        connection: Connection,
        claim: Claim,
        digests: Sequence[bytes],
        contents: Sequence[int],
        *,
        resend: bool,
    ) -> None:
        """Say of each event what the ledger held, and which of them this worker may take over."""
        known, gone = self._held(connection, digests)
        self._sort(claim, digests, contents, known, gone, resend=resend)
        others = [known[i] for i in (*claim.fresh, *claim.again)]
        self._fence(connection, {row.worker for row in others} - {self._worker})
        self._shrink(connection, Counter(row.batch for row in others if row.batch != claim.batch))

    def _sort(
        self,
        claim: Claim,
        digests: Sequence[bytes],
        contents: Sequence[int],
        known: dict[int, Held],
        gone: set[int],
        *,
        resend: bool,
    ) -> None:
        """Write the index of each event to where it belongs in the claim."""
        for index in range(len(digests)):
            row = known.get(index)
            free = row is not None and row.worker in gone
            if row is None or row.batch == claim.batch or (free and row.status == Status.WAITING):
                claim.fresh.append(index)
            elif row.status == Status.DELIVERED:
                (claim.delivered if row.content == contents[index] else claim.changed).append(index)
            elif resend and (free or (row.status == Status.IN_DOUBT and row.worker == self._worker)):
                claim.again.append(index)
            elif row.status == Status.IN_DOUBT or free:
                (claim.elsewhere if resend else claim.in_doubt).append(index)
            else:
                claim.elsewhere.append(index)

    def _take_over(self, connection: Connection, claim: Claim, rule: str, digests: Sequence[bytes]) -> int:
        """Move what is taken over to this worker's batches; the entry of what is sent again, if any is."""
        self._move(connection, [digests[i] for i in claim.fresh], claim.batch)
        fresh = len(claim.fresh)
        batches = tables.batches
        if fresh:
            connection.execute(update(batches).where(batches.c.id == claim.batch).values(events=fresh))
        else:
            connection.execute(delete(batches).where(batches.c.id == claim.batch))
        if not claim.again:
            return 0
        entry = self._new_batch(connection, rule, len(claim.again), Status.LEAVING, resent=True)
        self._move(connection, [digests[i] for i in claim.again], entry)
        return entry

    def _held(self, connection: Connection, digests: Sequence[bytes]) -> tuple[dict[int, Held], set[int]]:
        """What the ledger holds of these events, and which of their workers are gone."""
        if not self._database.is_sqlite:
            connection.execute(select(func.pg_advisory_xact_lock(_TAKING_OVER)))
        known = self._known(connection, digests)
        others = {row.worker for row in known.values() if row.status != Status.DELIVERED} - {self._worker}
        gone = self._gone(connection, others)
        if gone and not self._database.is_sqlite:  # what they wrote before they left
            known = self._known(connection, digests)
        return known, gone

    def _move(self, connection: Connection, digests: list[bytes], batch: int) -> None:
        deliveries = tables.deliveries
        statement = update(deliveries).where(deliveries.c.digest == bindparam("taken")).values(batch=batch)
        if digests:
            connection.execute(statement, [{"taken": digest} for digest in digests])

    def _shrink(self, connection: Connection, taken: Counter[int]) -> None:
        """Count out of other batches what was taken from them; their rows stay, for a slow worker may yet hear of them."""
        batches = tables.batches
        for batch, events in taken.items():
            left = batches.c.events - events
            connection.execute(update(batches).where(batches.c.id == batch).values(events=left))

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
            connection.execute(update(workers).where(workers.c.id.in_(sorted(gone))).values(leased_until=TAKEN_OVER))

    def _known(self, connection: Connection, digests: Sequence[bytes]) -> dict[int, Held]:
        return {row.index: row for row in look_up(connection, digests, is_sqlite=self._database.is_sqlite)}

    def mark(self, batch: int, status: Status, *, resent: bool = False) -> None:
        """Write where a batch is; the one row that an answer costs.

        One that is to leave again is still this worker's, or `LedgerError` says that it is not;
        `resent` notes that its events were sent before without an answer.
        """
        with self._database.transaction() as connection:
            self._mark(connection, _MARK_RESENT if resent else _MARK, batch, status)
            if status == Status.LEAVING:
                self._stay(connection)

    def settle(self, batch: int, status: Status, released: Sequence[bytes]) -> None:
        """Write where a batch is and forget the events of it that were not taken."""
        with self._database.transaction() as connection:
            if released:
                mine = tables.deliveries.c.batch == batch
                statement = delete(tables.deliveries).where(tables.deliveries.c.digest == bindparam("released"), mine)
                connection.execute(statement, [{"released": digest} for digest in released])
            self._mark(connection, _MARK_FEWER, batch, status, fewer=len(released))

    def divide(
        self,
        batch: int,
        rule: str,
        parts: Sequence[tuple[Sequence[bytes], Status]],
        *,
        resent: bool = False,
    ) -> list[int]:
        """Move the events of a batch to new batches, each with its status; their ids, in order."""
        with self._database.transaction() as connection:
            made = []
            for digests, status in parts:
                entry = self._new_batch(connection, rule, len(digests), status, resent=resent)
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

    def _mark(self, connection: Connection, statement: Update, batch: int, status: Status, **more: int) -> None:
        if connection.execute(statement, {"batch": batch, "to": status, **more}).rowcount != 1:
            message = f"the ledger has lost batch {batch}"
            raise LedgerError(message)

    def delivered(self, digests: Sequence[bytes]) -> set[bytes]:
        """Those of the events that were delivered; changes nothing."""
        with self._database.transaction() as connection:
            known = self._known(connection, digests).values()
            return {digests[row.index] for row in known if row.status == Status.DELIVERED}


def new_id(result: Any) -> int:  # noqa: ANN401 - SQLAlchemy's cursor result
    """The id that the database gave an inserted row."""
    (found,) = result.inserted_primary_key
    return int(found)
