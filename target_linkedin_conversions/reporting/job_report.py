"""The receipt of a job: how the events of all its parts ended, of the reports of its runs and of what the ledger holds.

A part may be tried several times. The run that came furthest tells how each of its events ended; what it found delivered
by an earlier try of the same job was delivered by the job, and what a killed one delivered the ledger alone knows.
"""

from __future__ import annotations

import signal
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.errors import Terminated, exit_code_of, outcome_of
from target_linkedin_conversions.ledger.jobs import EventsOfRule
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import DELIVERIES, EARLIER_RUN, RESENT
from target_linkedin_conversions.reporting import sums
from target_linkedin_conversions.reporting.repeats import repeated_in
from target_linkedin_conversions.reporting.report import EarlierRun, JobRun, Line, Report
from target_linkedin_conversions.reporting.way_back import FedBy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

__all__ = ["Job", "TriedPart", "job_report"]


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a job without its runs; `completed` where every part of it came to its end."""

    name: str
    stream: str
    version: str
    linkedin_version: str
    ended: datetime
    completed: bool
    ledger: str = ""


class TriedPart(msgspec.Struct, frozen=True):
    """One run of a job: its report, None where it was killed, and what the ledger holds of its events by rule."""

    run: str
    part: int
    report: Report | None
    events: Mapping[str, EventsOfRule]


def job_report(job: Job, tried: Sequence[TriedPart], won: Collection[str]) -> Report:
    """The report over all runs of a job, in the order in which they began; `won` are those that the engine counted."""
    parts: dict[int, list[TriedPart]] = defaultdict(list)
    for one in tried:
        parts[one.part].append(one)
    counted = [_counted(runs, won) for _, runs in sorted(parts.items())]
    reports = [one.report for one in counted if one is not None and one.report is not None]
    told = {one.run for one in counted if one is not None}
    lines: Counter[Line] = Counter()
    for runs in parts.values():
        lines += _lines_of_part(runs, told, job.stream)
    every = [one.report for one in tried if one.report is not None]
    started = min((datetime.fromisoformat(report.started) for report in every), default=job.ended)
    outcome, exit_code, message = _end(job, reports, killed=sum(one.report is None for one in tried))
    ended = [msgspec.structs.replace(line, events=events) for line, events in sorted(lines.items(), key=_order)]
    counts: Counter[str] = Counter()
    for line, events in lines.items():
        counts[line.outcome] += events
    return Report(
        run=job.name,
        version=job.version,
        started=started.isoformat(timespec="seconds"),
        ended=job.ended.isoformat(timespec="seconds"),
        seconds=max(0.0, round((job.ended - started).total_seconds(), 3)),  # the clocks of several machines
        outcome=outcome,
        exit_code=exit_code,
        message=message,
        dry_run=any(report.dry_run for report in every),
        linkedin_version=job.linkedin_version,
        requests=sum(report.requests for report in every),
        sendings=sums.summed((one for report in every for one in report.sendings), "batches"),
        records=sum(report.records for report in reports),
        events=sum(report.events for report in reports),
        counts=dict(sorted(counts.items())),
        streams=sums.streams(reports),
        lines=ended,
        findings=sums.findings(reports),
        readiness=sums.readiness(reports),
        rules=sums.rules(reports),
        at_stake=sums.money(reports),
        quota=sums.quota(every),
        ends=sums.ends(every),
        left_out=sums.summed((one for report in reports for one in report.left_out), "records"),
        unmatched=sums.summed((one for report in reports for one in report.unmatched), "records"),
        consent_to_nobody=sums.consent_to_nobody(reports),
        unreachable=sums.summed((one for report in reports for one in report.unreachable), "records"),
        repeated=repeated_in(ended, sums.repeated(reports)),
        warnings=list(dict.fromkeys(warning for report in every for warning in report.warnings)),
        untyped_rules=sorted({rule for report in every for rule in report.untyped_rules}),
        earlier=[_killed(one) for one in tried if one.report is None],
        ledger=job.ledger,
        rejects=_folder(report.rejects for report in every),
        outbox=_folder(report.outbox for report in every),
        fed_by=FedBy.ROWS,
        runs=[_run(one, counted=one.run in told) for one in tried],
    )


def _counted(runs: Sequence[TriedPart], won: Collection[str]) -> TriedPart | None:
    """The run that says how a part's events ended: the one that the engine took, or else the last that could report."""
    reporting = [one for one in runs if one.report is not None]
    return next((one for one in reporting if one.run in won), reporting[-1] if reporting else None)


