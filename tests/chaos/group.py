"""A process whose whole group ends with it, and with a signal to whoever started it: nothing that it started stays."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["run_in_group"]

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_TO_END_SECONDS = 30.0
"""For a server that is shut down, and a Spark that ends its workers."""


def run_in_group(command: Sequence[str], seconds: float = _TO_END_SECONDS) -> int:
    """Run a command in a process group of its own; its exit code, or 128 and the number of the signal that came.

    The group, not only the process, is told to end by that signal, and killed when it has not after so many seconds.
    """
    came: list[int] = []
    process = subprocess.Popen(command, process_group=0)

    def end(number: int, _frame: object) -> None:
        came.append(number)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)

    before = {number: signal.signal(number, end) for number in _SIGNALS}
    try:
        while True:
            with suppress(subprocess.TimeoutExpired):
                code = process.wait(seconds if came else 1.0)
                return 128 + came[0] if came else code
            if came:
                return 128 + came[0]
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for number, action in before.items():
            signal.signal(number, action)
