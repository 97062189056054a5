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
from target_linkedin_conversions.reporting.report_files import CommonReport, read_report, report_names, whole_jobs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from target_linkedin_conversions.reporting.folder import Folder
    from target_linkedin_conversions.reporting.report import Report

__all__ = ["MOST_RUNS", "PastRun", "as_past", "last_success", "past_runs", "run_after"]

MOST_RUNS = 30
"""Runs that the index lists, and reports that are read where none is of a job's part."""
_MOST_READ = 10 * MOST_RUNS


class PastLine(msgspec.Struct, frozen=True):
    """So many events of an earlier run, and why they ended as they did."""

    code: str = ""
    events: Annotated[int, msgspec.Meta(ge=0)] = 0


class PastRepeats(msgspec.Struct, frozen=True):
    """Events of a stream of an earlier run that had the key, time and value of another one, beside those that were taken."""

    events: Annotated[int, msgspec.Meta(ge=0)] = 0
    taken: Annotated[int, msgspec.Meta(ge=0)] = 0


class NamedRun(msgspec.Struct, frozen=True):
    """A run before an earlier one that left no report, or one of a job's."""

    run: str = ""


class PastRun(CommonReport, frozen=True):
    """What the pages say of an earlier run; everything else of its report is not read."""

    outcome: str = ""
    lines: tuple[PastLine, ...] = ()
    repeated: tuple[PastRepeats, ...] = ()
    earlier: tuple[NamedRun, ...] = ()
    dry_run: bool = False
    replayed_nothing: bool = False
    is_part: bool = False
    runs: tuple[NamedRun, ...] = ()

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
    """The last runs that left a report which can be read, the newest first; looks at no more than `MOST_RUNS`, and the parts of jobs.

    A replay of nothing is none of them: it would hide the load before it. Nor is a part of a job that left a receipt.
    """
    found: list[PastRun] = []
    looked = 0
    for name in reversed(report_names(folder, _MOST_READ)):
        if looked == MOST_RUNS:
            break
        looked += 1
        with suppress(ConfigError):
            found.append(read_report(folder, name, PastRun))
            looked -= found[-1].is_part
    return whole_jobs([run for run in found if not run.replayed_nothing])[:MOST_RUNS]


def as_past(report: Report) -> PastRun:
    """A run that has ended, as the pages of later ones know it."""
    return msgspec.convert(report, PastRun, from_attributes=True)


def run_after(folder: Folder, report: Report) -> list[PastRun]:
    """A run that has ended, and those before it, whether its own report could be written or not."""
    return [as_past(report), *(run for run in past_runs(folder) if run.run != report.run)]


def last_success(runs: Sequence[PastRun]) -> PastRun | None:
    """The newest run of which LinkedIn accepted something and that nothing stopped, None where none of these was so."""
    return next((run for run in runs if run.went_well and run.accepted), None)
