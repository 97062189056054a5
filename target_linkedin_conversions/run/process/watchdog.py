"""The end of a process that hangs: without memory anything may."""

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
    """End the process where what is done here takes longer, after a traceback on stderr and without a report."""
    screen = sys.__stderr__
    if screen is None:
        yield
        return
    faulthandler.dump_traceback_later(seconds, exit=True, file=screen)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
