"""A dry run leaves nothing behind that the real one would miss."""

from __future__ import annotations

from tests.chaos.finding import Broken, Finding, Trial, linkedin
from tests.chaos.pipeline import Pipeline
from tests.chaos.rows import Table
from tests.chaos.tap import messages
from tests.chaos.witness import ahead, twice


def dry_run(trial: Trial, events: int) -> list[Finding]:
    """A dry run, then half the table for real, a dry run again, and the rest."""
    table, broken = Table.of_events(events), Broken()
    half = Table(table.rows // 2, table.base)
    luck, folder = trial.luck("dry"), trial.place("dry")
    with linkedin() as witness:

        def run(part: Table, *, dry: bool) -> Pipeline:
            pipeline = Pipeline(folder, witness, dry_run=dry)
            rows, requests = pipeline.ledger_rows(), len(witness.linkedin.requests)
            code = pipeline.run(messages(part, {}, luck), unmodified=True)
            broken.true(f"a run ended with {code}", held=code == 0)
            if dry:
                broken.none("STATEs of a dry run", pipeline.states)
                broken.true("a dry run wrote to the ledger", held=pipeline.ledger_rows() == rows)
                broken.true("a dry run sent requests", held=len(witness.linkedin.requests) == requests)
            return pipeline

        run(table, dry=True)
        run(half, dry=False)
        run(table, dry=True)
        last = run(table, dry=False)
        expected, takes = table.expected(), witness.takes()
        broken.none("events not delivered", expected - takes.keys())
        broken.none("events twice", twice(takes))
        broken.none("STATEs ahead of LinkedIn", ahead(last.seen, table, takes))
        # The second one finds in the ledger what was delivered for real between the two.
        rehearsed = [one["counts"].get("would_send", 0) for one in last.reports() if one["dry_run"]]
        broken.true(
            f"{rehearsed} events rehearsed", held=rehearsed == [len(expected), len(expected) - len(half.expected())]
        )
    seen = f"{len(takes):,} of {len(expected):,} delivered"
    return [
        Finding(
            "dry run",
            f"{len(expected):,} events, 2 dry runs, 2 real ones",
            "all delivered by the real ones; no STATE, no ledger row, no request by the dry ones",
            seen,
            broken,
        )
    ]
