"""Writes events to the ledger as delivered without sending them, for a move from another tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.delivery.batch_in_ledger import (
    contents_of,
    delivered_before,
    digests_of,
    note_delivered,
    settle_parts,
)
from target_linkedin_conversions.delivery.delivery import ledger_of
from target_linkedin_conversions.delivery.rehearsal import RehearsedLedger
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import MARKED, WOULD_MARK

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.delivery.batch import Batch, Listener
    from target_linkedin_conversions.ledger import Claim, Ledger
    from target_linkedin_conversions.settings import Settings

__all__ = ["BEING_SENT", "LEFT_TO_A_RUN", "Marking"]

LEFT_TO_A_RUN, BEING_SENT = "left_to_a_run", "being_sent"


class Marking:
    """A destination that writes every event to the ledger as delivered: no request, no quota, no token."""

    def __init__(
        self,
        settings: Settings,
        run: str,
        listener: Listener,
        *,
        before: int | None = None,
    ) -> None:
        """Assemble; nothing is opened before `start`. Raises `ConfigError` where no identities are kept.

        `before` leaves events that happened then or later (epoch milliseconds) to a run. With
        `dry_run` the ledger is only looked at, and none is made.
        """
        if not settings.send_once:
            raise ConfigError(
                "send_once",
                "what is marked are the identities that `send_once: false` does not keep",
                "set send_once: true",
            )
        self._ledger = ledger_of(settings, run)
        self._origin = settings.origin
        self._listener = listener
        self._before = before
        self._dry_run = settings.dry_run
        self._rehearsed = RehearsedLedger(settings, run)

    @property
    def ledger(self) -> Ledger | None:
        """The ledger that it writes to; None in a dry run."""
        return None if self._dry_run else self._ledger

    def start(self) -> None:
        """Open the ledger; raises `LedgerError`."""
        (self._rehearsed if self._dry_run else self._ledger).open()

    def carry(self, batch: Batch, *, give_up: Callable[[], bool] = lambda: False) -> None:  # noqa: ARG002 - nothing waits
        """Write every event of the batch, and tell the listener which of them are new."""
        if self._before is not None:
            early = [i for i, event in enumerate(batch.events) if event.happened_at < self._before]
            late = sorted(set(range(len(batch.events))).difference(early))
            settle_parts(self._listener, batch, [(late, Outcome.SKIPPED, LEFT_TO_A_RUN)])
            batch = batch.only(early)
        if batch.events:
            self._note(batch)

    def _note(self, batch: Batch) -> None:
        """Write the first event of each identity; the others end as a later run would say."""
        claim = self._rehearsed.claim(batch, resend=True) if self._dry_run else self._claim(batch)
        endings = (
            (claim.fresh + claim.again, Outcome.ALREADY_DELIVERED, WOULD_MARK if self._dry_run else MARKED),
            *delivered_before(claim),
            (claim.elsewhere, Outcome.SKIPPED, BEING_SENT),
        )
        settle_parts(self._listener, batch, endings)
        self._listener.repeated(batch.stream, len(claim.repeated))

    def _claim(self, batch: Batch) -> Claim:
        """Write the batch's events as delivered; returns what the ledger held of each just before."""
        ledger = self._ledger
        digests = digests_of(ledger, self._origin, batch)
        return note_delivered(ledger, batch.rule, digests, contents_of(ledger, digests, batch), batch.days)

    def check(self) -> None:
        """Do nothing: no other thread can stop it."""

    def finish(self, *, give_up: Callable[[], bool] = lambda: False) -> None:
        """Do nothing: nothing is under way."""

    def close(self, seconds: float) -> None:  # noqa: ARG002 - nothing is under way
        """Forget what a dry run has kept of its own."""
        self._rehearsed.close()

    def leave(self) -> None:
        """Close the ledger."""
        (self._rehearsed if self._dry_run else self._ledger).close()
