"""The files of one run: rejects, outbox and report; and what old runs left."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.errors import ConfigError, StopRun
from target_linkedin_conversions.private_files import UntrustedError
from target_linkedin_conversions.reporting.folder import KEEP_DAYS, Folder, run_of
from target_linkedin_conversions.reporting.history import past_runs
from target_linkedin_conversions.reporting.journal import Journal
from target_linkedin_conversions.reporting.page import index_page, run_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from target_linkedin_conversions.reporting.report import Report
    from target_linkedin_conversions.settings import Settings

__all__ = ["RunFiles"]

logger = logging.getLogger(__name__)


_MOST_REPORTS = 50
"""Reports that are looked at, for many may be of dry runs."""


class _Sent(msgspec.Struct):
    """What a report says of the run's way out."""

    run: str
    ledger: str = ""
    requests: int = 0


class RunFiles:
    """Rejects and outbox while the run goes on, its report in the end."""

    def __init__(self, settings: Settings, run: str) -> None:
        """Name the files; nothing is created."""
        self._run = run
        self._folder = Folder(settings.state_dir)
        self._written = self._has_page = False
        self._private = Folder(settings.private_dir, "private_dir")
        self.rejects = Journal(self._folder, f"rejects/{run}.jsonl")
        self.outbox = Journal(self._private, f"outbox/{run}.jsonl")

    def prepare(self, now: datetime, warn: Callable[[str], None]) -> None:
        """Make the folder and remove what is old in it; raises `ConfigError` where it cannot be written."""
        self._folder.prepare()
        for folder, under in ((self._folder, "rejects"), (self._private, "outbox"), (self._folder, "runs")):
            try:
                folder.remove_older(under, KEEP_DAYS[under], now)
            except StopRun:
                raise
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
        names = [name for name in self._folder.names("runs") if run_of(name) and name.endswith(".json")]
        for name in reversed(names[-_MOST_REPORTS:]):
            with suppress(msgspec.DecodeError, UnicodeDecodeError, OSError):
                report = msgspec.json.decode(self._folder.read(f"runs/{name}") or b"", type=_Sent)
                if report.requests:
                    yield report

    @property
    def report_place(self) -> str:
        """Where the report is, once it is written; empty before."""
        return self._folder.place(f"runs/{self._run}.json") if self._written else ""

    @property
    def page_place(self) -> str:
        """Where the page is, once it is written; empty before."""
        return self._folder.place(f"runs/{self._run}.html") if self._has_page else ""

    def write_report(self, report: Report) -> ConfigError | None:
        """Write the report, for programs and as pages; the error where they cannot be written."""
        data = msgspec.json.format(msgspec.json.encode(report), indent=2)
        try:
            self._folder.write(f"runs/{self._run}.json", data)
            self._written = True
            self._folder.write("runs/last.json", data)
            self._write_pages(report)
        except (OSError, StopRun) as error:
            # A run that failed has already said why, and most likely that is why here too.
            logger.info("the report could not be written (%s)", type(error).__name__)
            mend = "make room, or name a folder on another disk"
            if isinstance(error, UntrustedError):
                return ConfigError("state_dir", f"the report cannot be written ({error.strerror})", error.mend)
            return ConfigError("state_dir", f"the report cannot be written ({type(error).__name__})", mend)
        return None

    def _write_pages(self, report: Report) -> None:
        """The run's page, the same as the last one's, and the list of the last runs."""
        runs = past_runs(self._folder)
        page = run_page(report, runs)
        self._folder.write(f"runs/{self._run}.html", page)
        self._has_page = True
        self._folder.write("runs/last.html", page)
        with_page = {run for name in self._folder.names("runs") if name.endswith(".html") and (run := run_of(name))}
        self._folder.write("runs/index.html", index_page(runs, with_page))

    def close(self) -> None:
        """Close rejects and outbox."""
        self.rejects.close()
        self.outbox.close()
