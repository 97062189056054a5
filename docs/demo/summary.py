"""The three runs as one table that a person can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs.demo.promise import RunResult


def table_of(results: Sequence[RunResult]) -> Table:
    """A column a run; a line for each number, then for each reason."""
    table = Table(box=box.SIMPLE_HEAD, title="CRM → Meltano → LinkedIn", title_justify="left")
    table.add_column("")
    for result in results:
        table.add_column(result.title, justify="right")
    table.add_row("rows read", *(f"{result.records:,}" for result in results))
    for outcome in ("delivered", "already_delivered", "skipped", "rejected"):
        counts = (f"{result.of(outcome):,}" for result in results)
        table.add_row(outcome.replace("_", " "), *counts, style="bold")
        for reason in _reasons(results, outcome):
            shares = (_or_blank(result.ended[outcome, reason]) for result in results)
            table.add_row(f"  {reason.replace('_', ' ')}", *shares, style="dim")
    table.add_section()
    table.add_row("seconds, Meltano's start included", *(f"{r.seconds:.1f}" for r in results))
    return table


def _reasons(results: Sequence[RunResult], outcome: str) -> list[str]:
    found = {reason for result in results for ended, reason in result.ended if ended == outcome}
    return sorted(found - {""})


def _or_blank(count: int) -> str:
    return f"{count:,}" if count else ""
