"""What takes a run's batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.delivery.batch import Batch
    from target_linkedin_conversions.ledger import Ledger

__all__ = ["Destination"]


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
        """Stop; requests under way may end within this many seconds."""

    def leave(self) -> None:
        """Release everything, after the report is written."""
