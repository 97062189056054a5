"""The runs before: the last of them, and the last that went well."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import msgspec

from target_linkedin_conversions.epoch import EPOCH
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.reasons import MARKED
from target_linkedin_conversions.reporting.folder import begun
from target_linkedin_conversions.reporting.outcome_kinds import ACCEPTED, with_code
from target_linkedin_conversions.reporting.report_files import CommonReport, read_report, report_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from target_linkedin_conversions.reporting.folder import Folder
    from target_linkedin_conversions.reporting.report import Report

__all__ = ["MOST_RUNS", "PastRun", "last_success", "past_runs", "run_after"]

MOST_RUNS = 30
"""Reports that are read, and runs that the index lists."""


class PastLine(msgspec.Struct, frozen=True):
    """So many events of an earlier run, and why they ended as they did."""

    code: str = ""
    events: Annotated[int, msgspec.Meta(ge=0)] = 0


class PastRepeats(msgspec.Struct, frozen=True):
    """Events of a stream of an earlier run that had the key, time and value of another one, beside those that were taken."""

    events: Annotated[int, msgspec.Meta(ge=0)] = 0
    taken: Annotated[int, msgspec.Meta(ge=0)] = 0


class KilledRun(msgspec.Struct, frozen=True):
    """A run before an earlier one that left no report."""

    run: str = ""


class PastRun(CommonReport, frozen=True):
    """What the pages say of an earlier run; everything else of its report is not read."""

    outcome: str = ""
    lines: tuple[PastLine, ...] = ()
    repeated: tuple[PastRepeats, ...] = ()
    earlier: tuple[KilledRun, ...] = ()
    dry_run: bool = False
    replayed_nothing: bool = False

    @property
    def at(self) -> datetime:
        """When it began, which its name says."""
        return begun(self.run) or EPOCH

    @property
    def accepted(self) -> int:
        """Conversions that LinkedIn took; none where nothing was asked of it."""
        return ACCEPTED.of(self) if self.requests else 0

    @property
    def only_noted(self) -> bool:
        """Whether it was `ledger mark`, which sends nothing."""
        return with_code(self, MARKED) > 0

    @property
    def went_well(self) -> bool:
        """Whether it was a run that sends, and nothing stopped it."""
        return not self.exit_code and not self.dry_run


def past_runs(folder: Folder) -> list[PastRun]:
    """The last runs that left a report which can be read, the newest first; looks at no more than `MOST_RUNS`.

    A replay of nothing is none of them: it would hide the load before it.
    """
    found = []
    for name in reversed(report_names(folder, MOST_RUNS)):
        with suppress(ConfigError):
            found.append(read_report(folder, name, PastRun))
    return [run for run in found if not run.replayed_nothing]


def run_after(folder: Folder, report: Report) -> list[PastRun]:
    """A run that has ended, and those before it, whether its own report could be written or not."""
    newest = msgspec.convert(report, PastRun, from_attributes=True)
    return [newest, *(run for run in past_runs(folder) if run.run != report.run)]


def last_success(runs: Sequence[PastRun]) -> PastRun | None:
    """The newest run of which LinkedIn accepted something and that nothing stopped, None where none of these was so."""
    return next((run for run in runs if run.went_well and run.accepted), None)
