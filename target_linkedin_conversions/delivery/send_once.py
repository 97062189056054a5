"""Clears batches with the ledger, so that each event is sent once, whatever other workers send.

Between a batch and its request stands the ledger: what it holds as delivered is settled
here, what another event of this run is about to deliver follows that event's fate.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Protocol

import msgspec

from target_linkedin_conversions.delivery.batch_in_ledger import contents_of, delivered_before, digests_of
from target_linkedin_conversions.delivery.claimed import ClaimedBatch
from target_linkedin_conversions.ledger.event_days import UNDATED, days_text
from target_linkedin_conversions.ledger.tables import Status
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import EARLIER_RUN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from target_linkedin_conversions.delivery.batch import Batch, Listener
    from target_linkedin_conversions.ledger import Claim, Ledger
    from target_linkedin_conversions.records.reasons import Reason

__all__ = ["LedgerSendOnce", "SendOnce", "UncheckedSending"]


_MOST_REMEMBERED = 100_000
"""Identities that a run remembers as rejected or in doubt; what comes after them is asked of LinkedIn or the ledger again."""
_REMEMBERED = frozenset({Outcome.REJECTED, Outcome.IN_DOUBT})
"""How events end that the ledger does not tell apart from those that an earlier run has left."""


class SendOnce(Protocol):
    """Decides which events of a batch may be sent, and keeps how they ended."""

    def clear(self, batch: Batch, *, again: bool = False) -> tuple[list[ClaimedBatch], Batch | None]:
        """Decide which events of a batch may leave: those, and those that another worker holds for the moment.

        For the latter the caller asks again later, with `again=True`.
        """

    def settle(
        self,
        claimed: ClaimedBatch,
        outcome: Outcome,
        *,
        code: str = "",
        reasons: Sequence[Sequence[Reason]] = (),
    ) -> None:
        """Every event of the claimed batch ended with this outcome."""

    def conclude(self, claimed: ClaimedBatch, status: Status, released: ClaimedBatch | None = None) -> None:
        """Write the status of the claimed batch's ledger entry, and free the events that were not taken."""

    def divide(
        self, claimed: ClaimedBatch, parts: Sequence[Sequence[int]], statuses: Sequence[Status]
    ) -> list[ClaimedBatch]:
        """Make claimed batches of the parts of one, each with its status."""


class UncheckedSending:
    """Sends everything and keeps nothing, for `send_once: false`."""

    def __init__(self, listener: Listener) -> None:
        """Tell the listener how events end."""
        self._listener = listener

    def clear(self, batch: Batch, *, again: bool = False) -> tuple[list[ClaimedBatch], Batch | None]:  # noqa: ARG002
        """Let everything be sent."""
        return [ClaimedBatch(batch, [], 0)], None

    def settle(
        self,
        claimed: ClaimedBatch,
        outcome: Outcome,
        *,
        code: str = "",
        reasons: Sequence[Sequence[Reason]] = (),
    ) -> None:
        """Pass the outcome on."""
        if claimed.batch.events:
            self._listener.settled(claimed.batch, outcome, code=code, reasons=reasons)

    def conclude(self, claimed: ClaimedBatch, status: Status, released: ClaimedBatch | None = None) -> None:
        """Do nothing."""

    def divide(
        self,
        claimed: ClaimedBatch,
        parts: Sequence[Sequence[int]],
        statuses: Sequence[Status],  # noqa: ARG002 - nothing is kept
    ) -> list[ClaimedBatch]:
        """Divide the claimed batch."""
        return [msgspec.structs.replace(claimed.only(part), probed=True) for part in parts]


