"""Whether too many events were rejected for a run to go on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import TooManyRejectsError
from target_linkedin_conversions.outcomes import Outcome

if TYPE_CHECKING:
    from target_linkedin_conversions.reporting.tally import Tally

__all__ = ["Judge"]

_JUDGED_FROM = 20
"""Events, rejected or not, from which on `max_reject_ratio` is judged."""
_NAMED_CAUSES = 3


class Judge:
    """Holds a run's counts against `max_reject_ratio`."""

    def __init__(self, tally: Tally, most: float) -> None:
        """`most` is the greatest part of the judged events that may be rejected."""
        self._tally = tally
        self._most = most

    def too_many(self) -> bool:
        """Whether more was rejected than may be, of enough events to say so; what is under way counts as delivered until it is not."""
        rejected, judged = self._tally.judged()
        return judged >= _JUDGED_FROM and rejected > self._most * judged

    def check(self) -> None:
        """Raise `TooManyRejectsError` where it is too many."""
        if self.too_many():
            raise TooManyRejectsError(self._message())

    def is_doubtful(self) -> bool:
        """Whether more was rejected than may be, of however few events."""
        rejected, judged = self._tally.judged()
        return rejected > self._most * judged

    def doubt(self) -> str | None:
        """A warning for a run that ends well and is too small to be judged."""
        if self.is_doubtful():
            return "most events of this run were rejected; the run is too small to be judged by max_reject_ratio"
        return None

    def _message(self) -> str:
        causes: Counter[tuple[str, str, str]] = Counter()
        for line in self._tally.lines():
            if line.outcome is Outcome.REJECTED:
                causes[line.code, line.stream, line.meaning or "see the rejects file"] += line.events
        named = "; ".join(
            f"{events} {code} in {stream}: {meaning}"
            for (code, stream, meaning), events in causes.most_common(_NAMED_CAUSES)
        )
        return f"{self._tally.rejected} rejected, more than max_reject_ratio allows; STATE stays ({named})"
