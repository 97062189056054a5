"""From the rows that were read to those that LinkedIn accepted: every step with its reason, so that it adds up."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import RESENT
from target_linkedin_conversions.reporting.outcome_kinds import (
    ACCEPTED,
    KINDS,
    WOULD_BE_SENT,
    Kind,
    goal_of,
    kind_of,
    with_code,
)
from target_linkedin_conversions.reporting.verdict import reason_of

if TYPE_CHECKING:
    from target_linkedin_conversions.reporting.report import Line, Report

__all__ = ["Step", "waterfall"]

_WIDTH = 100
_NARROWEST = 0.4
_GOALS = (ACCEPTED, WOULD_BE_SENT)
_OTHERS = Kind("other reasons", "", (), "aside")


class Step(msgspec.Struct, frozen=True):
    """A bar of so many rows: it begins at `start` and is `width` wide, of 100.

    `code` is the outcome and code of what leads away from the goal, `places` are the numbers of the report's lines that it sums.
    """

    name: str
    reason: str
    rows: int
    tone: str
    start: float
    width: float
    code: str = ""
    places: tuple[int, ...] = ()


class _Cause(msgspec.Struct, frozen=True):
    """A reason why rows did not reach the goal."""

    kind: Kind
    reason: str
    code: str


def waterfall(report: Report, most: int) -> list[Step]:
    """The steps of a run; of more than `most` causes the smallest are one step."""
    total = sum(line.events for line in report.lines)
    scale = _WIDTH / max(1, total, report.records)
    steps = [_step("rows read", "", report.records, "read", 0, scale)]
    if more := total - report.records:
        reason = "a row counts once for each of its conversion rules"
        steps.append(_step("more conversions than rows", reason, more, "read", min(total, report.records), scale))
    left = total
    for cause, places in _causes(report, most):
        rows = sum(report.lines[place].events for place in places)
        left -= rows
        step = _step(cause.kind.name, cause.reason, rows, cause.kind.tone, left, scale)
        steps.append(msgspec.structs.replace(step, code=cause.code, places=tuple(places)))
    goal = goal_of(report)
    places = [place for place, line in enumerate(report.lines) if kind_of(line.outcome, line.code) in _GOALS]
    twice = with_code(report, RESENT)
    meaning = f"{goal.meaning}, {twice:,} of them a second time: it may hold these twice" if twice else goal.meaning
    end = _step(goal.name, meaning, left, goal.tone, 0, scale)
    return [*steps, msgspec.structs.replace(end, places=tuple(places))]


def _causes(report: Report, most: int) -> list[tuple[_Cause, list[int]]]:
    """What leads away from the goal, by kind and the largest first, each with its lines."""
    found: dict[_Cause, list[int]] = {}
    rows: Counter[_Cause] = Counter()
    repeated = _repeated(report)
    for place, line in enumerate(report.lines):
        kind = kind_of(line.outcome, line.code)
        if kind not in _GOALS and line.events:
            cause = _Cause(kind, _reason(line, repeated), f"{line.outcome} {line.code}".strip())
            found.setdefault(cause, []).append(place)
            rows[cause] += line.events
    largest = [cause for cause, _ in rows.most_common()]
    shown = sorted(largest[:most], key=lambda cause: (KINDS.index(cause.kind), -rows[cause]))
    rest = [place for cause in largest[most:] for place in found[cause]]
    others = [(_Cause(_OTHERS, f"{len(largest) - most} more; the engineer's list has them", ""), rest)] if rest else []
    return [(cause, found[cause]) for cause in shown] + others


def _repeated(report: Report) -> str:
    """The words for events that came twice in the run, beside those that an earlier one had delivered; empty where none did."""
    repeated = sum(one.events for one in report.repeated)
    if not repeated:
        return ""
    alike = "another one of this run had the same key, time and value"
    before = sum(line.events for line in report.lines if _is_plain(line))
    return (
        alike if repeated >= before else f"delivered by an earlier run, or twice in this one: of {repeated:,} {alike}"
    )


def _reason(line: Line, repeated: str) -> str:
    return repeated if repeated and _is_plain(line) else reason_of(line)


def _is_plain(line: Line) -> bool:
    return line.outcome is Outcome.ALREADY_DELIVERED and not line.code


def _step(name: str, reason: str, rows: int, tone: str, start: int, scale: float) -> Step:
    width = round(max(_NARROWEST if rows else 0.0, abs(rows) * scale), 2)
    return Step(name, reason, rows, tone, round(max(0.0, min(start * scale, _WIDTH - width)), 2), width)
