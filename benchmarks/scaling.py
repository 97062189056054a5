"""Whether speed lasts: a long run million by million, and a ledger that holds many events already.

`python -m benchmarks.scaling --rows 20000000` for a long run with own event ids in the order of
time; `--held 50000000` for a ledger of that size beside an empty one, `--ids mapped` for ids
without any order. Rows come through a pipe as fast as they are taken. A machine that is shared
changes its pace within minutes, so a long run and a full ledger are measured between two runs of a
million rows with an empty one: what the machine itself lost shows there too.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

from benchmarks.bench import TARGET, compile_package, receiver, settings_for
from target_linkedin_conversions.ledger import Ledger, Status, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

MILLION = 1_000_000
_CHUNK = 50_000
_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
_RECORD = (
    b'{"type":"RECORD","stream":"orders","record":{"order_id":%d,"email":"kim.%d@example.com","li_fat_id":"%032x",'
    b'"first_name":"Kim","last_name":"Lim%d","company":"Works %d","country":"DE","value":"%d.50","currency":"EUR",'
    b'"happened_at":%d%s}}\n'
)


def lines(first: int, rows: int, started: int, step: float, *, mapped: bool) -> bytes:
    """Records by number, their times in order; with a random event id if `mapped`."""
    made = []
    for number in range(first, first + rows):
        event_id = b',"event_id":"%s"' % os.urandom(16).hex().encode() if mapped else b""
        few = number % 3000
        made.append(_RECORD % (number, number, number, few, few, number % 1000, int(started + number * step), event_id))
    made.append(b'{"type":"STATE","value":{"order_id":%d}}\n' % (first + rows))
    return b"".join(made)


def feed(pipe: IO[bytes], rows: int, *, mapped: bool) -> list[float]:
    """Write all rows; seconds that each million took to be taken."""
    columns = ("order_id", "email", "li_fat_id", "first_name", "last_name", "company", "country", "value", "currency")
    properties: dict[str, object] = {name: {} for name in (*columns, "happened_at", *(["event_id"] if mapped else []))}
    schema = {
        "type": "SCHEMA",
        "stream": "orders",
        "key_properties": ["order_id"],
        "schema": {"properties": properties},
    }
    pipe.write(json.dumps(schema).encode() + b"\n")
    started = time.time_ns() // MILLION - 80 * _DAY_MS
    step = 79 * _DAY_MS / rows
    seconds, begun = [], time.perf_counter()
    for first in range(0, rows, _CHUNK):
        pipe.write(lines(first, min(_CHUNK, rows - first), started, step, mapped=mapped))
        if (first + _CHUNK) % MILLION == 0 or first + _CHUNK >= rows:
            now = time.perf_counter()
            seconds.append(now - begun)
            begun = now
    return seconds


def sorted_digests(held: int, *, mapped: bool) -> Iterator[bytes]:
    """Digests in their order: spread evenly, or led by the hours of the last year."""
    this_hour = time.time_ns() // MILLION // _HOUR_MS
    of_a_year = sorted(hour & 0xFFFF for hour in range(this_hour - 400 * 24, this_hour - 82 * 24))
    heads = range(65_536) if mapped else of_a_year
    share = held // len(heads)
    for head in heads:
        yield from sorted(head.to_bytes(2, "big") + os.urandom(14) for _ in range(share))


def fill(folder: Path, held: int, *, mapped: bool) -> None:
    """A ledger that holds so many delivered events of earlier days."""
    ledger = Ledger(None, folder, run="earlier", quota_key="q", per_minute=1, per_day=1)
    ledger.open()
    digests = sorted_digests(held, mapped=mapped)
    entry = 0
    while rows := list(islice(digests, _CHUNK)):
        entry += 1
        values = {"id": entry, "worker": 1, "rule": "101", "events": len(rows), "status": Status.DELIVERED}
        with ledger.database.transaction() as connection:
            connection.execute(tables.batches.insert().values(**values, created=ledger.database.now(connection)))
            statement = "INSERT INTO deliveries (digest, batch, content) VALUES (?, ?, 0)"
            connection.exec_driver_sql(statement, [(row, entry) for row in rows])
    ledger.close()


def run(folder: Path, url: str, rows: int, *, mapped: bool) -> tuple[list[float], int]:
    """Deliver so many rows with a ledger in a folder; seconds a million, and peak memory in MB."""
    config = folder / "config.json"
    config.write_text(json.dumps({**settings_for(url), "state_dir": str(folder)}))
    command = [*TARGET, "--config", str(config)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert process.stdin is not None
    begun = time.perf_counter()
    seconds = feed(process.stdin, rows, mapped=mapped)
    process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.returncode
    seconds[-1] += time.perf_counter() - begun - sum(seconds)
    return seconds, usage.ru_maxrss // 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2 * MILLION)
    parser.add_argument("--held", type=int, default=0, help="events that the ledger holds before")
    parser.add_argument("--ids", choices=["own", "mapped"], default="own")
    chosen = parser.parse_args()
    mapped = chosen.ids == "mapped"
    compile_package()
    measured = [(MILLION, 0), (chosen.rows, chosen.held), (MILLION, 0)]
    with tempfile.TemporaryDirectory() as name, receiver() as url:
        rates = []
        for number, (rows, held) in enumerate(measured):
            folder = Path(name) / str(number)
            folder.mkdir(mode=0o700)
            if held:
                fill(folder, held, mapped=mapped)
            seconds, peak = run(folder, url, rows, mapped=mapped)
            show(held, rows, seconds, peak, size=(folder / "ledger.sqlite").stat().st_size)
            rates.append(rows / sum(seconds))
    print(f"against the mean of those with an empty ledger: {2 * rates[1] / (rates[0] + rates[2]):.2f}")


def show(held: int, rows: int, seconds: list[float], peak: int, *, size: int) -> None:
    """Print the rate of the whole run, and of each million of a long one."""
    print(f"ledger held {held:,}: {rows:,} rows, {rows / sum(seconds):,.0f} events/s, peak {peak} MB, {size >> 20} MiB")
    if len(seconds) > 1:
        print("  by million: " + " ".join(f"{MILLION / part:,.0f}" for part in seconds))


if __name__ == "__main__":
    main()
