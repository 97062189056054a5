"""Signals, silence, and a reader who is gone: the process itself."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.sandbox import Sandbox
from tests.singer.pipe import Pipe, as_bytes, record, schema, state

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

CODES = {signal.SIGTERM: 143, signal.SIGINT: 130}


@pytest.fixture
def linkedin() -> Iterator[Sandbox]:
    """A sandbox a test: what a dead process left on its way must not arrive in the next one."""
    with Sandbox() as running:
        yield running


def write(process: subprocess.Popen[bytes], *lines: dict[str, object]) -> None:
    assert process.stdin is not None
    process.stdin.write(as_bytes(lines))
    process.stdin.flush()


def wait_until(reached: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


@pytest.mark.parametrize("number", CODES)
def test_a_signal_while_stdin_is_silent_ends_it_with_the_safe_state(
    pipe: Pipe, linkedin: Sandbox, now: int, number: signal.Signals
) -> None:
    with pipe.start(batch_size_rows=2) as process:
        write(process, schema(), record(now, 1), record(now, 2), state(at=2), record(now, 3), state(at=3))
        wait_until(lambda: len(linkedin.received) == 2)
        process.send_signal(number)
        done = pipe.wait(process, 30)
    assert (done.code, done.states) == (CODES[number], ['{"at": 2}'])
    assert done.counts == {"delivered": 2, "unsent": 1}
    assert done.last.startswith(f"outcome=terminated exit={CODES[number]} ")
    assert (done.report["outcome"], done.report["exit_code"]) == ("terminated", CODES[number])
    assert "Traceback" not in done.stderr
    again = pipe.run_here([schema(), record(now, 3), state(at=3)])
    assert (again.counts, again.states) == ({"delivered": 1}, ['{"at": 3}'])


def test_a_signal_lets_what_is_under_way_end_and_its_state_leaves(pipe: Pipe, linkedin: Sandbox, now: int) -> None:
    linkedin.faults("delay", delay=1.0, times=1)
    with pipe.start(batch_size_rows=1) as process:
        write(process, schema(), record(now, 1), state(at=1))
        wait_until(lambda: bool(linkedin.ordered_faults[0]["fired"]))
        process.send_signal(signal.SIGTERM)
        done = pipe.wait(process)
    assert (done.code, done.counts, done.states) == (143, {"delivered": 1}, ['{"at": 1}'])


def test_a_signal_at_the_end_of_input_does_not_wait_for_the_retries(pipe: Pipe, linkedin: Sandbox, now: int) -> None:
    linkedin.faults("answer_503", times=1000)
    with pipe.start(retry_for_seconds=600) as process:
        assert process.stdin is not None
        write(process, schema(), record(now, 1), state(at=1))
        process.stdin.close()
        wait_until(lambda: len(linkedin.requests) > 0)
        process.send_signal(signal.SIGTERM)
        done = pipe.wait(process, 10)
    assert (done.code, done.counts, done.states) == (143, {"unsent": 1}, [])


def test_what_does_not_end_within_shutdown_seconds_is_left(pipe: Pipe, linkedin: Sandbox, now: int) -> None:
    linkedin.faults("delay", delay=20, times=1)
    with pipe.start(batch_size_rows=1, shutdown_seconds=0.5) as process:
        write(process, schema(), record(now, 1), state(at=1))
        wait_until(lambda: bool(linkedin.ordered_faults[0]["fired"]))
        process.send_signal(signal.SIGTERM)
        done = pipe.wait(process, 15)  # LinkedIn answers only after twenty seconds
    assert (done.code, done.counts, done.states) == (143, {"unsent": 1}, [])
    assert "Traceback" not in done.stderr
    linkedin.clear_faults()
    again = pipe.run_here([schema(), record(now, 1), state(at=1)], on_in_doubt="resend")
    assert (again.code, again.counts) == (0, {"delivered": 1})


def test_a_signal_does_not_wait_for_the_preflight(pipe: Pipe, linkedin: Sandbox, now: int) -> None:
    linkedin.faults("delay", delay=20, times=100, path="/rest/conversions")
    with pipe.start(batch_size_rows=1, account_id=512345678, shutdown_seconds=1) as process:
        write(process, schema(), record(now, 1), state(at=1))
        wait_until(lambda: bool(linkedin.ordered_faults[0]["fired"]))
        process.send_signal(signal.SIGTERM)
        done = pipe.wait(process, 15)  # the rules are answered only after twenty seconds
    assert (done.code, done.counts, done.states) == (143, {"unsent": 1}, [])


def test_a_second_signal_ends_it_at_once(pipe: Pipe, linkedin: Sandbox, now: int) -> None:
    linkedin.faults("delay", delay=20, times=1)
    with pipe.start(batch_size_rows=1) as process:
        write(process, schema(), record(now, 1), state(at=1))
        wait_until(lambda: bool(linkedin.ordered_faults[0]["fired"]))
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 143  # LinkedIn answers only after twenty seconds
        done = pipe.wait(process)
    assert done.last == "outcome=terminated exit=143"
    linkedin.clear_faults()


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGHUP])
def test_one_stop_that_comes_by_several_signals_is_as_tidy_as_by_one(
    pipe: Pipe, linkedin: Sandbox, now: int, first: signal.Signals
) -> None:
    """Ctrl-C, or a terminal's end, reaches a whole pipeline, and whoever started it then sends SIGTERM."""
    linkedin.faults("delay", delay=2, times=1)
    with pipe.start(batch_size_rows=1) as process:
        write(process, schema(), record(now, 1), state(at=1))
        wait_until(lambda: bool(linkedin.ordered_faults[0]["fired"]))
        process.send_signal(first)
        time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        done = pipe.wait(process, 15)
    assert (done.code, done.counts, done.states) == (128 + first, {"delivered": 1}, ['{"at": 1}'])
    assert done.last.startswith(f"outcome=terminated exit={128 + first} ")


