"""A network that fails one request in five, in every way it can: all arrives, and STATE never runs ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.chaos.finding import Broken, Finding, Trial, linkedin
from tests.chaos.pipeline import Pipeline
from tests.chaos.rows import Table
from tests.chaos.tap import messages
from tests.chaos.witness import ahead, twice

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from random import Random

    from tests.chaos.rows import Event
    from tests.chaos.witness import Witness

SHARE = 0.2
FAULTS: tuple[dict[str, object], ...] = (
    {"kind": "drop_before"},
    {"kind": "drop_after"},
    {"kind": "reset"},
    {"kind": "reset", "take": True},
    {"kind": "truncate"},
    {"kind": "delay", "delay": 0.3},
    {"kind": "slow_drip", "seconds": 0.4},
    {"kind": "answer_429"},
    {"kind": "answer_500"},
    {"kind": "answer_500", "take": True},
    {"kind": "interim"},
    {"kind": "answer_503"},
    {"kind": "answer_504"},
    {"kind": "answer_504_after_taking"},
)
HIDING = frozenset({"drop_after", "reset", "truncate", "answer_500", "answer_504_after_taking"})
"""The faults after which nobody knows that the events were taken."""
PIPELINES = 4
MOST_LIVES = 10


@dataclass(frozen=True)
class Passage:
    """What one pipeline's way through the network came to."""

    events: int
    requests: int
    hit: int
    twice: int
    counted: int
    states: int
    broken: Broken


def network(trial: Trial, events: int) -> list[Finding]:
    """So many events in four pipelines, one request in five meets a fault."""
    passages = trial.all(lambda number: _one(trial, number, events // PIPELINES), PIPELINES)
    broken = [line for one in passages for line in one.broken]
    made, requests, hit, double, counted, states = (
        sum(getattr(one, name) for one in passages)
        for name in ("events", "requests", "hit", "twice", "counted", "states")
    )
    seen = f"{'all taken' if not broken else 'see below'}, {double:,} twice, {counted:,} counted, {states:,} STATEs"
    numbers = f"{made:,} events, {requests:,} requests, {hit / max(1, requests):.0%} with a fault"
    bar = "all delivered, STATE never ahead; twice only what was in doubt, all counted"
    return [Finding("network", numbers, bar, seen, broken)]


def _one(trial: Trial, number: int, events: int) -> Passage:
    """One pipeline."""
    broken, luck, table = Broken(), trial.luck("network", number), Table.of_events(events)
    with linkedin() as witness:
        order_faults(witness, luck)
        pipeline = Pipeline(
            trial.place("network"),
            witness,
            on_in_doubt="resend",
            max_resends=50,
            max_concurrent_requests=12,
            retry_for_seconds=300,
            state_interval_seconds=0,
        )
        code = 1
        for life in range(MOST_LIVES):
            code = pipeline.run(messages(table, pipeline.bookmarks, luck), unmodified=True)
            trial.say(f"network-{number}: life {life + 1} ended with {code}, {witness.batches} batches taken")
            if code == 0:
                break
        broken.true(f"the last life ended with {code}", held=code == 0)
        expected, takes = table.expected(), witness.takes()
        doubles, counted = twice(takes), pipeline.resent()
        broken.none("events lost", expected - takes.keys())
        broken.none("STATEs ahead of LinkedIn", ahead(pipeline.seen, table, takes))
        broken.none("events twice without doubt", twice_without_doubt(doubles, witness.faults()))
        broken.true(f"{len(doubles)} events twice, but {counted} counted", held=len(doubles) <= counted)
        requests = witness.linkedin.requests
        hit = sum(request.fault is not None for request in requests)
        return Passage(len(expected), len(requests), hit, len(doubles), counted, len(pipeline.states), broken)


def order_faults(witness: Witness, luck: Random) -> None:
    """Each kind with the same share of all requests."""
    share = SHARE / len(FAULTS)
    for number, fault in enumerate(FAULTS):
        met_before = number * share
        order = {**fault, "probability": share / (1 - met_before), "seed": luck.randrange(1 << 30)}
        witness.linkedin.faults(order.pop("kind"), **order)  # type: ignore[arg-type]  # the names are those of Fault


def twice_without_doubt(
    doubles: Mapping[Event, list[int]], faults: Sequence[str | None], hiding: Collection[str] = HIDING
) -> list[Event]:
    """Of the events that were taken twice, those that were answered more than once.

    A hidden answer may be to the later batch: one that was delayed until nobody waited for it any more.
    """

    def answered(batches: list[int]) -> int:
        return sum(faults[batch] not in hiding for batch in batches)

    return [event for event, batches in doubles.items() if answered(batches) > 1]
