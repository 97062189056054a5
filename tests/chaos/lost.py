"""No answer ever comes, or somebody else's does: a run ends soon, sends no more than it counts, and loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.chaos.finding import Broken, Finding, Trial, linkedin
from tests.chaos.pipeline import Pipeline
from tests.chaos.rows import Table
from tests.chaos.tap import messages
from tests.chaos.witness import ahead, twice

if TYPE_CHECKING:
    from collections.abc import Mapping

UNREACHABLE = 5
MAX_RESENDS = 2
NEVER: tuple[Mapping[str, object], ...] = (
    {"kind": "answer_504_after_taking"},
    {"kind": "answer_500", "take": True},
    {"kind": "drop_after"},
)
ENDLESS = 1_000_000


def lost(trial: Trial, events: int, scenarios: int) -> list[Finding]:
    """Each kind of loss under `resend`, and a captive portal under `hold`; then the network is well again."""
    broken = [line for found in trial.all(lambda number: _one(trial, number, events), scenarios) for line in found]
    bar = f"exit {UNREACHABLE}, each event at most {MAX_RESENDS + 1} times, all taken or named, STATE never ahead"
    return [
        Finding(
            "lost answers", f"{scenarios} times {events:,} events", bar, "held" if not broken else "see below", broken
        )
    ]


def _one(trial: Trial, number: int, events: int) -> Broken:
    """A life in which no answer is LinkedIn's, and one in which all are."""
    kinds = (*NEVER, {"kind": "captive_portal"})
    fault = dict(kinds[number % len(kinds)])
    is_portal = fault["kind"] == "captive_portal"
    luck, table, broken = trial.luck("lost", number), Table.of_events(events), Broken()
    with linkedin() as witness:
        witness.linkedin.faults(**fault, times=ENDLESS)  # type: ignore[arg-type]  # the names are those of Fault
        pipeline = Pipeline(
            trial.place("lost"),
            witness,
            on_in_doubt="hold" if is_portal else "resend",
            max_resends=MAX_RESENDS,
            batch_size_rows=50,
        )
        code = pipeline.run(messages(table, {}, luck))
        broken.true(f"{fault['kind']}: the first life ended with {code}", held=code == UNREACHABLE)
        most = max(map(len, witness.takes().values()), default=0)
        broken.true(f"{fault['kind']}: an event was taken {most} times", held=most <= MAX_RESENDS + 1)
        broken.true("a STATE moved on a stranger's answer", held=not (is_portal and pipeline.states))
        witness.linkedin.clear_faults()
        code = pipeline.run(messages(table, pipeline.bookmarks, luck))
        broken.true(f"{fault['kind']}: the second life ended with {code}", held=code == 0)
        takes, named = witness.takes(), pipeline.named_in_doubt()
        broken.none("events lost", table.expected() - takes.keys() - named.keys())
        broken.none("STATEs ahead of LinkedIn", ahead(pipeline.seen, table, takes, named))
        if is_portal:
            broken.none("events twice though the policy is hold", twice(takes))
    trial.say(f"lost {fault['kind']} {number}: ended with {code}")
    return broken
