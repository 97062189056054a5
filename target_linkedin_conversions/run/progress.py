"""Who keeps track of which events are settled, on behalf of the way in that they came by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_linkedin_conversions.delivery.batch import Batch
    from target_linkedin_conversions.outcomes import Outcome
    from target_linkedin_conversions.records.event import Refusal
    from target_linkedin_conversions.records.reasons import Reason

__all__ = ["Endings", "Progress", "Untracked"]


class Progress(Protocol):
    """Hears of every event when it is made and when it has ended.

    A ticket, whatever it is, travels with its events and comes back with their end.
    """

    @property
    def failure(self) -> BaseException | None:
        """What ends the run: progress can be told to nobody any more."""

    def made(self, events: int) -> Any:  # noqa: ANN401 - a ticket is its maker's alone
        """The ticket of events that were made just now; only the feeding thread calls it."""

    def ended(self, counts: Mapping[Any, int]) -> None:
        """So many events of each ticket have ended, durably; any thread."""

    def release(self) -> None:
        """Tell what was settled and could not be told before."""

    def close(self, seconds: float) -> None:
        """Tell the last, waiting at most so long; safe to call twice."""


class Endings(Protocol):
    """Hears how each row and each event ends, before whoever keeps track of the progress does."""

    def refused(self, refusal: Refusal) -> None:
        """The row that is taken just now yielded no event by one of its entries; only the feeding thread calls it."""

    def settled(self, batch: Batch, outcome: Outcome, code: str, reasons: Sequence[Sequence[Reason]]) -> None:
        """Every event of a batch ended so; any thread."""


class Untracked:
    """For a way in that asks nothing back: the report says how its events ended."""

    failure: BaseException | None = None

    def made(self, events: int) -> Any:  # noqa: ANN401, ARG002 - the protocol's
        """No ticket."""
        return None

    def ended(self, counts: Mapping[Any, int]) -> None:
        """Nothing is kept."""

    def release(self) -> None:
        """Nothing was held back."""

    def close(self, seconds: float) -> None:
        """Nothing is left to tell."""
