"""Many workers on one PostgreSQL ledger that is restarted under them: half of what each sends is everybody's."""

from __future__ import annotations

import time
from threading import Event, Thread
from typing import TYPE_CHECKING

import psycopg

from tests.chaos.finding import Broken, Finding, Trial, linkedin
from tests.chaos.pipeline import Pipeline
from tests.chaos.rows import STREAMS, Table
from tests.chaos.tap import messages
from tests.chaos.witness import twice
from tests.postgresql import IMMEDIATE, postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator

PROCESSES = 8
_LONGEST_WAIT = 120.0


def many_workers(trial: Trial, events: int) -> list[Finding]:
    """So many events a process, half of them in each; the server stops without a word once a third of all has come.

    Which is not before each has begun: a run that finds no ledger when it begins ends at once.
    """
    half = Table.of_events(events // 2).rows
    whole = Table(half * (PROCESSES + 1))
    broken, all_began = Broken(), Event()

    def rows(number: int) -> tuple[list[bytes], list[bytes]]:
        """What everybody sends, and what this one alone does: made beforehand, for the processors are the processes'."""
        luck = trial.luck("many", number)
        first = half * (number + 1)
        own = messages(Table(first + half, whole.base), dict.fromkeys(STREAMS, first), luck, overlap=0)
        shared = messages(Table(half, whole.base), {}, luck, preferred=STREAMS[number % len(STREAMS)])
        return list(shared), list(own)

    def in_turn(shared: list[bytes], own: list[bytes]) -> Iterator[bytes]:
        yield from shared
        all_began.wait(_LONGEST_WAIT)
        yield from own

    made = [rows(number) for number in range(PROCESSES)]
    with linkedin() as witness, postgresql() as server:
        folder, url = trial.place("many"), server.database("many")
        pipelines = [
            Pipeline(folder / str(number), witness, ledger_url=url, batch_size_rows=max(100, events // 40))
            for number in range(PROCESSES)
        ]
        expected = whole.expected()

        def restart() -> None:
            until = time.monotonic() + _LONGEST_WAIT
            while _begun(url) < PROCESSES and time.monotonic() < until:
                time.sleep(0.2)
            all_began.set()
            while witness.events < len(expected) // 3 and time.monotonic() < until:
                time.sleep(0.2)
            server.restart(0.5, how=IMMEDIATE)
            trial.say("many-workers: PostgreSQL was restarted")

        restarting = Thread(target=restart)
        restarting.start()
        began = time.monotonic()
        codes = trial.all(
            lambda number: pipelines[number].run(in_turn(*made[number]), unmodified=True), PROCESSES, at_once=PROCESSES
        )
        seconds = time.monotonic() - began
        restarting.join()
        takes = witness.takes()
        reports = [one.reports()[-1]["counts"] for one in pipelines]
    broken.true(f"the processes ended with {codes}", held=set(codes) == {0})
    broken.none("events lost", expected - takes.keys())
    broken.none("events twice", twice(takes))
    delivered = [counts.get("delivered", 0) for counts in reports]
    broken.true(f"{sum(delivered)} reported as delivered", held=sum(delivered) == len(expected))
    settled = sum(counts.get("delivered", 0) + counts.get("already_delivered", 0) for counts in reports)
    written = PROCESSES * 2 * half * len(STREAMS)
    return [
        Finding(
            "many workers",
            f"{PROCESSES} processes, {written:,} rows, {settled:,} events, of which {len(expected):,} different, one restart of PostgreSQL",
            "each event taken once, none lost",
            f"{len(takes):,} taken, {len(twice(takes))} twice, {written / seconds:,.0f} rows a second in all",
            broken,
        )
    ]


def _begun(url: str) -> int:
    """How many runs have opened the ledger; none before the first has made it."""
    try:
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT count(*) FROM workers").fetchone()
    except psycopg.errors.UndefinedTable:
        return 0
    return int(row[0]) if row else 0
