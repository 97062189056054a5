"""What the demo promises, and where it was not kept: counted by LinkedIn's side, not by ours."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docs.demo.crm import STAGES
from docs.demo.project import STATE_DIR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from docs.demo.crm import StageChange

REPORT = STATE_DIR / "runs" / "last.json"


@dataclass(frozen=True, slots=True)
class RunResult:
    """What the target reported of a run: events by outcome and reason."""

    title: str
    seconds: float
    outcome: str
    records: int
    ended: Counter[tuple[str, str]]

    def of(self, outcome: str) -> int:
        """Events that ended so, for whatever reason."""
        return sum(count for (ended, _), count in self.ended.items() if ended == outcome)


def newest_page() -> Path:
    """The page of the last run, for people."""
    return max(REPORT.parent.glob("*.html"))


def read_result(title: str, seconds: float, report: Path = REPORT) -> RunResult:
    """The result of the run that has just ended, from its report."""
    told: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    ended: Counter[tuple[str, str]] = Counter()
    for line in told["lines"]:
        ended[line["outcome"], line["code"]] += line["events"]
    return RunResult(title, seconds, told["outcome"], told["records"], ended)


def expected(fresh: Sequence[StageChange], known: Sequence[StageChange]) -> Counter[tuple[str, str]]:
    """How the rows of a run must end: those LinkedIn never saw, and those that were read before."""
    ends = Counter((row.fate.outcome, row.fate.reason) for row in fresh)
    for row in known:
        outcome = row.fate.outcome
        ends["already_delivered" if outcome == "delivered" else outcome, row.fate.reason] += 1
    return ends


def broken_by_report(result: RunResult, wanted: Counter[tuple[str, str]]) -> list[str]:
    """A sentence for each count of a run that is not as it must be."""
    broken = [] if result.outcome == "done" else [f"{result.title}: the outcome is {result.outcome}"]
    for ending in sorted(wanted.keys() | result.ended.keys()):
        if result.ended[ending] != wanted[ending]:
            name = " ".join(ending).strip()
            counts = f"{result.ended[ending]:,} {name}, not {wanted[ending]:,}"
            broken.append(f"{result.title}: {counts}")
    return broken


def broken_by_results(ended: Mapping[int, tuple[str, frozenset[str]]], rows: Sequence[StageChange]) -> list[str]:
    """A sentence where the tables of results do not say of each row exactly what was planted in it."""
    wrong = [row.id for row in rows if ended.get(row.id) not in _ends_of(row)]
    strange = ended.keys() - {row.id for row in rows}
    if not wrong and not strange:
        return []
    return [f"the results of {len(wrong):,} rows are not what was planted, such as row {min(wrong, default=0)}"]


def _ends_of(row: StageChange) -> list[tuple[str, frozenset[str]]]:
    """How a row may have ended: one that was delivered may have been read again."""
    ending = frozenset({f"{row.fate.outcome} {row.fate.reason}".strip()})
    if row.fate.outcome != "delivered":
        return [(rule, ending) for rule in ("", str(STAGES.get(row.stage, "")))]
    rule = str(row.fate.rule)
    return [(rule, ending), (rule, ending | {"already_delivered"})]


def broken_by_linkedin(received: Sequence[dict[str, Any]], rows: Sequence[StageChange]) -> list[str]:
    """A sentence for each promise that what LinkedIn received does not keep."""
    broken = []
    seen = Counter((event["conversion"], event.get("eventId")) for event in received)
    twice = sum(count > 1 for count in seen.values())
    if twice:
        broken.append(f"LinkedIn took {twice:,} events twice")
    by_rule = Counter(int(conversion.rpartition(":")[2]) for conversion, _ in seen)
    wanted = Counter(row.fate.rule for row in rows if row.fate.outcome == "delivered")
    broken += [
        f"rule {rule}: {by_rule[rule]:,} different events, not {wanted[rule]:,}"
        for rule in sorted(by_rule.keys() | wanted.keys())
        if by_rule[rule] != wanted[rule]
    ]
    legible = sum("@" in json.dumps(event) for event in received)
    if legible:
        broken.append(f"{legible:,} events held a readable e-mail address")
    return broken
