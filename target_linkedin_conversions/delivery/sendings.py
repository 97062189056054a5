"""Counts how often each batch was sent, whatever the outcome."""

from __future__ import annotations

from collections import Counter
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.records.looks import name_shown

if TYPE_CHECKING:
    from target_linkedin_conversions.delivery.claimed import ClaimedBatch

__all__ = ["Sendings"]


class Sendings:
    """The requests of a run and their batches; for all threads."""

    def __init__(self) -> None:
        """Start with nothing sent."""
        self.requests = 0
        self.seconds: list[float] = []
        """Seconds of each request until it was answered or given up."""
        self._batches: Counter[tuple[str, str, int]] = Counter()
        self._lock = Lock()

    def leaves(self, claimed: ClaimedBatch) -> ClaimedBatch:
        """Count a batch that is sent now; returns it with its count of sendings one higher."""
        name = _shown(claimed)
        with self._lock:
            self.requests += 1
            self._batches[*name, claimed.sent + 1] += 1
            if claimed.sent:
                self._batches[*name, claimed.sent] -= 1
        return msgspec.structs.replace(claimed, sent=claimed.sent + 1)

    def divided(self, claimed: ClaimedBatch, parts: int) -> None:
        """Count a divided batch as this many parts, each sent as often as the whole was."""
        if claimed.sent:
            with self._lock:
                self._batches[*_shown(claimed), claimed.sent] += parts - 1

    def counts(self) -> list[tuple[str, str, int, int]]:
        """How many batches were sent how often: stream, rule, number of sendings, number of batches."""
        with self._lock:
            return [(*name, batches) for name, batches in sorted(self._batches.items()) if batches]


def _shown(claimed: ClaimedBatch) -> tuple[str, str]:
    """Stream and rule as the report and the log may name them."""
    return name_shown(claimed.batch.stream), claimed.batch.rule
