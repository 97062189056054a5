"""Standard streams that whoever started the program closed, or that a locale has few characters for."""

from __future__ import annotations

import io
import os
import sys

__all__ = ["hold_standard_streams", "lose_what_a_closed_stdout_is_told", "say_every_character"]


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


def lose_what_a_closed_stdout_is_told() -> None:
    """Where stdout is closed, let what is printed go nowhere, as where it is /dev/null: a command does what it does beside that."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for the life of the process


def say_every_character() -> None:
    """Write a character that the locale has no bytes for as its escape, in place of an error that ends the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
