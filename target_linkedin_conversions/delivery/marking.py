"""Notes events as delivered without sending them: for the day that somebody moves here from another tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.delivery.delivery import ledger_of
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.ledger import Claim
from target_linkedin_conversions.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.delivery.batch import Batch, Listener
    from target_linkedin_conversions.ledger import Ledger
    from target_linkedin_conversions.settings import Settings

__all__ = ["BEING_SENT", "LEFT_TO_A_RUN", "MARKED", "WOULD_MARK", "Marking"]

MARKED, WOULD_MARK = "marked", "would_mark"
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
        self._exists = True

    @property
    def ledger(self) -> Ledger | None:
        """The ledger that it writes to; None in a dry run."""
        return None if self._dry_run else self._ledger

    def start(self) -> None:
        """Open the ledger; raises `LedgerError`."""
        if not self._dry_run:
            self._ledger.open()
            return
        self._exists = self._ledger.database.open_existing()

    def carry(self, batch: Batch, *, give_up: Callable[[], bool] = lambda: False) -> None:  # noqa: ARG002 - nothing waits
        """Note every event of the batch, and say which of them are new."""
        if self._before is not None:
            early = [i for i, event in enumerate(batch.events) if event.happened_at < self._before]
            late = sorted(set(range(len(batch.events))).difference(early))
            self._tell(batch, late, Outcome.SKIPPED, LEFT_TO_A_RUN)
            batch = batch.only(early)
        if batch.events:
            self._note(batch)

    def _note(self, batch: Batch) -> None:
        """Write the first event of each identity; the others share its fate."""
        identities = [(event.identity, event.hour) for event in batch.events]
        digests = self._ledger.digests(self._origin, batch.rule, identities)
        firsts = {digest: i for i, digest in reversed(list(enumerate(digests)))}
        mine = sorted(firsts.values())
        twins = sorted(set(range(len(digests))).difference(mine))
        contents = [batch.events[i].content for i in mine]
        claim = self._claim(batch.rule, [digests[i] for i in mine], contents)
        foreign = {digests[mine[i]] for i in claim.elsewhere}
        for indices, outcome, code in (
            (sorted(claim.fresh + claim.again), Outcome.ALREADY_DELIVERED, WOULD_MARK if self._dry_run else MARKED),
            (claim.delivered, Outcome.ALREADY_DELIVERED, ""),
            (claim.changed, Outcome.ALREADY_DELIVERED, "changed"),
            (claim.elsewhere, Outcome.SKIPPED, BEING_SENT),
        ):
            self._tell(batch, [mine[i] for i in indices], outcome, code)
        self._tell(batch, [i for i in twins if digests[i] in foreign], Outcome.SKIPPED, BEING_SENT)
        self._tell(batch, [i for i in twins if digests[i] not in foreign], Outcome.ALREADY_DELIVERED, "")

    def _claim(self, rule: str, digests: list[bytes], contents: list[int]) -> Claim:
        claims = self._ledger.claims
        if not self._dry_run:
            return claims.note(rule, digests, contents)
        return claims.peek(digests, contents) if self._exists else Claim(0, list(range(len(digests))))

    def _tell(self, batch: Batch, indices: list[int], outcome: Outcome, code: str) -> None:
        if indices:
            self._listener.settled(batch.only(indices), outcome, code=code)

    def check(self) -> None:
        """Nothing stops it from elsewhere."""

    def finish(self, *, give_up: Callable[[], bool] = lambda: False) -> None:
        """Nothing is under way."""

    def close(self, seconds: float) -> None:
        """Nothing is under way."""

    def leave(self) -> None:
        """Close the ledger."""
        self._ledger.close()
