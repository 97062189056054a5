"""Memory runs out, in the reading thread, a sender, or the ledger's: the run ends, says so, and has lost nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.chaos.finding import Broken, Finding, linkedin
from tests.singer.pipe import Pipe, as_bytes, environment, record, schema

if TYPE_CHECKING:
    from tests.chaos.finding import Trial

PATIENCE = 120.0
MOST_SECONDS = 30.0
FAULT = 1
ROWS = 3_000

_PROGRAM = """
import pathlib, resource, sys, time
from target_linkedin_conversions.{module} import {owner}
found, places = {owner}.{name}, {{"left": {after}}}
def hungry(*arguments, **named):
    places["left"] -= 1
    if places["left"] < 0:
        if not pathlib.Path("starved").exists():
            pathlib.Path("starved").write_text(str(time.monotonic()))
        pages = int(open("/proc/self/statm").read().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + (256 << 10),) * 2)
        eaten = []
        while True:
            eaten.append(bytearray(1 << 20))
    return found(*arguments, **named)
{owner}.{name} = hungry
from target_linkedin_conversions.singer.main import main
main(sys.argv[1:])
"""

STARVED = {
    "reading": ("run.intake", "Intake", "take_all"),
    "a sender": ("delivery.client", "Client", "send_events"),
    "the ledger's": ("ledger.claims", "Claims", "_claim_all"),
    "the quota's": ("ledger.quota", "Quota", "reserve"),
    "settling": ("run.recorder", "Recorder", "settled"),
}
"""Where the memory runs out: module, class and method."""


@dataclass
class Ended:
    """A run that was starved, and how long it took to end from then on."""

    code: int
    stderr: str
    seconds: float


def starved(pipe: Pipe, place: str, after: int = 1) -> Ended:
    """A run whose memory runs out at a place, when that is reached for the so-and-so-many-th time."""
    module, owner, name = STARVED[place]
    program = _PROGRAM.format(module=module, owner=owner, name=name, after=after)
    config = pipe.file(batch_size_rows=200, preflight=False, ledger_keep_days=400)
    now = pipe.linkedin.now()
    lines = as_bytes([schema(), *(record(now, n) for n in range(ROWS))])
    done = subprocess.run(
        [sys.executable, "-c", program, "--config", str(config)],
        input=lines,
        capture_output=True,
        check=False,
        timeout=PATIENCE,
        cwd=pipe.folder,
        env=environment(),
    )
    since = float((pipe.folder / "starved").read_text())
    return Ended(done.returncode, done.stderr.decode(), time.monotonic() - since)


def out_of_memory(trial: Trial, times: int) -> list[Finding]:
    """Starve runs at each place, a little later each time; then one that is not starved brings all the rest."""
    broken = Broken()
    places = list(STARVED)
    longest = 0.0

    def one(number: int) -> None:
        nonlocal longest
        place, after = places[number % len(places)], number // len(places)
        with linkedin() as witness:
            pipe = Pipe(trial.place("memory"), witness.linkedin)
            try:
                ended = starved(pipe, place, after)
            except subprocess.TimeoutExpired:
                broken.append(f"{place} {after}: it did not end")
                return
            longest = max(longest, ended.seconds)
            last = (ended.stderr.splitlines() or [""])[-1]
            broken.true(f"{place} {after}: exit {ended.code}", held=ended.code == FAULT)
            broken.true(f"{place} {after}: no last line", held=last.startswith("outcome="))

    trial.all(one, times, at_once=2)
    broken.true(f"{longest:.0f} s until the end", held=longest <= MOST_SECONDS)
    bar = "each ends by itself with exit 1 and its last line"
    return [Finding("out of memory", f"{times} runs starved", bar, f"longest {longest:.1f} s", broken)]
