"""The batchers of a run, and when their buffers are sent because of age."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from target_linkedin_conversions.run.batcher import Batcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.delivery.batch import Batch, BatchOptions

__all__ = ["Batchers"]

_LONGEST_SILENCE = 1.0


class Batchers:
    """One batcher for each set of batch options; only the feeding thread calls it."""

    def __init__(
        self,
        rows: int,
        max_age: float,
        hand_over: Callable[[Batch], None],
        issue: Callable[[str, str, int], object],
    ) -> None:
        """At most `rows` events a batch, none of which waits longer than `max_age` seconds.

        `hand_over` takes each batch; `issue(stream, rule, events)` returns the ticket for that many new events.
        """
        self._rows = rows
        self._max_age = max_age
        self._hand_over = hand_over
        self._issue = issue
        self._all: list[Batcher] = []

    def of(self, options: BatchOptions) -> Batcher:
        """The batcher for events with these options; the same one each time."""
        known = next((batcher for batcher in self._all if batcher.options == options), None)
        if known is not None:
            return known
        batcher = Batcher(
            options, self._rows, self._hand_over, lambda rule, events: self._issue(options.stream, rule, events)
        )
        self._all.append(batcher)
        return batcher

    def send_old(self) -> None:
        """Send every buffer that has waited for `max_age`."""
        for batcher in self._all:
            batcher.send_older_than(self._max_age)

    def send_all(self) -> None:
        """Send every buffer."""
        for batcher in self._all:
            batcher.send_all()

    def longest_silence(self) -> float:
        """Seconds after which `send_old` must be called even if no row comes; at most one."""
        waiting = (batcher.oldest for batcher in self._all)
        oldest = min((since for since in waiting if since is not None), default=None)
        if oldest is None:
            return _LONGEST_SILENCE
        left = oldest + self._max_age - time.monotonic()
        return min(_LONGEST_SILENCE, max(0.0, left))
