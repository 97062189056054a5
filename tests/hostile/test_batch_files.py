"""The files of a BATCH: only those that the settings let be asked for, every fault one clear stop, a signal heard at once."""

from __future__ import annotations

import gzip
import signal
import socket
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import fsspec  # type: ignore[import-untyped]
import pytest
from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]

from target_linkedin_conversions.errors import ConfigError, Terminated
from target_linkedin_conversions.sandbox import Sandbox
from target_linkedin_conversions.singer.batch_files import raw_records
from target_linkedin_conversions.singer.errors import InvalidLineError
from tests.singer.pipe import Pipe, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HEARD_SECONDS = 1.0


@pytest.fixture(scope="module")
def linkedin() -> Iterator[Sandbox]:
    with Sandbox(lint="off") as sandbox:
        yield sandbox


@pytest.fixture
def silent() -> Iterator[tuple[int, list[str]]]:
    """The port of a server that takes connections and never answers, and who came."""
    came: list[str] = []
    kept: list[socket.socket] = []

    def take() -> None:
        with suppress(OSError):
            while True:
                connection, (caller, _) = listening.accept()
                kept.append(connection)
                came.append(caller)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=take, daemon=True)
        thread.start()
        yield listening.getsockname()[1], came
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(30)
    for connection in kept:
        connection.close()


def batch(place: str, form: str = "jsonl") -> dict[str, Any]:
    return {"type": "BATCH", "stream": "leads", "encoding": {"format": form}, "manifest": [place]}


def read(place: str, storage: dict[str, Any] | None = None, listen: Callable[[], None] = lambda: None) -> list[bytes]:
    config = {"storage": storage} if storage else None
    return [bytes(record) for record in raw_records(batch(place), config, listen)]


SCHEMES = [
    "webhdfs",
    "http",
    "https",
    "ftp",
    "sftp",
    "ssh",
    "smb",
    "github",
    "git",
    "zip",
    "data",
    "reference",
    "memory",
]
SCHEMES += ["simplecache::http", "filecache::webhdfs", "dask", "s3", "x", ""]


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_scheme_that_the_settings_do_not_name_is_asked_for_anything(
    scheme: str, form: str, silent: tuple[int, list[str]]
) -> None:
    port, came = silent
    with pytest.raises((ConfigError, InvalidLineError)) as stop:
        next(raw_records(batch(f"{scheme}://127.0.0.1:{port}/x.jsonl", form), None, lambda: None))
    assert stop.value.exit_code == 7
    assert "127.0.0.1" not in str(stop.value)
    assert came == []


def test_a_storage_that_is_local_is_asked_for_local_files_only(tmp_path: Path, silent: tuple[int, list[str]]) -> None:
    port, came = silent
    (tmp_path / "x.jsonl").write_text('{"id": 1}\n')
    for root in (str(tmp_path), tmp_path.as_uri()):
        assert read(f"webhdfs://127.0.0.1:{port}/x.jsonl", {"root": root}) == [b'{"id": 1}\n']
    for place in ("/etc/../etc/passwd", "x/..", "file:///", "..", "."):
        with pytest.raises(InvalidLineError):
            read(place, {"root": str(tmp_path)})
    assert came == []


FAULTS: dict[str, tuple[dict[str, Any], int]] = {
    "zip": ({"root": "zip://inside::file:///nowhere.zip"}, 7),
    "tar": ({"root": "tar://inside::file:///nowhere.tar"}, 7),
    "sftp, nobody listens": ({"root": "sftp://127.0.0.1:9/x", "params": {"timeout": 1}}, 7),
    "ftp, nobody listens": ({"root": "ftp://127.0.0.1:9/x"}, 7),
    "webhdfs, nobody listens": ({"root": "webhdfs://127.0.0.1:9/x"}, 7),
    "no such scheme": ({"root": "nonsense://x"}, 7),
    "parameters of another": ({"root": "memory://x", "params": {"skip_instance_cache": True, "nonsense": object}}, 7),
    "no driver": ({"root": "gcs://bucket/x"}, 2),
    "no driver of another": ({"root": "abfs://container/x"}, 2),
}


