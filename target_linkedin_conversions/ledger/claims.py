"""Which events may leave, were delivered, or are in doubt: written before a batch leaves.

A batch and its identities are written in one transaction, so that a crash leaves a batch known by
name, under a lease of its worker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection, delete, func, select, update

from target_linkedin_conversions.errors import LedgerError
from target_linkedin_conversions.ledger import lease, tables
from target_linkedin_conversions.ledger.advisory_locks import AdvisoryLock
from target_linkedin_conversions.ledger.batches import count_out
from target_linkedin_conversions.ledger.bulk import KnownIdentity, insert_identities, look_up, move
from target_linkedin_conversions.ledger.checksums import is_other_record, is_same_content
from target_linkedin_conversions.ledger.event_days import UNDATED, days_text
from target_linkedin_conversions.ledger.faults import TransactionLostError
from target_linkedin_conversions.ledger.group_commit import GroupCommit
from target_linkedin_conversions.ledger.lease import TAKEN_OVER, shorten
from target_linkedin_conversions.ledger.postgresql import claim_in_one_statement
from target_linkedin_conversions.ledger.tables import Status
from target_linkedin_conversions.ledger.transaction_retry import retry_transaction

if TYPE_CHECKING:
    from target_linkedin_conversions.ledger.batches import Batches
    from target_linkedin_conversions.ledger.database import Database
    from target_linkedin_conversions.ledger.jobs import JobRuns
    from target_linkedin_conversions.ledger.lease import Lease

__all__ = ["Claim", "Claims"]

_MOST_IN_A_COMMIT = 4
"""Batches that one transaction may claim: other programs that share the ledger wait for it."""

_MOST_TRIES = 20
"""How often other workers may release events between two statements before the ledger counts as damaged."""

_batches, _workers = tables.batches, tables.workers


class Claim(msgspec.Struct):
    """What the ledger knows about a batch's events, by their index in it.

    `fresh` may leave under the ledger entry `batch`; `again` were sent before without an answer
    and may leave under `batch_again`. An entry is 0 where there is nothing for it. What was `delivered` was so with
    this time and value; `changed` with others; `other_key` for another record. `repeated` are those of `delivered`
    that this worker had delivered itself, or one that tries another part of its job.
    """

    batch: int
    fresh: list[int] = []
    delivered: list[int] = []
    changed: list[int] = []
    other_key: list[int] = []
    in_doubt: list[int] = []
    elsewhere: list[int] = []
    again: list[int] = []
    batch_again: int = 0
    repeated: list[int] = []

    def add(self, part: Claim, indices: Sequence[int]) -> None:
        """Add the claim on a part of the events, which stand at these indices."""
        for mine, found in zip(self._lists, part._lists, strict=True):
            mine.extend(indices[i] for i in found)

    @property
    def _lists(self) -> tuple[list[int], ...]:
        return (
            self.fresh,
            self.delivered,
            self.changed,
            self.other_key,
            self.in_doubt,
            self.elsewhere,
            self.again,
            self.repeated,
        )


class _Wanted(msgspec.Struct, frozen=True):
    """One thread's request for a claim: events of one rule, and whether those in doubt are to be sent again."""

    rule: str
    digests: Sequence[bytes]
    contents: Sequence[int]
    resend: bool


