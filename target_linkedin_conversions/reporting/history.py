"""The runs before: the last of them, the last that went well, and whether this one is unusually empty."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.reporting.folder import begun, run_of
from target_linkedin_conversions.reporting.words import ACCEPTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.reporting.folder import Folder

__all__ = ["MOST_RUNS", "PastRun", "last_success", "past_runs", "unusually_empty"]

MOST_RUNS = 30
"""Reports that are read, and runs that the index lists."""
_DAY = timedelta(days=1)
_FEWEST_DAYS = 1
_DAYS = 14
_WEEK = 7


class PastRun(msgspec.Struct, frozen=True):
    """What the pages say of an earlier run; everything else of its report is not read."""

    run: str
    outcome: str = ""
    exit_code: int = 0
    dry_run: bool = False
    records: int = 0
    requests: int = 0
    seconds: float = 0.0
    counts: dict[str, int] = {}

    @property
    def at(self) -> datetime:
        """When it began, which its name says."""
        return begun(self.run) or datetime.fromtimestamp(0, UTC)

    @property
    def accepted(self) -> int:
        """Conversions that LinkedIn took; none where nothing was asked of it."""
        return ACCEPTED.of(self.counts) if self.requests else 0

    @property
    def went_well(self) -> bool:
        """Whether it was a run that sends, and nothing stopped it."""
        return not self.exit_code and not self.dry_run


def past_runs(folder: Folder, most: int = MOST_RUNS) -> list[PastRun]:
    """The last runs that left a report which can be read, the newest first; looks at no more than so many."""
    names = [name for name in folder.names("runs") if run_of(name) and name.endswith(".json")]
    found = []
    for name in reversed(names[-most:]):
        with suppress(msgspec.DecodeError, UnicodeDecodeError, OSError):
            one = msgspec.json.decode(folder.read(f"runs/{name}") or b"", type=PastRun)
            if one.run == run_of(name):
                found.append(one)
    return found


def last_success(runs: Sequence[PastRun]) -> PastRun | None:
    """The newest run that sent without being stopped, None where none of these did."""
    return next((run for run in runs if run.went_well), None)


def unusually_empty(runs: Sequence[PastRun]) -> str:
    """A sentence where nothing was accepted in the day that ends with the newest run, though there usually is; else empty.

    Usually: on most of the days before that are known, and, where it is, on the same day of the week before.
    """
    real = [run for run in runs if not run.dry_run]
    if not real or runs[0].dry_run:
        return ""
    accepted: Counter[int] = Counter()
    for run in real:
        days_before = (real[0].at - run.at) // _DAY
        if not days_before or run.accepted or not run.exit_code:  # one that was stopped says nothing of its day
            accepted[days_before] += run.accepted
    days = [day for day in accepted if 0 < day <= _DAYS]
    with_some = [day for day in days if accepted[day]]
    usual = len(days) >= _FEWEST_DAYS and len(with_some) * 2 > len(days) and accepted.get(_WEEK, 1)
    if accepted[0] or not usual:
        return ""
    return (
        "Nothing was accepted in the last 24 hours, though there usually is: "
        f"on {len(with_some)} of the {len(days)} days before with a run there was."
    )
