"""How long a run waits for a database that is gone."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

__all__ = ["NO_PATIENCE", "Patience"]


def _sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False


class Patience(msgspec.Struct, frozen=True):
    """For so many seconds from when it was lost; `wait` pauses, and is true where the run stops."""

    seconds: float
    wait: Callable[[float], bool] = _sleep


NO_PATIENCE = Patience(0.0)
