"""What takes a run's batches, and the one that takes them for nothing: a dry run's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from target_linkedin_conversions.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.delivery.batch import Batch, Listener
    from target_linkedin_conversions.ledger import Ledger

__all__ = ["Destination", "Rehearsal"]


class Destination(Protocol):
    """What takes batches: the real delivery, its rehearsal, or one that only notes them."""

    @property
    def ledger(self) -> Ledger | None:
        """The ledger that it writes to, if it writes to one."""

    def start(self) -> None:
        """Get ready; raises what makes a run impossible."""

    def carry(self, batch: Batch, *, give_up: Callable[[], bool] = ...) -> None:
        """Take a batch; raises what stopped the run."""

    def check(self) -> None:
        """Raise what stopped the run, if something did."""

    def finish(self, *, give_up: Callable[[], bool] = ...) -> None:
        """Wait until every batch is settled, or the caller gives up."""

    def close(self, seconds: float) -> None:
        """Stop, giving what is under way so many seconds."""

    def leave(self) -> None:
        """Let go of everything, once a report says how it ended."""


class Rehearsal:
    """A dry run: every event would be sent, none is."""

    ledger = None

    def __init__(self, listener: Listener) -> None:
        """Tell the listener what would be sent."""
        self._listener = listener

    def start(self) -> None:
        """Nothing to open."""

    def carry(self, batch: Batch, *, give_up: Callable[[], bool] = lambda: False) -> None:  # noqa: ARG002
        """Every event of the batch would be sent."""
        self._listener.settled(batch, Outcome.WOULD_SEND)

    def check(self) -> None:
        """Nothing stops it."""

    def finish(self, *, give_up: Callable[[], bool] = lambda: False) -> None:
        """Nothing is under way."""

    def close(self, seconds: float) -> None:
        """Nothing to close."""

    def leave(self) -> None:
        """Nothing to let go of."""