@pytest.mark.parametrize(("storage", "code"), FAULTS.values(), ids=FAULTS)
def test_every_fault_of_a_storage_is_one_clear_stop(storage: dict[str, Any], code: int) -> None:
    with pytest.raises((ConfigError, InvalidLineError)) as stop:
        read("x.jsonl", storage)
    assert stop.value.exit_code == code, stop.value
    assert "file 1 of" in str(stop.value)


class Broken(MemoryFileSystem):  # type: ignore[misc]
    """A storage with errors of its own."""

    protocol = "broken"

    def _open(self, *_: Any, **__: Any) -> Any:
        raise self.error

    error: Exception = RuntimeError("canary")


@pytest.mark.parametrize(
    "error", [RuntimeError("canary"), KeyError("canary"), RecursionError(), AssertionError("canary")]
)
def test_an_error_that_only_a_storage_knows_is_a_fault_of_the_file(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsspec.register_implementation("broken", Broken, clobber=True)
    monkeypatch.setattr(Broken, "error", error)
    with pytest.raises(InvalidLineError, match=type(error).__name__) as stop:
        read("x.jsonl", {"root": "broken://x"})
    assert "canary" not in str(stop.value)


class Silent(MemoryFileSystem):  # type: ignore[misc]
    """A storage that gives a part of a file and no more."""

    protocol = "silent"
    awaited = Event()
    released = Event()

    def _open(self, *_: Any, **__: Any) -> Any:
        return SilentFile()


class SilentFile:
    """One record, then silence."""

    def read(self, _most: int) -> bytes:
        if Silent.awaited.is_set():
            Silent.released.wait(30)
            return b""
        Silent.awaited.set()
        return b'{"id": 1}\n'

    def close(self) -> None:
        """Wait as a reader does that is still asked."""
        Silent.released.wait(30)


def test_a_storage_that_falls_silent_does_not_keep_a_signal_waiting() -> None:
    fsspec.register_implementation("silent", Silent, clobber=True)
    Silent.awaited.clear()
    Silent.released.clear()

    def listen() -> None:
        if Silent.awaited.is_set():
            raise Terminated(signal.SIGTERM)

    begun = time.monotonic()
    try:
        with pytest.raises(Terminated):
            read("x.jsonl", {"root": "silent://x"}, listen)
        assert time.monotonic() - begun < HEARD_SECONDS
    finally:
        Silent.released.set()


def test_a_silent_server_does_not_keep_a_run_from_hearing_sigterm(pipe: Pipe, silent: tuple[int, list[str]]) -> None:
    port, came = silent
    storage = {"storage": {"root": f"webhdfs://127.0.0.1:{port}/x"}}
    process = pipe.start(batch_config=storage)
    feed(process, pipe, batch("x.jsonl"))
    until = time.monotonic() + 30
    while not came and time.monotonic() < until:
        time.sleep(0.05)
    assert_heard(pipe, process)


@pytest.mark.parametrize("blank", [b"\n", b" \n", b"\r\n", b" " * 1023 + b"\n"], ids=["empty", "space", "cr", "long"])
def test_blank_lines_without_end_do_not_keep_a_signal_waiting(tmp_path: Path, blank: bytes) -> None:
    path = tmp_path / "blank.jsonl"
    path.write_bytes(blank * ((2 << 20) // len(blank)))
    heard = []
    begun = time.monotonic()
    assert read(str(path), None, lambda: heard.append(time.monotonic())) == []
    moments = [begun, *heard, time.monotonic()]
    assert max(later - sooner for sooner, later in pairwise(moments)) < HEARD_SECONDS
    assert len(heard) >= 7


def test_blank_lines_that_unpack_to_much_cost_seconds(tmp_path: Path) -> None:
    """One by one, 400 MB of them take more than 100 s."""
    path = tmp_path / "blank.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(100):
            file.write(b"\n" * (1 << 20))
        file.write(b'\t{"id": 1}\n\n \r\n  {"id": 2}\n\n')
    begun = time.process_time()
    assert [record.strip() for record in read(str(path))] == [b'{"id": 1}', b'{"id": 2}']
    assert time.process_time() - begun < 8


class Endless(BaseHTTPRequestHandler):
    """A web server that says a file is short, ignores which part of it is asked for, and sends without end."""

    protocol_version = "HTTP/1.1"
    sent = 0

    def do_HEAD(self) -> None:
        """Say that it is short."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.send_header("Accept-Ranges", "bytes")
        self.end_headers()

    def do_GET(self) -> None:
        """Send lines until nobody takes them any more, 64 MB at most."""
        self.send_response(206)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        lines = b'{"id": 1}\n' * 6000
        with suppress(OSError):
            while Endless.sent < 64 << 20:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(lines), lines))
                Endless.sent += len(lines)
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_a_web_server_that_sends_without_end_is_read_as_its_lines_are_taken() -> None:
    pytest.importorskip("aiohttp")
    Endless.sent = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), Endless) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        root = f"http://127.0.0.1:{server.server_address[1]}"
        records = raw_records(batch("x.jsonl"), {"storage": {"root": root}}, lambda: None)
        assert [bytes(next(records)) for _ in range(1000)] == [b'{"id": 1}\n'] * 1000
        assert Endless.sent < 32 << 20  # what is on its way
        records.close()  # type: ignore[attr-defined]  # a generator
        server.shutdown()
        thread.join(30)


def test_a_run_among_blank_lines_hears_sigterm(pipe: Pipe) -> None:
    path = pipe.folder / "blank.jsonl"
    with path.open("wb") as file:
        for _ in range(100):
            file.write(b"\n" * (4 << 20))
    process = pipe.start()
    feed(process, pipe, batch(str(path)))
    assert_heard(pipe, process)


def feed(process: Any, pipe: Pipe, message: dict[str, Any]) -> None:
    """Give a run the message, and wait until it is at it."""
    from tests.singer.pipe import as_bytes, wait_until_read  # noqa: PLC0415 - one use

    process.stdin.write(as_bytes([schema(), message]))
    process.stdin.flush()
    until = time.monotonic() + 30
    while not (pipe.state_dir / "ledger.sqlite").exists() and time.monotonic() < until:
        time.sleep(0.05)
    wait_until_read(process.stdin)
    time.sleep(0.5)


def assert_heard(pipe: Pipe, process: Any) -> None:
    assert process.poll() is None
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    ended = pipe.wait(process, 20)
    took = time.monotonic() - begun
    assert ended.code == 143, ended.stderr
    assert ended.last.startswith("outcome=")
    assert "Traceback" not in ended.stderr
    assert took < 5 * HEARD_SECONDS  # the second, and the end of a process on a machine that does other things


@pytest.mark.parametrize(
    "form", ["{}", "file://{}", "FILE://{}", "file://localhost{}", "file:{}", "local://{}", "file://{escaped}"]
)
def test_a_local_file_is_read_by_its_path_and_by_every_form_of_its_url(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a b%20c.jsonl"
    path.write_bytes(b'{"id": 1}\n')
    assert read(form.format(path, escaped=quote(str(path)))) == [b'{"id": 1}\n']


@pytest.mark.parametrize(
    "changes",
    [
        {"manifest": [7]},
        {"manifest": [None]},
        {"manifest": [{"path": "/etc/passwd"}]},
        {"manifest": ["file://elsewhere.example/x.jsonl"]},
        {"encoding": "jsonl"},
        {"encoding": {"format": ["jsonl"]}},
        {"encoding": {"format": {}}},
        {"encoding": {}},
        {"encoding": {"format": "JSONL"}},
    ],
)
def test_a_batch_of_any_other_shape_is_one_clear_stop(changes: dict[str, Any]) -> None:
    with pytest.raises((InvalidLineError, ConfigError)):
        [*raw_records(batch("x") | changes, None, lambda: None)]
