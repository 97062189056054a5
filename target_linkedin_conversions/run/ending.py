"""The end of a run, however it came to it: everything is closed, then the report is written and told."""

from __future__ import annotations

import logging
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import StopRun, TargetError, Terminated
from target_linkedin_conversions.reporting.summary import outcome_line, summary
from target_linkedin_conversions.run.alerting import ended
from target_linkedin_conversions.run.end_warnings import end_warnings, worst_warnings
from target_linkedin_conversions.run.process.watchdog import watchdog
from target_linkedin_conversions.telemetry.telemetry import MOST_SECONDS as TELEMETRY_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_linkedin_conversions.reporting.report import Report
    from target_linkedin_conversions.run.assembly import Assembly

__all__ = ["RunEnding"]

logger = logging.getLogger(__name__)

_LAST_PROGRESS_SECONDS = 1.0
"""Time for the last STATE, even where batches under way have used up `shutdown_seconds`."""
_LONGEST_END = 10.0
"""Seconds beside `shutdown_seconds` after which the end of a run that failed by a fault of this program is cut off."""


class RunEnding:
    """Ends a run once, and has its report from then on."""

    def __init__(self, run: Assembly, count: Callable[[], None]) -> None:
        """`count` adds the rows that have come to the tally."""
        self._run = run
        self._count = count
        self.report: Report | None = None

    def conclude(self, error: BaseException | None, *, owns_process: bool) -> Report:
        """Close everything, make the report, write and tell it.

        Where the process serves this run alone, and a fault of this program ended it, the process is ended if the end hangs.
        Raises `StopRun` where a run that went well cannot write its report.
        """
        if owns_process and error is not None and not isinstance(error, StopRun):
            run = self._run
            longest = _LONGEST_END + run.settings.shutdown_seconds + run.alerts.longest + TELEMETRY_SECONDS
            with watchdog(longest):
                return self._conclude(error)
        return self._conclude(error)

    def last_line(self, report: Report | None) -> str:
        """`outcome=… exit=…`: the last line on stderr, of the run's own report or of another."""
        return outcome_line(report or self.report or self._make_report(None), self._run.files.report_place)

    def _conclude(self, error: BaseException | None) -> Report:
        run = self._run
        self._count()
        fault = None
        try:
            self._close(error)
            self.report = self._make_report(error)
            self._warn_of_ends(self.report, error)
            if run.begun:
                fault = self._write_report(self.report, error)
        finally:
            if run.begun:
                run.destination.leave()
        if run.begun:
            self._tell_others(self.report)
            if fault is not None and error is None:
                raise fault
        for line in summary(self.report):
            logger.info("%s", line)
        if place := run.files.page_place:
            logger.info("page: %s", place)
        return self.report

    def _close(self, error: BaseException | None) -> None:
        """Stop the delivery, and write what is safe; at most `shutdown_seconds`, and a little for the last STATE."""
        run, progress = self._run, self._run.recorder.progress
        shutdown_seconds = run.settings.shutdown_seconds
        until = time.monotonic() + shutdown_seconds
        try:
            if run.begun:
                with _late_ones_logged(error):
                    run.destination.close(shutdown_seconds)
                    run.recorder.flush()
                    progress.release()
        finally:
            with _late_ones_logged(error), closing(run.files):
                progress.close(max(_LAST_PROGRESS_SECONDS, until - time.monotonic()))
        if run.checks is not None:
            run.checks.warn_of_ends()

    def _make_report(self, error: BaseException | None) -> Report:
        run = self._run
        delivery = run.delivery if run.begun else None
        return run.report_builder.report(error, run.destination.ledger, delivery, run.checks, run.recorder.rows_kept)

    def _warn_of_ends(self, report: Report, error: BaseException | None) -> None:
        """Warn of how the events of this run ended, in the report too: its warnings are the run's own."""
        for warning in end_warnings(report):
            self._run.warn(warning)
        for warning in worst_warnings(report):
            self._run.warn(warning, is_worst=True)
        if error is None and (doubt := self._run.judge.doubt()):
            self._run.warn(doubt)

    def _write_report(self, report: Report, error: BaseException | None) -> StopRun | None:
        """Write the report, for the job too; returns the error where that fails, by which a run that went well then ends."""
        run = self._run
        part, ledger = run.job_part, run.destination.ledger
        is_late = part is not None and ledger is not None and part.is_late(ledger)
        fault = run.files.write_report(report, is_last=not is_late)
        if part is not None and ledger is not None:
            part.end(ledger, report)
        if fault is not None and error is None:
            self.report = self._make_report(fault)
        return fault

    def _tell_others(self, report: Report) -> None:
        """Send metrics and spans to the collector and, of a run that sends, alerts to people."""
        run = self._run

        def gives_up() -> bool:
            """Whether a signal came after the report was made: nothing is left that is worth a wait."""
            return run.termination.is_due() and report.outcome != Terminated.outcome

        run.telemetry.end(report, gives_up)
        if run.delivery is not None and not report.replayed_nothing:
            run.alerts.tell(ended(report, run.files.folder, run.checks, run.judge, run.delivery), gives_up)


@contextmanager
def _late_ones_logged(error: BaseException | None) -> Iterator[None]:
    """Log an error while the run ends, and go on; `error`, by which the run ends, is reported elsewhere."""
    try:
        yield
    except TargetError as late:
        if late is not error:
            logger.error("%s", late)
