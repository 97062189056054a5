"""`tap | target`: the target run by hand, against a sandbox, in a folder of its own."""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import logging
import os
import signal
import subprocess
import sys
import termios
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock
from urllib.parse import urlsplit

from target_linkedin_conversions.loopback import is_loopback
from target_linkedin_conversions.singer.main import main
from tests.numbers import wrongly_many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from target_linkedin_conversions.sandbox import Sandbox

_OF_THE_SDK = "completed processing"
"""In its own line on what it has read."""
COMPANION = [sys.executable, "-c", "from target_linkedin_conversions.cli.main import main; main()"]
MODULE = [sys.executable, "-m", "target_linkedin_conversions"]
SCRIPT = [str(Path(sys.executable).parent / "target-linkedin-conversions")]
ROOT = Path(__file__).resolve().parents[2]
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

Line = bytes | str | dict[str, Any]


def ends_of(report: dict[str, Any]) -> dict[str, int]:
    """A report's events by outcome and code."""
    found: dict[str, int] = {}
    for line in report["lines"]:
        name = f"{line['outcome']}:{line['code']}".rstrip(":")
        found[name] = found.get(name, 0) + line["events"]
    return found


def wait_until_read(stdin: Any, seconds: float = 60) -> None:
    """Wait until a process has taken everything that was written into its stdin, a pipe."""
    until = time.monotonic() + seconds
    unread = bytearray(4)
    while fcntl.ioctl(stdin, termios.FIONREAD, unread) == 0 and any(unread):
        assert time.monotonic() < until, "it does not read"
        time.sleep(0.02)


@dataclass
class Ended:
    """What a run left behind: exit code, both outputs, and the report."""

    code: int
    stdout: str
    stderr: str
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def states(self) -> list[str]:
        """The STATE lines."""
        return self.stdout.splitlines()

    @property
    def last(self) -> str:
        """The last line on stderr."""
        return self.stderr.splitlines()[-1]

    @property
    def counts(self) -> dict[str, int]:
        """Events by outcome, without zeros."""
        return {name: count for name, count in self.report["counts"].items() if count}

    def codes(self, outcome: str) -> dict[str, int]:
        """Events of an outcome by their code."""
        found: dict[str, int] = {}
        for line in self.report["lines"]:
            if line["outcome"] == outcome:
                found[line["code"]] = found.get(line["code"], 0) + line["events"]
        return found


class Pipe:
    """One folder with a config; each run is one target's life."""

    def __init__(
        self, folder: Path, linkedin: Sandbox, start: Callable[..., subprocess.Popen[bytes]] = subprocess.Popen
    ) -> None:
        self.folder = folder
        self.linkedin = linkedin
        self._start = start
        self.state_dir = folder / "delivery"
        self.config: dict[str, Any] = {
            "api_url": linkedin.url,
            "oauth_url": linkedin.url,
            "access_token": "sandbox-token",
            "state_dir": str(self.state_dir),
            "streams": [entry()],
            "consent": {"not_required": "a test"},
            "state_interval_seconds": 0,
        }

    def rows(self, *numbers: int) -> list[dict[str, Any]]:
        """Rows for `deliver()`, each a minute old."""
        now = self.linkedin.now()
        return [{"id": n, "email": f"row.{n}@example.com", "happened_at": now - 60_000 - n} for n in numbers]

    def file(self, name: str = "config.json", **settings: Any) -> Path:
        """A config file; a setting of None is left out."""
        config = {name: value for name, value in {**self.config, **settings}.items() if value is not None}
        for url in ("api_url", "oauth_url"):
            assert is_loopback(urlsplit(str(config[url])).hostname or ""), "a test reaches nothing but this machine"
        path = self.folder / name
        path.write_text(json.dumps(config))
        return path

    def run(self, lines: Iterable[Line], *, program: list[str] | None = None, **settings: Any) -> Ended:
        """A run in a process of its own, as a shell starts it."""
        with self.start(program=program, **settings) as process:
            try:
                out, err = process.communicate(as_bytes(lines), timeout=60)
            except BaseException:
                process.kill()
                raise
        return self._ended(process.returncode, out.decode(), err.decode())

    def start(
        self, *arguments: str, stdout: Any = subprocess.PIPE, program: list[str] | None = None, **settings: Any
    ) -> subprocess.Popen[bytes]:
        """A process whose stdin stays open."""
        return self._start(
            [*(program or MODULE), "--config", str(self.file(**settings)), *arguments],
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env=environment(),
        )

    def wait(self, process: subprocess.Popen[bytes], seconds: float = 20) -> Ended:
        """The end of a process whose stdin may still be open."""
        code = process.wait(seconds)
        out, err = process.stdout.read() if process.stdout else b"", process.stderr.read() if process.stderr else b""
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        return self._ended(code, out.decode(), err.decode())

    def run_here(self, lines: Iterable[Line], **settings: Any) -> Ended:
        """The same run in this process, which is faster; `--input` stands for stdin."""
        messages = self.folder / "input.singer"
        messages.write_bytes(as_bytes(lines))
        return self.call("--config", str(self.file(**settings)), "--input", str(messages))

    def call(self, *arguments: str) -> Ended:
        """The console script's function with these arguments."""
        code, out, err = call_here(*arguments)
        return self._ended(code, out, err)

    def _ended(self, code: int, out: str, err: str) -> Ended:
        assert wrongly_many("\n".join(line for line in err.splitlines() if _OF_THE_SDK not in line)) == []
        last = self.state_dir / "runs" / "last.json"
        return Ended(code, out, err, json.loads(last.read_bytes()) if last.exists() else {})


