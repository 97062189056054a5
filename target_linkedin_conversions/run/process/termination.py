"""Whether a signal has come that ends the run."""

from __future__ import annotations

from target_linkedin_conversions.errors import Terminated

__all__ = ["Termination"]


class Termination:
    """Is set by a signal's handler, and asked wherever a run waits."""

    def __init__(self) -> None:
        """No signal has come, and nothing is being opened."""
        self.terminated: int | None = None
        """The number of the first signal."""
        self.opening = False
        """Whether a folder or a database is being opened, which may never answer: a signal then raises at once."""

    def is_due(self) -> bool:
        """Whether a signal has come."""
        return self.terminated is not None

    def check(self) -> None:
        """Raise `Terminated` where a signal has come."""
        if self.terminated is not None:
            raise Terminated(self.terminated)
