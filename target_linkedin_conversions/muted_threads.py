"""Threads whose libraries nobody hears: what those log of a URL or a header may be a secret.

By thread, for the same libraries may serve others in this process, who want to hear them.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from threading import current_thread
from typing import TYPE_CHECKING

from target_linkedin_conversions.threads import Thread

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["is_muted", "join_until", "muted_thread"]

_LOOK_SECONDS = 0.1
"""Between two looks whether a thread is still waited for."""

_QUIET = "quiet-"
_THREADS = (_QUIET, "Otel")
"""How our threads' names begin, and those that OpenTelemetry starts for us."""


def is_muted() -> bool:
    """Whether this is such a thread."""
    return current_thread().name.startswith(_THREADS)


class _Unheard(logging.Filter):
    """Lets nothing through that such a thread logs."""

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - who configures logging may keep threads out of it
        """Whether another thread logs it: a handler asks in the thread that does."""
        return not is_muted()


_UNHEARD = _Unheard()


def _hush() -> None:
    """Let none of the handlers that are there take what such a thread logs; again where one may have come since.

    The handlers, not the libraries' loggers: a module that is imported in the thread brings a logger nobody knew of.
    """
    loggers = [
        logging.root,
        *(one for one in list(logging.root.manager.loggerDict.values()) if isinstance(one, logging.Logger)),
    ]
    for handler in {handler for one in loggers for handler in one.handlers}:
        handler.addFilter(_UNHEARD)
    if logging.lastResort is not None:
        logging.lastResort.addFilter(_UNHEARD)


def muted_thread(name: str, work: Callable[[], object]) -> Thread:
    """Work in a thread of its own, whatever it raises, that the end of the process does not wait for.

    That it failed is seen by what it has not done: its error may hold a secret too.
    """

    def do() -> None:
        with suppress(Exception):
            work()

    _hush()
    thread = Thread(target=do, name=_QUIET + name, daemon=True)
    thread.start()
    return thread


def join_until(thread: Thread, until: float, give_up: Callable[[], bool]) -> None:
    """Wait for a thread until then by the monotonic clock, and no longer once nobody wants to: a signal is heard meanwhile."""
    while thread.is_alive() and not give_up() and (left := until - time.monotonic()) > 0:
        thread.join(min(left, _LOOK_SECONDS))
