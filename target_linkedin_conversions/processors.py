"""Which processor the threads of a run are on: one for Python, the others for long work without the interpreter.

Python runs one thread at a time. Where threads take their turns on two processors, each turn waits for an idle one
to wake and fetches what the other has written (measured on two: a fifth to a quarter of a run). So the threads of a
run keep together, and leave only where a statement or a commit needs the processor and not the interpreter. Linux
alone can do this; elsewhere, and with one processor, nothing happens.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["THREADS", "Processors"]

_PROCESSOR_FIELD = 36
"""Of `/proc/…/stat`, counted from behind the name of the program."""


class System(Protocol):
    """What the operating system says and does about the calling thread's processors."""

    def allowed(self) -> frozenset[int]:
        """The processors that it may use."""

    def current(self) -> int:
        """The one that it is on."""

    def move(self, processors: frozenset[int]) -> None:
        """Use only these from now on; threads that it starts begin there too."""


class _Linux:
    def allowed(self) -> frozenset[int]:
        return frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else frozenset()

    def current(self) -> int:
        fields = Path("/proc/thread-self/stat").read_bytes().rpartition(b")")[2].split()
        return int(fields[_PROCESSOR_FIELD])

    def move(self, processors: frozenset[int]) -> None:
        os.sched_setaffinity(0, processors)


class Processors:
    """Keeps the threads of a process together; one thread decides where, the others follow."""

    def __init__(self, system: System, *, settled_seconds: float = 5.0, loose_seconds: float = 0.02) -> None:
        """Nothing is kept before `keep_together`; every so many seconds the system may choose anew, for so long."""
        self._system = system
        self._settled_seconds, self._loose_seconds = settled_seconds, loose_seconds
        self._allowed: frozenset[int] = frozenset()
        self._home: frozenset[int] = frozenset()
        self._until = 0.0

    @contextmanager
    def keep_together(self) -> Iterator[None]:
        """Keep this thread, and those it starts, on the processor that it is on now."""
        allowed = self._system.allowed()
        if len(allowed) > 1:
            self._allowed = allowed
            self._settle(time.monotonic())
        try:
            yield
        finally:
            self._allowed = self._home = frozenset()
            if len(allowed) > 1:
                self._move(allowed)

    def look_around(self) -> None:
        """Let the system choose again now and then, for another program may have become busy here; cheap."""
        now = time.monotonic()
        if now < self._until or not self._allowed:
            return
        if self._home:
            self._home = frozenset()
            self._until = now + self._loose_seconds
            self._move(self._allowed)
        else:
            self._settle(now)

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

    def _settle(self, now: float) -> None:
        self._until = now + self._settled_seconds
        with suppress(OSError, ValueError, IndexError):  # it cannot be told where `/proc` is hidden
            home = frozenset({self._system.current()}) & self._allowed
            self._move(home)
            self._home = home

    def _move(self, processors: frozenset[int]) -> None:
        # A container may have been given other processors meanwhile.
        with suppress(OSError):
            self._system.move(processors)


THREADS = Processors(_Linux())
"""Those of this process."""
