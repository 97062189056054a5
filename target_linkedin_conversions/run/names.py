"""What a run is called."""

from __future__ import annotations

import time
from secrets import token_hex

__all__ = ["SECOND_OF_RUN", "new_run_id"]

SECOND_OF_RUN = len("YYYYMMDDTHHMMSSZ")
"""So many characters of a run's name say when it began."""


def new_run_id(now: int | None = None) -> str:
    """`YYYYMMDDTHHMMSSZ-xxxxxxxx`: sorts by time, unique by chance."""
    seconds = time.time() if now is None else now / 1000
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds)) + "-" + token_hex(4)
