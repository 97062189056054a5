"""Stdin is open and nothing comes: a signal ends the run all the same, and old batches leave."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from tests.chaos.finding import Broken, Finding, Trial, linkedin
from tests.chaos.pipeline import Pipeline
from tests.chaos.rows import Table
from tests.chaos.tap import messages
from tests.chaos.witness import ahead, twice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chaos.rows import Event

MOST_SECONDS = 5.0
"""For the end after SIGTERM with nothing in flight, also on a busy machine."""
AGE_SECONDS = 1.0
MOST_LATE = 3.0
PATIENCE = 20.0
EVENTS = 300
TERMINATED = 128 + signal.SIGTERM


def silent_stdin(trial: Trial, times: int) -> list[Finding]:
    """SIGTERM to a silent pipeline, and batches that grow old in one, so many times each."""
    ended, aged = Broken(), Broken()

    def one(number: int) -> float:
        return _age(trial, number, aged) if number % 2 else _terminate(trial, number, ended)

    seconds = trial.all(one, 2 * times)
    longest, shortest, latest = max(seconds[::2]), min(seconds[1::2]), max(seconds[1::2])
    ended.true(f"{longest:.1f} s until the end", held=longest <= MOST_SECONDS)
    aged.true(f"{latest:.1f} s until the batches left", held=latest <= AGE_SECONDS + MOST_LATE)
    aged.true(f"{shortest:.1f} s, before they were old enough", held=shortest >= AGE_SECONDS - 0.1)
    return [
        Finding(
            "silent stdin",
            f"SIGTERM {times} times",
            f"ends within {MOST_SECONDS:g} s, the next run sends the rest, once",
            f"ended within {longest:.2f} s",
            ended,
        ),
        Finding(
            "silent stdin",
            f"batch_max_age_seconds {AGE_SECONDS:g}, {times} times",
            f"all sent, STATE written, between {AGE_SECONDS:g} and {AGE_SECONDS + MOST_LATE:g} s",
            f"between {shortest:.2f} and {latest:.2f} s",
            aged,
        ),
    ]


def _terminate(trial: Trial, number: int, broken: Broken) -> float:
    """One silent pipeline is ended, whatever it had read; then the rest is sent."""
    luck, table = trial.luck("silent", number), Table.of_events(EVENTS)
    with linkedin() as witness:
        pipeline = Pipeline(trial.place("silent"), witness, batch_size_rows=50)
        with pipeline.life(unmodified=True) as life:
            life.feed(_cut(messages(table, {}, luck), luck.random()), close=False)
            life.wait_for_batches(luck.randint(0, 3), 5)
            time.sleep(luck.uniform(0.0, 1.5))
            asked = time.monotonic()
            life.send(signal.SIGTERM)
            code = pipeline.over(life)
            took = time.monotonic() - asked
        broken.true(f"it ended with {code}", held=code in {TERMINATED, -signal.SIGTERM})
        pipeline.run(messages(table, pipeline.bookmarks, luck), unmodified=True)
        _judge(pipeline, table, broken)
    return took


def _age(trial: Trial, number: int, broken: Broken) -> float:
    """One silent pipeline whose batches are never full; the seconds until the STATE that covers all."""
    luck, table = trial.luck("aged", number), Table.of_events(EVENTS)
    with linkedin() as witness:
        pipeline = Pipeline(trial.place("aged"), witness, batch_max_age_seconds=AGE_SECONDS, batch_size_rows=5000)
        with pipeline.life(unmodified=True) as life:
            # Its first STATE says that the process has started; then the rest comes at once, and nothing more.
            life.feed(messages(Table(1, table.base), {}, luck), close=False)
            life.wait_for_row(1, PATIENCE)
            begun = time.monotonic()
            life.feed(messages(table, {}, luck), close=False)
            life.wait_for_row(table.rows, PATIENCE)
            took = time.monotonic() - begun
            life.feed(())
            pipeline.over(life)
        _judge(pipeline, table, broken)
    return took


def _judge(pipeline: Pipeline, table: Table, broken: Broken) -> None:
    takes: dict[Event, list[int]] = pipeline.witness.takes()
    broken.none("events lost", table.expected() - takes.keys())
    broken.none("events twice", twice(takes))
    broken.none("STATEs ahead of LinkedIn", ahead(pipeline.seen, table, takes))


def _cut(pieces: Iterator[bytes], share: float) -> Iterator[bytes]:
    """Only the first part of a tap's lines, the last of them perhaps without its end."""
    whole = b"".join(pieces)
    yield whole[: int(len(whole) * share)]
