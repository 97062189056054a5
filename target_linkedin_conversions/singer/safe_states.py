"""The checkpoint of a target's run, joined to the writer of STATE on stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.singer.checkpoint import Checkpoint
from target_linkedin_conversions.singer.state_writer import StateWriter

if TYPE_CHECKING:
    from target_linkedin_conversions.run.run import Run

__all__ = ["SafeStates"]


class SafeStates(Checkpoint):
    """The checkpoint of a run, its STATEs written to stdout."""

    def __init__(self, run: Run) -> None:
        """Nothing is written for a run that sends nothing: its STATE would pass what was not delivered."""
        self._writer = StateWriter(run.settings.state_interval_seconds)
        super().__init__(self._writer.offer if run.sends else lambda _state: None, run.may_progress)

    @property
    def failure(self) -> BaseException | None:
        """The error where STATE cannot be written to stdout any more."""
        return self._writer.failure

    def close(self, seconds: float) -> None:
        """Write the last STATE, waiting at most this many seconds for its reader; safe to call twice."""
        self._writer.close(seconds)
