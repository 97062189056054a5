"""Signals end a run tidily: SIGTERM, SIGINT, and SIGHUP unless it is ignored; a second one ends it at once.

Python calls a handler in the main thread, between two steps of it. Where that thread does not get to its next step, because
a database or the memory keeps it, the second signal is heard by a thread that does nothing else.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

__all__ = ["ENDING_SIGNALS", "ending_by_signals", "listen_for_signals"]

ENDING_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Terminable(Protocol):
    """What a signal ends."""

    terminated: int | None


class _SecondSignal:
    """A thread that ends the process at the second signal of a run, whatever the main thread does."""

    def __init__(self) -> None:
        """Nothing is started before the first run."""
        self._write = -1
        self._heard = 0

    def expect(self) -> int:
        """A run begins: count from here on; the descriptor that Python wrote signals to before."""
        self._heard = 0
        if self._write < 0:
            read, self._write = os.pipe()
            os.set_blocking(self._write, False)
            threading.Thread(target=self._listen, args=(read,), name="second-signal", daemon=True).start()
        return signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)

    def _listen(self, read: int) -> None:
        while found := os.read(read, 1):
            number = found[0]
            if number in ENDING_SIGNALS:
                self._heard += 1
                if self._heard > 1:
                    os._exit(128 + number)


_second_signal = _SecondSignal()


class _Before(NamedTuple):
    """What heard signals before a run did."""

    handlers: dict[int, Any]
    wakeup: int
    """The descriptor that Python wrote them to; -1 where there was none."""


def listen_for_signals(run: Terminable, wake: Callable[[], None] = lambda: None) -> _Before | None:
    """Let signals end the run, and `wake` whoever waits for its input; what heard them before.

    Nothing is changed off the main thread, where Python allows no handlers.
    """

    def terminate(number: int, _frame: FrameType | None) -> None:
        if run.terminated is not None:
            os._exit(128 + number)
        run.terminated = number
        wake()

    if threading.current_thread() is not threading.main_thread():
        return None
    wakeup = _second_signal.expect()
    heard = [number for number in ENDING_SIGNALS if number != signal.SIGHUP or not _is_ignored(number)]
    return _Before({number: signal.signal(number, terminate) for number in heard}, wakeup)


@contextmanager
def ending_by_signals(run: Terminable) -> Iterator[None]:
    """As `listen_for_signals`, until the end of a `with` block, which gives signals back to whatever heard them before."""
    before = listen_for_signals(run)
    try:
        yield
    finally:
        if before is not None:
            for number, action in before.handlers.items():
                # None stands for a handler of another language, which Python cannot put back.
                signal.signal(number, signal.SIG_DFL if action is None else action)
            signal.set_wakeup_fd(before.wakeup)


def _is_ignored(number: int) -> bool:
    """Whether a signal is ignored, as `nohup` has it."""
    return signal.getsignal(number) is signal.SIG_IGN
