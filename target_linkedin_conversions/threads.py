"""Threads whose start ends, also where no memory is left for them to begin."""

from __future__ import annotations

import threading

__all__ = ["Thread"]

_LOOKS, _LOOK_SECONDS = 50, 0.1
"""How often and how long `start` waits for the thread to begin: in turns, so that a process that was stopped meanwhile goes on waiting."""


class Thread(threading.Thread):
    """A thread of the standard library whose `start` raises `RuntimeError` where it does not begin within five seconds.

    The library's own waits for ever, and hears no signal, if the new thread fails for want of memory before it can say that
    it has begun (measured on Python 3.11: one of about fifteen loads under a limit that leaves room for half of a run).
    """

    def __init__(self, *arguments: object, **named: object) -> None:
        """As `threading.Thread`."""
        super().__init__(*arguments, **named)  # type: ignore[arg-type] # the library's own, handed on
        self._started = _Begun()


class _Begun(threading.Event):
    """What `start` waits for."""

    def wait(self, timeout: float | None = None) -> bool:
        """As an event's, but without a timeout it raises `RuntimeError` at last."""
        if timeout is not None:
            return super().wait(timeout)
        if any(super(_Begun, self).wait(_LOOK_SECONDS) for _ in range(_LOOKS)):
            return True
        message = "can't start new thread"
        raise RuntimeError(message)
