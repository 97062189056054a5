"""What an event costs a ledger: bytes it keeps, bytes of PostgreSQL's log, and how many a second one worker writes.

`python -m benchmarks.ledger_rows --rows 400000`; SQLite in a file and an embedded PostgreSQL, each with event ids of our
own (they come in the order of time) and with ids of the source (in none). Batches of 5,000, as they are delivered.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from target_linkedin_conversions.ledger import Ledger, Status
from tests.postgresql import postgresql

if TYPE_CHECKING:
    from collections.abc import Callable

_BATCH = 5_000
_AN_HOUR = 100_000
"""Events that share an hour, where the time is part of what they are known by."""


def main() -> None:
    """Measure and print a line for each ledger and kind of ids."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger_rows", description=__doc__)
    parser.add_argument("--rows", type=int, default=400_000)
    rows = parser.parse_args().rows
    _say(f"{'':28}{'bytes/event':>12}{'log bytes/event':>17}{'events/s':>10}{'us of CPU':>11}")
    with tempfile.TemporaryDirectory(prefix="ledger-") as folder, postgresql() as server:
        for ids in ("own", "mapped"):
            place = Path(folder) / ids
            place.mkdir()
            file = place / "ledger.sqlite"
            _measure(f"SQLite, {ids} ids", rows, ids, None, place, lambda file=file: (file.stat().st_size, 0))  # type: ignore[misc]
            url = server.database(ids)
            _measure(f"PostgreSQL, {ids} ids", rows, ids, url, place, lambda url=url: _of_postgresql(url))  # type: ignore[misc]


def _measure(
    name: str, rows: int, ids: str, url: str | None, folder: Path, sizes: Callable[[], tuple[int, int]]
) -> None:
    ledger = Ledger(url, folder, run="rows", quota_key="q", per_minute=1_000_000, per_day=1_000_000_000)
    ledger.open()
    chance = random.Random(3)  # noqa: S311 - made-up data, the same each time
    (bytes_before, log_before), took, used = sizes(), 0.0, 0.0
    for first in range(0, rows, _BATCH):
        some = range(first, min(first + _BATCH, rows))
        events = [(f"{chance.getrandbits(128):032x}", number // _AN_HOUR if ids == "own" else None) for number in some]
        digests = ledger.digests("https://api.linkedin.com", "101", events)
        started, spent = time.perf_counter(), time.process_time()
        claim = ledger.claims.claim("101", digests, [chance.getrandbits(62) for _ in some], resend=True)
        ledger.batches.mark(claim.batch, Status.DELIVERED)
        took, used = took + time.perf_counter() - started, used + time.process_time() - spent
    ledger.close()
    bytes_after, log_after = sizes()
    kept, logged = (bytes_after - bytes_before) / rows, (log_after - log_before) / rows
    _say(f"{name:28}{kept:12.0f}{logged:17.0f}{rows / took:10,.0f}{used / rows * 1e6:11.2f}")


def _of_postgresql(url: str) -> tuple[int, int]:
    """Bytes of all tables and their indexes, and of the log that was written since the server began."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("CHECKPOINT")
        found = connection.execute(
            "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint, (pg_current_wal_lsn() - '0/0')::bigint "
            "FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchone()
    assert found is not None
    return int(found[0]), int(found[1])


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
