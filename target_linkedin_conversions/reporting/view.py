"""What the page of a run shows, put together from its report and the runs before; the template only writes it down."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.readiness.finding import Finding
from target_linkedin_conversions.reporting.empty_runs import unusually_empty
from target_linkedin_conversions.reporting.history import PastRun, last_success
from target_linkedin_conversions.reporting.outcome_kinds import (
    BEFORE,
    KINDS,
    LEFT_OUT,
    NEEDS_YOU,
    Kind,
    goal_of,
    kind_of,
)
from target_linkedin_conversions.reporting.page_filters import lines_of
from target_linkedin_conversions.reporting.report import EarlierRun, Line, Report, RuleInRun
from target_linkedin_conversions.reporting.verdict import Verdict, at_stake, reason_of, verdict
from target_linkedin_conversions.reporting.waterfall import Step, waterfall

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Limits", "View", "view"]

_BARS = 14
_BAR_HEIGHT = 40
_WARNING = 300


class Limits(msgspec.Struct, frozen=True):
    """How many of each a page shows at most; what is more is counted."""

    rules: int
    findings: int
    causes: int
    lines: int
    texts: int


class Count(msgspec.Struct, frozen=True):
    """A number of one kind, and the places in the report that it is the sum of."""

    kind: Kind
    number: int
    places: str


class RuleCard(msgspec.Struct, frozen=True):
    """A conversion rule: what LinkedIn says of it, its counts by kind, and what of it is at stake."""

    rule: RuleInRun
    counts: list[Count]
    at_stake: list[tuple[str, Decimal]]


class Bar(msgspec.Struct, frozen=True):
    """A run as a bar: its height of 40, its tone, and how many were accepted."""

    height: float
    tone: str
    accepted: int


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the template writes; `more` counts what is not shown, by its name."""

    report: Report
    verdict: Verdict
    stake: list[tuple[str, Decimal]]
    empty: str
    killed: str
    tiles: list[Count]
    steps: list[Step]
    rules: list[RuleCard]
    findings: list[Finding]
    bars: list[Bar]
    last_success: PastRun | None
    retries: int
    lines: list[tuple[int, Line, str]]
    warnings: list[str]
    more: dict[str, int]


def view(report: Report, runs: Sequence[PastRun], limits: Limits) -> View:
    """The page's content; `runs` are the newest first, this one among them."""
    rules = _rules(report)
    lines = [(place, line, reason_of(line)) for place, line in enumerate(report.lines) if line.events]
    lines.sort(key=lambda one: -one[1].events)
    return View(
        report=report,
        verdict=verdict(report),
        stake=at_stake(report.at_stake),
        empty="" if report.is_part else unusually_empty(runs),
        killed=_killed(report.earlier, is_job=bool(report.runs)),
        tiles=[_counted(report, kind) for kind in (goal_of(report), BEFORE, LEFT_OUT, NEEDS_YOU)],
        steps=waterfall(report, limits.causes),
        rules=rules[: limits.rules],
        findings=report.findings[: limits.findings],
        bars=_bars(runs),
        last_success=last_success(runs),
        retries=sum((one.sent - 1) * one.batches for one in report.sendings),
        lines=lines[: limits.lines],
        warnings=[printable(warning, _WARNING) for warning in report.warnings[: limits.texts]],
        more={
            "rules": max(0, len(rules) - limits.rules),
            "findings": max(0, len(report.findings) - limits.findings),
            "lines": max(0, len(lines) - limits.lines),
            "warnings": max(0, len(report.warnings) - limits.texts),
        },
    )


def _killed(runs: Sequence[EarlierRun], *, is_job: bool) -> str:
    """What became of the events of runs that were killed; empty where none was. Those of a job are runs of its own, and count in it."""
    if not runs:
        return ""
    who = (
        f"{'A run' if len(runs) == 1 else how_many(len(runs), 'run')} {'of this job' if is_job else 'before this one'}"
    )
    delivered, in_doubt = sum(run.delivered for run in runs), sum(run.in_doubt for run in runs)
    doubt = f"; {how_many(in_doubt, 'other')} got no answer" if in_doubt else ""
    here = f", which {'counts' if delivered == 1 else 'count'} here" if is_job and delivered else ""
    return (
        f"{who} ended without a report. LinkedIn had accepted {how_many(delivered, 'conversion')} by then{here}{doubt}."
    )


def _counted(report: Report, kind: Kind) -> Count:
    number = kind.of(report)
    if number == sum(report.counts.get(outcome, 0) for outcome in kind.outcomes):
        return Count(kind, number, "+".join(f"counts.{outcome}" for outcome in kind.outcomes))
    lines = [place for place, line in enumerate(report.lines) if kind_of(line.outcome, line.code) == kind]
    return Count(kind, number, lines_of(lines))


def _rules(report: Report) -> list[RuleCard]:
    """Every rule that the run knows of, those with most events first."""
    named = {one.rule: one for one in report.rules}
    for line in report.lines:
        if line.rule and line.rule not in named:
            named[line.rule] = RuleInRun(line.rule, 0, "", "", "")
    places: dict[str, dict[str, list[int]]] = {}
    kinds = {}
    for place, line in enumerate(report.lines):
        kind = kind_of(line.outcome, line.code)
        kinds[kind.name] = kind
        places.setdefault(line.rule, {}).setdefault(kind.name, []).append(place)
    cards = []
    for rule, known in named.items():
        counts = [
            Count(kinds[name], sum(report.lines[one].events for one in found), lines_of(found))
            for name, found in places.get(rule, {}).items()
        ]
        counts.sort(key=lambda count: KINDS.index(count.kind))
        cards.append(RuleCard(known, counts, at_stake([money for money in report.at_stake if money.rule == rule])))
    return sorted(cards, key=lambda card: -sum(count.number for count in card.counts))


def _bars(runs: Sequence[PastRun]) -> list[Bar]:
    """The last runs, the oldest first."""
    shown = list(reversed(runs[:_BARS]))
    most = max((run.accepted for run in shown), default=0)
    return [
        Bar(
            round(max(2.0, _BAR_HEIGHT * run.accepted / max(1, most)), 1),
            "bad" if run.exit_code else "aside" if run.dry_run else "good",
            run.accepted,
        )
        for run in shown
    ]
