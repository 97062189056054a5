"""Writes STATE lines to stdout: only the newest, at a bounded rate, and without blocking delivery."""

from __future__ import annotations

import errno
import os
import sys
import time
from threading import Condition

from target_linkedin_conversions.errors import OutputError
from target_linkedin_conversions.threads import Thread

__all__ = ["StateWriter"]


class StateWriter:
    """A thread with room for one STATE, so that a slow reader gets only the newest.

    Each line costs Meltano a database write (measured: 1,500 lines take about 7 seconds), and a
    full pipe blocks; neither may hold up delivery.
    """

    def __init__(self, interval: float) -> None:
        """At most one line in `interval` seconds, and the last one always."""
        self._interval = interval
        self._newest: bytes | None = None
        self._changed = Condition()
        self._closing = False
        self._thread: Thread | None = None
        self.failure: BaseException | None = None

    def offer(self, state: bytes) -> None:
        """Write this STATE when it is time, unless a newer one comes before."""
        with self._changed:
            self._newest = state
            if self._thread is None:
                self._thread = Thread(target=self._write_all, name="state-writer", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def close(self, seconds: float) -> None:
        """Write the last STATE, waiting at most this many seconds for its reader; safe to call twice."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is None or self.failure is not None:
            return
        self._thread.join(seconds)
        if self._thread.is_alive():
            self.failure = OutputError(
                "nobody reads stdout, so STATE cannot be written; the ledger knows what was delivered"
            )

    def _write_all(self) -> None:
        try:
            self._write_each()
        except BaseException as error:  # noqa: BLE001 - raised where the run looks
            self.failure = error

    def _write_each(self) -> None:
        while (state := self._next()) is not None:
            try:
                _write(state)
            except (OSError, ValueError):
                self.failure = OutputError(
                    "stdout is closed, so STATE cannot be written; what was delivered since is known to the ledger",
                )
                return
            with self._changed:
                until = time.monotonic() + self._interval
                while not self._closing and (left := until - time.monotonic()) > 0:
                    self._changed.wait(left)

    def _next(self) -> bytes | None:
        with self._changed:
            while self._newest is None and not self._closing:
                self._changed.wait()
            state, self._newest = self._newest, None
            return state


def _write(state: bytes) -> None:
    """One line; `OSError` where the process was started without a stdout."""
    if sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    sys.stdout.write(state.decode() + "\n")
    sys.stdout.flush()
