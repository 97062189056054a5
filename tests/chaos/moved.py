"""The ledger's file is taken away under a run, or an older copy is put back; runs end in one moment on one folder."""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

from tests.chaos.finding import Broken, Finding, linkedin
from tests.chaos.forking import start
from tests.singer.pipe import Pipe, as_bytes, record, schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.chaos.finding import Trial

CONFIG = 2
ROWS = 200
PATIENCE = 60.0


def _delete(path: Path) -> None:
    path.unlink()


def _rename(path: Path) -> None:
    path.rename(path.with_name("elsewhere.sqlite"))


def _replace(path: Path) -> None:
    copy = path.with_name("copy.sqlite")
    shutil.copy(path, copy)
    copy.replace(path)


WAYS: tuple[Callable[[Path], None], ...] = (_delete, _rename, _replace)


def ledger_moved(trial: Trial, times: int) -> list[Finding]:
    """Take the ledger away in mid-run, and put an older one back beside newer reports, so many times each."""
    taken, older = Broken(), Broken()

    def one(number: int) -> None:
        (_put_back if number % 2 else _take_away)(trial, number // 2, older if number % 2 else taken)

    trial.all(one, 2 * times)
    return [
        Finding("ledger taken away", f"{times} runs", "exit 2, nothing more is sent", "so it was", taken),
        Finding("older ledger", f"{times} put back", "a warning, or exit 2 where it is required", "so it was", older),
    ]


def _take_away(trial: Trial, number: int, broken: Broken) -> None:
    way = WAYS[number % len(WAYS)]
    with linkedin() as witness:
        pipe = Pipe(trial.place("taken"), witness.linkedin, start)
        now = pipe.linkedin.now()
        process = pipe.start(batch_size_rows=100, preflight=False)
        assert process.stdin is not None
        process.stdin.write(as_bytes([schema(), *(record(now, n) for n in range(ROWS))]))
        process.stdin.flush()
        until = time.monotonic() + PATIENCE
        while len(pipe.linkedin.received) < ROWS and time.monotonic() < until:
            time.sleep(0.05)
        way(pipe.state_dir / "ledger.sqlite")
        process.stdin.write(as_bytes([record(now, n) for n in range(ROWS, 3 * ROWS)]))
        process.stdin.close()
        process.stdin = None
        ended = pipe.wait(process, PATIENCE)
        name = f"{way.__name__.strip('_')} {number}"
        broken.true(f"{name}: exit {ended.code}", held=ended.code == CONFIG)
        broken.true(f"{name}: {len(pipe.linkedin.received)} sent", held=len(pipe.linkedin.received) == ROWS)


def _put_back(trial: Trial, number: int, broken: Broken) -> None:
    required = bool(number % 2)
    with linkedin() as witness:
        pipe = Pipe(trial.place("older"), witness.linkedin, start)
        now = pipe.linkedin.now()
        lines = [schema(), *(record(now, n) for n in range(ROWS))]
        path = pipe.state_dir / "ledger.sqlite"
        pipe.run(lines, preflight=False)
        kept = pipe.folder / "kept.sqlite"
        shutil.copy(path, kept)
        time.sleep(1.1)  # the names of runs tell seconds apart
        pipe.run([*lines, record(now, ROWS)], preflight=False)
        with closing(sqlite3.connect(kept)) as connection:
            broken.true("the copy is no ledger", held=connection.execute("PRAGMA quick_check").fetchone() == ("ok",))
        shutil.copy(kept, path)
        ended = pipe.run(lines, preflight=False, require_ledger=required)
        broken.true(f"required={required}: exit {ended.code}", held=ended.code == (CONFIG if required else 0))
        broken.true(f"required={required}: nothing said", held="older copy" in ended.stderr)


def ended_together(trial: Trial, runs: int) -> list[Finding]:
    """Runs on one folder that begin and end at once."""
    broken = Broken()
    with linkedin() as witness:
        pipe = Pipe(trial.place("together"), witness.linkedin, start)
        now = pipe.linkedin.now()
        pipe.run([schema()], preflight=False)
        file = pipe.file(preflight=False)

        def one(number: int) -> None:
            ended = Pipe(pipe.folder, witness.linkedin, start)
            ended.file = lambda *_args, **_more: file  # type: ignore[method-assign]  # one config for all
            done = ended.run([schema(), record(now, number)])
            broken.true(f"{number}: exit {done.code}: {done.stderr.splitlines()[-3:]}", held=done.code == 0)

        trial.all(one, runs, at_once=min(runs, 8))
        reports = list((pipe.state_dir / "runs").glob("2*.json"))
        broken.true(f"{len(reports)} reports", held=len(reports) == runs + 1)
        broken.none("drafts", [path.name for path in (pipe.state_dir / "runs").glob(".*.draft")])
    return [Finding("ended together", f"{runs} runs", "each exits 0 and leaves its report", f"{len(reports)}", broken)]
