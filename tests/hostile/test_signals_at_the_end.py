"""A signal is heard while a run waits for what is silent: its ledger before it begins, who is told when it has ended."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.sandbox import Sandbox
from tests.alerts.receivers import WebHook, silent_port, until
from tests.hostile.test_outputs import TAP
from tests.singer.pipe import MODULE, Pipe, as_bytes, environment, record, schema, state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEARD_SECONDS = 2.0
"""A second, and the end of a process on a machine that is busy."""


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


def started(pipe: Pipe, now: int, number: int, endpoint: str = "", **settings: Any) -> subprocess.Popen[bytes]:
    """A load of one event whose input has ended."""
    named = {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint} if endpoint else {}
    process = subprocess.Popen(
        [*MODULE, "--config", str(pipe.file(**settings))],
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
    """Exit code, stderr, and the seconds from the signal to the end."""
    begun = time.monotonic()
    process.send_signal(number)
    _, told = process.communicate(timeout=30)
    return process.returncode, told.decode(), time.monotonic() - begun


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
def test_a_signal_ends_the_wait_for_a_ledger_that_is_silent(pipe: Pipe, now: int, number: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"postgresql+psycopg://u:p@127.0.0.1:{server.getsockname()[1]}/d"
        with started(pipe, now, 3, ledger_url=url) as process:
            server.settimeout(60)
            connection, _ = server.accept()
            with connection:
                connection.recv(1)
                time.sleep(0.3)
                code, told, seconds = signalled(process, number)
    assert seconds < HEARD_SECONDS
    assert code == 128 + number
    assert told.splitlines()[-1].startswith(f"outcome=terminated exit={code} ")
    assert "Traceback" not in told


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_tap_of_results_that_a_signal_ends_has_not_read_all(pipe: Pipe, number: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"postgresql+psycopg://u:p@127.0.0.1:{server.getsockname()[1]}/d"
        with subprocess.Popen(
            [*TAP, "--config", str(pipe.file(ledger_url=url))],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        ) as process:
            server.settimeout(60)
            connection, _ = server.accept()
            with connection:
                connection.recv(1)
                time.sleep(0.3)
                code, told, seconds = signalled(process, number)
    assert seconds < HEARD_SECONDS
    assert (code, "Traceback" in told) == (128 + number, False)
