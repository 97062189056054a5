"""The retry policy of a request: pauses, total time, number of tries."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import backoff

from target_linkedin_conversions.delivery.waits import Waits

if TYPE_CHECKING:
    from collections.abc import Generator

    from target_linkedin_conversions.delivery.clock import Clock

__all__ = ["Retry"]

_LONGEST_PAUSE = 60.0


class Retry:
    """Exponential pauses with full jitter, up to `seconds` or `tries` in all; also remembers what is done only once."""

    def __init__(
        self, clock: Clock, seconds: float = math.inf, *, tries: float = math.inf, waits: Waits | None = None
    ) -> None:
        """The time runs from the first failure, so that waiting for quota costs none of it; `waits` is told of each pause."""
        self._clock = clock
        self._waits = waits or Waits(clock)
        self._seconds = seconds
        self._tries = tries
        self._failures = 0
        self._until: float | None = None
        self._done: set[str] = set()
        self._pauses: Generator[float, None, None] = backoff.expo(base=2, factor=1, max_value=_LONGEST_PAUSE)

    def again(self, at_least: float = 0.0, cause: str = "LinkedIn") -> bool:
        """Pause, and say whether to try again: not when time or tries are spent or the run stops."""
        self._failures += 1
        if self._failures >= self._tries:
            return False
        now = self._clock.monotonic()
        if self._until is None:
            self._until = now + self._seconds
        longest = float(next(self._pauses) or 1.0)
        pause = at_least + self._clock.random.uniform(0.0, longest)
        if now + pause > self._until:
            return False
        with self._waits.on(cause, pause):
            return not self._clock.wait(pause)

    def begin_anew(self) -> None:
        """Let the time run from the next failure, after a wait of up to a day."""
        self._until = None

    def once(self, what: str) -> bool:
        """True the first time, false from then on."""
        first = what not in self._done
        self._done.add(what)
        return first
