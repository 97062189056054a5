"""The files of one run: rejects, outbox and report; and what old runs left."""

from __future__ import annotations

import logging
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.errors import ConfigError, StopRun
from target_linkedin_conversions.private_files import UntrustedError, mend_of
from target_linkedin_conversions.reporting.folder import KEEP_DAYS, Folder
from target_linkedin_conversions.reporting.history import as_past, past_runs
from target_linkedin_conversions.reporting.journal import Journal
from target_linkedin_conversions.reporting.page import run_page
from target_linkedin_conversions.reporting.report_files import CommonReport, read_report, report_names
from target_linkedin_conversions.reporting.results import Results
from target_linkedin_conversions.reporting.run_list import write_run_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from target_linkedin_conversions.reporting.keys import PublicKeys
    from target_linkedin_conversions.reporting.report import Report
    from target_linkedin_conversions.settings import Settings

__all__ = ["RunFiles"]

logger = logging.getLogger(__name__)


_MOST_REPORTS = 50
"""How many reports are read in search of a run that sent: many may be of dry runs."""


class _Sent(CommonReport, frozen=True):
    """The fields of a report that tell whether its run sent, and with which ledger."""

    ledger: str = ""


class RunFiles:
    """Opens and closes rejects, outbox and results of a run, and writes its report at the end."""

    def __init__(self, settings: Settings, run: str) -> None:
        """Name the files; nothing is created."""
        self._run = run
        self.folder = Folder(settings.state_dir)
        self._written = self._has_page = False
        self._private = Folder(settings.private_folder, "private_dir")
        self.rejects = Journal(self.folder, f"rejects/{run}.jsonl")
        self.outbox = Journal(self._private, f"outbox/{run}.jsonl")
        self._results: Results | None = None

    def keep_results(self, keys: PublicKeys) -> Results:
        """Keep what becomes of each event in the results, its key as `keys` shows it; returns what writes them."""
        self._results = Results(self.folder, self._run, keys)
        return self._results

    def prepare(self, now: datetime, warn: Callable[[str], None]) -> None:
        """Make the folder and remove what is old in it; raises `ConfigError` where it cannot be written."""
        self.folder.prepare()
        kept = [(self.folder, "rejects"), (self._private, "outbox"), (self.folder, "results"), (self.folder, "runs")]
        for folder, under in kept:
            try:
                folder.remove_older(under, KEEP_DAYS[under], now)
            except Exception as error:  # noqa: BLE001 - each storage has errors of its own; it must not cost this run
                place, cause = folder.place(under), type(error).__name__
                warn(f"files in {place} of more than {KEEP_DAYS[under]} days ago cannot be removed ({cause})")

    @property
    def follows_another_run(self) -> bool:
        """Whether one of the newest reports is of a run that sent; a dry run has delivered nothing."""
        return next(self._sent(), None) is not None

    def last_sent(self, ledger: str) -> str:
        """The newest run whose report says that it sent with this ledger; empty where none of the newest does."""
        return next((report.run for report in self._sent() if report.ledger == ledger), "")

    def _sent(self) -> Iterator[_Sent]:
        """The newest reports of runs that sent, the newest first."""
        for name in reversed(report_names(self.folder, _MOST_REPORTS)):
            with suppress(ConfigError):
                report = read_report(self.folder, name, _Sent)
                if report.requests:
                    yield report

    @property
    def report_place(self) -> str:
        """Where the report is, once it is written; empty before."""
        return self.folder.place(f"runs/{self._run}.json") if self._written else ""

    @property
    def page_place(self) -> str:
        """Where the page is, once it is written; empty before."""
        return self.folder.place(f"runs/{self._run}.html") if self._has_page else ""

    def write_report(self, report: Report, *, is_last: bool = True) -> StopRun | None:
        """Write the report, for programs and as pages; the error where they cannot be written.

        One that is not the last is a part's of a job whose receipt stands in `last.json`.
        """
        data = msgspec.json.format(msgspec.json.encode(report), indent=2)
        try:
            self.folder.write(f"runs/{self._run}.json", data)
            self._written = True
            if is_last:
                self.folder.write("runs/last.json", data)
            if not report.replayed_nothing:
                self._write_pages(report, is_last=is_last)
        except (OSError, StopRun) as error:
            # A run that failed has already said why, and most likely that is why here too.
            logger.info("the report could not be written (%s)", type(error).__name__)
            return error if isinstance(error, StopRun) else _unwritten(error)
        finally:
            if self._results is not None:
                self._results.release()
        return None

    def _write_pages(self, report: Report, *, is_last: bool) -> None:
        """The run's page, the same as the last one's, and the list of the last runs; of a job's parts that is left to the receipt."""
        runs = [as_past(report)] if report.is_part else past_runs(self.folder)
        page = run_page(report, runs)
        self.folder.write(f"runs/{self._run}.html", page)
        self._has_page = True
        if is_last:
            self.folder.write("runs/last.html", page)
        if not report.is_part:
            write_run_list(self.folder, runs)

    def close(self) -> None:
        """Close rejects, outbox and results, each of them though another cannot be written."""
        with ExitStack() as closing:
            if self._results is not None:
                closing.callback(self._results.close)
            closing.callback(self.outbox.close)
            closing.callback(self.rejects.close)


def _unwritten(error: OSError) -> ConfigError:
    """A report that this machine cannot write."""
    mend = mend_of(error, "make room, or name a folder on another disk")
    why = error.strerror if isinstance(error, UntrustedError) else type(error).__name__
    return ConfigError("state_dir", f"the report cannot be written ({why})", mend)
