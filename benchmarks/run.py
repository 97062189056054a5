"""`make bench`: the target beside a plain BatchSink and a bare loop, in one run, as ratios.

`ARGS="speed stages --rows 200000 --rounds 3"`. All on this machine, by loopback: a receiver takes every event.
Figures are medians over the rounds; whole processes are timed, so each includes its start.
`python -m benchmarks.scaling` tells whether the speed lasts.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.bench import COMPANION, HERE, LONGEST, TARGET, Bench, compile_package, receiver
from benchmarks.records import ENTRY, PEOPLE, PLAIN, write_input, write_table

if TYPE_CHECKING:
    from collections.abc import Callable

_MAPS = {"orders": {"email": "email.strip().lower()", "company": "company + ' GmbH'", "country": "'DE'"}}
_STREAMS = tuple(f"orders_{number}" for number in range(5))
_BAD = {"email": "nobody", "li_fat_id": "", "first_name": None}
_PLAIN, _LOOP = "plain BatchSink", "bare loop"
_ON, _OFF, _OWN = "target", "target, send_once off", "target, own event ids"


def main() -> None:
    """Measure and print what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("section", nargs="*", choices=[*SECTIONS, []], metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=LONGEST, help="how long the section spark may take")
    chosen = parser.parse_args()
    compile_package()
    packages = ", ".join(f"{name} {version(name)}" for name in ("singer-sdk", "msgspec", "requests", "SQLAlchemy"))
    _say(f"{chosen.rows:,} rows, {chosen.rounds} rounds, {os.cpu_count()} cores")
    _say(f"{_processor()}, {platform.system()} {platform.machine()}, Python {platform.python_version()}, {packages}")
    for name in chosen.section or SECTIONS:
        with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder, receiver() as url:
            _say(f"\n{name}: {SECTIONS[name].__doc__}")
            SECTIONS[name](Bench(Path(folder), chosen.rows, chosen.rounds, url, chosen.seconds))


def speed(bench: Bench) -> None:
    """The same work, and the same receiver; rows as people write them."""
    _speed(bench, PEOPLE)


def plain(bench: Bench) -> None:
    """The same with the plainest rows: lower case, epoch numbers, amounts as text, few names."""
    _speed(bench, PLAIN)


def _speed(bench: Bench, kind: str) -> None:
    mapped, own = _input(bench, "mapped", kind=kind), _input(bench, "own", kind=kind, own_ids=True)
    for _ in range(bench.rounds):
        _baseline(bench, mapped)
        bench.run(_LOOP, [sys.executable, str(HERE / "floor.py"), bench.url, str(mapped)])
        bench.target(_OFF, mapped, send_once=False)
        bench.target(_ON, mapped)
        bench.target(_OWN, own)
    _table(bench, _PLAIN, _LOOP)


def refused(bench: Bench) -> None:
    """A stream of bad rows only, each of which gets a line in the rejects."""
    good, bad = _input(bench, "good"), _input(bench, "bad", changes=_BAD)
    for _ in range(bench.rounds):
        bench.target(_ON, good)
        bench.target("target, bad rows", bad)
    _table(bench, _ON)


def results(bench: Bench) -> None:
    """With what became of each event kept, and without; with event ids of the source, and our own."""
    mapped, own = _input(bench, "mapped"), _input(bench, "own", own_ids=True)
    for _ in range(bench.rounds):
        bench.target(_ON, mapped)
        bench.target("target, results_log", mapped, results_log=True)
        bench.target(_OWN, own)
        bench.target("target, own event ids, results_log", own, results_log=True)
    _table(bench, _ON, _OWN)


def maps(bench: Bench) -> None:
    """Through the SDK's stream maps, the same in both."""
    source = _input(bench, "mapped")
    for _ in range(bench.rounds):
        _baseline(bench, source, stream_maps=_MAPS)
        bench.target(_ON, source, stream_maps=_MAPS)
    _table(bench, _PLAIN)


def memory(bench: Bench) -> None:
    """Five streams that fill their batches at once, and ten times as many rows."""
    long = Bench(bench.folder, 10 * bench.rows, 1, bench.url)
    for each, kind in ((bench, "5 streams"), (long, f"5 streams, {long.rows:,} rows")):
        each.target(kind, _input(each, str(each.rows), streams=_STREAMS), streams=[{**ENTRY, "stream": "orders_*"}])
        _table(each, kind)


def stages(bench: Bench) -> None:
    """Microseconds an event, each stage alone; ledger and HTTP run beside the others."""
    from benchmarks.stages import stages as measured  # noqa: PLC0415 - imports what a run would have to import itself

    for stage, microseconds in measured(_input(bench, "mapped"), bench.folder, bench.url).items():
        _say(f"  {stage:24}{microseconds:8.2f}")


def start(bench: Bench) -> None:
    """Seconds over the interpreter's own start."""
    nothing = bench.folder / "nothing.singer"
    nothing.touch()
    for _ in range(5 * bench.rounds):
        bench.run("interpreter", [sys.executable, "-c", "pass"])
        bench.run("--version", [*TARGET, "--version"])
        bench.run("--help", [*TARGET, "--help"])
        bench.target("empty run", nothing)
    for name in ("--version", "--help", "empty run"):
        _say(f"  {name:24}{bench.median(name) - bench.median('interpreter'):8.2f}")


