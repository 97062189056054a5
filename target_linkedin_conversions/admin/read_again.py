"""Removes counts of rows that a later run has read again, so that no row counts twice.

Reports count and name nobody. A replay says what it takes up, and a code that an event was in doubt before. What a run left unsent comes
again with the next one, for no STATE passed it. Any other run is judged by its counts: one that meets again all events of a stream that were
sent before, and yields no fewer than all runs before, has read the whole stream anew, and with it the rows that they lost; likewise where
nothing was sent before because the runs stopped. What it meets may also be of runs that left no report: the ledger knows how much that is. After a wrong event id was mended it meets nothing again: the ledger says what it sent
under another id. Where the results of all runs tell of each row by its key (`rows_again.py`), nothing has to be judged.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import EARLIER_RUN, MARKED, RESENT, SAME_ID_OTHER_KEY
from target_linkedin_conversions.reporting.report import Line
from target_linkedin_conversions.reporting.report_files import ended_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from target_linkedin_conversions.ledger.delivered_by_run import DeliveredByRun
    from target_linkedin_conversions.reporting.report import Report

__all__ = ["LOST", "Ending", "LinesOnce", "ReadAgain", "RowsAgain", "in_order", "is_lost", "lines_once"]

Ending = tuple[str, str, Outcome, str]
"""How a row ended: stream, rule, outcome and code."""
RowsAgain = dict[str, Counter[Ending]]
"""How many lost rows of each run, by how they ended, a later run read again."""

LOST = (Outcome.SKIPPED, Outcome.REJECTED, Outcome.IN_DOUBT, Outcome.UNSENT)
"""How events end that LinkedIn has not taken, in the order in which they are told."""


def is_lost(outcome: Outcome, code: str) -> bool:
    """Whether LinkedIn has not heard of what ended so; of an event whose id was another record's neither."""
    return outcome in LOST or (outcome is Outcome.ALREADY_DELIVERED and code == SAME_ID_OTHER_KEY)


class ReadAgain(msgspec.Struct, frozen=True):
    """How many lost rows a later run tells anew, of how many nobody knows, and how many events were met again; see `LinesOnce`.

    `is_known` says that rows which came again were left out, of whatever rule they are.
    """

    told_anew: int
    untold: int
    met_again: int
    is_known: bool


class LinesOnce(msgspec.Struct, frozen=True):
    """The lines of runs that count, of how many lost rows a later run tells anew, and of how many nobody knows whether one does.

    `told_anew`, by rule, are lost rows, where no rule was known of them by an empty one; of `untold` there are so many of one rule at most.
    `sent_anew` are events, by rule, that a later run delivered once more under another id: their rows count once. `met_again` are events,
    by rule, that runs met again which read only a part anew, so that lost rows of that part are told twice. `by_key` says that all this is
    known of each row, and nothing was judged.
    """

    lines: list[Line]
    told_anew: dict[str, int]
    untold: int = 0
    untold_of: dict[str, int] = {}
    sent_anew: dict[str, int] = {}
    met_again: dict[str, int] = {}
    by_key: bool = False

    def read_again(self, rule: str | None) -> ReadAgain:
        """What was read again, or of one rule where one is asked for."""
        in_all = sum(self.told_anew.values())
        is_known = self.by_key or in_all > 0
        if rule is None:
            return ReadAgain(in_all, self.untold, sum(self.met_again.values()), is_known)
        told_anew, untold, met_again = (
            counted.get(rule, 0) for counted in (self.told_anew, self.untold_of, self.met_again)
        )
        return ReadAgain(told_anew, untold, met_again, is_known)


