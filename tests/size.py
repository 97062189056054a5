"""How much the heavy tests do: a little wherever the tests run, much more with `CHAOS=full`."""

from __future__ import annotations

import os
from typing import TypeVar

T = TypeVar("T")

FULL = os.environ.get("CHAOS", "") == "full"


def sized(small: T, full: T) -> T:
    """The amount for everyday runs, or for a full one."""
    return full if FULL else small
