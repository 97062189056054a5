"""Four machines that deliver the same rows under one PostgreSQL ledger: each event leaves once."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from docs.demo.warehouse import warehouse
from tests.chaos.finding import Broken, Finding, Trial, linkedin
from tests.chaos.pipeline import Pipeline
from tests.chaos.rows import STREAMS, Table
from tests.chaos.tap import messages
from tests.chaos.witness import ahead, twice

if TYPE_CHECKING:
    from collections.abc import Iterator

PROCESSES = 4


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL of our own; what it is given is a name for a new database."""
    with (
        tempfile.TemporaryDirectory(prefix="chaos-pg-", ignore_cleanup_errors=True) as folder,
        warehouse(Path(folder) / "data") as server,
    ):
        yield server.uri


def new_database(uri: str, name: str) -> str:
    """The URL of a new, empty database."""
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    head, _, query = uri.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{query}"


def shared_ledger(trial: Trial, events: int, ledger_url: str) -> list[Finding]:
    """The same table in four processes at once, each with an order and batches of its own.

    In the same order the fastest would deliver everything, and the others find it delivered.
    """
    table, broken = Table.of_events(events), Broken()
    with linkedin() as witness:
        folder = trial.place("shared")
        pipelines = [
            Pipeline(folder / str(number), witness, ledger_url=ledger_url, batch_size_rows=500)
            for number in range(PROCESSES)
        ]

        def run(number: int) -> int:
            preferred = STREAMS[number % len(STREAMS)]
            rows = messages(table, {}, trial.luck("shared", number), preferred=preferred)
            code = pipelines[number].run(rows, unmodified=True)
            trial.say(f"shared-{number}: ended with {code}")
            return code

        codes = trial.all(run, PROCESSES, at_once=PROCESSES)
        expected, takes = table.expected(), witness.takes()
        broken.true(f"the processes ended with {codes}", held=set(codes) == {0})
        broken.none("events not delivered", expected - takes.keys())
        broken.none("events twice", twice(takes))
        for pipeline in pipelines:
            broken.none("STATEs ahead of LinkedIn", ahead(pipeline.seen, table, takes))
        counts = [one.reports()[-1]["counts"] for one in pipelines]
        delivered = [count.get("delivered", 0) for count in counts]
        settled = [count.get("delivered", 0) + count.get("already_delivered", 0) for count in counts]
        broken.true(f"{sum(delivered)} reported as delivered", held=sum(delivered) == len(expected))
        broken.true(f"{settled} settled", held=all(one == len(expected) for one in settled))
    return [
        Finding(
            "shared ledger",
            f"{PROCESSES} processes, the same {len(expected):,} events, PostgreSQL",
            "each event taken once, STATE never ahead",
            f"{len(takes):,} taken, {len(twice(takes))} twice, shares {delivered}",
            broken,
        )
    ]
