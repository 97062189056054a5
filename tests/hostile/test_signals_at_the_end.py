"""A signal is heard while a run waits for what is silent: its ledger before it begins, who is told when it has ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.sandbox import Sandbox
from tests.alerts.receivers import WebHook, silent_port, until
from tests.hostile.test_outputs import TAP
from tests.singer.pipe import MODULE, Pipe, as_bytes, environment, record, schema, state

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HEARD_SECONDS = 2.0
"""A second, and the end of a process; what a busy machine gives to others meanwhile is not counted."""


@pytest.fixture(scope="module")
def linkedin() -> Iterator[Sandbox]:
    with Sandbox(lint="off") as sandbox:
        yield sandbox


@pytest.fixture
def pipe(tmp_path: Path, linkedin: Sandbox) -> Pipe:
    return Pipe(tmp_path, linkedin)


@pytest.fixture
def hook() -> Iterator[WebHook]:
    hook = WebHook()
    yield hook
    hook.close()


def started(
    pipe: Pipe, now: int, number: int, endpoint: str = "", program: Sequence[str] = MODULE, **settings: Any
) -> subprocess.Popen[bytes]:
    """A load of one event whose input has ended, or another program with the settings of that load."""
    named = {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint} if endpoint else {}
    process = subprocess.Popen(
        [*program, "--config", str(pipe.file(**settings))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**environment(), **named},
    )
    assert process.stdin is not None
    process.stdin.write(as_bytes([schema(), record(now, number), state(at=number)]))
    process.stdin.close()
    process.stdin = None
    return process


def signalled(process: subprocess.Popen[bytes], number: signal.Signals = signal.SIGTERM) -> tuple[int, str, float]:
    """Exit code, stderr, and the seconds from the signal to the end, without those in which it waited for a processor."""
    begun, kept_waiting = time.monotonic(), waited_for_a_processor(process)
    process.send_signal(number)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    seconds = time.monotonic() - begun - (waited_for_a_processor(process) - kept_waiting)
    _, told = process.communicate(timeout=30)
    return process.returncode, told.decode(), seconds


def waited_for_a_processor(process: subprocess.Popen[bytes]) -> float:
    """How many seconds the main thread of a process was ready and others ran; none where the system does not say.

    Linux says so of a process that has ended too, until somebody asks for its exit code.
    """
    try:
        return int(Path(f"/proc/{process.pid}/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def test_a_signal_ends_the_wait_for_an_alert_that_the_next_run_tells_then(pipe: Pipe, hook: WebHook, now: int) -> None:
    hook.seconds = 30
    wanted: dict[str, Any] = {"alert_urls": [f"{hook.url}?rto=60"], "access_token": "revoked", "preflight": False}
    with started(pipe, now, 1, **wanted) as process:
        assert until(lambda: hook.requests, 30)
        code, told, seconds = signalled(process)
    assert seconds < HEARD_SECONDS
    assert code == 3  # as its report says, which was written before anybody was told
    assert told.splitlines()[-1].startswith("outcome=credential exit=3 ")
    hook.seconds = 0
    with started(pipe, now, 1, **wanted) as process:
        process.communicate(timeout=60)
    assert len(hook.requests) == 2


def test_a_signal_ends_the_wait_for_a_collector(pipe: Pipe, now: int) -> None:
    with silent_port() as port, started(pipe, now, 2, f"http://127.0.0.1:{port}") as process:
        assert until((pipe.state_dir / "runs" / "last.json").exists, 30)
        code, told, seconds = signalled(process)
    assert seconds < HEARD_SECONDS
    assert code == 0
    assert told.splitlines()[-1].startswith("outcome=done exit=0 ")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("program", [MODULE, TAP], ids=["target", "tap_of_results"])
def test_a_signal_ends_the_wait_for_a_ledger_that_is_silent(
    program: list[str], pipe: Pipe, now: int, number: signal.Signals
) -> None:
    """The tap's code is the signal's too, by which nobody takes a part for the whole."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"postgresql+psycopg://u:p@127.0.0.1:{server.getsockname()[1]}/d"
        with started(pipe, now, 3, program=program, ledger_url=url) as process:
            server.settimeout(60)
            connection, _ = server.accept()
            with connection:
                connection.recv(1)
                time.sleep(0.3)
                code, told, seconds = signalled(process, number)
    assert seconds < HEARD_SECONDS
    assert (code, "Traceback" in told) == (128 + number, False)
    if program is MODULE:
        assert told.splitlines()[-1].startswith(f"outcome=terminated exit={code} ")
