"""Runs work that may never return in a thread, so that signals are handled meanwhile."""

from __future__ import annotations

import time
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, TypeVar

from target_linkedin_conversions.errors import Terminated
from target_linkedin_conversions.threads import Thread

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Patience", "interruptible"]

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


class Patience:
    """Waits for a storage as long as it takes; after a signal it is given up, by `Terminated`, once it has been silent for so long."""

    def __init__(self, signalled: Callable[[], int | None], seconds: float = 5.0) -> None:
        """`signalled()` is the number of the signal that has come."""
        self._signalled = signalled
        self._seconds = seconds
        self._given_up: int | None = None

    def wait(self, work: Callable[[], Result]) -> Result:
        """The result of `work`; of a storage that was given up no more is asked."""
        until: float | None = None

        def listen() -> None:
            nonlocal until
            number = self._signalled()
            if number is not None and until is None:
                until = time.monotonic() + self._seconds
            if number is not None and until is not None and time.monotonic() >= until:
                self._given_up = number
                raise Terminated(number)

        if self._given_up is not None:
            raise Terminated(self._given_up)
        return interruptible(work, listen, name="storage")