class LedgerSendOnce:
    """Keeps identities in the ledger."""

    def __init__(self, ledger: Ledger, origin: str, listener: Listener, holds: Callable[[str], bool]) -> None:
        """`holds(rule)` says whether events in doubt of a rule are held rather than sent again."""
        self._ledger = ledger
        self._origin = origin
        self._listener = listener
        self._holds = holds
        self._lock = Lock()
        self._leaving: set[bytes] = set()
        self._followers: dict[bytes, list[tuple[Batch, int]]] = {}
        self._ended: dict[bytes, tuple[Outcome, str, Sequence[Reason]]] = {}

    def clear(self, batch: Batch, *, again: bool = False) -> tuple[list[ClaimedBatch], Batch | None]:
        """Claim what may be sent in the ledger; settle what was delivered or is held in doubt."""
        digests = digests_of(self._ledger, self._origin, batch)
        mine = list(range(len(digests))) if again else self._first_of_run(batch, digests)
        if not mine:
            return [], None
        if len(mine) < len(digests):
            batch, digests = batch.only(mine), [digests[i] for i in mine]
        contents = contents_of(self._ledger, digests, batch)
        resend = batch.resend or not self._holds(batch.rule)
        claim = self._ledger.claims.claim(batch.rule, digests, contents, resend=resend)
        if len(claim.fresh) == len(digests):
            return [ClaimedBatch(batch, digests, claim.batch)], None
        self._settle_known(batch, digests, claim)
        claimed = [
            ClaimedBatch(batch, digests, entry, doubtful=doubtful).only(indices)
            for entry, indices, doubtful in (
                (claim.batch_again, claim.again, True),
                (claim.batch, claim.fresh, False),
            )
            if indices
        ]
        return claimed, batch.only(claim.elsewhere) if claim.elsewhere else None

    def settle(
        self,
        claimed: ClaimedBatch,
        outcome: Outcome,
        *,
        code: str = "",
        reasons: Sequence[Sequence[Reason]] = (),
    ) -> None:
        """Tell the listener how the events ended, and let later events of the same identities end the same way."""
        if not claimed.batch.events:
            return
        self._listener.settled(claimed.batch, outcome, code=code, reasons=reasons)
        with self._lock:
            self._leaving.difference_update(claimed.digests)
            followers = self._followers_of(claimed.digests) if self._followers else []
            if outcome in _REMEMBERED:
                self._remember(claimed, outcome, code, reasons)
        if not followers:
            return
        if outcome in {Outcome.DELIVERED, Outcome.ALREADY_DELIVERED}:
            self._settle_twins([(claimed.digests[i], *one) for i, waiting in followers for one in waiting])
            return
        for i, waiting in followers:
            for batch, index in waiting:
                told = [reasons[i]] if reasons else ()
                self._listener.settled(batch.only([index]), outcome, code=code, reasons=told)

    def _settle_twins(self, twins: Sequence[tuple[bytes, Batch, int]]) -> None:
        """Settle later events of delivered identities with the outcome and code that a later run would give them."""
        contents: list[int] = []
        for digest, batch, index in twins:
            one = batch.only([index])
            contents += contents_of(self._ledger, [digest], one)
        rule = twins[0][1].rule
        claim = self._ledger.claims.peek([digest for digest, _, _ in twins], contents, rule=rule)
        codes = {i: code for indices, _, code in delivered_before(claim) for i in indices}
        for i, (_, batch, index) in enumerate(twins):
            self._listener.settled(batch.only([index]), Outcome.ALREADY_DELIVERED, code=codes.get(i, ""))
        for i in claim.repeated:
            self._listener.repeated(twins[i][1].stream, 1)

    def _followers_of(self, digests: Sequence[bytes]) -> list[tuple[int, list[tuple[Batch, int]]]]:
        """Take out the events that wait for these identities to end, by the index of the identity."""
        found = ((i, self._followers.pop(digest, [])) for i, digest in enumerate(digests))
        return [(i, waiting) for i, waiting in found if waiting]

    def _remember(
        self, claimed: ClaimedBatch, outcome: Outcome, code: str, reasons: Sequence[Sequence[Reason]]
    ) -> None:
        """Remember how an identity ended and why, so that a second event of it in this run ends alike."""
        for i, digest in enumerate(claimed.digests):
            if len(self._ended) >= _MOST_REMEMBERED:
                return
            self._ended[digest] = (outcome, code, reasons[i] if reasons else ())

    def conclude(self, claimed: ClaimedBatch, status: Status, released: ClaimedBatch | None = None) -> None:
        """Update one row for the entry; only released events cost rows of their own."""
        gone = released if released is not None and released.digests else None
        days = _days(claimed, status, gone)
        if gone is not None:
            self._ledger.batches.settle(claimed.entry, status, gone.digests, days=days)
        else:
            self._ledger.batches.mark(claimed.entry, status, resent=claimed.doubtful, days=days)

    def divide(
        self, claimed: ClaimedBatch, parts: Sequence[Sequence[int]], statuses: Sequence[Status]
    ) -> list[ClaimedBatch]:
        """Give each part a ledger entry of its own."""
        made = [claimed.only(part) for part in parts]
        kept = [(part.digests, status) for part, status in zip(made, statuses, strict=True)]
        days = [_days(part, status) for part, status in zip(made, statuses, strict=True)]
        entries = self._ledger.batches.divide(
            claimed.entry, claimed.batch.rule, kept, resent=claimed.doubtful, days=days
        )
        return [
            msgspec.structs.replace(part, entry=entry, probed=True) for part, entry in zip(made, entries, strict=True)
        ]

    def _first_of_run(self, batch: Batch, digests: list[bytes]) -> list[int]:
        """The events that are the first of their identity in this run; all others wait for that one, or end like it."""
        with self._lock:
            leaving, ended = self._leaving, self._ended
            alone = set(digests)
            if len(alone) == len(digests) and leaving.isdisjoint(alone) and ended.keys().isdisjoint(alone):
                leaving |= alone
                return list(range(len(digests)))
            mine, alike = [], []
            for i, digest in enumerate(digests):
                if digest in leaving:
                    self._followers.setdefault(digest, []).append((batch, i))
                elif digest in ended:
                    alike.append((i, *ended[digest]))
                else:
                    leaving.add(digest)
                    mine.append(i)
        for i, outcome, code, reasons in alike:
            self._listener.settled(batch.only([i]), outcome, code=code, reasons=[reasons] if reasons else ())
        return mine

    def _settle_known(self, batch: Batch, digests: list[bytes], claim: Claim) -> None:
        for indices, outcome, code in (*delivered_before(claim), (claim.in_doubt, Outcome.IN_DOUBT, EARLIER_RUN)):
            if indices:
                self.settle(ClaimedBatch(batch, digests, 0).only(indices), outcome, code=code)
        self._listener.repeated(batch.stream, len(claim.repeated))


def _days(claimed: ClaimedBatch, status: Status, released: ClaimedBatch | None = None) -> str:
    """The days on which delivered events happened, as the ledger keeps them; empty for other statuses."""
    if status is not Status.DELIVERED:
        return UNDATED
    return days_text(claimed.batch.days, released.batch.days if released is not None else ())
