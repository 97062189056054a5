"""Which processor the threads of a run are on: one for Python, the others for long work without the interpreter.

Python runs one thread at a time. Where threads take their turns on two processors, each turn waits for an idle one
to wake and fetches what the other has written (measured on two: a fifth to a quarter of a run). So the threads of a
run keep together, and leave only where a statement or a commit needs the processor and not the interpreter. Where
another program is busy on that processor, they move to another one. Linux alone can do this; elsewhere, and with one
processor, nothing happens.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from random import uniform
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["THREADS", "Processors"]

_PROCESSOR_FIELD = 36
"""Of `/proc/…/stat`, counted from behind the name of the program."""
_MOST_WAITING = 0.25
"""How much of the time a thread may have waited for its processor before it looks for another."""

_UNTOLD = (OSError, ValueError, IndexError)
"""What reading `/proc` raises where it is hidden or has another form."""


class System(Protocol):
    """What the operating system says and does about the calling thread's processors."""

    def allowed(self) -> frozenset[int]:
        """The processors that it may use."""

    def current(self) -> int:
        """The one that it is on."""

    def waited(self) -> float:
        """Seconds that it was ready and did not run, because something else did."""

    def move(self, processors: frozenset[int]) -> None:
        """Use only these from now on, at once; threads that it starts begin there too."""


class _Linux:
    def allowed(self) -> frozenset[int]:
        return frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else frozenset()

    def current(self) -> int:
        fields = Path("/proc/thread-self/stat").read_bytes().rpartition(b")")[2].split()
        return int(fields[_PROCESSOR_FIELD])

    def waited(self) -> float:
        return int(Path("/proc/thread-self/schedstat").read_bytes().split()[1]) / 1e9

    def move(self, processors: frozenset[int]) -> None:
        os.sched_setaffinity(0, processors)


class Processors:
    """Keeps the threads of a process together; one thread decides where, the others follow."""

    def __init__(self, system: System, *, pause: Callable[[], float], window: float = 0.1) -> None:
        """Nothing is kept before `keep_together`.

        After each `pause()` seconds the waiting of a window of seconds is looked at; by chance, for of two programs
        on one processor only one shall move.
        """
        self._system = system
        self._pause, self._window = pause, window
        self._allowed: frozenset[int] = frozenset()
        self._home: frozenset[int] = frozenset()
        self._next = 0.0
        self._began: tuple[float, float] | None = None

    @contextmanager
    def keep_together(self) -> Iterator[None]:
        """Keep this thread, and those it starts, on the processor that it is on now."""
        allowed = self._system.allowed()
        if len(allowed) > 1:
            self._allowed = allowed
            self._settle()
        try:
            yield
        finally:
            self._allowed = self._home = frozenset()
            if len(allowed) > 1:
                self._move(allowed)

    def look_around(self) -> None:
        """Move where this thread has to wait too often; cheap, and the other threads follow."""
        now = time.monotonic()
        if now < self._next or not self._home:
            return
        with suppress(*_UNTOLD):
            waited = self._system.waited()
            if self._began is None:
                self._began, self._next = (now, waited), now + self._window
                return
            since, before = self._began
            if waited - before > _MOST_WAITING * (now - since):
                self._move(self._allowed - self._home)
                self._settle()
        self._began, self._next = None, now + self._pause()

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """Do long work that holds no interpreter lock away from the other threads."""
        if not self._home:
            yield
            return
        self._move(self._allowed - self._home)
        try:
            yield
        finally:
            self._move(self._home or self._allowed)

    def _settle(self) -> None:
        with suppress(*_UNTOLD):
            home = frozenset({self._system.current()}) & self._allowed
            self._move(home)
            self._home = home

    def _move(self, processors: frozenset[int]) -> None:
        # A container may have been given other processors meanwhile.
        with suppress(OSError):
            self._system.move(processors)


THREADS = Processors(_Linux(), pause=lambda: uniform(0.5, 2.0))  # noqa: S311 - no secret
"""Those of this process."""
