"""SIGKILL and SIGTERM anywhere, again and again: the last STATE and the ledger bring everything back."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.chaos.finding import Broken, Finding, Trial, linkedin
from tests.chaos.pipeline import Pipeline
from tests.chaos.rows import Table
from tests.chaos.tap import messages
from tests.chaos.witness import ahead, twice
from tests.chaos.worker import AT_THE_END, STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from random import Random

    from tests.chaos.pipeline import Life
    from tests.chaos.rows import Event, Sent

LEASE_MS = 1_000
"""The lease of runs that are killed at a step; the program as it is has half a minute."""
LONGEST_WAIT = 40.0
ROWS_AHEAD = 1_000
ROWS_AT_THE_END = 40
MOST_TRIES = 5
WAITING = 5
POLICIES = ("resend", "hold")
ENDED = frozenset({-signal.SIGKILL, -signal.SIGTERM, 128 + signal.SIGTERM})


@dataclass
class Lives:
    """One pipeline's lives: how far LinkedIn was when each ended, and what was in doubt then."""

    pipeline: Pipeline
    luck: Random
    table: Table = field(default_factory=lambda: Table(0))
    signalled: int = 0
    ends: list[int] = field(default_factory=list)
    in_doubt: list[frozenset[bytes]] = field(default_factory=list)

    def pieces(self, more: int = 0) -> Iterator[bytes]:
        """The tap from the last STATE on; the table has grown, so that so many rows a stream are left."""
        least = min(self.pipeline.bookmarks.values(), default=0)
        self.table.rows = max(self.table.rows, least + more)
        return messages(self.table, self.pipeline.bookmarks, self.luck)

    def over(self, life: Life) -> int:
        """A life has ended: note how far LinkedIn was, and whose end the ledger does not know."""
        code = self.pipeline.over(life)
        self.ends.append(self.pipeline.witness.settle())
        self.in_doubt.append(self.pipeline.digests_in_doubt())
        self.signalled += code in ENDED
        return code

    def at_a_step(self) -> None:
        """A life that kills itself at some passage of some step."""
        step = self.luck.choice(sorted(STEPS.keys() - {"while-waiting"}))
        last = step in AT_THE_END
        passage = self.luck.randint(1, 3 if last or step.endswith("-state") else 12)
        with self.pipeline.life("--lease", str(LEASE_MS), "--at", f"{step}:{passage}:SIGKILL") as life:
            life.feed(self.pieces(ROWS_AT_THE_END if last else ROWS_AHEAD))
            self.over(life)

    def by_chance(self, number: signal.Signals, *options: str) -> None:
        """A life that is ended at any time, or at any time once it sends."""
        with self.pipeline.life(*options, unmodified=not options) as life:
            life.feed(self.pieces(ROWS_AHEAD))
            if self.luck.random() < 0.3:
                time.sleep(self.luck.uniform(0.05, 2.0))
            else:
                life.wait_for_batches(self.luck.randint(1, 30), LONGEST_WAIT)
                time.sleep(self.luck.uniform(0.0, 0.05))
            life.send(number)
            self.over(life)

    def finish(self, *, tell: bool) -> int:
        """Lives that nobody ends, until one says that it is done; then, if need be, one that tells of the dead."""
        code = 1
        for _ in range(MOST_TRIES):
            with self.pipeline.life(unmodified=True) as life:
                life.feed(self.pieces())
                code = self.over(life)
            if code == 0:
                break
        if tell:
            self.pipeline.wait_for_leases()
            with self.pipeline.life(unmodified=True) as life:
                life.feed(self.pieces())
                self.over(life)
        return code


@dataclass
class Judgement:
    """What became of one pipeline's events."""

    events: int
    lost: int
    twice: int
    counted: int
    named: int
    broken: Broken


def judge(lives: Lives, *, resend: bool, code: int = 0) -> Judgement:
    """Hold one pipeline against the laws."""
    pipeline, broken = lives.pipeline, Broken()
    broken.true(f"the last life ended with {code}", held=code == 0)
    expected, takes, named = lives.table.expected(), pipeline.witness.takes(), pipeline.named_in_doubt()
    lost = expected - takes.keys() - named.keys()
    broken.none("events lost", lost)
    broken.none("events that were in no row", takes.keys() - expected)
    broken.none("STATEs ahead of LinkedIn", ahead(pipeline.seen, lives.table, takes, named))
    doubles, counted = twice(takes), pipeline.resent()
    if resend:
        broken.none("events held though the policy is resend", named)
        broken.none("events twice without doubt", twice_without_doubt(lives, doubles))
        broken.true(f"{len(doubles)} events twice, but {counted} counted", held=len(doubles) <= counted)
    else:
        broken.none("events twice though the policy is hold", doubles)
        broken.none("events held without doubt", held_without_doubt(lives, named))
    return Judgement(len(expected), len(lost), len(doubles), counted, len(named), broken)


