"""How fast many workers on one PostgreSQL ledger are, and where their time goes, in seconds of a processor: the target and PostgreSQL.

`python -m benchmarks.many_workers --rows 150000`: so many rows a worker, half of them everybody's; with `--restart` the
server stops without a word once a third of all has come. Each row must have been reported once as delivered. Seconds of a
processor do not grow with what else the machine does, as seconds of a clock do; what they come to on two processors is
calculated.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import msgspec
import psycopg

from benchmarks.bench import Bench, compile_package, receiver
from benchmarks.records import write_input
from tests.postgresql import IMMEDIATE, postgresql

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.postgresql import PostgreSQL

_WORKERS = 8
_TICKS = os.sysconf("SC_CLK_TCK")
_OWN_IDS = 10_000_000
"""Between the ids of two workers' own rows."""
_BYTES_AN_EVENT = 652
"""What an event of these rows has in a request."""
_PATIENCE = 300.0


def main() -> None:
    """Let them all deliver at once, and print what each part took for a row."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many_workers", description=__doc__)
    parser.add_argument("--rows", type=int, default=150_000)
    parser.add_argument("--restart", action="store_true", help="restart PostgreSQL in mid-run")
    chosen = parser.parse_args()
    rows: int = chosen.rows
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
        watch = _Restart(server, ledger, url, _different(rows) // 3) if chosen.restart else None
        before, of_server, began = _of_children(), _of_postgresql(ledger), time.perf_counter()
        _all_at_once(bench, inputs, ledger, watch.start if watch else _nothing_more)
        took = time.perf_counter() - began
        spent, of_server = _of_children() - before - _WORKERS * start, _of_postgresql(ledger) - of_server
        of_server += watch.of_server if watch else 0.0
    whole = rows * _WORKERS
    how = ", PostgreSQL restarted once" if watch else ""
    _say(f"{whole:,} rows by {_WORKERS} workers in {took:.1f} s: {whole / took:,.0f} a second of the clock{how}")
    parts = {"the targets": spent, "their starts": _WORKERS * start, "PostgreSQL": of_server}
    for name, seconds in parts.items():
        _say(f"  {name:16}{seconds / whole * 1e6:8.1f} us of a processor a row")
    _say(f"  two processors with nothing else to do: {2 * whole / sum(parts.values()):,.0f} rows a second at most")


class _Restart:
    """Restarts the server once so many events have come."""

    def __init__(self, server: PostgreSQL, ledger: str, receiver: str, events: int) -> None:
        self._server, self._ledger, self._receiver = server, ledger, receiver
        self._events = events
        self.of_server = 0.0
        """Seconds of a processor that went with the processes which were stopped."""

    def start(self) -> Thread:
        """Watch from now on; the thread ends when the server is there again."""
        self._before = self._received()
        thread = Thread(target=self._restart)
        thread.start()
        return thread

    def _restart(self) -> None:
        until = time.monotonic() + _PATIENCE
        while self._received() - self._before < self._events * _BYTES_AN_EVENT and time.monotonic() < until:
            time.sleep(0.2)
        self.of_server = _of_postgresql(self._ledger)
        self._server.restart(0.5, how=IMMEDIATE)

    def _received(self) -> int:
        with urllib.request.urlopen(self._receiver) as answer:  # noqa: S310 - the receiver on this machine
            return int(answer.read())


def _nothing_more() -> None:
    """Leave the server alone."""


def _different(rows: int) -> int:
    """How many of all rows are different events: everybody's half, and each worker's own."""
    shared = rows // 2
    return shared + _WORKERS * (rows - shared)


def _inputs(place: Path, rows: int) -> list[Path]:
    """An input for each worker: the first half is everybody's, the second its own."""
    everybody = place / "everybody.singer"
    with everybody.open("wb") as file:
        write_input(file, rows)
    lines = everybody.read_bytes().splitlines(keepends=True)
    records = [number for number, line in enumerate(lines) if line.startswith(b'{"type":"RECORD"')]
    half = records[rows // 2]
    found = []
    for worker in range(_WORKERS):
        path = place / f"{worker}.singer"
        with path.open("wb") as file:
            file.writelines(lines[:half])
            file.writelines(_own(line, worker) for line in lines[half:])
        found.append(path)
    return found


def _own(line: bytes, worker: int) -> bytes:
    message = msgspec.json.decode(line)
    if message["type"] == "RECORD":
        record = message["record"]
        record["order_id"] += (worker + 1) * _OWN_IDS
        record["event_id"] = f"{record['event_id']}-{worker}" if record.get("event_id") else None
    return msgspec.json.encode(message) + b"\n"


def _all_at_once(bench: Bench, inputs: list[Path], ledger: str, also: Callable[[], Thread | None]) -> None:
    """Run the workers, and something beside them; each event must be reported as delivered by one of them."""
    commands = [bench.target_command(ledger_url=ledger) for _ in inputs]
    running = []
    for path, command in zip(inputs, commands, strict=True):
        with path.open("rb") as file:
            running.append(subprocess.Popen(command, stdin=file, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    beside = also()
    codes = [process.wait() for process in running]
    if beside is not None:
        beside.join()
    if any(codes):
        sys.exit(f"the workers ended with {codes}")
    reports = [Path(command[-1]).parent / "runs" / "last.json" for command in commands]
    counts = [json.loads(path.read_bytes())["counts"] for path in reports]
    delivered = sum(each.get("delivered", 0) for each in counts)
    settled = delivered + sum(each.get("already_delivered", 0) for each in counts)
    if (delivered, settled) != (_different(bench.rows), bench.rows * _WORKERS):
        sys.exit(f"{delivered:,} reported as delivered, not {_different(bench.rows):,}: {counts}")


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
