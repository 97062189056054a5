"""Threads whose libraries nobody hears: what those log of a URL or a header may be a secret.

By thread, for the same libraries may serve others in this process, who want to hear them.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from threading import Thread, current_thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["hush", "quiet_thread"]

_QUIET = "quiet-"
_THREADS = (_QUIET, "Otel")
"""How our threads' names begin, and those that OpenTelemetry starts for us."""


class _Unheard(logging.Filter):
    """Lets nothing through that such a thread logs."""

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - who configures logging may keep threads out of it
        """Whether another thread logs it: a logger asks in the thread that does."""
        return not current_thread().name.startswith(_THREADS)


_UNHEARD = _Unheard()


def hush(libraries: frozenset[str]) -> None:
    """Let none of the loggers of these libraries be heard from such a thread; again where one may have come since."""
    for name in libraries | logging.root.manager.loggerDict.keys():
        if name.partition(".")[0] in libraries:
            logging.getLogger(name).addFilter(_UNHEARD)


def quiet_thread(name: str, work: Callable[[], object], libraries: frozenset[str]) -> Thread:
    """Work in a thread of its own, whatever it raises, that the end of the process does not wait for.

    That it failed is seen by what it has not done: its error may hold a secret too.
    """

    def do() -> None:
        with suppress(Exception):
            work()

    hush(libraries)
    thread = Thread(target=do, name=_QUIET + name, daemon=True)
    thread.start()
    return thread