class Claims:
    """The identities that one worker claims."""

    def __init__(self, database: Database, worker: Lease, batches: Batches, job_runs: JobRuns) -> None:
        """Claims are made for the worker of this lease, as batches of its own; `job_runs` tells which others are of its job."""
        self._database = database
        self._lease = worker
        self._batches = batches
        self._job_runs = job_runs
        # SQLite has one writer. On PostgreSQL two workers that want the same events would lock each other out,
        # unless each transaction takes its events in the order of their digests.
        most = _MOST_IN_A_COMMIT if database.is_sqlite else 1
        self._may_hold = False
        """Whether a claim of this worker may have been committed although its answer was lost."""
        self._commits: GroupCommit[_Wanted, Claim] = GroupCommit(self._claim_all, most)

    def claim(self, rule: str, digests: Sequence[bytes], contents: Sequence[int], *, resend: bool) -> Claim:
        """Take the events that nobody has taken; `resend` also takes those in doubt.

        The digests are distinct. Events that were delivered, are in doubt, or belong to a
        live worker come back as such and stay as they are. Threads that ask at once share a transaction.
        """
        return self._commits.ask(_Wanted(rule, digests, contents, resend))

    @retry_transaction
    def note(self, rule: str, digests: Sequence[bytes], contents: Sequence[int], days: Sequence[int] = ()) -> Claim:
        """Write events as delivered that were sent by somebody else: those that are fresh, and those in doubt.

        `days` are those on which they happened, where that matters to anybody. What a live worker holds stays its own. In one transaction, so that nothing is ever seen leaving.
        """
        with self._database.transaction() as connection:
            claim = self._claim(connection, _Wanted(rule, digests, contents, resend=True))
            self._lease.extend(connection)
            for batch, taken in ((claim.batch, claim.fresh), (claim.batch_again, claim.again)):
                on = days_text(days[i] for i in taken) if days else UNDATED
                done = {"status": Status.DELIVERED, "resent": 0, "days": on}
                connection.execute(update(_batches).where(_batches.c.id == batch).values(**done))
            return claim

    @retry_transaction
    def peek(self, digests: Sequence[bytes], contents: Sequence[int], *, resend: bool = True, rule: str = "") -> Claim:
        """What the ledger knows of these events, as a claim would find it; changes nothing, and stops no writer."""
        distinct = list(dict.fromkeys(digests))
        with self._database.snapshot() as connection:
            rows = {distinct[i]: row for i, row in self._known(connection, distinct).items()}
            gone = self._gone(connection, self._others(rows.values()), lock=False)
            beside = self._of_this_run(connection, rows.values())
        claim = Claim(0)
        known = {i: rows[digest] for i, digest in enumerate(digests) if digest in rows}
        self._sort(claim, _Wanted(rule, digests, contents, resend), known, gone, beside)
        return claim

    @retry_transaction
    def _claim_all(self, wanted: Sequence[_Wanted]) -> list[Claim]:
        try:
            if not self._database.is_sqlite:
                return [self._claim_at_once(each) for each in wanted]
            with self._database.transaction(bulky=True) as connection:
                claims = [self._claim(connection, each) for each in wanted]
                self._lease.extend(connection)
                return claims
        except TransactionLostError:
            self._may_hold = True
            raise

    def _claim(self, connection: Connection, wanted: _Wanted) -> Claim:
        digests = wanted.digests
        batch = self._batches.add(connection, wanted.rule, len(digests), Status.LEAVING)
        taken = self._insert(connection, batch, digests, wanted.contents)
        if taken == len(digests):
            return Claim(batch, list(range(len(digests))))
        return self._sorted_out(connection, batch, wanted)

    def _claim_at_once(self, wanted: _Wanted) -> Claim:
        """Claim on PostgreSQL: one round trip for events that the ledger does not know, another transaction for the others.

        Between the two the batch is one of this worker that is about to leave with what it has got, as it is after the last of them.
        """
        digests = wanted.digests
        batch, taken = claim_in_one_statement(self._database, self._lease, wanted.rule, digests, wanted.contents)
        if taken == len(digests):
            return Claim(batch, list(range(len(digests))))
        with self._database.transaction(bulky=True) as connection:
            if not taken:
                batch = self._batches.add(connection, wanted.rule, len(digests), Status.LEAVING)
            return self._sorted_out(connection, batch, wanted)

    def _sorted_out(self, connection: Connection, batch: int, wanted: _Wanted) -> Claim:
        """Find what the ledger holds of each event, and take over those that this worker may have."""
        claim = Claim(batch)
        known, gone = self._look_up(connection, wanted.digests)
        tries = 0
        while gaps := [i for i in range(len(wanted.digests)) if i not in known]:
            tries += 1
            if tries > _MOST_TRIES:
                raise LedgerError("it holds identities of no batch; `linkedin-conversions ledger check` says how many")
            # Another worker released them just now.
            self._insert(connection, batch, [wanted.digests[i] for i in gaps], [wanted.contents[i] for i in gaps])
            known = self._known(connection, wanted.digests)
        self._sort(claim, wanted, known, gone, self._of_this_run(connection, known.values()))
        others = {i: row for i in (*claim.fresh, *claim.again) if (row := known[i]).batch != batch}
        _fence(connection, {row.worker for row in others.values()} - {self._lease.worker})
        count_out(connection, Counter(row.batch for row in others.values()))
        claim.batch_again = self._take_over(connection, claim, wanted, [i for i in claim.fresh if i in others])
        return claim

    def _of_this_run(self, connection: Connection, rows: Iterable[KnownIdentity]) -> set[int]:
        """This worker, and those of other parts of its job that delivered any of these."""
        delivered = {row.worker for row in rows if row.status == Status.DELIVERED} - {self._lease.worker}
        return {self._lease.worker, *self._job_runs.of_other_parts(connection, delivered)}

    def _sort(
        self,
        claim: Claim,
        wanted: _Wanted,
        known: dict[int, KnownIdentity],
        gone: set[int],
        of_this_run: set[int],
    ) -> None:
        """Write the index of each event to where it belongs in the claim."""
        for index, content in enumerate(wanted.contents):
            row = known.get(index)
            free = row is not None and row.worker in gone
            own = row is not None and row.worker == self._lease.worker
            unheard = own and self._may_hold and row is not None and row.status == Status.LEAVING
            if row is None or unheard or row.batch == claim.batch or (free and row.status == Status.WAITING):
                claim.fresh.append(index)
            elif row.status == Status.DELIVERED:
                ended = _delivered(claim, row.content, content)
                ended.append(index)
                if row.worker in of_this_run and ended is claim.delivered:
                    claim.repeated.append(index)
            elif wanted.resend and (free or (row.status == Status.IN_DOUBT and own)):
                claim.again.append(index)
            elif row.status == Status.IN_DOUBT or free:
                (claim.elsewhere if wanted.resend else claim.in_doubt).append(index)
            else:
                claim.elsewhere.append(index)

    def _take_over(self, connection: Connection, claim: Claim, wanted: _Wanted, freed: Sequence[int]) -> int:
        """Move events to this worker's batches; returns the entry of those that are sent again, 0 where there are none."""
        digests, contents = [wanted.digests[i] for i in freed], [wanted.contents[i] for i in freed]
        self._move(connection, digests, claim.batch, contents)
        mine = _batches.c.id == claim.batch
        if claim.fresh:
            connection.execute(update(_batches).where(mine).values(events=len(claim.fresh)))
        else:
            connection.execute(delete(_batches).where(mine))
        if not claim.again:
            return 0
        entry = self._batches.add(connection, wanted.rule, len(claim.again), Status.LEAVING, resent=True)
        self._move(connection, [wanted.digests[i] for i in claim.again], entry)
        return entry

    def _insert(self, connection: Connection, batch: int, digests: Sequence[bytes], contents: Sequence[int]) -> int:
        return insert_identities(connection, batch, digests, contents, is_sqlite=self._database.is_sqlite)

    def _move(self, connection: Connection, digests: Sequence[bytes], batch: int, contents: Sequence[int] = ()) -> None:
        move(connection, digests, batch, contents, is_sqlite=self._database.is_sqlite)

    def _look_up(self, connection: Connection, digests: Sequence[bytes]) -> tuple[dict[int, KnownIdentity], set[int]]:
        """What the ledger holds of these events by their index, and which of their workers are gone."""
        known = self._known(connection, digests)
        others = self._others(known.values())
        if others and not self._database.is_sqlite:  # delivered events stay so; only the others may be taken over
            connection.execute(select(func.pg_advisory_xact_lock(int(AdvisoryLock.TAKING_OVER))))
            known = self._known(connection, digests)
            others = self._others(known.values())
        gone = self._gone(connection, others)
        if gone and not self._database.is_sqlite:  # what they wrote before they left
            known = self._known(connection, digests)
        return known, gone

    def _others(self, rows: Iterable[KnownIdentity]) -> set[int]:
        """The other workers that hold events which were not delivered."""
        return {row.worker for row in rows if row.status != Status.DELIVERED} - {self._lease.worker}

    def _known(self, connection: Connection, digests: Sequence[bytes]) -> dict[int, KnownIdentity]:
        return {row.index: row for row in look_up(connection, digests, is_sqlite=self._database.is_sqlite)}

    def _gone(self, connection: Connection, among: set[int], *, lock: bool = True) -> set[int]:
        """The workers whose lease is over; if asked for, their rows stay locked until this transaction ends."""
        if not among:
            return set()
        now = self._database.now(connection)
        if lock:
            shorten(connection, now + lease.LEASE_MS)
        over = _workers.c.leased_until <= now
        ended = select(_workers.c.id).where(_workers.c.id.in_(sorted(among)), over).order_by(_workers.c.id)
        statement = ended.with_for_update() if lock else ended
        return {row.id for row in connection.execute(statement)}


def _delivered(claim: Claim, held: int, content: int) -> list[int]:
    """The list of the claim that a delivered identity's index belongs to."""
    if is_other_record(held, content):
        return claim.other_key
    return claim.delivered if is_same_content(held, content) else claim.changed


def _fence(connection: Connection, gone: set[int]) -> None:
    """Keep workers that were only slow from sending what was taken from them."""
    if gone:
        connection.execute(update(_workers).where(_workers.c.id.in_(sorted(gone))).values(leased_until=TAKEN_OVER))
