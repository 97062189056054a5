"""Four processes under one quota: never a request too many, and hardly one too few."""

from __future__ import annotations

import signal
import time
from contextlib import ExitStack
from itertools import pairwise
from typing import TYPE_CHECKING

from target_linkedin_conversions.durations import DAY_MS, MINUTE_MS
from target_linkedin_conversions.ledger.quota import ROOM_MS
from tests.chaos.finding import Broken, Finding, Trial, linkedin
from tests.chaos.pipeline import PLENTY, Pipeline, last_lines
from tests.chaos.rows import STREAMS, Table
from tests.chaos.tap import messages
from tests.chaos.witness import ahead

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.chaos.witness import Witness

PROCESSES = 4
LEAST_USED = 0.95
LEAST_USED_IN_SHORT = 0.9
TOO_LITTLE = "only "
MOST_TRIES = 3
EXIT_QUOTA = 4


def short_minute(
    trial: Trial, per_minute: int, windows: int, new_ledger: Callable[[], str | None], minute_ms: int
) -> Finding:
    """The same with what is scaled to be a minute, on a ledger of its own; again where too little of it was used.

    Half a second that a busy machine takes from the processes is a tenth of it: what the quota lets them use shows in the
    best of a few. A request too many breaks the law in whichever it is.
    """
    for _ in range(MOST_TRIES - 1):
        found = minute(trial, per_minute, windows, new_ledger(), minute_ms)
        if found.ok or not all(one.startswith(TOO_LITTLE) for one in found.broken):
            return found
    return minute(trial, per_minute, windows, new_ledger(), minute_ms)


def minute(trial: Trial, per_minute: int, windows: int, ledger_url: str | None, minute_ms: int = MINUTE_MS) -> Finding:
    """Four processes want more than the minute allows, for so many minutes (or what is scaled to be one).

    The quota counts a request for `ROOM_MS` longer, which is much of a short minute: there the windows are as long as it counts.
    """
    broken, whole = Broken(), minute_ms == MINUTE_MS
    window_ms, least = (minute_ms, LEAST_USED) if whole else (minute_ms + ROOM_MS, LEAST_USED_IN_SHORT)
    with linkedin() as witness, ExitStack() as stack:
        pipelines = _pipelines(trial, witness, ledger_url, requests_per_minute=per_minute, shutdown_seconds=5)
        options = () if whole else ("--minute", str(minute_ms))
        lives = [stack.enter_context(one.life(*options, unmodified=not options)) for one in pipelines]
        for number, life in enumerate(lives):
            first = number * per_minute * windows
            rows = Table(first + per_minute * windows)
            life.feed(
                messages(rows, dict.fromkeys(STREAMS, first), trial.luck("quota", number), overlap=0), close=False
            )
        lives[0].wait_for_batches(1, 60)
        time.sleep(windows * window_ms / 1000)
        for life in lives:
            life.send(signal.SIGTERM)
        codes = [one.over(life) for one, life in zip(pipelines, lives, strict=True)]
        broken.true(f"the processes ended with {codes}", held=codes == [128 + signal.SIGTERM] * PROCESSES)
        times = [request.at for request in witness.linkedin.requests]
    over = most_in_a_window(times, minute_ms) - per_minute
    used = min(used_of_each_window(times, window_ms, windows)) / per_minute
    broken.true(f"{over} requests too many in {minute_ms / 1000:g} seconds", held=over <= 0)
    broken.true(f"{TOO_LITTLE}{used:.1%} of a window were used", held=used >= least)
    place = "SQLite" if ledger_url is None else "PostgreSQL"
    return Finding(
        "shared quota",
        f"{PROCESSES} processes, {windows} windows of {window_ms / 1000:g} s, {per_minute} each, {place}",
        f"never one over in any window; at least {least:.0%} of each used",
        f"{len(times)} requests, at most {per_minute + over} in a window, at least {used:.1%} used",
        broken,
    )


def day(trial: Trial, per_day: int, ledger_url: str | None) -> Finding:
    """Four processes want more than the day allows: each stops with exit 4, and the next run goes on."""
    broken, used, codes = Broken(), 0, []
    table = Table(per_day)
    with linkedin() as witness:
        pipelines = _pipelines(trial, witness, ledger_url, requests_per_minute=PLENTY, requests_per_day=per_day)

        def run(number: int) -> int:
            return pipelines[number].run(messages(table, {}, trial.luck("day", number)), unmodified=True)

        codes = trial.all(run, PROCESSES, at_once=PROCESSES)
        takes, days = witness.takes(), {request.at // DAY_MS for request in witness.linkedin.requests}
        used = len(witness.linkedin.requests)
        for pipeline in pipelines:
            broken.none("STATEs ahead of LinkedIn", ahead(pipeline.seen, table, takes))
    broken.true(f"{used} requests in {len(days)} days", held=used <= per_day * len(days))
    broken.true(f"only {used} of {per_day} requests were used", held=used >= per_day * LEAST_USED)
    otherwise = [last_lines(one.folder) for one, code in zip(pipelines, codes, strict=True) if code != EXIT_QUOTA]
    broken.true(f"the processes ended with {codes}: {otherwise}", held=set(codes) == {EXIT_QUOTA})
    return Finding(
        "shared quota",
        f"{PROCESSES} processes, {per_day} requests a day",
        "never one over in a UTC day; at least 95 % used; exit 4",
        f"{used} requests, exits {codes}",
        broken,
    )


def most_in_a_window(times: Sequence[int], length: int) -> int:
    """The most requests in any window of this length, by when they came."""
    most, first = 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - length:
            first += 1
        most = max(most, last - first + 1)
    return most


def used_of_each_window(times: Sequence[int], length: int, windows: int) -> list[int]:
    """The requests of each window from the first request on."""
    edges = [times[0] + number * length for number in range(windows + 1)]
    return [sum(begin <= at < end for at in times) for begin, end in pairwise(edges)]


def _pipelines(trial: Trial, witness: Witness, ledger_url: str | None, **settings: int) -> list[Pipeline]:
    """Processes that share a ledger and nothing else; one request an event."""
    shared = trial.place("quota")
    url = ledger_url or f"sqlite:///{shared / 'shared.sqlite'}"
    return [
        Pipeline(shared / str(number), witness, ledger_url=url, batch_size_rows=1, **settings)
        for number in range(PROCESSES)
    ]
