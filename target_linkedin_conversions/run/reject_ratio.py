"""Whether too many events were rejected for a run to go on, or for a job of several to have ended well."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.errors import TooManyRejectsError
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.reporting.tally import AS_DELIVERED
from target_linkedin_conversions.reporting.way_back import FedBy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_linkedin_conversions.reporting.report import Line, Report
    from target_linkedin_conversions.reporting.tally import Tally

__all__ = ["RejectRatio", "judged_as_one"]

_JUDGED_FROM = 20
"""Events, rejected or not, from which on `max_reject_ratio` is judged."""
_NAMED_CAUSES = 3
_DOUBT = "most events of this run were rejected; the run is too small to be judged by max_reject_ratio"


class RejectRatio:
    """Holds a run's counts against `max_reject_ratio`."""

    def __init__(self, tally: Tally, most: float, fed_by: FedBy = FedBy.TAP) -> None:
        """`most` is the greatest part of the judged events that may be rejected; only a tap's records have a STATE that stays."""
        self._tally = tally
        self._most = most
        self._stays = "; STATE stays" if fed_by is FedBy.TAP else ""

    def too_many(self) -> bool:
        """Whether more was rejected than may be, of enough events to say so; what is under way counts as delivered until it is not."""
        rejected, judged = self._tally.judged()
        return judged >= _JUDGED_FROM and rejected > self._most * judged

    def check(self) -> None:
        """Raise `TooManyRejectsError` where it is too many."""
        if self.too_many():
            raise TooManyRejectsError(_message(self._tally.lines(), self._tally.rejected, self._stays))

    def is_doubtful(self) -> bool:
        """Whether more was rejected than may be, of however few events."""
        rejected, judged = self._tally.judged()
        return rejected > self._most * judged

    def doubt(self) -> str | None:
        """A warning for a run that ends well and is too small to be judged."""
        return _DOUBT if self.is_doubtful() else None


def judged_as_one(receipt: Report, most: float) -> Report:
    """The receipt of a job, judged over all its parts where none of them stopped it: each may have been too small for that."""
    warnings = [warning for warning in receipt.warnings if warning != _DOUBT]
    if receipt.exit_code:
        return msgspec.structs.replace(receipt, warnings=warnings)
    rejected = receipt.counts.get(Outcome.REJECTED, 0)
    judged = rejected + sum(receipt.counts.get(outcome, 0) for outcome in AS_DELIVERED)
    if rejected <= most * judged:
        return msgspec.structs.replace(receipt, warnings=warnings)
    if judged < _JUDGED_FROM:
        return msgspec.structs.replace(receipt, warnings=[*warnings, _DOUBT])
    return msgspec.structs.replace(
        receipt,
        outcome=TooManyRejectsError.outcome,
        exit_code=TooManyRejectsError.exit_code,
        message=_message(receipt.lines, rejected),
        warnings=warnings,
    )


def _message(lines: Iterable[Line], rejected: int, stays: str = "") -> str:
    causes: Counter[tuple[str, str, str]] = Counter()
    for line in lines:
        if line.outcome == Outcome.REJECTED:
            causes[line.code, line.stream, line.meaning or "see the rejects file"] += line.events
    named = "; ".join(
        f"{events} {code} in {stream}: {meaning}"
        for (code, stream, meaning), events in causes.most_common(_NAMED_CAUSES)
    )
    return f"{rejected} rejected, more than max_reject_ratio allows{stays} ({named})"
