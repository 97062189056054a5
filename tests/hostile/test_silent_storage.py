"""A state folder behind a URL whose server falls silent keeps no run from ending at a signal, however far it has come."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.sandbox import Sandbox
from tests.alerts.receivers import until
from tests.hostile.test_signals_at_the_end import signalled, started
from tests.singer.pipe import Pipe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEARD_SECONDS = 9.0
"""The five seconds after which a silent storage is given up, and the end of a process on a machine that is busy."""


class Storage(ThreadingHTTPServer):
    """Takes any file, and from one whose name has `silent_from` in it on says nothing any more."""

    daemon_threads = True

    def __init__(self, silent_from: str) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.silent_from = silent_from
        self.silent = threading.Event()
        self.files: list[str] = []


class _Answers(BaseHTTPRequestHandler):
    server: Storage

    def do_PUT(self) -> None:
        if self.server.silent.is_set() or self.server.silent_from in self.path:
            self.server.silent.set()
            time.sleep(60)
            return
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.files.append(self.path)
        self.answer(201)

    def do_GET(self) -> None:
        self.answer(404)

    def do_HEAD(self) -> None:
        self.answer(404)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def storage(silent_from: str) -> Iterator[Storage]:
    server = Storage(silent_from)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def linkedin() -> Iterator[Sandbox]:
    with Sandbox(lint="off") as sandbox:
        yield sandbox


@pytest.mark.parametrize("silent_from", [".gitignore", "runs/", "last.json"])
def test_the_first_signal_is_heard_while_a_storage_is_silent(
    silent_from: str, tmp_path: Path, linkedin: Sandbox, now: int
) -> None:
    pipe = Pipe(tmp_path, linkedin)
    with storage(silent_from) as server:
        url = f"http://127.0.0.1:{server.server_port}/s"
        settings: dict[str, Any] = {
            "ledger_url": f"sqlite:///{tmp_path}/ledger.sqlite",
            "private_dir": str(tmp_path / "p"),
        }
        with started(pipe, now, 1, state_dir=url, **settings) as process:
            assert until(server.silent.is_set, 60)
            code, told, seconds = signalled(process, signal.SIGTERM)
    assert seconds < HEARD_SECONDS
    assert "Traceback" not in told
    # What a run has done stands in its last line, though no report could be written.
    assert told.splitlines()[-1].startswith(f"outcome=terminated exit={code} ")
    assert code == 128 + signal.SIGTERM
    assert ("delivered=1" in told.splitlines()[-1]) == (silent_from != ".gitignore")
