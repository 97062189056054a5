"""What a delivery came to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from target_linkedin_conversions.errors import TargetError, fault_of

if TYPE_CHECKING:
    from target_linkedin_conversions.reporting.report import Report

__all__ = ["Receipt", "receipt_of"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """How every event of a delivery ended, and how the run did.

    `counts` has the events by outcome (`delivered`, `already_delivered`, `skipped`, `rejected`, `in_doubt`,
    `would_send`, `unsent`), `codes` by outcome and the code that says why; what is zero is left out. A row
    without an event counts once. `exit_code`, `outcome` and `message` are those of a load that ended so: 0, `done`
    and empty where all went well. `report` is the run's whole report, `report_place` where it was written.
    """

    run: str
    exit_code: int
    outcome: str
    message: str
    counts: dict[str, int]
    codes: dict[tuple[str, str], int]
    report: Report = field(repr=False)
    report_place: str
    error: TargetError | None = field(default=None, repr=False, compare=False)

    def raise_for_status(self) -> Self:
        """The receipt itself, where the run ended with 0; else raises the `TargetError` that ended it.

        Its subclasses in `target_linkedin_conversions.errors` tell who has to react.
        """
        if self.error is not None:
            raise self.error
        return self


def receipt_of(report: Report, place: str, error: Exception | None) -> Receipt:
    """The receipt of a run that has ended."""
    counts: Counter[str] = Counter()
    codes: Counter[tuple[str, str]] = Counter()
    for line in report.lines:
        outcome = line.outcome.value
        counts[outcome] += line.events
        codes[outcome, line.code] += line.events
    if error is not None and not isinstance(error, TargetError):
        error = fault_of(error)
    return Receipt(
        report.run,
        report.exit_code,
        report.outcome,
        report.message or (str(error) if error else ""),
        dict(+counts),
        dict(+codes),
        report,
        place,
        error,
    )