def _lines_of_part(runs: Sequence[TriedPart], told: Collection[str], stream: str) -> Counter[Line]:
    """The lines of a part: those of its counted run, with what its other runs delivered or left in doubt."""
    lines: Counter[Line] = Counter()
    for one in runs:
        if one.run in told and one.report is not None:
            lines.update({msgspec.structs.replace(line, events=0): line.events for line in one.report.lines})
    others = [one.events for one in runs if one.run not in told]
    for rule in sorted({rule for events in others for rule in events}):
        held = [events[rule] for events in others if rule in events]
        resent, doubtful = sum(one.resent for one in held), sum(one.in_doubt for one in held)
        found = (Outcome.ALREADY_DELIVERED, Outcome.UNSENT)
        _move(lines, _line(stream, rule, Outcome.DELIVERED, RESENT), resent, found)
        _move(lines, _line(stream, rule, Outcome.DELIVERED, ""), sum(one.delivered for one in held) - resent, found)
        said = sum(events for line, events in lines.items() if (line.rule, line.outcome) == (rule, Outcome.IN_DOUBT))
        in_doubt = _line(stream, rule, Outcome.IN_DOUBT, EARLIER_RUN)
        _move(lines, in_doubt, doubtful - said, (Outcome.UNSENT,))
    return +lines


def _line(stream: str, rule: str, outcome: Outcome, code: str) -> Line:
    return Line(stream, rule, outcome, code, 0, DELIVERIES.get(code, ""))


def _move(lines: Counter[Line], to: Line, events: int, found_as: Sequence[Outcome]) -> None:
    """Move this many events to another line, from the line under which the counted run has them."""
    if events <= 0:
        return
    left = events
    for outcome in found_as:
        for line in [line for line in lines if (line.rule, line.outcome) == (to.rule, outcome)]:
            found = min(lines[line], left)
            lines[line] -= found
            left -= found
    lines[to] += events


def _order(counted: tuple[Line, int]) -> tuple[str, ...]:
    line = counted[0]
    return line.stream, line.rule, line.outcome, line.code


def _end(job: Job, reports: Sequence[Report], *, killed: int) -> tuple[str, int, str]:
    """Outcome, exit code and message of a job."""
    if job.completed:
        return "done", 0, ""
    failed = next((report for report in reports if report.exit_code), None)
    if failed is not None:
        return failed.outcome, failed.exit_code, failed.message
    error = Terminated(signal.SIGTERM)
    message = "the job was ended before all its parts were"
    if killed:
        message += f"; {killed} of its runs were killed before they could report"
    return outcome_of(error), exit_code_of(error), message


def _killed(one: TriedPart) -> EarlierRun:
    events = one.events.values()
    return EarlierRun(
        one.run,
        sum(each.delivered for each in events),
        sum(each.resent for each in events),
        sum(each.in_doubt for each in events),
    )


def _folder(places: Iterable[str]) -> str:
    """Where the runs' files are, each under the name of its run; empty where there are none."""
    return next((place.rpartition("/")[0] for place in places if place), "")


def _run(one: TriedPart, *, counted: bool) -> JobRun:
    if one.report is None:
        return JobRun(one.run, one.part, counted)
    report = one.report
    return JobRun(
        one.run, one.part, counted, report.outcome, report.exit_code, report.counts, report.rejects, report.outbox
    )
