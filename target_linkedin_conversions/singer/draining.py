"""Reads and discards what the tap still writes after a failed run, so that our line stays the last one.

Meltano, or a shell, closes a pipe whose reader is gone, and a tap that goes on writing then ends with a
traceback, which buries what this target said (measured: 169 lines behind `outcome=…`).
"""

from __future__ import annotations

import os
import select
import signal
import stat
import sys
import threading
import time

from target_linkedin_conversions.run.process.signals import ENDING_SIGNALS

__all__ = ["drain_stdin"]

_SECONDS = 10.0
_CHUNK = 1 << 20


def drain_stdin() -> None:
    """Read stdin to its end where it is a pipe, for ten seconds at most; a signal ends that at once."""
    descriptor = _pipe()
    if descriptor is None:
        return
    try:
        wake_read, wake_write = os.pipe()
    except OSError:  # no file may be opened any more; the run's last line is still to be said
        return
    _on_signal(wake_write)
    until = time.monotonic() + _SECONDS
    while (left := until - time.monotonic()) > 0:
        ready, _, _ = select.select([descriptor, wake_read], [], [], left)
        if descriptor not in ready or wake_read in ready or not os.read(descriptor, _CHUNK):
            return


def _pipe() -> int | None:
    """Stdin's number where another program writes to it."""
    try:
        descriptor = sys.stdin.fileno()
        kind = os.fstat(descriptor).st_mode
    except (OSError, ValueError):
        return None
    return descriptor if stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind) else None


def _on_signal(wake: int) -> None:
    """Let a signal end the wait; the run has ended, and keeps its own exit code."""
    if threading.current_thread() is threading.main_thread():
        for number in ENDING_SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, lambda *_: os.write(wake, b"!"))
