"""Spends a request of the quota before each attempt, and waits for one where that is the policy."""

from __future__ import annotations

import logging
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.durations import MINUTE_MS
from target_linkedin_conversions.errors import QuotaError
from target_linkedin_conversions.ledger import DaySpent, Quota, Reserved, Wait
from target_linkedin_conversions.ledger.quota import ROOM_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.delivery.clock import Clock
    from target_linkedin_conversions.delivery.waits import Waits

__all__ = ["RequestQuota", "Spent"]

logger = logging.getLogger(__name__)

_LONG_WAIT_MS = 5_000
_LONGEST_LOOK_AWAY_MS = MINUTE_MS


class Spent(msgspec.Struct, frozen=True):
    """A request that is counted, and when it was, in seconds of the monotonic clock."""

    reserved: Reserved
    at: float


class RequestQuota:
    """The ledger's quota as the sender threads of one run spend it."""

    def __init__(self, quota: Quota, clock: Clock, waits: Waits, *, wait_for_day: bool) -> None:
        """`wait_for_day` says whether a run waits for the next UTC day rather than stop; `waits` is told of each wait."""
        self._quota = quota
        self._clock = clock
        self._waits = waits
        self._wait_for_day = wait_for_day
        self._counted = (0, 0)
        """The latest UTC day on which a request was counted here, and the highest count seen on it."""
        self._counting = Lock()

    @property
    def used_today(self) -> int:
        """Requests of the UTC day under this quota by all programs, as of the last one here; 0 where none was counted."""
        return self._counted[1]

    def spend(self, before_waiting: Callable[[], None]) -> Spent:
        """Count one request, once the minute and the day have room for it; `before_waiting` is called before each wait.

        Raises `QuotaError` where the day's requests are spent and it is not waited for, or the run stops meanwhile.
        """
        told = False
        at = self._clock.monotonic()
        while not isinstance(reserved := self._quota.reserve(), Reserved):
            before_waiting()
            pause = self._pause_for(reserved)
            if not told and pause > _LONG_WAIT_MS:
                logger.info("waiting for quota: %.0f seconds", pause / 1000)
                told = True
            with self._waits.on("quota", pause / 1000):
                if self._clock.wait(pause / 1000):
                    raise QuotaError("the run stopped while it waited for quota")
            at = self._clock.monotonic()
        with self._counting:  # two threads may return from the ledger in reverse order
            self._counted = max(self._counted, (reserved.day, reserved.used_today))
        return Spent(reserved, at)

    def answered(self, spent: Spent, at: float) -> None:
        """The answer came `at` this second; a slow request is counted as of now, because it may have arrived late."""
        if at - spent.at > ROOM_MS / 1000:
            self._quota.count_late(spent.reserved)

    def spend_day(self) -> bool:
        """Count the whole day as spent because LinkedIn says so; false where LinkedIn may mean yesterday."""
        return self._quota.spend_day()

    def _pause_for(self, spent: Wait | DaySpent) -> int:
        """Milliseconds until the quota is asked again; raises `QuotaError` where the day is not waited for."""
        if isinstance(spent, Wait):
            return spent.milliseconds
        if not self._wait_for_day:
            raise QuotaError(
                "requests_per_day is spent for this UTC day; the next run goes on, or set on_quota_exhausted: wait"
            )
        return min(spent.milliseconds, _LONGEST_LOOK_AWAY_MS)