def twice_without_doubt(lives: Lives, doubles: Mapping[Event, list[int]]) -> list[Event]:
    """Of the events that were taken twice, those that were not in doubt all the time in between."""
    if not doubles:
        return []
    digest, sent = lives.pipeline.digester(), lives.pipeline.witness.sent()

    def life_of(batch: int) -> int:
        return sum(end <= batch for end in lives.ends)

    def doubtful(event: Event, batches: list[int]) -> bool:
        known, at = digest(event, sent[event]), [life_of(batch) for batch in batches]
        between = (lives.in_doubt[life] for one, other in pairwise(at) for life in range(one, other))
        return len(set(at)) == len(at) and all(known in found for found in between)

    return [event for event, batches in doubles.items() if not doubtful(event, batches)]


def held_without_doubt(lives: Lives, named: Mapping[Event, Sent]) -> list[Event]:
    """Of the events that were held, those that were in doubt at no life's end."""
    if not named:
        return []
    digest, ever = lives.pipeline.digester(), frozenset().union(*lives.in_doubt)
    return [event for event, sent in named.items() if digest(event, sent) not in ever]


def killed(trial: Trial, kills: int, chances: int, *, quick: bool = False) -> list[Finding]:
    """SIGKILL: so many at named steps and so many by chance; `quick` gives the latter a short lease too."""
    options = ("--lease", str(LEASE_MS)) if quick else ()
    plan: list[tuple[str, int, tuple[str, ...] | None]] = []
    for policy in POLICIES:
        # Those with the real lease mostly wait for it, so that many of them may run at once.
        plan += [(policy, count, options) for count in _share(chances // 2, 1 if quick else WAITING)]
        plan += [(policy, count, None) for count in _share(kills // 2, 1 if quick else trial.at_once // 2)]

    def one(number: int) -> Judgement:
        policy, count, way = plan[number]
        return _one(trial, f"killed-{policy}-{number}", count, policy, way)

    judged = trial.all(one, len(plan), at_once=len(plan))
    found = []
    for policy in POLICIES:
        mine = [number for number, (its, _, _) in enumerate(plan) if its == policy]
        signals = sum(plan[number][1] for number in mine)
        found.append(_finding("killed anywhere", policy, signals, [judged[number] for number in mine], "kills"))
    return found


def terminated(trial: Trial, terms: int) -> list[Finding]:
    """SIGTERM, so many times, to the program as it is: what is in flight ends, nothing is in doubt."""
    plan = _share(terms, min(trial.at_once, -(-terms // 3)))

    def one(number: int) -> Judgement:
        return _one(trial, f"terminated-{number}", plan[number], "resend", (), signal.SIGTERM)

    judged = trial.all(one, len(plan))
    finding = _finding("terminated", "resend", sum(plan), judged, "SIGTERMs")
    finding.bar = "0 lost, 0 twice"
    if doubles := sum(one.twice for one in judged):
        finding.broken.append(f"{doubles} events twice, though nothing was in doubt")
    return [finding]


def _one(
    trial: Trial,
    name: str,
    count: int,
    policy: str,
    options: tuple[str, ...] | None,
    number: signal.Signals = signal.SIGKILL,
) -> Judgement:
    """One pipeline that is ended so often: at a step where there are no `options`, else by chance."""
    luck = trial.luck(name)
    with linkedin() as witness:
        lives = Lives(Pipeline(trial.place(name), witness, on_in_doubt=policy), luck)
        while lives.signalled < count:
            if options is None:
                lives.at_a_step()
            else:
                lives.by_chance(number, *options)
            if lives.signalled % 10 == 0 or lives.signalled == count:
                trial.say(f"{name}: {lives.signalled} of {count}")
        found = judge(lives, resend=policy == "resend", code=lives.finish(tell=number == signal.SIGKILL))
    for line in found.broken:
        trial.say(f"{name}: BROKEN {line}")
    return found


def _share(count: int, among: int) -> list[int]:
    """A number in nearly equal parts, none of them 0."""
    parts = [count // among + (number < count % among) for number in range(among)]
    return [part for part in parts if part]


def _finding(law: str, policy: str, signals: int, judged: list[Judgement], what: str) -> Finding:
    events, lost, double, counted, named = (
        sum(getattr(one, name) for one in judged) for name in ("events", "lost", "twice", "counted", "named")
    )
    bars = {
        "resend": "0 lost; twice only what was in doubt, all counted",
        "hold": "0 twice; every missing one named in doubt, none held without doubt",
    }
    seen = f"{lost} lost, {double} twice" + (f", {counted} counted" if policy == "resend" else f", {named} named")
    numbers = f"{signals} {what}, {events:,} events, {policy}"
    return Finding(law, numbers, bars[policy], seen, [line for one in judged for line in one.broken])
