"""The files of one run: rejects, outbox and report; and what old runs left."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.errors import ConfigError, StopRun
from target_linkedin_conversions.private_files import UntrustedError, mend_of
from target_linkedin_conversions.reporting.folder import KEEP_DAYS, Folder, run_of
from target_linkedin_conversions.reporting.journal import Journal
from target_linkedin_conversions.reporting.page import page

if TYPE_CHECKING:
    from collections.abc import Callable
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
        self.folder = Folder(settings.state_dir)
        self._written = False
        self._private = Folder(settings.private_folder, "private_dir")
        self.rejects = Journal(self.folder, f"rejects/{run}.jsonl")
        self.outbox = Journal(self._private, f"outbox/{run}.jsonl")

    def prepare(self, now: datetime, warn: Callable[[str], None]) -> None:
        """Make the folder and remove what is old in it; raises `ConfigError` where it cannot be written."""
        self.folder.prepare()
        for folder, under in ((self.folder, "rejects"), (self._private, "outbox"), (self.folder, "runs")):
            try:
                folder.remove_older(under, KEEP_DAYS[under], now)
            except Exception as error:  # noqa: BLE001 - each storage has errors of its own; it must not cost this run
                place, cause = folder.place(under), type(error).__name__
                warn(f"files in {place} of more than {KEEP_DAYS[under]} days ago cannot be removed ({cause})")

    @property
    def follows_another_run(self) -> bool:
        """Whether an earlier run left its report."""
        return self.folder.read("runs/last.json") is not None

    def last_sent(self, ledger: str) -> str:
        """The newest run whose report says that it sent with this ledger; empty where none of the newest does."""
        names = [name for name in self.folder.names("runs") if run_of(name) and name.endswith(".json")]
        for name in reversed(names[-_MOST_REPORTS:]):
            with suppress(msgspec.DecodeError, UnicodeDecodeError, OSError):
                report = msgspec.json.decode(self.folder.read(f"runs/{name}") or b"", type=_Sent)
                if report.ledger == ledger and report.requests:
                    return report.run
        return ""

    @property
    def report_place(self) -> str:
        """Where the report is, once it is written; empty before."""
        return self.folder.place(f"runs/{self._run}.json") if self._written else ""

    def write_report(self, report: Report) -> StopRun | None:
        """Write the report in its three forms; the error where they cannot be written."""
        data = msgspec.json.format(msgspec.json.encode(report), indent=2)
        try:
            self.folder.write(f"runs/{self._run}.json", data)
            self._written = True
            self.folder.write("runs/last.json", data)
            self.folder.write(f"runs/{self._run}.html", page(report))
        except (OSError, StopRun) as error:
            # A run that failed has already said why, and most likely that is why here too.
            logger.info("the report could not be written (%s)", type(error).__name__)
            return error if isinstance(error, StopRun) else _unwritten(error)
        return None

    def close(self) -> None:
        """Close rejects and outbox."""
        self.rejects.close()
        self.outbox.close()


def _unwritten(error: OSError) -> ConfigError:
    """A report that this machine cannot write."""
    mend = mend_of(error, "make room, or name a folder on another disk")
    why = error.strerror if isinstance(error, UntrustedError) else type(error).__name__
    return ConfigError("state_dir", f"the report cannot be written ({why})", mend)
