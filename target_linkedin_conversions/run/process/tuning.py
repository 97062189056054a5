"""Tunes the interpreter during a run: how often threads switch, and when garbage is collected."""

from __future__ import annotations

import gc
import sys
from contextlib import contextmanager, nullcontext
from threading import Lock
from typing import TYPE_CHECKING

from target_linkedin_conversions.cpu_affinity import THREADS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["process_tuned", "tuned"]

_COLLECT_AFTER = (200_000, 20, 20)
"""Above the 150,000 tuples (keys of events) that queued batches and those under way hold."""
_TURN_SECONDS = 0.0002
"""How long the feeding thread may keep the interpreter from a sender that has an answer of the ledger.

Python's 5 ms cost each of a batch's twenty statements as much, and the batches behind it too (measured: 42,000
events/s, 61,000 so).
"""


class _Shared:
    """How many runs of this process are tuned, and the interpreter's settings from before the first."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.runs = 0
        self.turn = 0.0
        self.thresholds = gc.get_threshold()


_SHARED = _Shared()


@contextmanager
def tuned() -> Iterator[None]:
    """Short turns and less collecting of garbage while this or another run of the process goes on; from any thread.

    Measured: collecting costs 0.5 us of the 10 us of an event, 0.1 us so.
    """
    with _SHARED.lock:
        if not _SHARED.runs:
            _SHARED.turn, _SHARED.thresholds = sys.getswitchinterval(), gc.get_threshold()
            sys.setswitchinterval(min(_TURN_SECONDS, _SHARED.turn))
            gc.set_threshold(*_COLLECT_AFTER)
        _SHARED.runs += 1
    try:
        yield
    finally:
        with _SHARED.lock:
            _SHARED.runs -= 1
            if not _SHARED.runs:
                sys.setswitchinterval(_SHARED.turn)
                gc.set_threshold(*_SHARED.thresholds)


@contextmanager
def process_tuned(*, one_of_many: bool = False) -> Iterator[None]:
    """Tune a process that does nothing but one run: as `tuned`, with its threads on one processor and no collecting of imports.

    `one_of_many`: the other processors have runs of their own, so that the system places the threads.
    """
    gc.freeze()
    gc.enable()
    try:
        with tuned(), nullcontext() if one_of_many else THREADS.keep_together():
            yield
    finally:
        gc.unfreeze()
