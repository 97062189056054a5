"""Which lost rows a later run has read again, by their keys: known where each run has kept what became of its rows (`results_log`)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.admin.read_again import in_order, is_lost
from target_linkedin_conversions.errors import StopRun
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import SAME_ID_OTHER_KEY
from target_linkedin_conversions.reporting.result_lines import result_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.admin.read_again import Ending, RowsAgain
    from target_linkedin_conversions.reporting.folder import Folder
    from target_linkedin_conversions.reporting.report import Report
    from target_linkedin_conversions.reporting.results import ResultLine

__all__ = ["rows_again"]

_MOST_LINES = 1_000_000
"""Results that are read: some seconds, for an answer that a person waits for."""
_OUTCOMES = {str(outcome): outcome for outcome in Outcome}

_Row = tuple[str, str]
"""Stream and key."""


def rows_again(reports: Sequence[Report], folder: Folder) -> RowsAgain | None:
    """How many lost rows of each run, by how they ended, a later one read again; None where the results do not tell of all."""
    runs = in_order(reports)
    if sum(map(_kept, runs)) > _MOST_LINES or any(map(_is_another_matter, runs)):
        return None
    found: RowsAgain = {report.run: Counter() for report in runs}
    waiting: dict[_Row, list[tuple[str, Ending]]] = {}
    try:
        for report in runs:
            lost = _read(report, folder, waiting, found)
            if lost is None:
                return None
            waiting |= {row: [(report.run, ending) for ending in endings] for row, endings in lost.items()}
    except StopRun:  # a storage that does not answer, or no way to read Parquet: the counts of the reports are there
        return None
    return found


def _is_another_matter(report: Report) -> bool:
    """Whether keys do not tell rows apart, or more than rows that came again has to be thought of."""
    has_no_key = any(finding.code == "no_key" for finding in report.findings)
    has_wrong_id = any(line.code == SAME_ID_OTHER_KEY for line in report.lines)
    return has_no_key or has_wrong_id or bool(report.runs or report.replayed)


def _kept(report: Report) -> int:
    """How many results a run has kept; what it left unsent is none."""
    return sum(line.events for line in report.lines if line.outcome is not Outcome.UNSENT)


def _read(
    report: Report, folder: Folder, waiting: dict[_Row, list[tuple[str, Ending]]], found: RowsAgain
) -> dict[_Row, list[Ending]] | None:
    """The lost rows of a run, those of earlier ones that came again moved to `found`; None where its results are not whole."""
    broken: list[str] = []
    ended: Counter[Ending] = Counter()
    lost: dict[_Row, list[Ending]] = {}
    for line in result_lines(folder, report.run, broken.append):
        outcome = _OUTCOMES.get(line.outcome)
        if outcome is None:
            return None
        ending = line.stream, line.rule, outcome, line.code
        ended[ending] += 1
        row = line.stream, line.key
        for run, before in waiting.pop(row, ()):
            found[run][before] += 1
        if is_lost(outcome, line.code):
            if _names_no_row(line):
                return None
            lost.setdefault(row, []).append(ending)
    return lost if not broken and ended == _told(report) else None


def _told(report: Report) -> Counter[Ending]:
    told: Counter[Ending] = Counter()
    for line in report.lines:
        if line.outcome is not Outcome.UNSENT and line.events:
            told[line.stream, line.rule, line.outcome, line.code] += line.events
    return told


def _names_no_row(line: ResultLine) -> bool:
    """Whether a key is none: without columns, or with nothing in each."""
    if "{}" not in line.key and "null" not in line.key and '""' not in line.key:  # so that few are decoded
        return False
    try:
        return not any(msgspec.json.decode(line.key, type=dict[str, str | None]).values())
    except msgspec.DecodeError:
        return True
