"""A dry run: what would become of every event, and none is sent.

The ledger is only read. What this run would add to it goes to one of its own, which nobody keeps, so
that a second event of an identity ends as it would.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from target_linkedin_conversions.delivery.batch_in_ledger import (
    contents_of,
    delivered_before,
    digests_of,
    note_delivered,
    settle_parts,
)
from target_linkedin_conversions.delivery.delivery import holds_in_doubt, ledger_of
from target_linkedin_conversions.ledger import Claim, Ledger
from target_linkedin_conversions.ledger.faults import required_ledger_missing
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import EARLIER_RUN

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.delivery.batch import Batch, Listener
    from target_linkedin_conversions.settings import Settings

__all__ = ["Rehearsal", "RehearsedLedger"]


class RehearsedLedger:
    """Answers as the ledger would and writes nothing to it: what this run would add goes to a temporary ledger."""

    def __init__(self, settings: Settings, run: str) -> None:
        """Nothing is opened before `open`."""
        self._known = ledger_of(settings, run)
        self._required = settings.require_ledger
        self._origin = settings.origin
        self._run = run
        self._exists = False
        self._own: Ledger | None = None
        self._folder: TemporaryDirectory[str] | None = None

    def open(self) -> None:
        """Open the ledger that is there, and one of this run's own; raises `LedgerError` or `ConfigError`."""
        self._exists = self._known.database.open_to_read()
        if self._required and not self._exists:
            raise required_ledger_missing(f"there is no ledger at {self._known.database.place}")
        self._folder = TemporaryDirectory(prefix="linkedin-conversions-")
        own = Ledger(None, Path(self._folder.name), run=self._run, quota_key="", per_minute=1, per_day=1)
        own.open()
        self._own = own

    def claim(self, batch: Batch, *, resend: bool) -> Claim:
        """The claim that a run would get for a batch, whose events count as delivered from now on; raises `LedgerError`."""
        own = self._own
        if own is None:
            return Claim(0, list(range(len(batch.events))))
        ledger = self._known if self._exists else own
        digests = digests_of(ledger, self._origin, batch)
        contents = contents_of(ledger, digests, batch)
        claim = Claim(0, list(range(len(digests))))
        if self._exists:
            claim = self._known.claims.peek(digests, contents, resend=resend)
        new = sorted(claim.fresh + claim.again)
        noted = note_delivered(own, batch.rule, [digests[i] for i in new], [contents[i] for i in new])
        for together, found in (
            (claim.delivered, noted.delivered),
            (claim.changed, noted.changed),
            (claim.other_key, noted.other_key),
        ):
            again = [new[i] for i in found]
            together.extend(again)
            claim.fresh = sorted(set(claim.fresh).difference(again))
            claim.again = sorted(set(claim.again).difference(again))
        claim.repeated.extend(new[i] for i in noted.repeated)
        return claim

    def close(self) -> None:
        """Close both ledgers and forget the run's own; safe to call twice."""
        self._known.database.close()
        if self._own is not None:
            self._own.close()
            self._own = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


class Rehearsal:
    """Takes the batches of a dry run."""

    ledger = None

    def __init__(self, settings: Settings, run: str, listener: Listener) -> None:
        """Tell the listener what would be sent; nothing is opened before `start`."""
        self._listener = listener
        self._settings = settings
        self._ledger = RehearsedLedger(settings, run)

    def start(self) -> None:
        """Open the ledger, where identities are kept; raises `LedgerError`."""
        if self._settings.send_once:
            self._ledger.open()

    def carry(self, batch: Batch, *, give_up: Callable[[], bool] = lambda: False) -> None:  # noqa: ARG002
        """Tell the listener how every event would end if LinkedIn takes it."""
        if not self._settings.send_once:
            self._listener.settled(batch, Outcome.WOULD_SEND)
            return
        # Without a preflight no rule's type is known.
        claim = self._ledger.claim(batch, resend=batch.resend or not holds_in_doubt(self._settings, rule_type=""))
        endings = (
            (claim.fresh + claim.again, Outcome.WOULD_SEND, ""),
            *delivered_before(claim),
            (claim.elsewhere, Outcome.ALREADY_DELIVERED, ""),
            (claim.in_doubt, Outcome.IN_DOUBT, EARLIER_RUN),
        )
        settle_parts(self._listener, batch, endings)
        self._listener.repeated(batch.stream, len(claim.repeated))

    def check(self) -> None:
        """Do nothing: no other thread can stop it."""

    def finish(self, *, give_up: Callable[[], bool] = lambda: False) -> None:
        """Do nothing: nothing is under way."""

    def close(self, seconds: float) -> None:  # noqa: ARG002 - nothing is under way
        """Close the ledger: the report needs nothing of it."""
        self._ledger.close()

    def leave(self) -> None:
        """Close the ledger where `close` did not."""
        self._ledger.close()
