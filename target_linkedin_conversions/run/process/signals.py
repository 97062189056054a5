"""Signals end a run tidily: SIGTERM, SIGINT, and SIGHUP unless it is ignored; a second one ends it at once.

One stop may come as two signals: a terminal's Ctrl-C, or its end, reaches each program of a pipeline, and the program that
started them then ends them by SIGTERM. Another signal within a second of the first is that same stop.

Python calls a handler in the main thread, between two steps of it. Where that thread is stuck in one
step, in a database call or for want of memory, a thread that does nothing else handles the second signal.
"""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Protocol

from target_linkedin_conversions.errors import Terminated
from target_linkedin_conversions.run.process.standstill import TURN_SECONDS, still_going, unwatched
from target_linkedin_conversions.threads import Thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

__all__ = ["ENDING_SIGNALS", "ended_by_signals", "ending_by_signals", "listen_for_signals"]

ENDING_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_SAME_STOP_SECONDS = 1.0


class Terminable(Protocol):
    """A run that signals can end; in a step that nothing is lost by, at once, for what it opens may never answer."""

    terminated: int | None
    opening: bool


class _Stops:
    """Which signals of a run are its first stop, and which is a second one."""

    def __init__(self) -> None:
        self._first: set[int] = set()
        self._until = 0.0

    def is_second(self, number: int) -> bool:
        """Note a signal; whether it comes again, or after the time in which one stop may come by several."""
        if not self._first:
            self._until = time.monotonic() + _SAME_STOP_SECONDS
        elif number in self._first or time.monotonic() > self._until:
            return True
        self._first.add(number)
        return False


class _SecondSignal:
    """A thread that ends the process at the second signal of a run, whatever the main thread does; where it cannot, a timer ends it."""

    def __init__(self) -> None:
        """Start no thread before the first run."""
        self._write = -1
        self._stops = _Stops()
        self._expects = False

    def expect(self) -> int:
        """Count signals from here on, for a run that begins; returns the wake-up descriptor that was set before."""
        self._stops = _Stops()
        self._expects = True
        if self._write < 0:
            read, self._write = os.pipe()
            os.set_blocking(self._write, False)
            Thread(target=self._listen, args=(read,), name="second-signal", daemon=True).start()
        return signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)

    def rest(self) -> None:
        """Leave the process to whatever comes after the run."""
        self._expects = False

    def _listen(self, read: int) -> None:
        while True:
            if self._expects:
                still_going()
            else:
                unwatched()
            if not select.select([read], [], [], TURN_SECONDS)[0]:
                continue
            number = os.read(read, 1)[0]
            if number in ENDING_SIGNALS and self._stops.is_second(number):
                _end_at_once(number)


_second_signal = _SecondSignal()


class _Before(NamedTuple):
    """The signal handling that a run has replaced."""

    handlers: dict[int, Any]
    wakeup: int
    """The wake-up descriptor that was set; -1 where there was none."""


def listen_for_signals(run: Terminable, wake: Callable[[], None] = lambda: None) -> _Before | None:
    """Let signals end the run and `wake` the thread that waits for input; returns the handling that was replaced.

    Nothing is changed off the main thread, where Python allows no handlers.
    """
    stops = _Stops()

    def terminate(number: int, _frame: FrameType | None) -> None:
        if stops.is_second(number):
            _end_at_once(number)
        if run.terminated is None:
            run.terminated = number
        wake()
        if run.opening:
            raise Terminated(number)

    if threading.current_thread() is not threading.main_thread():
        return None
    wakeup = _second_signal.expect()
    return _Before({number: signal.signal(number, terminate) for number in _heard()}, wakeup)


def _end_at_once(number: int, _frame: FrameType | None = None) -> NoReturn:
    """Write the last line, where that takes no waiting, and exit at once: there is nothing to save, or no time to."""
    code = 128 + number
    with suppress(OSError):
        if select.select([], [2], [], 0)[1]:
            os.write(2, f"outcome=terminated exit={code}\n".encode())
    os._exit(code)


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Until a run takes over, let a signal end the process at once, with the last line."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _end_at_once) for number in _heard()}
    try:
        yield
    finally:
        _restore(before)


@contextmanager
def ending_by_signals(run: Terminable) -> Iterator[None]:
    """As `listen_for_signals`, for the length of a `with` block; then the handling from before is restored."""
    before = listen_for_signals(run)
    try:
        yield
    finally:
        if before is not None:
            _second_signal.rest()
            _restore(before.handlers)
            signal.set_wakeup_fd(before.wakeup)


def _heard() -> list[int]:
    """The signals that end a run; without SIGHUP where that is ignored, as under `nohup`."""
    return [one for one in ENDING_SIGNALS if one != signal.SIGHUP or signal.getsignal(one) is not signal.SIG_IGN]


def _restore(handlers: dict[int, Any]) -> None:
    for number, action in handlers.items():
        # None stands for a handler of another language, which Python cannot put back.
        signal.signal(number, signal.SIG_DFL if action is None else action)
