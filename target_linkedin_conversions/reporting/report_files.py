"""The reports of past runs, read again: the one place that says which file is the report of a run.

A file may be cut, empty, a link, another run's, of a later version or not ours at all: it is then no report, with a sentence
that says what to do, and the others count without it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Protocol, TypeVar

import msgspec

from target_linkedin_conversions.epoch import EPOCH
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.reporting.folder import begun, run_of
from target_linkedin_conversions.reporting.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from target_linkedin_conversions.reporting.folder import Folder

__all__ = [
    "CommonReport",
    "ended_at",
    "last_report",
    "read_report",
    "report_names",
    "report_of",
    "reports_of",
    "whole_jobs",
]

LAST = "last.json"
_Count = Annotated[int, msgspec.Meta(ge=0)]


class CommonReport(msgspec.Struct, frozen=True):
    """What every report says, whatever else is read of it; a number that no run writes makes it none."""

    run: str
    exit_code: Annotated[int, msgspec.Meta(ge=0, le=255)] = 0
    records: _Count = 0
    requests: _Count = 0
    seconds: Annotated[float, msgspec.Meta(ge=0, lt=1e10)] = 0.0
    counts: dict[str, _Count] = {}


Form = TypeVar("Form", bound=Report | CommonReport)


class Named(Protocol):
    """A run by its name."""

    @property
    def run(self) -> str:
        """The name."""


class OfJob(Named, Protocol):
    """A run, or a job of several."""

    @property
    def runs(self) -> Sequence[Named]:
        """The runs of the job, none where it is a run."""


Jobs = TypeVar("Jobs", bound=OfJob)


def report_names(folder: Folder, newest: int = 0) -> list[str]:
    """The files named as reports of runs are, or the newest so many of them, in the order in which the runs began."""
    return [name for name in folder.names("runs") if begun(name) is not None and name.endswith(".json")][-newest:]


def read_report(folder: Folder, name: str, form: type[Form]) -> Form:
    """What a file in `runs/` says of a run, as far as `form` holds it; raises `ConfigError` where it is no report of that run."""
    place = f"runs/{name}"
    try:
        data = folder.read(place)
        if data is None:
            raise ConfigError(folder.setting, f"there is no report {folder.place(place)}", folder.mend_where_empty)
        told = msgspec.json.decode(data, type=CommonReport)
        found = msgspec.json.decode(data, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _no_report(folder, place, "it is cut, of a later version, or none of ours") from None
    except OSError as error:
        raise _no_report(folder, place, error.strerror or type(error).__name__) from None
    if run_of(told.run) != told.run or told.run != (run_of(name) or told.run):
        raise _no_report(folder, place, "it names another run")
    return found


def report_of(folder: Folder, name: str, unreadable: Callable[[str], None]) -> Report | None:
    """One report; None where it is none, which `unreadable` is told, or gone by now."""
    try:
        return read_report(folder, name, Report)
    except ConfigError as error:
        if name in folder.names("runs"):
            unreadable(str(error))
        return None


def reports_of(
    folder: Folder,
    unreadable: Callable[[str], None],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    newest: int = 0,
) -> Iterator[Report]:
    """Every report of a run that began in a span of time, the oldest first; `unreadable` is told of those that are broken."""
    for name in report_names(folder, newest):
        at = begun(name)
        if at is None or (since is not None and at < since) or (until is not None and at >= until):
            continue
        if (report := report_of(folder, name, unreadable)) is not None:
            yield report


def whole_jobs(found: Sequence[Jobs]) -> list[Jobs]:
    """These without the runs of jobs whose receipts are among them: a receipt counts every event of its job once."""
    parts = {part.run for one in found for part in one.runs}
    return [one for one in found if one.run not in parts]


def ended_at(report: Report) -> datetime:
    """When a run ended, in UTC; where its report names no time with an offset, when it began, which its name says."""
    try:
        at = datetime.fromisoformat(report.ended)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    return begun(report.run) or EPOCH


def last_report(folder: Folder, unreadable: Callable[[str], None]) -> tuple[Report, bool]:
    """The last run's report, and whether no later run may have left one: where `last.json` is none, it is the newest that can be read.

    A replay that found nothing to replay is passed over. Raises `ConfigError` where no report can be read.
    """
    names = report_names(folder)
    try:
        last = read_report(folder, LAST, Report)
    except ConfigError as error:
        if not names:
            raise
        unreadable(f"{error}; until then the newest report that can be read is shown")
        last = None
    if last is not None and not last.replayed_nothing:
        return last, True
    broken: list[str] = []
    for name in reversed(names):
        found = report_of(folder, name, broken.append)
        if found is not None and not found.replayed_nothing:
            return found, last is not None or not broken
        last = last or found
    if last is not None:
        return last, True
    raise ConfigError(folder.setting, f"no report in {folder.place('runs')} can be read", "run the target again")


def _no_report(folder: Folder, place: str, why: str) -> ConfigError:
    mend = "move it away, or install the version that wrote it; each run writes its own"
    return ConfigError(folder.setting, f"the report {folder.place(place)} cannot be read ({why})", mend)
