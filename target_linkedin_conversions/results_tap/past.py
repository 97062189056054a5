"""What past runs left behind, as the streams read it: files of the state folder, and the ledger, which is only looked at."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.admin.reconciliation import Reconciliation
from target_linkedin_conversions.epoch import utc_of
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.ledger.database import Database
from target_linkedin_conversions.ledger.statistics import OfRule, statistics
from target_linkedin_conversions.ledger.workers import Leases, leases
from target_linkedin_conversions.reporting.comparison import KEPT_AS
from target_linkedin_conversions.reporting.folder import Folder, begun, run_of
from target_linkedin_conversions.reporting.report import Report
from target_linkedin_conversions.reporting.report_files import ended_at, report_names, report_of
from target_linkedin_conversions.reporting.result_lines import last_result, runs_with_results
from target_linkedin_conversions.reporting.results import GZIP, PARQUET
from target_linkedin_conversions.wall_clock import wall_clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.settings import Settings

__all__ = ["EndedRun", "Past"]

_LONGEST_UNKNOWN = dt.timedelta(days=1)
"""So long a run behind a URL, where no file is locked, may go on though no ledger knows of it."""


class EndedRun(msgspec.Struct, frozen=True):
    """A run that has ended, and when (UTC); without a report where it was killed.

    `job` is the job of which it is a part, once that has left a receipt, which is a run too; `told` is when all this was known.
    """

    run: str
    ended: dt.datetime
    report: Report | None
    job: str | None = None
    told: dt.datetime | None = None


class Past:
    """The past runs of one state folder, as they are when it is first asked: what ends later is the next sync's."""

    def __init__(self, settings: Settings, warn: Callable[[str], None]) -> None:
        """Nothing is opened; `warn` is told of what cannot be read."""
        self._settings = settings
        self.warn = warn
        self.folder = Folder(settings.state_dir)

    @cached_property
    def ended(self) -> list[EndedRun]:
        """Every run that has ended, in the order in which they did.

        A run writes its report when all its other files are complete. One without a report that can be read was killed, or
        will be told of so, if its lease is over, or it is a dry run, which has none, and holds no file any more; what it
        left is complete as far as it goes. The ledger beside the reports, and a later run's report, know of one that left
        nothing at all; a ledger that many machines share has runs whose reports are on others.
        """
        known = self._leases
        reports = (report_of(self.folder, name, self.warn) for name in report_names(self.folder))
        found = [EndedRun(report.run, ended_at(report), report) for report in reports if report]
        told = {one.run for one in found}
        left = {run for name in self.folder.names("rejects") if (run := run_of(name)) is not None}
        left.update(runs_with_results(self.folder))
        left.update(earlier.run for one in found if one.report for earlier in one.report.earlier)
        if self._settings.ledger_url is None and self.folder.is_local:
            left.update(known.unreported)
        for run in sorted(left - told):
            until, at = known.until.get(run), begun(run)
            if at is not None and not (self._may_go_on(run, at) if until is None else until > known.now):
                found.append(EndedRun(run, max(at, self._last_seen(run)), None))
        # No end that a clock ahead of time has written: the syncs after it would look for later ones, and find none.
        now = utc_of(wall_clock())
        return sorted((_ended_by(now, one) for one in _with_jobs(found)), key=lambda one: (one.ended, one.run))

    def _last_seen(self, run: str) -> dt.datetime:
        """When a run without a report was last seen: at its begin its results may be hours behind a bookmark, and would never be told."""
        known = self._leases
        seen = max(known.until.get(run, 0), known.batch.get(run, 0), last_result(self.folder, run))
        return utc_of(max(0, min(seen, wall_clock())))

    def _may_go_on(self, run: str, at: dt.datetime) -> bool:
        """Whether a run that began then and of which the ledger knows nothing may be alive, as a dry run is."""
        if not self.folder.is_local:
            return utc_of(wall_clock()) - at < _LONGEST_UNKNOWN
        written = (f"rejects/{run}.jsonl", *(f"results/{run}{suffix}" for suffix in ("", PARQUET, GZIP)))
        return any(self.folder.is_in_use(name) for name in written)

    @cached_property
    def _leases(self) -> Leases:
        """The end of each run's lease, and the time now; nothing of a ledger that is not there."""
        database = self._ledger()
        try:
            return leases(database) if database is not None else Leases()
        finally:
            if database is not None:
                database.close()

    @cached_property
    def rules(self) -> list[OfRule]:
        """What the ledger holds of each rule."""
        database = self._ledger()
        try:
            return statistics(database).rules if database is not None else []
        finally:
            if database is not None:
                database.close()

    @cached_property
    def reconciliation(self) -> Reconciliation | None:
        """What `reconcile` last said, None where it was never asked."""
        try:
            data = self.folder.read(KEPT_AS)
            return None if data is None else msgspec.json.decode(data, type=Reconciliation)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OSError):
            self.warn(f"{self.folder.place(KEPT_AS)} cannot be read; `linkedin-conversions reconcile` writes it anew")
            return None

    def _ledger(self) -> Database | None:
        """The ledger, open to be read; None where there is none."""
        settings = self._settings
        try:
            folder = settings.ledger_folder
        except ConfigError:  # a folder behind a URL, and no ledger_url: there are files only
            return None
        database = Database(settings.ledger_url, folder, key_apart=settings.ledger_key_apart)
        return database if database.open_to_read() else None


def _ended_by(now: dt.datetime, one: EndedRun) -> EndedRun:
    """The same run, ended by now at the latest."""
    told = one.told and min(one.told, now)
    return msgspec.structs.replace(one, ended=min(one.ended, now), told=told)


def _with_jobs(found: list[EndedRun]) -> list[EndedRun]:
    """The same runs, each with the job that it is a part of."""
    jobs = {part.run: one for one in found if one.report is not None for part in one.report.runs}
    return [
        msgspec.structs.replace(one, job=job.run, told=max(one.ended, job.ended)) if (job := jobs.get(one.run)) else one
        for one in found
    ]
