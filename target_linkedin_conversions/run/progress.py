"""The interface by which a way in learns which of its events are settled."""

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
    """Is told of every event when it is made and when it has ended.

    The ticket is opaque: it travels with its events and comes back when they have ended.
    """

    @property
    def failure(self) -> BaseException | None:
        """The error that ends the run because progress cannot be passed on any more; None while it can."""

    def made(self, events: int) -> Any:  # noqa: ANN401 - a ticket is its maker's alone
        """Return a ticket for this many new events; only the feeding thread calls it."""

    def ended(self, counts: Mapping[Any, int]) -> None:
        """This many events of each ticket have durably ended; any thread may call it."""

    def release(self) -> None:
        """Pass on progress that was held back until now."""

    def close(self, seconds: float) -> None:
        """Pass on the last progress, waiting at most this many seconds; safe to call twice."""


class Endings(Protocol):
    """Is told how each row and each event ends, before `Progress` is."""

    def refused(self, refusal: Refusal) -> None:
        """The current row yielded no event by one of the entries; only the feeding thread calls it."""

    def settled(self, batch: Batch, outcome: Outcome, code: str, reasons: Sequence[Sequence[Reason]]) -> None:
        """Every event of a batch ended with this outcome; any thread may call it."""


class Untracked:
    """For a way in that needs no progress: the report says how its events ended."""

    failure: BaseException | None = None

    def made(self, events: int) -> Any:  # noqa: ANN401, ARG002 - the protocol's
        """Return no ticket."""
        return None

    def ended(self, counts: Mapping[Any, int]) -> None:
        """Do nothing."""

    def release(self) -> None:
        """Do nothing: nothing is held back."""

    def close(self, seconds: float) -> None:
        """Do nothing."""
