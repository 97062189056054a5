"""A run in a few lines of text, for the end of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import CHANGED, RESENT, SAME_ID_OTHER_KEY

if TYPE_CHECKING:
    from target_linkedin_conversions.reporting.report import Report

__all__ = ["outcome_line", "summary"]

_MOST_LINES = 12
_EXPLAINED = frozenset({Outcome.REJECTED, Outcome.SKIPPED, Outcome.IN_DOUBT, Outcome.UNSENT})
_NOTABLE = frozenset({RESENT, CHANGED, SAME_ID_OTHER_KEY})


def summary(report: Report) -> list[str]:
    """Lines for people: totals, then why events were not delivered, then what to look at."""
    counts = " ".join(f"{name}={number}" for name, number in sorted(report.counts.items()) if number)
    lines = [f"run {report.run}: records={report.records} events={report.events} {counts}".rstrip()]
    causes = [line for line in report.lines if line.outcome in _EXPLAINED or line.code in _NOTABLE]
    for line in sorted(causes, key=lambda line: -line.events)[:_MOST_LINES]:
        what = f"{line.outcome} {line.code}".rstrip()
        meaning = f" ({line.meaning})" if line.meaning else ""
        rule = f", rule {line.rule}" if line.rule else ""
        lines.append(f"{line.events} {what} in {line.stream}{rule}{meaning}")
    lines += [
        f"left out: {field.field} {field.code} in {how_many(field.records, 'record')} of {field.stream} ({field.mend})"
        for field in report.left_out[:_MOST_LINES]
    ]
    lines += [
        f"no rule for {how_many(unmatched.records, 'record')} of {unmatched.stream} where the column holds {unmatched.value!r}"
        for unmatched in report.unmatched[:_MOST_LINES]
    ]
    lines += [
        f"run {earlier.run} ended without a report: delivered={earlier.delivered} "
        f"of which sent again={earlier.resent} still in doubt={earlier.in_doubt}"
        for earlier in report.earlier
    ]
    lines += [
        f"{how_many(sending.batches, 'batch', 'batches')} of {sending.stream} for rule {sending.rule} "
        f"{'was' if sending.batches == 1 else 'were'} sent {how_many(sending.sent, 'time')}"
        for sending in report.sendings
        if sending.sent > 1
    ]
    if report.comes_back:
        lines.append(report.comes_back)
    if report.rejects:
        lines.append(f"rejects: {report.rejects}")
    return lines


def outcome_line(report: Report, place: str) -> str:
    """The last line of every run, for searches in a scheduler's log; `place` is empty where no report was written."""
    counts = " ".join(f"{name}={report.counts.get(name, 0)}" for name in Outcome)
    return f"outcome={report.outcome} exit={report.exit_code} run={report.run} {counts}" + (
        f" report={place}" if place else ""
    )
