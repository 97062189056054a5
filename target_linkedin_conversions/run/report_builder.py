"""Builds the report of a run that has ended."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.epoch import utc_of
from target_linkedin_conversions.errors import TargetError, TooManyRejectsError, exit_code_of, outcome_of
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import BY_LINKEDIN
from target_linkedin_conversions.records.versions import KNOWN
from target_linkedin_conversions.reporting.repeats import repeated_in
from target_linkedin_conversions.reporting.report import EarlierRun, End, Latency, QuotaUse, Report, Sending
from target_linkedin_conversions.reporting.way_back import FedBy, way_back
from target_linkedin_conversions.run.batch_contents import BatchContents
from target_linkedin_conversions.run.end_warnings import unreachable_paths
from target_linkedin_conversions.run.findings import findings_of
from target_linkedin_conversions.run.stream_facts import StreamFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from target_linkedin_conversions.admin.findings import Life
    from target_linkedin_conversions.delivery.delivery import Delivery
    from target_linkedin_conversions.ledger import Ledger
    from target_linkedin_conversions.reporting.report import ConsentToNobody, Line
    from target_linkedin_conversions.reporting.tally import Tally
    from target_linkedin_conversions.run.checking import Checks
    from target_linkedin_conversions.run.files import RunFiles
    from target_linkedin_conversions.run.streams import Streams
    from target_linkedin_conversions.settings import Settings

__all__ = ["ReportBuilder", "installed_version"]

_TWENTY = 20


class ReportBuilder:
    """Builds the report of one run from its tally, its files, and the data it got from LinkedIn."""

    def __init__(  # noqa: PLR0913 - one argument a part of the run
        self,
        settings: Settings,
        run: str,
        tally: Tally,
        files: RunFiles,
        warnings: list[str],
        streams: Streams,
        *,
        fed_by: FedBy,
        is_replay: bool,
        is_part: bool,
    ) -> None:
        """The run starts now; `warnings` and `streams` are the run's own objects, which grow until the report."""
        self.started = datetime.now(UTC)
        self._since = time.monotonic()
        self._settings = settings
        self._run = run
        self._tally = tally
        self._files = files
        self._warnings = warnings
        self._streams = streams
        self._fed_by = fed_by
        self._is_replay = is_replay
        self._is_part = is_part
        self.contents = BatchContents()

    def report(
        self,
        error: BaseException | None,
        ledger: Ledger | None,
        delivery: Delivery | None,
        checks: Checks | None,
        rows_kept: int = 0,
    ) -> Report:
        """The report of a run that has ended: by `error`, or well where that is None.

        `ledger`, `delivery` and `checks` are None for a run that sends nothing; `rows_kept` counts the rejected records
        that are in the outbox.
        """
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
            seconds=round(time.monotonic() - self._since, 3),  # a clock that is set meanwhile does not count
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
            replayed=self._tally.replayed(),
            findings=findings_of(self._tally, self._streams.facts, self.contents.payloads),
            readiness=self.contents.matched_by(),
            rules=self.contents.rules(checks.rules if checks else {}, self._streams.facts),
            at_stake=self._tally.at_stake(),
            latency=_latency(delivery.sender.sendings.seconds if delivery else ()),
            quota=self._quota(delivery),
            ends=_ends(self._settings.linkedin_version, checks.lives if checks else (), ended.date()),
            left_out=self._tally.fields(),
            unmatched=self._tally.unmatched_values(),
            consent_to_nobody=self._consent_to_nobody(),
            unreachable=unreachable_paths(self._tally.reasons(), self._streams.facts),
            repeated=repeated_in(lines, self._tally.repeated()),
            warnings=self._warnings,
            untyped_rules=checks.untyped_rules if checks else [],
            earlier=_earlier(delivery),
            ledger=ledger.database.place if ledger else "",
            rejects=rejects.place if rejects.used else "",
            outbox=outbox.place if outbox.used else "",
            rows_kept=rows_kept,
            comes_back="" if delivery is None else _way_back(error, lines, rows_kept, self._fed_by),
            fed_by=self._fed_by,
            is_part=self._is_part,
            replayed_nothing=self._is_replay and error is None and not lines and not self._tally.records,
        )

    def _consent_to_nobody(self) -> list[ConsentToNobody]:
        """The streams of which no record's consent was granted, each with the column that holds it."""
        facts, nothing = self._streams.facts, StreamFacts()
        return [
            msgspec.structs.replace(one, column=facts.get(one.stream, nothing).consent_column)
            for one in self._tally.consent_to_nobody()
        ]

    def _quota(self, delivery: Delivery | None) -> QuotaUse | None:
        """What is known of the day's quota, by a run that sent anything."""
        used = delivery.sender.quota.used_today if delivery else 0
        return QuotaUse(used, self._settings.requests_per_day, self._settings.requests_per_minute) if used else None


def _latency(seconds: Sequence[float]) -> Latency | None:
    """How long answers took; None where no request was sent."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    slow = ordered[-1 - (len(ordered) - 1) // _TWENTY]
    return Latency(round(median(ordered), 3), round(slow, 3), round(ordered[-1], 3))


def _ends(version_name: str, lives: Iterable[Life], today: date) -> list[End]:
    """The days on which the tokens end, as far as LinkedIn has told, and the version, where it is known."""
    found = [(f"{life.token} token", utc_of(life.ends).date()) for life in lives]
    if (known := KNOWN.get(version_name)) is not None:
        found.append((f"version {version_name}", known.sunset))
    return [End(what, day.isoformat(), (day - today).days) for what, day in found]


def _way_back(error: BaseException | None, lines: Sequence[Line], kept: int, fed_by: FedBy) -> str:
    """How a person sends again the records that were rejected before they became events."""
    ours = sum(line.events for line in lines if line.outcome is Outcome.REJECTED and line.code != BY_LINKEDIN)
    return way_back(ours, kept, state_stays=isinstance(error, TooManyRejectsError), fed_by=fed_by)


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