class _Stream:
    """The counts of one stream over the runs so far."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.sent = self.lost = self.untold = 0
        self.untold_of: Counter[str] = Counter()

    def is_read_anew(self, lines: list[Line], under_two_ids: int, of_others: Mapping[str, int]) -> bool:
        """Whether these lines are of a run that read all again; where nothing was sent or left unsent before, nobody can tell.

        What it delivered under another id it met again too. `of_others` are events of each rule that no report tells of: it may have met
        these in place of what was sent here.
        """
        stopped = any(line.events for line in self.lines if line.outcome is Outcome.UNSENT)
        rules = {line.rule for line in (*self.lines, *lines)}
        met = _met_again(lines) + under_two_ids - sum(of_others.get(rule, 0) for rule in rules)
        return self.sent + self.lost <= _events_of(lines) and self.sent <= met and (self.sent > 0 or stopped)

    def under_two_ids(self, lines: list[Line], known: Mapping[str, int]) -> Counter[str]:
        """The events that these lines may have delivered once more, by rule, where an event id was wrong before; `known` are those of all runs."""
        if all(line.code != SAME_ID_OTHER_KEY for line in self.lines):
            return Counter()
        before, now = _delivered(self.lines), _delivered(lines)
        return Counter({rule: min(events, before[rule], now[rule]) for rule, events in known.items()})

    def add(self, lines: list[Line]) -> None:
        self.lines += lines
        self.sent += _events_of(lines, Outcome.DELIVERED)
        self.lost += sum(line.events for line in lines if is_lost(line.outcome, line.code))

    def doubt(self, lines: list[Line]) -> None:
        """Count the lost rows that these lines may tell once more: where nothing was sent before, nobody can tell."""
        if not self.sent:
            new = _events_of(lines)
            self.untold += min(self.lost, new)
            for rule, lost in self._lost_of().items():
                self.untold_of[rule] += min(lost, new)

    def take_up(self, replayed: Line) -> Counter[str]:
        """Leave out what a replay took up of what was lost, and say how many that is, by rule; a replay before may have told of some."""
        told: Counter[str] = Counter()
        left = replayed.events
        for place, line in enumerate(self.lines):
            if left and _may_be(line, replayed):
                events = min(left, line.events)
                self.lines[place] = msgspec.structs.replace(line, events=line.events - events)
                left -= events
                told[line.rule] += events
        self.lost -= told.total()
        return told

    def forget_lost(self) -> Counter[str]:
        """Leave out what was lost so far, and say how many it was, by rule."""
        told = self._lost_of()
        self.lost = 0
        self.lines = [line for line in self.lines if not is_lost(line.outcome, line.code)]
        return told

    def _lost_of(self) -> Counter[str]:
        return _by_rule(line for line in self.lines if is_lost(line.outcome, line.code))


def in_order(reports: Iterable[Report]) -> list[Report]:
    """The runs in the order of their ends; dry runs say nothing, nor what only notes rows that a run reads again."""
    told = (report for report in reports if not (report.dry_run or any(line.code == MARKED for line in report.lines)))
    return sorted(told, key=_place)


def lines_once(
    reports: Iterable[Report],
    under_two_ids: Mapping[str, int] | None = None,
    again: RowsAgain | None = None,
    delivered: Iterable[DeliveredByRun] = (),
) -> LinesOnce:
    """What the runs say together, in whatever order they come.

    `under_two_ids` are events of each rule that the ledger holds twice, under another id; `again` are lost rows that came again, where each
    row is known; `delivered` is what the ledger knows that each run delivered, one without a report too.
    """
    runs = in_order(reports)
    if again is not None:
        return _known(runs, again)
    told = {report.run for report in runs} | {one.run for report in runs for one in report.runs}
    return _judged(runs, under_two_ids or {}, [one for one in delivered if one.run not in told])


def _before(report: Report, others: Iterable[DeliveredByRun]) -> Counter[str]:
    """The events of each rule that others began to deliver before a run had ended."""
    ended = ended_at(report).timestamp() * 1000 + 1000  # it is told to the second
    found: Counter[str] = Counter()
    for one in others:
        if one.since < ended:
            found[one.rule] += one.events
    return found


def _known(runs: Iterable[Report], again: RowsAgain) -> LinesOnce:
    """The lines without the rows that are known to have come again; of what was left unsent only the number is."""
    streams: dict[str, _Stream] = {}
    told_anew: Counter[str] = Counter()
    for report in runs:
        left = again.get(report.run, Counter()).copy()
        for (_, rule, _, _), events in left.items():
            told_anew[rule] += events
        for stream, told in _by_stream(report).items():
            known = streams.setdefault(stream, _Stream())
            new = _events_of(told) - _met_again(told)
            told_anew += known.take_up(Line(stream, "", Outcome.UNSENT, "", new))
            for one in told:
                ending = one.stream, one.rule, one.outcome, one.code
                gone = min(left[ending], one.events)
                left[ending] -= gone
                known.add([msgspec.structs.replace(one, events=one.events - gone)])
    return LinesOnce([line for known in streams.values() for line in known.lines], told_anew, by_key=True)


def _judged(runs: Iterable[Report], under_two_ids: Mapping[str, int], others: Sequence[DeliveredByRun]) -> LinesOnce:
    streams: dict[str, _Stream] = {}
    left = Counter(under_two_ids)
    sent_anew: Counter[str] = Counter()
    told_anew: Counter[str] = Counter()
    met_again: Counter[str] = Counter()
    for report in runs:
        of_others = _before(report, others)
        for one in report.replayed:
            told_anew += streams.setdefault(one.stream, _Stream()).take_up(one)
        for stream, told in _by_stream(report).items():
            lines = told
            known = streams.setdefault(stream, _Stream())
            twice = known.under_two_ids(lines, left)
            if known.is_read_anew(lines, twice.total(), of_others):
                told_anew += known.forget_lost()
                left -= twice
                sent_anew += twice
                lines = _without(told, twice)
            new = _events_of(lines) - _met_again(lines)
            told_anew += known.take_up(Line(stream, "", Outcome.UNSENT, "", new))
            for one in lines:
                if _was_in_doubt(one):
                    known.take_up(msgspec.structs.replace(one, outcome=Outcome.IN_DOUBT, code=""))
            met_again += _by_rule(filter(_is_met_again, lines)) if known.lost else Counter()
            known.doubt(lines)
            known.add(lines)
    kept = [line for known in streams.values() for line in known.lines]
    untold_of = sum((known.untold_of for known in streams.values()), Counter())
    untold = sum(known.untold for known in streams.values())
    return LinesOnce(kept, told_anew, untold, untold_of, dict(sorted(sent_anew.items())), met_again)


def _events_of(lines: Iterable[Line], *outcomes: Outcome) -> int:
    """How many events ended so, or in any way."""
    return sum(line.events for line in lines if not outcomes or line.outcome in outcomes)


def _met_again(lines: Iterable[Line]) -> int:
    """How many events had been sent before."""
    return _events_of(filter(_is_met_again, lines))


def _is_met_again(line: Line) -> bool:
    return line.outcome is Outcome.ALREADY_DELIVERED and not is_lost(line.outcome, line.code)


def _by_rule(lines: Iterable[Line]) -> Counter[str]:
    """How many events of each rule these lines tell of."""
    told: Counter[str] = Counter()
    for line in lines:
        told[line.rule] += line.events
    return told


def _delivered(lines: Iterable[Line]) -> Counter[str]:
    """How many events of each rule were delivered."""
    return _by_rule(line for line in lines if line.outcome is Outcome.DELIVERED)


def _without(lines: list[Line], twice: Counter[str]) -> list[Line]:
    """The lines without so many delivered events of each rule."""
    left = twice.copy()
    kept = []
    for line in lines:
        gone = min(left[line.rule], line.events) if line.outcome is Outcome.DELIVERED else 0
        left[line.rule] -= gone
        kept.append(msgspec.structs.replace(line, events=line.events - gone))
    return kept


def _place(report: Report) -> tuple[datetime, bool, int, bool]:
    """The sort key of a run: its end; within one second after the runs whose events it met again, and whose event id it mended."""
    was_right = all(line.code != SAME_ID_OTHER_KEY for line in report.lines)
    return ended_at(report), bool(report.replayed), _met_again(report.lines), was_right


def _was_in_doubt(line: Line) -> bool:
    """Whether an earlier run has told of these as in doubt; of what was sent again one of this run may be meant, which is rarer."""
    return (line.outcome, line.code) in {(Outcome.IN_DOUBT, EARLIER_RUN), (Outcome.DELIVERED, RESENT)}


def _may_be(line: Line, replayed: Line) -> bool:
    """Whether a replay may have taken up what a line counts; its rule and code are empty where nobody knows them."""
    same_rule, same_code = replayed.rule in {"", line.rule}, replayed.code in {"", line.code}
    return line.outcome is replayed.outcome and same_rule and same_code


def _by_stream(report: Report) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in report.lines:
        found.setdefault(line.stream, []).append(line)
    return found
