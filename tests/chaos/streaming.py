"""A query of Spark that is stopped, killed, and started again from its checkpoint: nothing lost, nothing twice."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tests.chaos.finding import PLENTY, Broken, Finding, Trial, linkedin
from tests.chaos.once import POLICIES, once_or_named
from tests.chaos.pipeline import StuckError
from tests.singer.pipe import ROOT, ends_of
from tests.spark.writing import Writing

if TYPE_CHECKING:
    from tests.chaos.witness import Witness

RESTARTS = 5
FILES = 12
_LONGEST_LIFE = 300.0
_GONE_SECONDS = 30.0


def streaming(trial: Trial, rows: int) -> list[Finding]:
    """So many rows in 12 files, a micro-batch each; the driver is killed and stopped by turns, five times."""
    if find_spec("pyspark") is None:
        return [Finding("streaming", "", "", "left out: the extra spark is not installed")]
    return [_tried(trial, rows, policy) for policy in POLICIES]


def _tried(trial: Trial, rows: int, policy: str) -> Finding:
    broken, luck = Broken(), trial.luck("streaming", policy)
    with linkedin() as witness:
        writing = Writing(witness.linkedin, trial.place(f"streaming-{policy}"))
        _write_files(writing, rows)
        limits = {"requests_per_minute": PLENTY, "requests_per_day": PLENTY, "batch_size_rows": rows // FILES // 8}
        command = [sys.executable, "-m", "tests.chaos.stream_driver", str(writing.folder)]
        command.append(json.dumps(writing.given(on_in_doubt=policy, max_concurrent_requests=1, **limits)))
        ends = []
        for restart in range(RESTARTS):
            number = signal.SIGTERM if restart == RESTARTS // 2 else signal.SIGKILL
            ends.append(_life(command, witness, luck.randrange(8, 24), number))
            trial.say(f"streaming, {policy}: {number.name}, {witness.batches} requests taken, exit {ends[-1]}")
        ends.append(_life(command, witness))
        witness.settle()
        takes = witness.takes()
        receipts = [json.loads(path.read_bytes()) for path in (writing.state_dir / "runs").glob("2*.json")]
    found = [ends_of(receipt) for receipt in receipts if receipt["runs"]]
    held = sum(one.get("in_doubt:earlier_run", 0) for one in found)
    resent = sum(one.get("delivered:resent", 0) for one in found)
    seen = once_or_named(broken, writing, takes, rows, policy, resent)
    killed = ends.count(-signal.SIGKILL)
    broken.true(f"the lives ended with {ends}", held=killed == RESTARTS - 1 and ends[-1] == 0)
    return Finding(
        "streaming",
        f"{rows:,} rows in {FILES} micro-batches, {RESTARTS} restarts, {killed} of them after SIGKILL, {policy}",
        "each event taken once, or named",
        f"{seen}; receipts name {held} held, {resent} sent again",
        broken,
    )


def _write_files(writing: Writing, rows: int) -> None:
    folder = writing.folder / "files"
    folder.mkdir()
    names = ("id", "ref", "email", "happened_at")
    for number in range(FILES):
        some = range(rows * number // FILES, rows * (number + 1) // FILES)
        lines = (
            dict(zip(names, (n, f"leads-{n}", f"row.{n}@example.com", writing.at - 1000 * n), strict=True))
            for n in some
        )
        (folder / f"{number:03}.json").write_text("".join(json.dumps(line) + "\n" for line in lines))


def _life(command: list[str], witness: Witness, batches: int = PLENTY, number: int = signal.SIGKILL) -> int:
    """One driver, which hears the signal when so many more requests were taken; the exit code."""
    log = Path(command[-2]) / "log"
    reached, until = witness.batches + batches, time.monotonic() + _LONGEST_LIFE
    with log.open("ab") as file:
        driver = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdout=file, stderr=file)
    try:
        while driver.poll() is None and witness.batches < reached and time.monotonic() < until:
            time.sleep(0.005)
        if number == signal.SIGTERM:
            driver.send_signal(number)
        elif batches != PLENTY:
            _kill(driver.pid)
        return driver.wait(_LONGEST_LIFE)
    except subprocess.TimeoutExpired:
        end = " | ".join(log.read_text(errors="replace").splitlines()[-8:])
        raise StuckError(f"a driver did not end within {_LONGEST_LIFE:g} s; its log ends: {end}") from None
    finally:
        _kill(driver.pid)


def _kill(session: int) -> None:
    """Kill the driver, its JVM and its workers of Python: all that it started are of its session."""
    until = time.monotonic() + _GONE_SECONDS
    while (found := _of_session(session)) and time.monotonic() < until:
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def _of_session(session: int) -> list[int]:
    found = []
    for process in Path("/proc").iterdir():
        with contextlib.suppress(ValueError, OSError):
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(process.name))
    return found
