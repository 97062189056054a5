"""The newest run of a ledger where it has left no report: it goes on, was killed, or could not write one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.cli.configured_ledger import ledger_database
from target_linkedin_conversions.errors import ConfigError, LedgerError
from target_linkedin_conversions.ledger.lease import newest_run
from target_linkedin_conversions.reporting.folder import run_of
from target_linkedin_conversions.reporting.report import Report
from target_linkedin_conversions.reporting.report_files import last_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.reporting.folder import Folder
    from target_linkedin_conversions.settings import Settings

__all__ = ["LastRun", "last_run", "later_run_without_report"]


class LastRun(msgspec.Struct, frozen=True):
    """The newest report that can be read, whether it is the last one, and a sentence on a later run that left none."""

    report: Report
    is_last: bool
    later: str | None


def last_run(settings: Settings, folder: Folder, unreadable: Callable[[str], None]) -> LastRun:
    """The last run that left a report; raises `ConfigError` where none did, in words that tell one under way from none at all."""
    try:
        found, is_last = last_report(folder, unreadable)
    except ConfigError:
        if only := later_run_without_report(settings, folder, ""):
            raise ConfigError("state_dir", only, "see the log of that run, or run the target again") from None
        raise
    return LastRun(found, is_last, later_run_without_report(settings, folder, found.run))


def later_run_without_report(settings: Settings, folder: Folder, last: str) -> str | None:
    """A sentence on the run that began after the run `last` (or any, where that is empty) and has no report; None where nobody knows of one.

    Only a ledger beside the reports tells: one in a database of its own knows runs whose reports lie on other machines.
    """
    if settings.ledger_url is not None or not folder.is_local:
        return None
    database = ledger_database(settings)
    try:
        newest = newest_run(database) if database.open_to_read() else None
    except LedgerError:  # the next run says what is wrong with it
        return None
    finally:
        database.close()
    if (
        newest is None
        or run_of(newest.run) is None
        or newest.run <= last
        or f"{newest.run}.json" in folder.names("runs")
    ):
        return None
    began = "began later" if last else "began"
    if newest.is_alive:
        return f"run {newest.run} {began} and goes on, or was killed less than a minute ago"
    return (
        f"run {newest.run} {began} and left no report: it was killed, or could not write one; its log says more, and "
        "the next run tells what became of its events"
    )