def test_a_partly_filled_batch_leaves_when_it_is_old_though_stdin_is_silent(
    pipe: Pipe, linkedin: Sandbox, now: int
) -> None:
    with pipe.start(batch_max_age_seconds=1) as process:
        assert process.stdout is not None
        write(process, schema(), state(at=0))
        assert json.loads(process.stdout.readline()) == {"at": 0}
        started = time.monotonic()
        write(process, record(now, 1), record(now, 2), state(at=2))
        assert json.loads(process.stdout.readline()) == {"at": 2}
        assert time.monotonic() - started > 0.9
        assert len(linkedin.received) == 2
        assert process.stdin is not None
        process.stdin.close()
        done = pipe.wait(process)
    assert (done.code, done.states) == (0, [])


@pytest.mark.parametrize("rows", [1, 40])
def test_when_nobody_reads_stdout_it_ends_and_says_so(pipe: Pipe, linkedin: Sandbox, now: int, rows: int) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    lines = [schema(), *[line for n in range(rows) for line in (record(now, n), state(at=n))]]
    try:
        with pipe.start(stdout=writing, batch_size_rows=1) as process:
            os.close(writing)
            assert process.stdin is not None
            process.stdin.write(as_bytes(lines))
            process.stdin.close()
            done = pipe.wait(process)
    finally:
        linkedin.clear_faults()
    assert (done.code, done.report["outcome"], done.report["exit_code"]) == (5, "stdout_closed", 5)
    assert done.last.startswith("outcome=stdout_closed exit=5 ")
    for word in ("Traceback", "BrokenPipe", "Exception ignored"):
        assert word not in done.stderr


def test_when_stdout_is_full_it_ends_within_shutdown_seconds(pipe: Pipe, now: int) -> None:
    reading, writing = os.pipe()
    # More than a pipe holds, so that writing it blocks.
    wide = state(at="x" * 200_000)
    try:
        with pipe.start(stdout=writing, shutdown_seconds=0.5) as process:
            os.close(writing)
            write(process, schema(), record(now, 1), wide)
            assert process.stdin is not None
            process.stdin.close()
            done = pipe.wait(process, 10)
    finally:
        os.close(reading)
    assert (done.code, done.counts) == (5, {"delivered": 1})
    assert done.last.startswith("outcome=stdout_closed exit=5 ")
    assert "Fatal" not in done.stderr


def test_kill_loses_nothing(pipe: Pipe, linkedin: Sandbox, now: int) -> None:
    with pipe.start(batch_size_rows=1, max_concurrent_requests=1) as process:
        write(process, schema(), *[record(now, number) for number in range(200)], state(at=200))
        wait_until(lambda: len(linkedin.received) > 3)
        process.kill()
        assert process.wait(30) == -signal.SIGKILL
        states = process.stdout.read() if process.stdout else b""
    assert states == b""
    missing = 200 - len(linkedin.received)
    assert missing > 0
    # What was on its way at that moment belongs to the dead process until its lease ends, so it is not asked for here.
    done = pipe.run_here([schema(), *[record(now, 1000 + number) for number in range(5)], state(at=5)])
    assert (done.code, done.counts) == (0, {"delivered": 5})
