"""How near the target comes to LinkedIn's ceiling: a sandbox with a minute's limit, scaled down."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.records import write_input
from target_linkedin_conversions.sandbox import Sandbox

if TYPE_CHECKING:
    from benchmarks.bench import Bench

_EVENTS = 20
"""In a request: the limit counts requests, whatever is in them."""
_MINUTE_MS = 60_000
MINUTES = 3


def at_the_limit(bench: Bench, per_minute: int = 600) -> tuple[float, int]:
    """The share of the ceiling that the least used minute had, and how many requests were told to wait."""
    source = Path(tempfile.mkdtemp(dir=bench.folder)) / "limited.singer"
    with source.open("wb") as file:
        write_input(file, int(per_minute * (MINUTES + 0.6)) * _EVENTS, own_ids=True)
    with Sandbox(lint="off", requests_per_minute=per_minute, requests_per_day=1_000_000) as linkedin:
        bench.target(
            "at the limit",
            source,
            api_url=linkedin.url,
            oauth_url=linkedin.url,
            requests_per_minute=per_minute,
            batch_size_rows=_EVENTS,
        )
        requests = linkedin.requests
    minutes = Counter((request.at - requests[0].at) // _MINUTE_MS for request in requests)
    least = min(minutes[minute] for minute in range(MINUTES))
    return least / per_minute, sum(request.status == 429 for request in requests)
