"""One `meltano run`, watched: what LinkedIn has taken so far, and the last lines if it fails."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docs.demo.guard import clean_environment
from docs.demo.project import ENVIRONMENT, TAP, TARGET, WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Callable

BIN = Path(sys.executable).parent
GLANCE_SECONDS = 0.2
PROGRESS_SECONDS = 2.0
LAST_LINES = 25


class RunFailedError(Exception):
    """`meltano run` did not end well; the message holds the target's last lines."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What every run has in common: the socket's folder, and who is told how many arrived."""

    socket_folder: str
    arrived: Callable[[], int]
    tell: Callable[[str], None]

    def run(self, name: str, *options: str, plugins: tuple[str, str] = (TAP, TARGET)) -> float:
        """Run a tap and a target once; the seconds it took, or `RunFailedError`."""
        log = WORKSPACE / f"{name}.log"
        begin = time.monotonic()
        command = [str(BIN / "meltano"), "--environment", ENVIRONMENT, "run", *options, *plugins]
        with (
            log.open("wb") as output,
            subprocess.Popen(
                command,
                cwd=WORKSPACE,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            ) as process,
        ):
            try:
                self._watch(process, begin)
            except BaseException:
                process.terminate()
                raise
        if process.returncode != 0:
            raise RunFailedError(_failure(log, process.returncode, plugins[1]))
        return time.monotonic() - begin

    def _watch(self, process: subprocess.Popen[bytes], begin: float) -> None:
        before, told_at = self.arrived(), begin
        while process.poll() is None:
            time.sleep(GLANCE_SECONDS)
            if time.monotonic() - told_at >= PROGRESS_SECONDS:
                told_at = time.monotonic()
                arrived = self.arrived() - before
                self.tell(f"  {told_at - begin:4.0f} s  {arrived:>6,} events have arrived")

    def _environment(self) -> dict[str, str]:
        environment = clean_environment(os.environ)
        path = f"{BIN}{os.pathsep}{environment.get('PATH', '')}"
        return environment | {"PATH": path, "PGHOST": self.socket_folder, "NO_COLOR": "1"}


def _failure(log: Path, code: int, target: str) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    ours = [line for line in lines if f"] {target} " in line]
    last = "\n".join((ours or lines)[-LAST_LINES:])
    return f"meltano run ended with {code}; the target's last lines (all are in {log}):\n{last}"
