"""Ends a process that computes while none of its threads gets on: nothing else could, for a signal is handled by a thread too.

Without memory Python 3.11 may unwind an error for ever in one thread, and lets no other in (measured: one of about fifteen loads
under a limit of memory that leaves room for half of a run). The timer is the operating system's, which asks no thread.
"""

from __future__ import annotations

import faulthandler
import signal
import sys

__all__ = ["TURN_SECONDS", "still_going", "unwatched"]

TURN_SECONDS = 2.0
"""How often somebody must say that the process is still going."""
_MOST_SECONDS = 30.0
"""Of the processor's time, of all threads together: while the process sleeps or is stopped, none passes."""


def still_going() -> None:
    """Put off the end of this process; by `SIGVTALRM`, with a traceback on stderr and without a report, it comes where nobody does.

    Does nothing where the operating system has no such timer.
    """
    if hasattr(signal, "setitimer"):
        if sys.__stderr__ is not None:
            faulthandler.register(signal.SIGVTALRM, file=sys.__stderr__, chain=True)
        signal.setitimer(signal.ITIMER_VIRTUAL, _MOST_SECONDS)


def unwatched() -> None:
    """Let this process compute as it likes."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
