"""Signals end a run tidily: SIGTERM, SIGINT, and SIGHUP unless it is ignored; a second one ends it at once."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

__all__ = ["ending_by_signals", "listen_for_signals"]

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Terminable(Protocol):
    """What a signal ends."""

    terminated: int | None


def listen_for_signals(run: Terminable, wake: Callable[[], None] = lambda: None) -> dict[int, Any]:
    """Let signals end the run, and `wake` whoever waits for its input; the handlers that were there before.

    Nothing is changed off the main thread, where Python allows no handlers.
    """

    def terminate(number: int, _frame: FrameType | None) -> None:
        if run.terminated is not None:
            os._exit(128 + number)
        run.terminated = number
        wake()

    if threading.current_thread() is not threading.main_thread():
        return {}
    heard = [number for number in _SIGNALS if number != signal.SIGHUP or not _is_ignored(number)]
    return {number: signal.signal(number, terminate) for number in heard}


@contextmanager
def ending_by_signals(run: Terminable) -> Iterator[None]:
    """The same for as long as something lasts."""
    before = listen_for_signals(run)
    try:
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)


def _is_ignored(number: int) -> bool:
    """Whether a signal is ignored, as `nohup` has it."""
    return signal.getsignal(number) is signal.SIG_IGN
