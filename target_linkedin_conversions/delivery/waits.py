"""What the senders wait for at the moment, and until when, for displays of a run."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.delivery.clock import Clock

__all__ = ["Waiting", "Waits"]


class Waiting(msgspec.Struct, frozen=True):
    """Why nothing is sent, and the epoch milliseconds until when."""

    why: str
    until: int


class Waits:
    """The waits of all sender threads."""

    def __init__(self, clock: Clock) -> None:
        """Start with no wait."""
        self._clock = clock
        self._lock = Lock()
        self._waiting: dict[int, Waiting] = {}
        self._number = 0

    @contextmanager
    def on(self, why: str, seconds: float) -> Iterator[None]:
        """A wait that lasts as long as the `with` block, expected to take this many seconds."""
        with self._lock:
            self._number += 1
            mine = self._number
            self._waiting[mine] = Waiting(why, self._clock.now() + int(seconds * 1000))
        try:
            yield
        finally:
            with self._lock:
                del self._waiting[mine]

    @property
    def first(self) -> Waiting | None:
        """The wait that ends first; None where there is none."""
        with self._lock:
            return min(self._waiting.values(), key=lambda one: one.until, default=None)
