"""`make bench`: the target beside a plain BatchSink and a bare loop, in one run, as ratios.

`ARGS="--rows 200000 --rounds 3"`. All on this machine: a receiver takes every event. Figures are medians; whole
processes are timed, so each includes its start.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.records import ENTRY, write_input

HERE = Path(__file__).parent


class Measure:
    """Runs commands against one receiver and keeps seconds and peak memory."""

    def __init__(self, folder: Path, rows: int, url: str) -> None:
        self.folder, self.rows, self.url = folder, rows, url
        self.seconds: dict[str, list[float]] = {}
        self.peak: dict[str, int] = {}

    def run(self, name: str, command: list[str], **options: Any) -> None:  # noqa: ANN401 - those of Popen
        """Time one command as a whole process."""
        started = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self.folder, **options
        )
        assert process.stderr is not None
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stderr.close()
        if process.returncode:
            sys.exit(f"{name} failed:\n{errors.decode()[-2000:]}")
        self.seconds.setdefault(name, []).append(time.perf_counter() - started)
        self.peak[name] = max(self.peak.get(name, 0), usage.ru_maxrss // 1024)

    def target(self, name: str, source: Path, **settings: Any) -> None:  # noqa: ANN401 - any setting
        """Time the target over an input, with a ledger of its own each time."""
        state = tempfile.mkdtemp(dir=self.folder)
        config = {
            "access_token": "sandbox-token",
            "api_url": self.url,
            "oauth_url": self.url,
            "requests_per_minute": 1_000_000,
            "requests_per_day": 1_000_000_000,
            "preflight": False,
            "state_dir": state,
            "streams": [ENTRY],
            **settings,
        }
        path = self.folder / "config.json"
        path.write_text(json.dumps(config))
        with source.open("rb") as file:
            self.run(name, [sys.executable, "-m", "target_linkedin_conversions", "--config", str(path)], stdin=file)

    def rate(self, name: str) -> float:
        """Events a second."""
        return self.rows / statistics.median(self.seconds[name])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        subprocess.Popen([sys.executable, str(HERE / "receiver.py")], stdout=subprocess.PIPE, text=True) as receiver,
    ):
        try:
            assert receiver.stdout is not None
            url = f"http://127.0.0.1:{receiver.stdout.readline().strip()}"
            measure = Measure(Path(name), chosen.rows, url)
            measured(measure, chosen.rounds)
        finally:
            receiver.terminate()
    show(measure)


def measured(measure: Measure, rounds: int) -> None:
    """Every variant in turn, round by round, so that a machine's moods hit all alike."""
    mapped, own = measure.folder / "mapped.singer", measure.folder / "own.singer"
    for path, own_ids in ((mapped, False), (own, True)):
        with path.open("wb") as file:
            write_input(file, measure.rows, own_ids=own_ids)
    for _ in range(rounds):
        measure.run("plain BatchSink", [sys.executable, str(HERE / "baseline.py"), measure.url, str(mapped)])
        measure.run("bare loop", [sys.executable, str(HERE / "floor.py"), measure.url, str(mapped)])
        measure.target("target, send_once off", mapped, send_once=False)
        measure.target("target, mapped ids", mapped)
        measure.target("target, own ids", own)


def show(measure: Measure) -> None:
    """Print a table of rates, ratios and memory."""
    versions = f"Python {platform.python_version()}, msgspec {msgspec.__version__}, singer-sdk {version('singer-sdk')}"
    print(f"{measure.rows} rows, {os.cpu_count()} cores, {versions}, page size {resource.getpagesize()}")
    print(f"{'':24}{'events/s':>12}{'x BatchSink':>14}{'x bare loop':>14}{'peak MB':>10}")
    plain, floor = measure.rate("plain BatchSink"), measure.rate("bare loop")
    for name in measure.seconds:
        rate = measure.rate(name)
        print(f"{name:24}{rate:12,.0f}{rate / plain:14.2f}{rate / floor:14.2f}{measure.peak[name]:10}")


if __name__ == "__main__":
    main()