def tap(bench: Bench) -> None:
    """Seconds of a real tap-postgres alone, and of `tap | target`."""
    from benchmarks.behind_tap import behind_tap  # noqa: PLC0415 - brings a PostgreSQL

    for kind, alone, piped in behind_tap(bench):
        _say(f"  {kind:24}{alone:8.2f}{piped:8.2f}   ratio {piped / alone:.2f}")


def deliver(bench: Bench) -> None:
    """`deliver()` over dicts beside the target on the same rows, start and end of both left out."""
    source, nothing = _input(bench, "mapped"), bench.folder / "nothing.singer"
    nothing.touch()
    seconds: dict[str, list[float]] = {"target": [], "deliver()": []}
    for _ in range(bench.rounds):
        bench.target("empty run", nothing)
        bench.target(_ON, source)
        seconds["target"].append(bench.seconds[_ON][-1] - bench.seconds["empty run"][-1])
        config = bench.target_command()[-1]
        command = [sys.executable, str(HERE / "delivering.py"), config, str(source)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        _, one, whole = map(float, done.stdout.split())
        seconds["deliver()"].append(whole - one)
    rates = {name: bench.rows / statistics.median(taken) for name, taken in seconds.items()}
    for name, rate in rates.items():
        _say(f"  {name:32}{rate:10,.0f}")
    _say(f"  ratio {rates['deliver()'] / rates['target']:.2f}")


def send(bench: Bench) -> None:
    """`linkedin-conversions send` of the same rows as a CSV file, start, count of its rows and preview included."""
    source, table = _input(bench, "mapped"), bench.folder / "orders.csv"
    write_table(table, bench.rows)
    for _ in range(bench.rounds):
        bench.target(_ON, source)
        config = bench.target_command()[-1]
        bench.run("send", [*COMPANION, "send", str(table), "--config", config, "--yes"])
    _table(bench, _ON)


def preview(bench: Bench) -> None:
    """`preview` over all rows beside the target on the same rows, whole processes."""
    source = _input(bench, "mapped")
    for _ in range(bench.rounds):
        bench.target(_ON, source)
        config = bench.target_command()[-1]
        command = [*COMPANION, "preview", "--config", config, "--all", "--json", str(source)]
        bench.run("preview", command, cwd=HERE.parent)
    for name in (_ON, "preview"):
        _say(f"  {name:32}{bench.rate(name):10,.0f}")
    _say(f"  ratio {bench.rate('preview') / bench.rate(_ON):.2f}")


def spark(bench: Bench) -> None:
    """`df.write` from Parquet by one task and by two, beside the target on the same rows, start and end of both left out."""
    if find_spec("pyspark") is None:
        _say("  left out: the extra spark is not installed")
        return
    from benchmarks.in_spark import in_spark  # noqa: PLC0415 - as the other sections that bring more

    in_spark(bench, _say)


def limit(bench: Bench) -> None:
    """The least used of three minutes, where the sandbox takes 600 requests a minute."""
    from benchmarks.limit import at_the_limit  # noqa: PLC0415 - brings the sandbox

    used, throttled = at_the_limit(bench)
    _say(f"  {used:.1%} of the ceiling, {throttled} requests answered with 429")


SECTIONS: dict[str, Callable[[Bench], None]] = {
    one.__name__: one
    for one in (speed, plain, deliver, preview, send, spark, stages, refused, results, maps, memory, start, tap, limit)
}


def _input(bench: Bench, name: str, **options: Any) -> Path:  # noqa: ANN401 - those of write_input
    path = bench.folder / f"{name}.singer"
    with path.open("wb") as file:
        write_input(file, bench.rows, **options)
    return path


def _baseline(bench: Bench, source: Path, **config: Any) -> None:  # noqa: ANN401 - any setting
    bench.run(_PLAIN, [sys.executable, str(HERE / "baseline.py"), bench.url, str(source), json.dumps(config)])


def _table(bench: Bench, *beside: str) -> None:
    """Rates, memory and bytes on the wire, each also as a ratio."""
    _say(f"  {'':32}{'events/s':>10}{'peak MB':>10}{'bytes/event':>13}   ratios of the three to {', to '.join(beside)}")
    for name in bench.seconds:
        figures = _figures(bench, name)
        ratios = "   ".join(
            " ".join(
                f"{mine / theirs:.2f}" if theirs else "-"
                for mine, theirs in zip(figures, _figures(bench, other), strict=True)
            )
            for other in beside
            if other != name
        )
        rate, peak, size = figures
        _say(f"  {name:32}{rate:10,.0f}{peak:10.0f}{size:13.0f}   {ratios}")


def _figures(bench: Bench, name: str) -> tuple[float, float, float]:
    return bench.rate(name), bench.peak[name], bench.bytes[name] / bench.rows


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
