"""Logs the error that ended a run, without any value of a record."""

from __future__ import annotations

import logging
import re
import traceback

from target_linkedin_conversions.errors import TargetError, fault_of

__all__ = ["log_failure"]

logger = logging.getLogger(__name__)


_NO_ROOM = (
    "there is no memory left, or no thread may be started; give the program more: "
    "a container's limit, ulimit -v, ulimit -u; what was delivered is in the ledger, and the next run goes on"
)
_NO_THREAD = re.compile("can't start new thread|unable to start watchdog thread")
"""Python's words (3.11 to 3.14) where the system starts no thread; the error has no class of its own."""


def _starts_no_thread(error: BaseException) -> bool:
    return isinstance(error, RuntimeError) and bool(_NO_THREAD.match(str(error)))


def log_failure(error: BaseException) -> None:
    """Log what ended a run; a fault by its kind and place only, for its message may hold a record's values."""
    if isinstance(error, TargetError):
        logger.error("%s", error)
        return
    if isinstance(error, MemoryError) or _starts_no_thread(error):
        logger.error("%s", _NO_ROOM)
        return
    logger.error("%s\n%s", fault_of(error), "".join(traceback.format_tb(error.__traceback__)))
