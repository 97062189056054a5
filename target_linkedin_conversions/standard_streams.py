"""Standard streams that whoever started the program closed: their numbers are no file's that is opened later."""

from __future__ import annotations

import os
import sys

__all__ = ["hold_standard_streams"]


def hold_standard_streams() -> None:
    """Keep the numbers of closed standard streams from files that are opened later, such as the ledger.

    Python has None for such a stream. Here stdin is at its end then, and what is written to stderr goes nowhere.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 - for the life of the process
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for the life of the process
