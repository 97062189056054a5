"""The console scripts: a program that is ended while it is still being imported ends as at any later moment.

Python's own answer to Ctrl-C is a traceback of whatever was being imported just then. Nothing has been
done by then, so nothing is to be saved; each program sets handlers of its own once it can.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["companion", "results_tap", "target"]


def target() -> None:
    """`target-linkedin-conversions`; its last line is there however early it is ended."""
    _end_with("outcome=terminated exit={code}", signal.SIGINT, signal.SIGTERM)
    from target_linkedin_conversions.singer.main import main  # noqa: PLC0415 - what takes its time to import

    main()


def companion() -> None:
    """`linkedin-conversions`."""
    _end_with("Error: ended at the keyboard", signal.SIGINT)
    from target_linkedin_conversions.cli.main import main  # noqa: PLC0415 - what takes its time to import

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # what a command has begun is for it to end
    main()


def results_tap() -> None:
    """`tap-linkedin-conversions-results`."""
    _end_with("ended at the keyboard", signal.SIGINT)
    from target_linkedin_conversions.results_tap.tap import main  # noqa: PLC0415 - what takes its time to import

    main()


def _end_with(line: str, *signals: int) -> None:
    """Let signals end the process at once, with a last line; not those that whoever started it has switched off."""

    def end(number: int, _frame: FrameType | None) -> NoReturn:
        code = 128 + number
        with suppress(OSError):
            os.write(2, f"{line.format(code=code)}\n".encode())
        os._exit(code)

    if threading.current_thread() is threading.main_thread():
        for number in signals:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, end)
