"""Pipes and files that break: a tap that dies, streams that are closed or full, disks without room, too few open files."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.run.process.machine import descriptors_needed
from target_linkedin_conversions.sandbox import Sandbox
from tests.singer.pipe import MODULE, Ended, Line, Pipe, as_bytes, environment, line_of, record, schema, state
from tests.size import sized

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@pytest.fixture
def linkedin() -> Iterator[Sandbox]:
    """A sandbox a test: what a dead process left on its way must not arrive in the next one."""
    with Sandbox() as running:
        yield running


def in_shell(pipe: Pipe, script: str, lines: Iterable[Line], **settings: Any) -> Ended:
    """A run as a shell starts it: the script ends in `exec "$@"`."""
    done = subprocess.run(
        ["/bin/sh", "-c", script, "sh", *MODULE, "--config", str(pipe.file(**settings))],
        input=as_bytes(lines),
        capture_output=True,
        check=False,
        timeout=60,
        cwd=pipe.folder,
        env=environment(),
    )
    last = pipe.state_dir / "runs" / "last.json"
    report = json.loads(last.read_bytes()) if last.exists() else {}
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode(), report)


def let_leases_pass(pipe: Pipe) -> None:
    """Do as half a minute does, after which the next run takes over what one left that could not even say that it ends."""
    with contextlib.closing(sqlite3.connect(pipe.state_dir / "ledger.sqlite")) as ledger, ledger:
        ledger.execute("UPDATE workers SET leased_until = 1 WHERE leased_until > 1")


def rows(now: int, first: int, count: int) -> list[Line]:
    return [record(now, first + n) for n in range(count)]


def arrivals(linkedin: Sandbox) -> dict[str, int]:
    """How often each event came."""
    found: dict[str, int] = {}
    for event in linkedin.received:
        found[event["eventId"]] = found.get(event["eventId"], 0) + 1
    return found


# The tap


def test_a_tap_that_dies_in_mid_line_exits_7_and_state_is_not_ahead(pipe: Pipe, now: int, linkedin: Sandbox) -> None:
    cut = line_of(record(now, 9))[:-20]
    with pipe.start(batch_max_age_seconds=0.2) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(as_bytes([schema(), record(now, 1), state(at=1)]))
        process.stdin.flush()
        assert process.stdout.readline() == b'{"at": 1}\n'
        process.stdin.write(as_bytes([record(now, 2), state(at=2)]) + cut)
        process.stdin.close()
        done = pipe.wait(process)
    assert done.code == 7
    assert "line 6 of the input" in done.stderr
    assert done.states == ['{"at": 2}'] * (len(linkedin.received) - 1)
    again = pipe.run_here([schema(), *rows(now, 1, 2), record(now, 9), state(at=9)])
    assert (again.code, again.states) == (0, ['{"at": 9}'])
    assert set(arrivals(linkedin).values()) == {1}
    assert len(arrivals(linkedin)) == 3


def test_a_tap_that_dies_after_a_whole_line_loses_nothing_that_it_wrote(
    pipe: Pipe, now: int, linkedin: Sandbox
) -> None:
    done = pipe.run([schema(), record(now, 1), state(at=1), record(now, 2)])
    assert (done.code, done.states, done.counts) == (0, ['{"at": 1}'], {"delivered": 2})
    assert len(linkedin.received) == 2


def test_a_tap_that_is_killed_is_an_end_of_input(pipe: Pipe, now: int) -> None:
    reading, writing = os.pipe()
    script = pipe.folder / "input.singer"
    script.write_bytes(as_bytes([schema(), record(now, 1), state(at=1)]))
    with subprocess.Popen(["/bin/sh", "-c", f"cat '{script}'; exec sleep 60"], stdout=writing) as tap:
        os.close(writing)
        with subprocess.Popen(
            [*MODULE, "--config", str(pipe.file(batch_max_age_seconds=0.2))],
            stdin=reading,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        ) as process:
            os.close(reading)
            assert process.stdout is not None
            assert process.stdout.readline() == b'{"at": 1}\n'
            tap.kill()
            assert pipe.wait(process, 10).code == 0


@pytest.mark.parametrize("gap", sized([0.1], [0.01, 0.1, 0.5]))
def test_batches_that_are_half_full_leave_by_age_between_slow_rows(
    pipe: Pipe, now: int, linkedin: Sandbox, gap: float
) -> None:
    with pipe.start(batch_max_age_seconds=0.3, batch_size_rows=1000) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(as_bytes([schema(), record(now, 0), state(at=0)]))
        process.stdin.flush()
        assert process.stdout.readline() == b'{"at": 0}\n'
        for number in range(1, sized(8, 60)):
            process.stdin.write(as_bytes([record(now, number), state(at=number)]))
            process.stdin.flush()
            time.sleep(gap)
        last = f'{{"at": {sized(8, 60) - 1}}}'.encode()
        assert any(line.strip() == last for line in process.stdout)
        assert len(linkedin.received) == sized(8, 60)
        process.stdin.close()
        assert pipe.wait(process).code == 0
    assert len([request for request in linkedin.requests if request.method == "POST"]) > 1


# Standard streams


def test_a_closed_stdin_is_no_empty_tap_and_exits_7(pipe: Pipe) -> None:
    done = in_shell(pipe, 'exec "$@" <&-', [])
    assert (done.code, done.stdout) == (7, "")
    assert "stdin is closed" in done.stderr
    assert done.last == "outcome=input exit=7"
    assert "Traceback" not in done.stderr


def test_a_closed_stdin_does_no_harm_where_a_file_is_named(pipe: Pipe, now: int) -> None:
    (pipe.folder / "input.singer").write_bytes(as_bytes([schema(), record(now, 1), state(at=1)]))
    done = in_shell(pipe, 'exec "$@" --input input.singer <&-', [])
    assert (done.code, done.counts, done.states) == (0, {"delivered": 1}, ['{"at": 1}'])


@pytest.mark.parametrize("target", ["&-", "/dev/full"])
def test_a_stdout_that_takes_nothing_exits_5_and_delivers(pipe: Pipe, now: int, target: str) -> None:
    done = in_shell(pipe, f'exec "$@" >{target}', [schema(), record(now, 1), state(at=1)])
    assert (done.code, done.report["outcome"], done.counts) == (5, "stdout_closed", {"delivered": 1})
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("target", ["&-", "/dev/full"])
def test_a_stderr_that_takes_nothing_changes_neither_state_nor_exit_code(pipe: Pipe, now: int, target: str) -> None:
    script = f'exec "$@" 2>{target}'
    done = in_shell(pipe, script, [schema(), record(now, 1), state(at=1)])
    assert (done.code, done.counts, done.states) == (0, {"delivered": 1}, ['{"at": 1}'])
    assert in_shell(pipe, script, [schema(), b"broken"]).code == 7


def test_a_stderr_that_nobody_reads_changes_neither_state_nor_exit_code(pipe: Pipe, now: int) -> None:
    lines = as_bytes([schema(), record(now, 1), state(at=1)])
    with pipe.start() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stderr.close()
        process.stdin.write(lines)
        process.stdin.close()
        assert process.stdout.read() == b'{"at": 1}\n'
        assert process.wait(20) == 0


def test_no_file_takes_the_place_of_a_closed_stream(pipe: Pipe, now: int) -> None:
    (pipe.folder / "input.singer").write_bytes(as_bytes([schema(), record(now, 1), state(at=1)]))
    script = 'exec "$@" --input input.singer <&- >&- 2>&-'
    assert in_shell(pipe, script, []).code == 5
    done = pipe.run([schema(), record(now, 1), state(at=1)])
    assert (done.code, done.counts) == (0, {"already_delivered": 1})


# Signals


def test_a_broken_pipe_s_signal_is_ignored(pipe: Pipe, now: int) -> None:
    with pipe.start(batch_max_age_seconds=0.2) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(as_bytes([schema(), record(now, 1), state(at=1)]))
        process.stdin.flush()
        assert process.stdout.readline() == b'{"at": 1}\n'
        process.send_signal(signal.SIGPIPE)
        process.stdin.write(as_bytes([record(now, 2), state(at=2)]))
        process.stdin.close()
        done = pipe.wait(process)
    assert (done.code, done.states, done.counts) == (0, ['{"at": 2}'], {"delivered": 2})


def test_a_hangup_ends_it_like_sigterm(pipe: Pipe, now: int) -> None:
    with pipe.start(batch_max_age_seconds=0.2) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(as_bytes([schema(), record(now, 1), state(at=1)]))
        process.stdin.flush()
        assert process.stdout.readline() == b'{"at": 1}\n'
        process.send_signal(signal.SIGHUP)
        done = pipe.wait(process, 10)
    assert (done.code, done.report["outcome"], done.report["exit_code"]) == (129, "terminated", 129)


def test_a_hangup_is_ignored_under_nohup(pipe: Pipe, now: int) -> None:
    with subprocess.Popen(
        [
            "/bin/sh",
            "-c",
            "trap '' HUP; exec \"$@\"",
            "sh",
            *MODULE,
            "--config",
            str(pipe.file(batch_max_age_seconds=0.2)),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(as_bytes([schema(), record(now, 1), state(at=1)]))
        process.stdin.flush()
        assert process.stdout.readline() == b'{"at": 1}\n'
        process.send_signal(signal.SIGHUP)
        process.stdin.close()
        assert pipe.wait(process, 20).code == 0


# Disks


def test_a_disk_without_room_for_a_ledger_exits_2_before_anything_is_sent(
    pipe: Pipe, now: int, linkedin: Sandbox
) -> None:
    done = in_shell(pipe, 'ulimit -f 8; exec "$@"', [schema(), record(now, 1), state(at=1)])
    assert (done.code, done.states, linkedin.received) == (2, [], [])
    assert "the ledger" in done.stderr
    assert "the disk" in done.stderr
    assert done.last.startswith("outcome=ledger exit=2")


@pytest.mark.parametrize("blocks", sized([400], [*range(100, 1500, 100)]))
def test_a_ledger_that_gets_no_more_room_exits_2_and_what_is_sent_again_is_told(
    pipe: Pipe, now: int, linkedin: Sandbox, blocks: int
) -> None:
    first = pipe.run_here([schema(), record(now, 0)])
    assert first.code == 0
    lines = [schema(), *rows(now, 1, 3000), state(at=3000)]
    full = in_shell(pipe, f'ulimit -f {blocks}; exec "$@"', lines, batch_size_rows=250)
    if full.code:
        assert (full.code, full.states, full.report["outcome"]) == (2, [], "ledger")
        assert "the disk" in full.stderr
        assert "Traceback" not in full.stderr
    let_leases_pass(pipe)
    again = pipe.run_here(lines, batch_size_rows=250, on_in_doubt="resend")
    assert (again.code, again.states) == (0, ['{"at": 3000}'])
    came = arrivals(linkedin)
    assert len(came) == 3001
    twice = sum(times - 1 for times in came.values())
    assert twice <= again.codes("delivered").get("resent", 0)


def test_rejects_that_get_no_room_exit_2_and_state_stays(pipe: Pipe, now: int) -> None:
    bad = [record(now, n, email="nobody") for n in range(1000)]
    lines = [schema(), *rows(now, 5000, 3), *bad, state(at=1)]
    done = in_shell(pipe, 'ulimit -f 400; exec "$@"', lines, max_reject_ratio=1)
    assert (done.code, done.states, done.report["outcome"]) == (2, [], "config")
    assert "state_dir: " in done.stderr
    assert "make room" in done.stderr
    again = pipe.run_here(lines, max_reject_ratio=1)
    assert (again.code, again.states, again.codes("rejected")) == (0, ['{"at": 1}'], {"no_identifier": 1000})


@pytest.mark.parametrize("broken", [False, True])
def test_a_report_that_gets_no_room_exits_2_unless_the_run_ended_otherwise(
    pipe: Pipe, now: int, linkedin: Sandbox, monkeypatch: pytest.MonkeyPatch, *, broken: bool
) -> None:
    def full(_folder: Folder, name: str, _data: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)

    assert pipe.run_here([schema(), state(at=0)]).code == 0
    lines: list[Line] = [schema(), record(now, 1), state(at=1), *([b"broken"] if broken else [])]
    with monkeypatch.context() as patch:
        patch.setattr(Folder, "write", full)
        done = pipe.run_here(lines)
    assert done.code == (7 if broken else 2)
    assert len(linkedin.received) <= 1
    assert done.states == ['{"at": 1}'] * len(linkedin.received)
    if not broken:
        assert "make room" in done.stderr
        assert done.last.startswith("outcome=config exit=2 ")
    again = pipe.run_here([schema(), record(now, 1), state(at=1)])
    assert (again.code, again.states, len(linkedin.received)) == (0, ['{"at": 1}'], 1)


# Open files


def test_a_low_soft_limit_of_open_files_is_raised(pipe: Pipe, now: int) -> None:
    lines = [schema(), *rows(now, 0, 64), state(at=64)]
    done = in_shell(pipe, 'ulimit -S -n 14; exec "$@"', lines, batch_size_rows=2, max_concurrent_requests=16)
    assert (done.code, done.counts, done.states) == (0, {"delivered": 64}, ['{"at": 64}'])


def test_a_low_hard_limit_of_open_files_exits_2_before_anything_is_sent(
    pipe: Pipe, now: int, linkedin: Sandbox
) -> None:
    lines = [schema(), *rows(now, 0, 64), state(at=64)]
    done = in_shell(pipe, 'ulimit -n 30; exec "$@"', lines, batch_size_rows=2, max_concurrent_requests=16)
    assert (done.code, done.states, linkedin.received) == (2, [], [])
    assert "max_concurrent_requests: " in done.stderr
    assert "ulimit -n" in done.stderr
    few = in_shell(pipe, 'ulimit -n 30; exec "$@"', lines, batch_size_rows=2, max_concurrent_requests=2)
    assert (few.code, few.counts) == (0, {"delivered": 64})


def test_a_run_opens_no_more_files_than_it_asks_for(pipe: Pipe, now: int, linkedin: Sandbox) -> None:
    linkedin.faults("delay", delay=0.3, times=64)
    bad = [record(now, 900 + n, email="nobody") for n in range(3)]
    most = 0
    with pipe.start(batch_size_rows=1, max_concurrent_requests=16) as process:
        assert process.stdin is not None
        process.stdin.write(as_bytes([schema(), *bad, *rows(now, 0, 64), state(at=64)]))
        process.stdin.close()
        while process.poll() is None:
            with contextlib.suppress(OSError):
                most = max(most, len(list(Path(f"/proc/{process.pid}/fd").iterdir())))
            time.sleep(0.01)
        assert pipe.wait(process).code == 0
    assert 16 < most <= descriptors_needed(16)


@pytest.mark.parametrize("asked", ["--about", "--version", "--help"])
def test_what_is_asked_of_the_target_and_finds_no_room_is_one_sentence_and_exit_2(asked: str) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" >/dev/full', "sh", *MODULE, asked], capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.decode().startswith("Error: output: it cannot be written (No space left on device); make room")
    assert done.stderr.count(b"\n") == 1
