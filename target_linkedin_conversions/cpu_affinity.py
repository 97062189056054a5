"""Which processor the threads of a run are on: one for Python, the others for long work without the interpreter.

Python runs one thread at a time. Where threads take their turns on two processors, each turn waits for an idle one
to wake and fetches what the other has written (measured on two: a fifth to a quarter of a run). So the threads of a
run keep together while it is what the load waits for, and leave only where a statement or a commit needs the
processor and not the interpreter. Where another program is busy on that processor, they move to another one; a run
that waits for its tap lets go, for then the system places both better (measured behind `tap-postgres`: 1.06 times the
tap's own time, 1.13 if it held on). Linux alone can do this; elsewhere, and with one processor, nothing happens.
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

__all__ = ["THREADS", "CpuAffinity"]

_PROCESSOR_FIELD = 36
"""Of `/proc/…/stat`, counted from behind the name of the program."""
_MOST_WAITING = 0.25
"""How much of the time a thread may have waited for its processor before it looks for another."""
_IDLE, _BUSY = 0.5, 0.7
"""How much of the time a thread runs that waits for its input, and one that its input waits for."""

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

    def ran(self) -> float:
        """Seconds that it ran."""

    def move(self, processors: frozenset[int]) -> None:
        """Use only these from now on, at once; threads that it starts begin there too."""

    def move_all(self, processors: frozenset[int]) -> None:
        """Let all threads of this process run on these processors only."""


class _Linux:
    def allowed(self) -> frozenset[int]:
        return frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else frozenset()

    def current(self) -> int:
        fields = Path("/proc/thread-self/stat").read_bytes().rpartition(b")")[2].split()
        return int(fields[_PROCESSOR_FIELD])

    def waited(self) -> float:
        return int(Path("/proc/thread-self/schedstat").read_bytes().split()[1]) / 1e9

    def ran(self) -> float:
        return time.thread_time()

    def move(self, processors: frozenset[int]) -> None:
        os.sched_setaffinity(0, processors)

    def move_all(self, processors: frozenset[int]) -> None:
        for thread in Path("/proc/self/task").iterdir():
            with suppress(ProcessLookupError):  # it has ended
                os.sched_setaffinity(int(thread.name), processors)


class CpuAffinity:
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
        self._began: tuple[float, float, float] | None = None

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
                with suppress(*_UNTOLD):
                    self._system.move_all(allowed)

    def look_around(self) -> None:
        """Move where this thread has to wait too often, let go where it has too little to do; cheap."""
        now = time.monotonic()
        if now < self._next or not self._allowed:
            return
        with suppress(*_UNTOLD):
            waited, ran = self._system.waited(), self._system.ran()
            if self._began is None:
                self._began, self._next = (now, waited, ran), now + self._window
                return
            since, waited_before, ran_before = self._began
            self._decide(now - since, waited - waited_before, ran - ran_before)
        self._began, self._next = None, now + self._pause()

    def _decide(self, seconds: float, waited: float, ran: float) -> None:
        if not self._home:
            if ran > _BUSY * seconds:
                self._settle()
        elif waited > _MOST_WAITING * seconds:
            self._move(self._allowed - self._home)
            self._settle()
        elif ran < _IDLE * seconds:
            self._home = frozenset()
            self._system.move_all(self._allowed)

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
            self._system.move_all(home)
            self._home = home

    def _move(self, processors: frozenset[int]) -> None:
        # A container may have been given other processors meanwhile.
        with suppress(OSError):
            self._system.move(processors)


THREADS = CpuAffinity(_Linux(), pause=lambda: uniform(0.5, 2.0))  # noqa: S311 - no secret
"""Those of this process."""
