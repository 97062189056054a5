"""`deliver()` among threads and processes, and within bounded memory."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.run.here import Here

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions import Receipt
    from tests.run.here import Here


def test_it_works_off_the_main_thread_and_installs_no_signal_handler(here: Here) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    switched = sys.getswitchinterval()
    found: list[Receipt] = []

    def looking() -> Iterator[dict[str, Any]]:
        for row in here.rows(1, 2):
            assert {number: signal.getsignal(number) for number in before} == before
            yield row

    thread = threading.Thread(target=lambda: found.append(here(looking())))
    thread.start()
    thread.join()
    assert here(looking()).counts == {"already_delivered": 2}
    assert found[0].counts == {"delivered": 2}
    assert sys.getswitchinterval() == switched


def test_two_at_once_on_one_state_dir_send_each_event_once(here: Here) -> None:
    found: list[Receipt] = []
    threads = [
        threading.Thread(target=lambda: found.append(here(here.rows(*range(600)), batch_size_rows=50)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [receipt.exit_code for receipt in found] == [0, 0]
    assert sum(receipt.counts.get("delivered", 0) for receipt in found) == 600
    assert all(sum(receipt.counts.values()) == 600 for receipt in found)
    assert len({event["eventId"] for event in here.linkedin.received}) == len(here.linkedin.received) == 600
    assert len({receipt.run for receipt in found}) == 2


MANY_LARGE_ROWS = """
import json, sys, tracemalloc
from target_linkedin_conversions import deliver

given = json.load(sys.stdin)

def many(rows):
    for number in range(rows):
        yield {"id": number, "email": "x" * 10_000, "happened_at": given["now"], "_sdc_deleted_at": "2026-01-01"}

deliver(many(100), given["settings"], stream="leads", key="id")  # what is imported and kept once is no row
tracemalloc.start()
receipt = deliver(many(15_000), given["settings"], stream="leads", key="id")
print(json.dumps({"counts": receipt.counts, "peak": tracemalloc.get_traced_memory()[1]}))
"""


@pytest.mark.slow
def test_rows_are_never_held_in_memory(here: Here) -> None:
    """A long generator, most of whose rows are skipped, and each of which is large: alone in a process, whose memory is all its own."""
    given = json.dumps({"now": here.now, "settings": here.settings()})
    command = [sys.executable, "-c", MANY_LARGE_ROWS]
    done = subprocess.run(command, input=given.encode(), stdout=subprocess.PIPE, check=True, timeout=120)
    found = json.loads(done.stdout)
    assert found["counts"] == {"skipped": 15_000}
    assert found["peak"] < 30 << 20


@pytest.mark.slow
def test_a_slow_source_has_its_batches_sent_by_age(here: Here) -> None:
    seen: list[int] = []

    def slow() -> Iterator[dict[str, Any]]:
        first, second = here.rows(1, 2)
        yield first
        until = time.monotonic() + 60
        while not here.linkedin.received and time.monotonic() < until:
            time.sleep(0.1)
            yield {**first, "_sdc_deleted_at": "2026-01-01"}
        seen.append(len(here.linkedin.received))
        yield second

    given: dict[str, Any] = {"properties": {name: {} for name in ("id", "email", "happened_at", "_sdc_deleted_at")}}
    assert here(slow(), schema=given, batch_max_age_seconds=0.5).counts["delivered"] == 2
    assert seen[-1] == 1


def test_a_receipt_travels_between_processes(here: Here) -> None:
    receipt = here(here.rows(1))
    assert pickle.loads(pickle.dumps(receipt)) == receipt  # noqa: S301 - our own


def test_what_it_writes_is_readable_by_this_user_alone(here: Here) -> None:
    before = os.umask(0o022)
    try:
        here([*here.rows(1, 2), *here.rows(3, email="nobody")], batch_size_rows=1)
        here(here.rows(4), dry_run=True)
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
    assert not here.pipe.state_dir.stat().st_mode & 0o077
    files = [path for path in here.pipe.state_dir.rglob("*") if path.is_file() and path.name != ".gitignore"]
    assert {path.suffix for path in files} >= {".sqlite", ".jsonl", ".json", ".html"}
    assert [path.name for path in files if path.stat().st_mode & 0o077] == []
