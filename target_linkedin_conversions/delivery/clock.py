"""Time and waiting, as an argument: tests neither patch nor wait."""

from __future__ import annotations

import time
from random import Random
from threading import Event

from target_linkedin_conversions.wall_clock import wall_clock

__all__ = ["Clock"]


class Clock:
    """The system's clock, a wait that a stop ends, and jitter."""

    def __init__(self) -> None:
        """Start with nothing stopped."""
        self._stopped = Event()
        self.random = Random()  # noqa: S311 - jitter, not a secret

    def now(self) -> int:
        """Epoch milliseconds."""
        return wall_clock()

    def monotonic(self) -> float:
        """Seconds that never step back."""
        return time.monotonic()

    def wait(self, seconds: float) -> bool:
        """Wait so long; true at once when the run is stopping."""
        return self._stopped.wait(seconds)

    def stop(self) -> None:
        """End every wait, now and from now on."""
        self._stopped.set()
