"""Where the time of many workers on one PostgreSQL ledger goes, in seconds of a processor: the target, PostgreSQL, and LinkedIn's stand-in.

`python -m benchmarks.many_workers --rows 150000`: so many rows a worker, half of them everybody's. Seconds of a processor do
not grow with what else the machine does, as seconds of a clock do; what they come to on two processors is calculated.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import psycopg

from benchmarks.bench import Bench, compile_package, receiver
from benchmarks.records import write_input
from tests.postgresql import postgresql

_WORKERS = 8
_TICKS = os.sysconf("SC_CLK_TCK")
_OWN_IDS = 10_000_000
"""Between the ids of two workers' own rows."""


def main() -> None:
    """Let them all deliver at once, and print what each part took for a row."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many_workers", description=__doc__)
    parser.add_argument("--rows", type=int, default=150_000)
    rows = parser.parse_args().rows
    compile_package()
    with (
        tempfile.TemporaryDirectory(prefix="many-") as folder,
        receiver() as url,
        postgresql() as server,
    ):
        place = Path(folder)
        ledger = server.database("many")
        bench = Bench(place, rows, 1, url)
        inputs = _inputs(place, rows)
        nothing = place / "nothing.singer"
        nothing.touch()
        bench.target("empty run", nothing, ledger_url=ledger)  # makes the ledger
        before = _of_children()
        bench.target("empty run", nothing, ledger_url=ledger)
        start = _of_children() - before
        before, of_server, began = _of_children(), _of_postgresql(ledger), time.perf_counter()
        _all_at_once(bench, inputs, ledger)
        took = time.perf_counter() - began
        spent, of_server = _of_children() - before - _WORKERS * start, _of_postgresql(ledger) - of_server
    whole = rows * _WORKERS
    _say(f"{whole:,} rows by {_WORKERS} workers in {took:.1f} s: {whole / took:,.0f} a second of the clock")
    parts = {"the targets": spent, "their starts": _WORKERS * start, "PostgreSQL": of_server}
    for name, seconds in parts.items():
        _say(f"  {name:16}{seconds / whole * 1e6:8.1f} us of a processor a row")
    _say(f"  two processors with nothing else to do: {2 * whole / sum(parts.values()):,.0f} rows a second at most")


def _inputs(place: Path, rows: int) -> list[Path]:
    """An input for each worker: the first half is everybody's, the second its own."""
    everybody = place / "everybody.singer"
    with everybody.open("wb") as file:
        write_input(file, rows)
    lines = everybody.read_bytes().splitlines(keepends=True)
    found = []
    for worker in range(_WORKERS):
        path = place / f"{worker}.singer"
        with path.open("wb") as file:
            file.writelines(lines[: len(lines) // 2])
            file.writelines(_own(line, worker) for line in lines[len(lines) // 2 :])
        found.append(path)
    return found


def _own(line: bytes, worker: int) -> bytes:
    message = msgspec.json.decode(line)
    if message["type"] == "RECORD":
        record = message["record"]
        record["order_id"] += (worker + 1) * _OWN_IDS
        record["event_id"] = f"{record['event_id']}-{worker}" if record.get("event_id") else None
    return msgspec.json.encode(message) + b"\n"


def _all_at_once(bench: Bench, inputs: list[Path], ledger: str) -> None:
    running = []
    for path in inputs:
        with path.open("rb") as file:
            command = bench.target_command(ledger_url=ledger)
            running.append(subprocess.Popen(command, stdin=file, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    codes = [process.wait() for process in running]
    if any(codes):
        sys.exit(f"the workers ended with {codes}")


def _of_children() -> float:
    """Seconds of a processor of all processes that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _of_postgresql(url: str) -> float:
    """Seconds of a processor of the server and all its processes, those that have ended too."""
    with psycopg.connect(url) as connection:
        parent = _stat(connection.info.backend_pid)[1]
    processes = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    found = 0
    for process in processes:
        try:
            stat = _stat(process)
        except OSError:  # it has just ended
            continue
        if parent in {process, stat[1]}:
            found += sum(stat[11:15] if process == parent else stat[11:13])
    return found / _TICKS


def _stat(process: int) -> list[int]:
    """The numbers of `/proc/PID/stat` behind the name, the state left out as 0."""
    return [0, *map(int, Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1:])]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
