"""The id of a run."""

from __future__ import annotations

import time
from secrets import token_hex

__all__ = ["BEGIN_OF_RUN", "new_run_id"]

BEGIN_OF_RUN = len("YYYYMMDDTHHMMSSZ-xxx")
"""The characters of a run's name that say when it began, the last three to a quarter of a millisecond."""
_SECOND_NS, _PARTS = 1_000_000_000, 16**3


def new_run_id(now: int | None = None) -> str:
    """`YYYYMMDDTHHMMSSZ-xxxxxxxx`: sorts by time, also within a second, and unique by chance; `now` is in epoch milliseconds."""
    seconds, rest = divmod(time.time_ns() if now is None else now * 1_000_000, _SECOND_NS)
    begun = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))
    return f"{begun}-{rest * _PARTS // _SECOND_NS:03x}{token_hex(3)[1:]}"
