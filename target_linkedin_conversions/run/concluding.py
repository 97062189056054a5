"""The report of a run that has ended, put together from what it held."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import TargetError, exit_code_of, outcome_of
from target_linkedin_conversions.reporting.report import EarlierRun, Report, Sending

if TYPE_CHECKING:
    from target_linkedin_conversions.delivery.delivery import Delivery
    from target_linkedin_conversions.ledger import Ledger
    from target_linkedin_conversions.reporting.tally import Tally
    from target_linkedin_conversions.run.checking import Checks
    from target_linkedin_conversions.run.files import RunFiles
    from target_linkedin_conversions.settings import Settings

__all__ = ["Reporter", "installed_version"]


class Reporter:
    """Makes the report; what a run that sends nothing lacks is None."""

    def __init__(self, settings: Settings, run: str, tally: Tally, files: RunFiles, warnings: list[str]) -> None:
        """A run begins now; `warnings` grow while it goes on."""
        self.started = datetime.now(UTC)
        self._settings = settings
        self._run = run
        self._tally = tally
        self._files = files
        self._warnings = warnings

    def report(
        self, error: BaseException | None, ledger: Ledger | None, delivery: Delivery | None, checks: Checks | None
    ) -> Report:
        """How the run ended that `error` has stopped, or nothing."""
        ended = datetime.now(UTC)
        lines, streams = self._tally.lines(), self._tally.streams()
        counts: dict[str, int] = {}
        for line in lines:
            counts[line.outcome] = counts.get(line.outcome, 0) + line.events
        rejects, outbox = self._files.rejects, self._files.outbox
        return Report(
            run=self._run,
            version=installed_version(),
            started=self.started.isoformat(timespec="seconds"),
            ended=ended.isoformat(timespec="seconds"),
            seconds=round((ended - self.started).total_seconds(), 3),
            outcome="done" if error is None else outcome_of(error),
            exit_code=0 if error is None else exit_code_of(error),
            message=str(error) if isinstance(error, TargetError) else "",
            dry_run=self._settings.dry_run,
            linkedin_version=self._settings.linkedin_version,
            requests=delivery.sender.sendings.requests if delivery else 0,
            sendings=[Sending(*found) for found in delivery.sender.sendings.counts()] if delivery else [],
            records=self._tally.records,
            events=sum(stream.events for stream in streams),
            counts=counts,
            streams=streams,
            lines=lines,
            left_out=self._tally.fields(),
            unmatched=self._tally.unmatched_values(),
            consent_to_nobody=self._tally.consent_to_nobody(),
            warnings=self._warnings,
            untyped_rules=checks.untyped_rules if checks else [],
            earlier=_earlier(delivery),
            ledger=ledger.database.place if ledger else "",
            rejects=rejects.place if rejects.used else "",
            outbox=outbox.place if outbox.used else "",
        )


def _earlier(delivery: Delivery | None) -> list[EarlierRun]:
    """What became of the events of runs that were killed before they could report."""
    found = delivery.earlier() if delivery else []
    return [EarlierRun(one.run, one.delivered, one.resent, one.in_doubt) for one in found]


def installed_version() -> str:
    """The version of this program, for its reports."""
    try:
        return version("target-linkedin-conversions")
    except PackageNotFoundError:
        return "unknown"
