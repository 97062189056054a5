"""Runs work that may never return in a thread, so that signals are handled meanwhile."""

from __future__ import annotations

import time
from concurrent.futures import Future, wait
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["interruptible"]

Result = TypeVar("Result")

_LISTEN_SECONDS = 0.2


def interruptible(
    work: Callable[[], Result], listen: Callable[[], None], *, name: str, most_seconds: float | None = None
) -> Result:
    """The result of `work`; meanwhile `listen()` is called again and again, and raises to give up waiting.

    Raises what the work raises, and `TimeoutError` where it takes longer; the thread is then left behind.
    """
    done: Future[Result] = Future()

    def do() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
            done.set_exception(error)

    until = None if most_seconds is None else time.monotonic() + most_seconds
    Thread(target=do, name=name, daemon=True).start()
    while not wait([done], _LISTEN_SECONDS).done:
        listen()
        if until is not None and time.monotonic() >= until:
            raise TimeoutError
    return done.result()
