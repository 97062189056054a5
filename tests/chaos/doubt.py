"""Answers that never come, and workers that stand still for longer than anybody believes them alive."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from tests.chaos.finding import Broken, Finding, linkedin
from tests.chaos.network import twice_without_doubt
from tests.chaos.pipeline import Pipeline
from tests.chaos.rows import Table
from tests.chaos.tap import messages
from tests.chaos.witness import ahead, twice

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.chaos.finding import Trial
    from tests.chaos.pipeline import Life
    from tests.chaos.witness import Witness

READ_SECONDS = 5.0
"""Shorter than any fault keeps an answer back, and longer than a machine that is shared takes for one: 1.5 were not."""
UNANSWERED: tuple[dict[str, Any], ...] = (
    {"kind": "answer_504_after_taking"},
    {"kind": "answer_500", "take": True},
    {"kind": "reset", "take": True},
    {"kind": "drop_after"},
    {"kind": "slow_drip", "seconds": 10.0},
    {"kind": "delay", "delay": 7.0},
)
"""Taken, and no answer in time; the last one takes the events when the client has long given up."""
STEPS = ("after-claim", "after-quota", "half-request", "whole-request", "after-answer", "while-waiting")
"""Where a worker is stopped: before, in the middle of, and after a request."""
LEASE_MS = 1_000
LONG_LEASE_MS = 2_000
POLICIES = ("resend", "hold")
MOST_LIVES = 5
REFUSALS = 12
LEDGER_GONE = 2


@dataclass
class Sum:
    """What the scenarios of one kind and policy came to."""

    what: str
    policy: str
    law: Callable[[Trial, int, int, Sum], None]
    scenarios: int
    bar: str = ""
    events: int = 0
    missing: int = 0
    twice: int = 0
    counted: int = 0
    named: int = 0
    broken: Broken = field(default_factory=Broken)
    lock: Lock = field(default_factory=Lock)

    def add(self, name: str, witness: Witness, pipeline: Pipeline, table: Table) -> None:
        """Hold a scenario against the laws of its policy."""
        expected, takes, named = table.expected(), witness.takes(), pipeline.named_in_doubt()
        doubles, counted = twice(takes), pipeline.resent()
        missing, broken = expected - takes.keys(), Broken()
        broken.none("events lost", missing - named.keys())
        broken.none("STATEs ahead of LinkedIn", ahead(pipeline.seen, table, takes, named))
        if self.policy == "resend":
            broken.none("events not delivered", missing)
            broken.true(f"{len(doubles)} events twice, but {counted} counted", held=len(doubles) <= counted)
        else:
            broken.none("events twice though the policy is hold", doubles)
        with self.lock:
            self.broken += [f"{name}: {line}" for line in broken]
            self.events += len(expected)
            self.missing += len(missing)
            self.twice += len(doubles)
            self.counted += counted
            self.named += len(named)

    def finding(self) -> Finding:
        """The line of the table."""
        bars = {"resend": "all delivered, every double counted", "hold": "0 twice, every missing one named"}
        seen = {
            "resend": f"{self.missing} missing, {self.twice:,} twice, {self.counted:,} counted",
            "hold": f"{self.twice} twice, {self.missing:,} missing, {self.named:,} named",
        }
        numbers = f"{self.scenarios} times {self.what}, {self.events:,} events, {self.policy}"
        return Finding("in doubt", numbers, self.bar or bars[self.policy], seen[self.policy], self.broken)


def in_doubt(trial: Trial, events: int, answers: int, stops: int) -> list[Finding]:
    """Missing answers of every kind, workers stopped at every step, and some that are only slow."""
    sums = [
        *(Sum("no answer", policy, unanswered, answers) for policy in POLICIES),
        *(Sum("a worker stopped", policy, stopped, stops) for policy in POLICIES),
        Sum(
            "a slow worker beside another",
            "resend",
            alive,
            max(1, stops // 6),
            bar="a live lease is never taken over: 0 twice",
        ),
    ]
    plan = [(total, number) for total in sums for number in range(total.scenarios)]

    def one(place: int) -> None:
        total, number = plan[place]
        total.law(trial, number, events, total)

    trial.all(one, len(plan), at_once=2 * trial.at_once)
    return [total.finding() for total in sums]


def unanswered(trial: Trial, number: int, events: int, found: Sum) -> None:
    """LinkedIn takes some batches and its answer is lost."""
    luck, table = trial.luck("unanswered", number, found.policy), Table.of_events(events)
    fault = UNANSWERED[number % len(UNANSWERED)]
    name = f"{fault['kind']} {number}"
    with linkedin() as witness:
        pipeline = Pipeline(trial.place("doubt"), witness, on_in_doubt=found.policy, batch_size_rows=50, max_resends=50)
        witness.linkedin.faults(**fault, probability=0.2, seed=number)
        code = 1
        for _ in range(MOST_LIVES):
            code = pipeline.run(messages(table, pipeline.bookmarks, luck), "--read", str(READ_SECONDS))
            if code == 0:
                break
        time.sleep(fault.get("delay", 0.0))
        witness.settle()
        found.broken.true(f"{name}: the last life ended with {code}", held=code == 0)
        found.add(name, witness, pipeline, table)
        hidden = [at for at, fault_met in enumerate(witness.faults()) if fault_met is not None]
        takes = witness.takes()
        found.broken.none(
            "events twice without doubt",
            twice_without_doubt(twice(takes), witness.faults(), frozenset({fault["kind"]})),
        )
        if found.policy == "hold":
            doubtful = {event for event, batches in takes.items() if batches[0] in hidden}
            found.broken.none("events in doubt that nobody named", doubtful - pipeline.named_in_doubt().keys())
    trial.say(f"{name}, {found.policy}: ended with {code}")


def stopped(trial: Trial, number: int, events: int, found: Sum) -> None:
    """A worker stands still past its lease, another takes over, and the first goes on."""
    luck, table = trial.luck("stopped", number, found.policy), Table.of_events(events)
    # A few scenarios a policy cover every step between them.
    step = STEPS[(2 * number + number // 3 + (found.policy == "hold")) % len(STEPS)]
    name = f"stopped {step} {number}"
    with linkedin() as witness:
        if step == "while-waiting":
            witness.linkedin.faults("answer_503", times=REFUSALS)
        pipeline = Pipeline(trial.place("stopped"), witness, on_in_doubt=found.policy, batch_size_rows=50)
        options = ("--lease", str(LEASE_MS))
        at = ("--at", f"{step}:{luck.randint(1, REFUSALS // 2)}:SIGSTOP")
        with pipeline.life(*options, *at) as slow:
            slow.feed(messages(table, {}, luck))
            has_stopped = slow.wait_until_stopped(30)
            found.broken.true(f"{name}: no worker stopped at {step}", held=has_stopped)
            with pipeline.life(*options) as other:
                other.feed(messages(table, {}, luck))
                _wait_a_while(other, luck.choice((2.5, 6.0)))
                slow.send(signal.SIGCONT)
                codes = {pipeline.over(other), pipeline.over(slow)}
        found.broken.true(f"{name}: the workers ended with {codes}", held=codes <= {0, LEDGER_GONE})
        pipeline.bookmarks = {}
        code = pipeline.run(messages(table, {}, luck), *options)
        found.broken.true(f"{name}: the last life ended with {code}", held=code == 0)
        witness.settle()
        found.add(name, witness, pipeline, table)
    trial.say(f"{name}, {found.policy}: ended with {codes}")


def alive(trial: Trial, number: int, events: int, found: Sum) -> None:
    """A worker waits for answers for longer than its lease, but gives signs of life: nobody takes over."""
    luck, table = trial.luck("alive", number), Table.of_events(events)
    with linkedin() as witness:
        witness.linkedin.faults("delay", delay=LONG_LEASE_MS * 2.5 / 1000, times=4)
        pipeline = Pipeline(trial.place("alive"), witness, on_in_doubt=found.policy, batch_size_rows=50)
        options = ("--lease", str(LONG_LEASE_MS))
        with pipeline.life(*options) as slow, pipeline.life(*options) as other:
            slow.feed(messages(table, {}, luck))
            _wait_until(lambda: bool(witness.linkedin.ordered_faults[0]["fired"]), 20)
            other.feed(messages(table, {}, luck))
            codes = [pipeline.over(slow), pipeline.over(other)]
        found.broken.true(f"alive: the workers ended with {codes}", held=codes == [0, 0])
        found.add("alive", witness, pipeline, table)
        if doubles := twice(witness.takes()):
            found.broken.append(f"{len(doubles)} events of a live worker were sent by another")
    trial.say(f"alive: ended with {codes}")


def _wait_a_while(life: Life, seconds: float) -> None:
    _wait_until(lambda: life.process.poll() is not None, seconds)


def _wait_until(reached: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not reached() and time.monotonic() < until:
        time.sleep(0.02)
