"""Ends a process that hangs, as any call may without memory."""

from __future__ import annotations

import faulthandler
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["watchdog"]


@contextmanager
def watchdog(seconds: float) -> Iterator[None]:
    """End the process, with a traceback on stderr and without a report, where the `with` block takes longer than this."""
    screen = sys.__stderr__
    if screen is None:
        yield
        return
    faulthandler.dump_traceback_later(seconds, exit=True, file=screen)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