def exit_code(program: Callable[[Sequence[str]], object], arguments: Sequence[str]) -> int:
    """The exit code of a program that runs in this process."""
    try:
        program(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def without_reader(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    """A program whose output nobody reads any more."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        return subprocess.run(
            command,
            stdout=nobody,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
            cwd=folder,
            env=environment(),
        )


def call_here(
    *arguments: str, program: Callable[[Sequence[str]], object] = main, stdin: bytes | io.TextIOWrapper = b""
) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a program, with everything put back that it sets for a process."""
    out, err = io.StringIO(), io.StringIO()
    text = io.TextIOWrapper(io.BufferedReader(io.BytesIO(stdin))) if isinstance(stdin, bytes) else stdin
    given = mock.patch("sys.stdin", text)
    with _process_of_its_own(), given, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = exit_code(program, arguments)
    return code, out.getvalue(), err.getvalue()


@contextlib.contextmanager
def _process_of_its_own() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    umask, hook, here = os.umask(0o077), sys.excepthook, Path.cwd()
    signals = {number: signal.getsignal(number) for number in SIGNALS}
    # `os._exit` would end the tests, not the run.
    with warnings.catch_warnings(), mock.patch("os._exit", sys.exit):
        try:
            yield
        finally:
            logging.captureWarnings(capture=False)
            root.handlers[:] = handlers
            root.setLevel(level)
            os.umask(umask)
            os.chdir(here)
            sys.excepthook = hook
            for number, action in signals.items():
                signal.signal(number, action)


def environment(**more: str) -> dict[str, str]:
    """This process's environment, able to import the checkout from any folder."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def as_bytes(lines: Iterable[Line]) -> bytes:
    """Lines of a tap."""
    return b"".join(line_of(line) + b"\n" for line in lines)


def line_of(line: Line) -> bytes:
    """One line without its end."""
    if isinstance(line, dict):
        return json.dumps(line).encode()
    return line.encode() if isinstance(line, str) else line


def entry(stream: str = "*", rule: Any = 101, **more: Any) -> dict[str, Any]:
    """An entry of `streams` that needs no consent."""
    return {"stream": stream, "conversion_rule": rule, "consent": {"not_required": "a test"}, **more}


def schema(stream: str = "leads", *columns: str, key: Iterable[str] = ("id",), **more: Any) -> dict[str, Any]:
    """A SCHEMA that leaves the types open."""
    names = columns or ("id", "email", "happened_at", "value", "currency")
    properties: dict[str, Any] = {name: {} for name in names}
    return {
        "type": "SCHEMA",
        "stream": stream,
        "schema": {"type": "object", "properties": properties, **more},
        "key_properties": list(key),
    }


def record(now: int, number: int, stream: str = "leads", **changes: Any) -> dict[str, Any]:
    """A row that becomes one event."""
    row = {"id": number, "email": f"row.{number}@example.com", "happened_at": now - 60_000 - number, **changes}
    return {"type": "RECORD", "stream": stream, "record": row}


def state(**value: Any) -> dict[str, Any]:
    """A STATE."""
    return {"type": "STATE", "value": value}
