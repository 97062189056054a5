"""Groups the outcomes for the pages into kinds, by who has to act."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_linkedin_conversions.reporting.report import Report

__all__ = [
    "ACCEPTED",
    "BEFORE",
    "KINDS",
    "LEFT_OUT",
    "NEEDS_YOU",
    "REASONS",
    "WOULD_BE_SENT",
    "Kind",
    "goal_of",
    "kind_of",
]


class Kind(msgspec.Struct, frozen=True):
    """Outcomes that the page shows as one; `tone` is their colour."""

    name: str
    meaning: str
    outcomes: tuple[Outcome, ...]
    tone: str

    def of(self, counts: Mapping[str, int]) -> int:
        """How many of a report's counts are of this kind."""
        return sum(counts.get(outcome, 0) for outcome in self.outcomes)


ACCEPTED = Kind("accepted", "LinkedIn took them in this run", (Outcome.DELIVERED,), "good")
WOULD_BE_SENT = Kind("would be sent", "a real run would send them", (Outcome.WOULD_SEND,), "good")
BEFORE = Kind("sent before", "LinkedIn has them already", (Outcome.ALREADY_DELIVERED,), "before")
LEFT_OUT = Kind("left out on purpose", "by your settings, or without consent", (Outcome.SKIPPED,), "aside")
NEEDS_YOU = Kind(
    "needs you",
    "refused, unanswered or not sent yet",
    (Outcome.REJECTED, Outcome.IN_DOUBT, Outcome.UNSENT),
    "bad",
)
KINDS = (ACCEPTED, WOULD_BE_SENT, BEFORE, LEFT_OUT, NEEDS_YOU)

REASONS = {
    (Outcome.REJECTED, ""): "refused",
    (Outcome.REJECTED, "linkedin"): "LinkedIn refused them, each for a reason that `rejects list` shows",
    (Outcome.IN_DOUBT, ""): "sent, and no answer came",
    (Outcome.UNSENT, ""): "the run, or their conversion rule, stopped before they were sent; the next run sends them",
    (Outcome.ALREADY_DELIVERED, ""): "delivered by an earlier run, or twice in this one",
    (Outcome.SKIPPED, ""): "left out by the settings",
}
"""Words for outcome and code where the line has no meaning of its own."""


def kind_of(outcome: Outcome) -> Kind:
    """The kind that an outcome belongs to."""
    return next(kind for kind in KINDS if outcome in kind.outcomes)


def goal_of(report: Report) -> Kind:
    """The kind of outcome that a run is meant to reach."""
    return WOULD_BE_SENT if report.dry_run else ACCEPTED
