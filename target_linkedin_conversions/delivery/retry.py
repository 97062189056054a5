"""How long, how often, and with what pauses one claimed batch is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import backoff

if TYPE_CHECKING:
    from collections.abc import Generator

    from target_linkedin_conversions.delivery.clock import Clock

_LONGEST_PAUSE = 60.0


class Retry:
    """Exponential pauses with full jitter, within `seconds` in all; and things done only once."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        """The time runs from the first failure: waiting for quota costs none of it."""
        self._clock = clock
        self._seconds = seconds
        self._until: float | None = None
        self._done: set[str] = set()
        self._pauses: Generator[float, None, None] = backoff.expo(base=2, factor=1, max_value=_LONGEST_PAUSE)

    def again(self, at_least: float = 0.0) -> bool:
        """Pause, and say whether to try again: not when the time is over or the run stops."""
        now = self._clock.monotonic()
        if self._until is None:
            self._until = now + self._seconds
        longest = float(next(self._pauses) or 1.0)
        pause = at_least + self._clock.random.uniform(0.0, longest)
        if now + pause > self._until:
            return False
        return not self._clock.wait(pause)

    def begin_anew(self) -> None:
        """The time runs from the next failure: a day's wait lies behind."""
        self._until = None

    def once(self, what: str) -> bool:
        """True the first time, false from then on."""
        first = what not in self._done
        self._done.add(what)
        return first
