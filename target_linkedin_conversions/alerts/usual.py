"""Whether a load usually sends something, from the reports of those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.reporting.folder import run_of

if TYPE_CHECKING:
    from target_linkedin_conversions.reporting.folder import Folder

__all__ = ["Usual", "usual_of"]

_MOST_REPORTS = 50
_FEWEST_RUNS = 5
_MOSTLY = 0.8
"""Runs that send only in office hours, or on working days, often send nothing; that is nobody's concern."""


class _Past(msgspec.Struct):
    """What a report says of whether its run sent something."""

    run: str
    exit_code: int
    dry_run: bool = False
    counts: dict[str, int] = {}


class Usual(msgspec.Struct, frozen=True):
    """How many of the runs before went well, and how many of them sent something."""

    runs: int
    sent: int

    @property
    def sends(self) -> bool:
        """Whether that is enough to miss what was not sent."""
        return self.runs >= _FEWEST_RUNS and self.sent >= self.runs * _MOSTLY


def usual_of(folder: Folder, run: str) -> Usual:
    """What the newest runs beside this one did: those that ended well and were no rehearsal."""
    names = [name for name in folder.names("runs") if name.endswith(".json") and run_of(name) not in {None, run}]
    past = [found for name in names[-_MOST_REPORTS:] if (found := _past(folder, name)) is not None]
    well = [found for found in past if found.exit_code == 0 and not found.dry_run]
    return Usual(len(well), sum(1 for found in well if found.counts.get(Outcome.DELIVERED, 0)))


def _past(folder: Folder, name: str) -> _Past | None:
    """A report, None where it is broken or gone."""
    try:
        return msgspec.json.decode(folder.read(f"runs/{name}") or b"", type=_Past)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
