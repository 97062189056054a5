"""`df.write` beside the target on the same rows, a tenth of them first, within a bound of time.

Each figure is told when it is there, and what the time does not suffice for is left out: so a busy machine gives figures of
fewer rows or rounds instead of none. (Three rounds said nothing before the last of them, which took five minutes at a load of 5.)
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import suppress
from threading import Timer
from typing import TYPE_CHECKING

from benchmarks.bench import HERE
from benchmarks.records import write_input, write_parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.bench import Bench

TARGET = "target"
_KINDS = (TARGET, "spark, one task", "spark, two tasks")
_SHARE = 10
"""The first rows are so small a part of all."""
_OF_TARGET = 0.25
"""The part of the time left that the target may take, so that there is some left for Spark."""
_LEAST_SECONDS = 0.001
"""A measured difference of two runs may be below nothing."""

Figures = dict[tuple[str, int], list[float]]
"""Seconds of each round, by what was measured and how many rows it was given."""


def in_spark(bench: Bench, say: Callable[[str], None]) -> None:
    """Measure round by round as long as there is time, and tell the medians of the most rows that were managed."""
    until = time.monotonic() + bench.longest
    sizes = sorted({max(1, bench.rows // _SHARE), bench.rows})
    for rows in sizes:
        with _input(bench, rows).open("wb") as file:
            write_input(file, rows)
        write_parquet(_parquet(bench, rows), rows, files=2)
    found: Figures = defaultdict(list)
    took = 0.0
    for number in range(bench.rounds):
        began = time.monotonic()
        if began + took > until:
            say(f"  {number} of {bench.rounds} rounds, for the time of {bench.longest:.0f} s is over (--seconds)")
            break
        for kind, rows, seconds in _round(bench, sizes, until):
            found[kind, rows].append(seconds)
            say(f"  round {number + 1}: {kind:18}{rows:10,} rows{seconds:8.2f} s")
        took = time.monotonic() - began
    for line in table(found):
        say(line)


def table(found: Figures) -> Iterator[str]:
    """A line for each kind: rows a second of the most rows that it was given, beside the target on as many."""
    for kind in _KINDS:
        sizes = [rows for what, rows in found if what == kind]
        if not sizes:
            yield f"  {kind:32}{'none':>10}   the time did not suffice; give it more by --seconds"
            continue
        rows = max(sizes)
        rate = rows / statistics.median(found[kind, rows])
        beside = found.get((TARGET, rows))
        ratio = f"   ratio {rate * statistics.median(beside) / rows:.2f}" if beside else ""
        yield f"  {kind:32}{rate:10,.0f}{ratio}   {rows:,} rows, {len(found[kind, rows])} rounds"


def _round(bench: Bench, sizes: list[int], until: float) -> Iterator[tuple[str, int, float]]:
    """The seconds of each, start and end left out, as they are measured."""
    nothing = bench.folder / "nothing.singer"
    nothing.touch()
    bench.target("empty run", nothing)
    expected = 0.0
    for rows in sizes:
        if expected > _OF_TARGET * (until - time.monotonic()):
            break
        bench.target(TARGET, _input(bench, rows))
        seconds = max(_LEAST_SECONDS, bench.seconds[TARGET][-1] - bench.seconds["empty run"][-1])
        expected = bench.seconds[TARGET][-1] * _SHARE
        yield TARGET, rows, seconds
    yield from _spark(bench, sizes, until)


def _spark(bench: Bench, sizes: list[int], until: float) -> Iterator[tuple[str, int, float]]:
    left = max(1.0, until - time.monotonic())
    folders = [str(_parquet(bench, rows)) for rows in sizes]
    command = [sys.executable, str(HERE / "spark_writing.py"), bench.target_command()[-1], str(left), *folders]
    log = bench.folder / "spark.log"
    with (
        log.open("wb") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True) as process,
    ):
        overdue = Timer(left, _kill, [process])
        overdue.start()
        try:
            assert process.stdout is not None
            for line in process.stdout:
                folder, tasks, seconds = line.split()
                yield _KINDS[int(tasks)], sizes[int(folder)], max(_LEAST_SECONDS, float(seconds))
            process.wait()
        finally:
            overdue.cancel()
            if process.poll() is None:
                _kill(process)
    if process.returncode not in {0, -signal.SIGKILL}:
        sys.exit(f"spark failed:\n{log.read_text(errors='replace')[-2000:]}")


def _kill(process: subprocess.Popen[str]) -> None:
    """End Spark with all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _input(bench: Bench, rows: int) -> Path:
    return bench.folder / f"{rows}.singer"


def _parquet(bench: Bench, rows: int) -> Path:
    return bench.folder / f"{rows}.parquet"
