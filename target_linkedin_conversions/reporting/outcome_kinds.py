"""Groups the outcomes for the pages into kinds, by who has to act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import SAME_ID_OTHER_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_linkedin_conversions.reporting.report import Report

__all__ = [
    "ACCEPTED",
    "BEFORE",
    "KINDS",
    "LEFT_OUT",
    "NEEDS_YOU",
    "REASONS",
    "WOULD_BE_SENT",
    "HowItEnded",
    "Kind",
    "goal_of",
    "kind_of",
    "with_code",
]


class OneEnd(Protocol):
    """So many events that ended alike."""

    @property
    def code(self) -> str:
        """Why."""

    @property
    def events(self) -> int:
        """How many."""


class HowItEnded(Protocol):
    """A run, by how its events ended."""

    @property
    def counts(self) -> Mapping[str, int]:
        """Events by outcome."""

    @property
    def lines(self) -> Sequence[OneEnd]:
        """The same by stream, rule and reason."""


class Kind(msgspec.Struct, frozen=True):
    """Outcomes that the page shows as one; `tone` is their colour."""

    name: str
    meaning: str
    outcomes: tuple[Outcome, ...]
    tone: str
    name_of_several: str = ""
    """The name behind a number other than one, where it is another."""

    def behind(self, number: int) -> str:
        """The name as it reads behind a number, in one line with it."""
        return self.name if number == 1 else self.name_of_several or self.name

    def of(self, run: HowItEnded) -> int:
        """How many events of a run are of this kind."""
        number = sum(run.counts.get(outcome, 0) for outcome in self.outcomes)
        if Outcome.ALREADY_DELIVERED in self.outcomes:
            return max(0, number - with_code(run, SAME_ID_OTHER_KEY))
        return number + with_code(run, SAME_ID_OTHER_KEY) if Outcome.REJECTED in self.outcomes else number


ACCEPTED = Kind("accepted", "LinkedIn took them in this run", (Outcome.DELIVERED,), "good")
WOULD_BE_SENT = Kind("would be sent", "a real run would send them", (Outcome.WOULD_SEND,), "good")
BEFORE = Kind("sent before", "LinkedIn has them already", (Outcome.ALREADY_DELIVERED,), "before")
LEFT_OUT = Kind("left out on purpose", "by your settings, or without consent", (Outcome.SKIPPED,), "aside")
NEEDS_YOU = Kind(
    "needs you",
    "refused, unanswered or not sent yet",
    (Outcome.REJECTED, Outcome.IN_DOUBT, Outcome.UNSENT),
    "bad",
    "need you",
)
KINDS = (ACCEPTED, WOULD_BE_SENT, BEFORE, LEFT_OUT, NEEDS_YOU)

REASONS = {
    (Outcome.REJECTED, ""): "refused",
    (
        Outcome.REJECTED,
        "linkedin",
    ): "LinkedIn refused them, each for a reason that `linkedin-conversions rejects list` shows",
    (Outcome.IN_DOUBT, ""): "sent, and no answer came",
    (Outcome.UNSENT, ""): "the run, or their conversion rule, stopped before they were sent; the next run sends them",
    (Outcome.ALREADY_DELIVERED, ""): "delivered by an earlier run, or twice in this one",
    (Outcome.SKIPPED, ""): "left out by the settings",
}
"""Words for outcome and code where the line has no meaning of its own."""


def with_code(run: HowItEnded, code: str) -> int:
    """How many events of a run ended for this reason."""
    return sum(line.events for line in run.lines if line.code == code)


def kind_of(outcome: Outcome, code: str) -> Kind:
    """The kind that events with this end belong to; LinkedIn has not heard of those whose event id was another record's."""
    if code == SAME_ID_OTHER_KEY:
        return NEEDS_YOU
    return next(kind for kind in KINDS if outcome in kind.outcomes)


def goal_of(report: Report) -> Kind:
    """The kind of outcome that a run is meant to reach."""
    return WOULD_BE_SENT if report.dry_run else ACCEPTED
