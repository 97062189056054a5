"""A tap without bookmarks, that brings the whole table each time: only what is new is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.chaos.finding import Broken, Finding, Trial, linkedin
from tests.chaos.pipeline import Pipeline
from tests.chaos.rows import DAY_MS, Table
from tests.chaos.tap import messages
from tests.chaos.witness import twice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chaos.rows import Event


class Moved(Table):
    """The same table, its times a day earlier: a mapped id and a key that converts once know nothing of time."""

    def record(self, stream: str, row: int) -> bytes:
        base, self.base = self.base, self.base - (DAY_MS if stream != "leads" else 0)
        try:
            return super().record(stream, row)
        finally:
            self.base = base


def stateless(trial: Trial, events: int) -> list[Finding]:
    """The full table twice, then with one row in a hundred new, then with its times moved."""
    first, broken = Table.of_events(events), Broken()
    more = Table(first.rows + max(1, first.rows // 100), first.base)
    sent: list[int] = []
    with linkedin() as witness:
        pipeline = Pipeline(trial.place("stateless"), witness, batch_size_rows=500)
        takes: dict[Event, list[int]] = {}
        for table in (first, first, more, Moved(more.rows, more.base)):
            before = len(takes)
            code = pipeline.run(_whole(table, trial), unmodified=True)
            takes = witness.takes()
            sent.append(len(takes) - before)
            broken.true(f"a run ended with {code}", held=code == 0)
            broken.none("events twice", twice(takes))
        counts = pipeline.reports()[-1]
    expected = [len(first.expected()), 0, len(more.expected()) - len(first.expected()), 0]
    changed = sum(line["events"] for line in counts["lines"] if line["code"] == "changed")
    moved = sum(event[1].partition("-")[0] != "leads" for event in more.expected())
    broken.true(f"{sent} events sent, not {expected}", held=sent == expected)
    broken.true(f"{changed} counted as changed, not {moved}", held=changed == moved)
    return [
        Finding(
            "stateless tap",
            f"{expected[0]:,} events twice, then 1 % new, then {moved:,} times moved a day",
            "only new rows are sent, each once",
            f"sent {sent}, {changed:,} counted as changed",
            broken,
        )
    ]


def _whole(table: Table, trial: Trial) -> Iterator[bytes]:
    """All rows of all streams, whatever was delivered before."""
    return messages(table, {}, trial.luck("stateless", table.rows))
