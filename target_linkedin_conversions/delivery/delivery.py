"""Delivery assembled from settings: ledger, token, courier; independent of what feeds it.

`Delivery` is what a run holds: `start`, `carry` batches, `finish`, `close`, `leave`.
"""

from __future__ import annotations

from contextlib import suppress
from threading import Event as ThreadEvent
from typing import TYPE_CHECKING

from target_linkedin_conversions.delivery.auth import Tokens
from target_linkedin_conversions.delivery.client import Client
from target_linkedin_conversions.delivery.clock import Clock
from target_linkedin_conversions.delivery.courier import Courier
from target_linkedin_conversions.delivery.observer import UNOBSERVED
from target_linkedin_conversions.delivery.send_once import (
    LedgerSendOnce,
    SendOnce,
    UncheckedSending,
)
from target_linkedin_conversions.delivery.sender import Policy, Sender
from target_linkedin_conversions.errors import LedgerError
from target_linkedin_conversions.ledger import Ledger, Patience, lease
from target_linkedin_conversions.ledger.faults import required_ledger_missing
from target_linkedin_conversions.ledger.patience import NO_PATIENCE
from target_linkedin_conversions.threads import Thread

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.delivery.batch import Batch, Listener
    from target_linkedin_conversions.delivery.observer import Observer
    from target_linkedin_conversions.ledger import UnreportedRun
    from target_linkedin_conversions.settings import Settings

__all__ = ["Delivery", "ensure_ledger", "holds_in_doubt", "ledger_of"]

_HELD_BY_RULE = frozenset({"PURCHASE", "ADD_TO_CART", ""})
"""Rule types of which LinkedIn counts every event, not only a member's first (documented), and one that is not known."""


_BETWEEN_SLICES = 0.05
"""Seconds between two slices of pruning, so that it takes little of the ledger's time."""


class Delivery:
    """The destination that sends every batch through ledger, quota and HTTP, in threads of its own."""

    def __init__(
        self,
        settings: Settings,
        run: str,
        listener: Listener,
        clock: Clock | None = None,
        observer: Observer = UNOBSERVED,
    ) -> None:
        """Assemble; nothing is opened or sent before `start`."""
        self.clock = clock or Clock()
        self.settings = settings
        self.rule_types: dict[str, str] = {}
        self._closing = ThreadEvent()
        self._pruning: Thread | None = None
        self._told: list[UnreportedRun] = []
        self.ledger = ledger_of(settings, run, Patience(settings.retry_for_seconds, self.clock.wait))
        self.client = Client.of(settings, settings.max_concurrent_requests)
        self.tokens = Tokens(settings, self.client, self.clock)
        send_once: SendOnce = UncheckedSending(listener)
        if settings.send_once:
            send_once = LedgerSendOnce(self.ledger, settings.origin, listener, self.holds)
        policy = Policy(
            settings.retry_for_seconds,
            settings.max_resends,
            settings.on_quota_exhausted == "wait",
            self.holds,
            settings.linkedin_version,
        )
        self.sender = Sender(
            self.client, self.tokens, self.ledger.quota, send_once, self.clock, policy, observer=observer
        )
        self.courier = Courier(
            self.sender,
            send_once,
            self.clock,
            senders=settings.max_concurrent_requests,
            heartbeat=self.ledger.lease.heartbeat,
            heartbeat_every=lease.LEASE_MS / 3000,
            observer=observer,
        )

    def holds(self, rule: str) -> bool:
        """Whether events in doubt of a rule are held rather than sent again; with an unknown type they are held."""
        return holds_in_doubt(self.settings, self.rule_types.get(rule, ""))

    def lacks_type(self, rule: str) -> bool:
        """Whether a rule's type decides about its events in doubt and is not known."""
        hangs_on_it = self.settings.send_once and self.settings.on_in_doubt == "by_rule"
        return hangs_on_it and not self.rule_types.get(rule)

    def start(self) -> None:
        """Open the ledger and start the senders; raises `LedgerError`."""
        self.ledger.open()
        self.courier.start()

    def prune(self) -> None:
        """Let old identities go beside the deliveries; once the clock was looked at, by which they are old."""
        self._pruning = Thread(target=self._prune, name="pruning", daemon=True)
        self._pruning.start()

    def _prune(self) -> None:
        """Prune slice by slice, one at least; errors of the ledger are left for the deliveries to report."""
        try:
            with suppress(LedgerError):
                while self.ledger.pruning.step() and not self._closing.wait(_BETWEEN_SLICES):
                    pass
        except BaseException as error:  # noqa: BLE001 - carried to the thread that reads
            self.courier.fail(error)

    def carry(self, batch: Batch, *, give_up: Callable[[], bool] = lambda: False) -> None:
        """Hand a batch to the senders, waiting while they are behind."""
        self.courier.carry(batch, give_up=give_up)

    def check(self) -> None:
        """Raise what stopped the run, if something did."""
        self.courier.check()

    def finish(self, *, give_up: Callable[[], bool] = lambda: False) -> None:
        """Wait until every batch is settled, or the caller gives up."""
        self.courier.finish(give_up=give_up)

    def close(self, seconds: float) -> None:
        """Stop the senders; the ledger stays open until `leave`, unless a sender hangs, which must not settle anything later."""
        self._closing.set()
        if not self.courier.close(seconds):
            self.ledger.close()
        self.client.close()

    def earlier(self) -> list[UnreportedRun]:
        """How the events of runs that were killed before they could report ended; `leave` then marks these as reported."""
        with suppress(LedgerError):
            self._told = self.ledger.lease.unreported()
        return self._told

    def leave(self) -> None:
        """Give up the lease and close the ledger; what is not settled is then in doubt at once."""
        if self._pruning is not None:
            self._pruning.join()
        self.ledger.close([found.worker for found in self._told])


def holds_in_doubt(settings: Settings, rule_type: str) -> bool:
    """Whether `on_in_doubt` holds events in doubt of a rule of this type, empty where unknown, rather than sends them again."""
    if settings.on_in_doubt == "by_rule":
        return settings.send_once and rule_type in _HELD_BY_RULE
    return settings.on_in_doubt == "hold"


def ensure_ledger(settings: Settings) -> None:
    """Raise what a run with this ledger would raise, without creating a ledger.

    `LedgerError` where what is there cannot be read or written, `ConfigError` where nothing is there and `require_ledger` is set.
    """
    database = ledger_of(settings, "").database
    try:
        if database.open_to_read():
            with database.snapshot() as connection:
                database.ensure_whole(connection)
            if not settings.dry_run:
                database.ensure_writable()
        elif settings.require_ledger:
            raise required_ledger_missing(f"there is no ledger at {database.place}")
    finally:
        database.close()


def ledger_of(settings: Settings, run: str, patience: Patience = NO_PATIENCE) -> Ledger:
    """The ledger that the settings name, not yet open; `patience` says how long a lost database is waited for in a run."""
    return Ledger(
        settings.ledger_url,
        settings.ledger_folder,
        run=run,
        quota_key=settings.quota_key,
        per_minute=settings.requests_per_minute,
        per_day=settings.requests_per_day,
        keep_days=settings.ledger_keep_days,
        required=settings.require_ledger,
        patience=patience,
        key_apart=settings.ledger_key_apart,
    )
