"""Whole processes against one receiver: their seconds, their peak memory, and the bytes that they sent."""

from __future__ import annotations

import compileall
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.records import ENTRY

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
TARGET = [sys.executable, "-m", "target_linkedin_conversions"]
COMPANION = [sys.executable, "-c", "from target_linkedin_conversions.cli.main import main; main()"]
LONGEST = 240.0
PACKAGE = HERE.parent / "target_linkedin_conversions"


class Bench:
    """Runs commands round by round and keeps what each took."""

    def __init__(self, folder: Path, rows: int, rounds: int, url: str, longest: float = LONGEST) -> None:
        self.folder, self.rows, self.rounds, self.url = folder, rows, rounds, url
        self.longest = longest
        """Seconds for a section that ends in time whatever it has managed by then."""
        self.seconds: dict[str, list[float]] = {}
        self.peak: dict[str, int] = {}
        self.bytes: dict[str, int] = {}

    def run(self, name: str, command: list[str], **options: Any) -> None:  # noqa: ANN401 - those of Popen
        """Time one command as a whole process."""
        before = self._received()
        started = time.perf_counter()
        process = subprocess.Popen(
            command, **{"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "cwd": self.folder, **options}
        )
        assert process.stderr is not None
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stderr.close()
        if process.returncode:
            sys.exit(f"{name} failed:\n{errors.decode()[-2000:]}")
        self.seconds.setdefault(name, []).append(took)
        self.peak[name] = max(self.peak.get(name, 0), usage.ru_maxrss // 1024)
        self.bytes[name] = self._received() - before

    def target(self, name: str, source: Path, **settings: Any) -> None:  # noqa: ANN401 - any setting
        """Time the target over an input, with a ledger of its own each time."""
        with source.open("rb") as file:
            self.run(name, self.target_command(**settings), stdin=file)

    def target_command(self, **settings: Any) -> list[str]:  # noqa: ANN401 - any setting
        """The target's command line, with a folder and a config of its own."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        path = folder / "config.json"
        path.write_text(json.dumps({**settings_for(self.url), "state_dir": str(folder), **settings}))
        return [*TARGET, "--config", str(path)]

    def rate(self, name: str) -> float:
        """Events a second."""
        return self.rows / self.median(name)

    def median(self, name: str) -> float:
        """Seconds of one run."""
        return statistics.median(self.seconds[name])

    def _received(self) -> int:
        with urllib.request.urlopen(self.url) as answer:  # noqa: S310 - the receiver on this machine
            return int(answer.read())


def compile_package() -> None:
    """Give the package its bytecode, as an installed one has it: Python may be told to write none by itself."""
    compileall.compile_dir(PACKAGE, quiet=1)


def settings_for(url: str) -> dict[str, Any]:
    """Settings without a quota that could be felt."""
    return {
        "access_token": "sandbox-token",
        "api_url": url,
        "oauth_url": url,
        "requests_per_minute": 1_000_000,
        "requests_per_day": 1_000_000_000,
        "preflight": False,
        "max_reject_ratio": 1,
        "streams": [ENTRY],
    }


@contextmanager
def receiver() -> Iterator[str]:
    """The URL of a receiver in a process of its own."""
    with subprocess.Popen([sys.executable, str(HERE / "receiver.py")], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()
