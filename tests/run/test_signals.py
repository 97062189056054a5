"""Signals end every way in alike: its own exit code, what is safe, and a report."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.run.process.signals import ending_by_signals
from tests.singer.pipe import COMPANION, MODULE, as_bytes, environment, record, schema, wait_until_read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.singer.pipe import Pipe

WAYS = {"target": MODULE, "mark": [*COMPANION, "ledger", "mark"]}


def started(pipe: Pipe, way: str, before: Callable[[], None] | None = None) -> subprocess.Popen[bytes]:
    """A process that has read a row and waits for more."""
    process = subprocess.Popen(
        [*WAYS[way], "--config", str(pipe.file())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=pipe.folder,
        env=environment(),
        preexec_fn=before,  # noqa: PLW1509 - it only ignores a signal
    )
    assert process.stdin is not None
    process.stdin.write(as_bytes([schema(), record(pipe.linkedin.now(), 1)]))
    process.stdin.flush()
    end = time.monotonic() + 60
    while not (pipe.state_dir / "ledger.sqlite").exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    wait_until_read(process.stdin)
    time.sleep(0.3)
    return process


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("way", WAYS)
def test_a_signal_ends_it_with_its_own_exit_code_and_a_report(pipe: Pipe, way: str, number: signal.Signals) -> None:
    with started(pipe, way) as process:
        process.send_signal(number)
        done = pipe.wait(process)
    assert done.code == 128 + number
    assert (done.report["outcome"], done.report["exit_code"]) == ("terminated", 128 + number)
    assert done.counts == {"unsent": 1}
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_hangup_that_is_ignored_ends_nothing(pipe: Pipe, way: str) -> None:
    def ignoring() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with started(pipe, way, ignoring) as process:
        process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        assert process.poll() is None
        assert process.stdin is not None
        process.stdin.close()
        assert pipe.wait(process).code == 0


def test_whoever_heard_signals_before_a_run_hears_them_after_it() -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    before, handler = signal.set_wakeup_fd(write), signal.getsignal(signal.SIGTERM)
    try:
        with ending_by_signals(_Run()):
            assert signal.getsignal(signal.SIGTERM) is not handler
        assert signal.getsignal(signal.SIGTERM) is handler
        assert signal.set_wakeup_fd(write) == write
    finally:
        signal.set_wakeup_fd(before)
        os.close(read)
        os.close(write)


class _Run:
    terminated: int | None = None
    opening = False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_before_the_run_ends_it_with_its_last_line(number: signal.Signals, tmp_path: Path) -> None:
    """The console script's `main` listens before it imports what takes half a second."""
    os.mkfifo(tmp_path / "fifo")
    asked = [*MODULE, "--input", "fifo"]
    running = subprocess.Popen(asked, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE)
    with (tmp_path / "fifo").open("wb"):  # returns when the program, whose options these are, opens it
        running.send_signal(number)
        _, err = running.communicate(timeout=60)
    assert running.returncode == 128 + number
    assert err.decode() == f"outcome=terminated exit={128 + number}\n"
