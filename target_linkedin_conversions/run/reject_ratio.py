"""Whether too many events were rejected, of a run while it goes on or of a job when it has ended."""

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
"""`max_reject_ratio` is judged only when this many events have ended."""
_NAMED_CAUSES = 3
_DOUBT = "most events of this run were rejected; the run is too small to be judged by max_reject_ratio"


class RejectRatio:
    """Compares a run's counts with `max_reject_ratio`."""

    def __init__(self, tally: Tally, most: float, fed_by: FedBy) -> None:
        """`most` is the largest share of events that may be rejected; messages mention STATE only where a tap feeds the run."""
        self._tally = tally
        self._most = most
        self._stays = "; STATE stays" if fed_by is FedBy.TAP else ""

    def too_many(self) -> bool:
        """Whether the share is exceeded and enough events were counted; events under way count as delivered."""
        rejected, judged = self._tally.judged()
        return judged >= _JUDGED_FROM and rejected > self._most * judged

    def check(self) -> None:
        """Raise `TooManyRejectsError` where too many were rejected."""
        if self.too_many():
            raise TooManyRejectsError(_message(self._tally.lines(), self._tally.rejected, self._stays))

    def is_doubtful(self) -> bool:
        """Whether the share is exceeded, however few events there are."""
        rejected, judged = self._tally.judged()
        return rejected > self._most * judged

    def doubt(self) -> str | None:
        """The warning for a run that exceeds the share and is too small to fail for it."""
        return _DOUBT if self.is_doubtful() else None


def judged_as_one(receipt: Report, most: float) -> Report:
    """The receipt of a job that no part has stopped, judged over all parts together: each alone may be too small."""
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
