"""Clocks that are wrong or set while a run goes on: no lease outlives one lease, no minute holds more than its limit."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.ledger import Ledger, Quota, Reserved, Wait
from target_linkedin_conversions.ledger.lease import LEASE_MS
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.report import Report
from target_linkedin_conversions.reporting.report_files import read_report
from target_linkedin_conversions.run.run import Run
from target_linkedin_conversions.settings import Settings
from tests.ledger.conftest import SetTime, Workers
from tests.singer.pipe import record, schema, state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from target_linkedin_conversions.sandbox import Sandbox
    from tests.singer.pipe import Pipe

START = 1_795_430_400_000
HOUR = 3_600_000


@pytest.fixture(params=["sqlite", "postgresql"])
def workers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workers]:
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    found = Workers(url, tmp_path)
    yield found
    found.close()


def by_clock(workers: Workers, at: int) -> Ledger:
    """A worker whose clock says so."""
    ledger = Ledger(workers.url, workers.folder, run="r", quota_key="q", per_minute=9, per_day=9)
    clock = SetTime(workers.url, workers.folder)
    clock.at = at
    for part in (ledger.lease, ledger.batches, ledger.claims, ledger.quota):
        part._database = clock  # noqa: SLF001
    ledger.database = clock
    ledger.open()
    return ledger


@pytest.mark.parametrize("ahead", [LEASE_MS, 120_000, HOUR, 24 * 365 * HOUR])
def test_the_lease_of_a_run_whose_clock_was_ahead_ends_one_lease_from_now(workers: Workers, ahead: int) -> None:
    dead = by_clock(workers, START + ahead)
    digests = dead.digests("o", "101", [("a", None)])
    assert dead.claims.claim("101", digests, [0], resend=False).fresh == [0]
    dead.database.close()
    later = by_clock(workers, START)
    assert later.claims.claim("101", digests, [0], resend=False).elsewhere == [0]
    later.database.at = START + LEASE_MS  # type: ignore[attr-defined]
    assert later.claims.claim("101", digests, [0], resend=False).in_doubt == [0]
    later.close()


def test_a_clock_that_is_set_back_takes_nothing_from_a_worker_that_lives(workers: Workers) -> None:
    alive = by_clock(workers, START + HOUR)
    digests = alive.digests("o", "101", [("a", None)])
    alive.claims.claim("101", digests, [0], resend=False)
    other = by_clock(workers, START)
    for passed in range(0, 5 * LEASE_MS, LEASE_MS // 3):
        for one in (alive, other):
            one.database.at = START + passed  # type: ignore[attr-defined]
            one.lease.heartbeat()
        assert other.claims.claim("101", digests, [0], resend=True).elsewhere == [0]
    alive.close()
    other.close()


class Stepping(SetTime):
    """A clock that is set, and beside it the one that nobody sets."""

    true = START

    def now(self, connection: Connection) -> int:  # noqa: ARG002 - the clock that is set
        return self.at or 0

    def monotonic(self) -> float:
        return self.true / 1000


@pytest.mark.parametrize("step", [61_000, 120_000, HOUR, -120_000])
@pytest.mark.parametrize("per_minute", [1, 7, 30])
def test_a_clock_that_is_set_lets_no_minute_hold_more(tmp_path: Path, step: int, per_minute: int) -> None:
    clock = Stepping(None, tmp_path)
    clock.open()
    quota = Quota(clock, "q", per_minute, 10**9)
    times: list[int] = []
    for moment in range(0, 150_000, 500):
        clock.true = START + moment
        clock.at = clock.true + (step if moment >= 20_000 else 0)
        found = quota.reserve()
        if isinstance(found, Reserved):
            times.append(moment)
        else:
            assert isinstance(found, Wait)
            assert 0 < found.milliseconds < 61_000
    clock.close()
    assert max(sum(begin <= one < begin + 60_000 for one in times) for begin in times) <= per_minute
    assert len(times) >= per_minute


def test_the_report_of_a_run_in_which_the_clock_was_set_back_can_be_read(tmp_path: Path) -> None:
    run = Run(Settings.load({"dry_run": True, "state_dir": str(tmp_path), "consent": {"not_required": "a test"}}))
    run.begin()
    run._parts.report_builder.started += timedelta(days=365)  # noqa: SLF001 - as a clock that was ahead showed it
    run.conclude(None)
    assert 0 <= read_report(Folder(str(tmp_path)), f"{run.name}.json", Report).seconds < 60


@pytest.mark.parametrize("ahead", [timedelta(days=700), timedelta(days=-2)])
def test_rows_that_only_a_wrong_clock_takes_for_too_old_or_future_cost_no_state(
    pipe: Pipe, linkedin: Sandbox, ahead: timedelta
) -> None:
    linkedin.set_clock(offset_ms=-round(ahead.total_seconds() * 1000))
    at = linkedin.now()
    lines = [schema(), *(record(at, n) for n in range(3)), state(at=3)]
    done = pipe.run_here(lines, account_id="512345678")
    assert (done.code, done.states, linkedin.received) == (2, [], [])
    assert done.report["outcome"] == "machine"
    assert "the clock of this machine is" in done.report["message"]
    linkedin.set_clock()
    at = linkedin.now()
    again = pipe.run_here([schema(), *(record(at, n) for n in range(3)), state(at=3)], account_id="512345678")
    assert (again.code, again.states, len(linkedin.received)) == (0, ['{"at": 3}'], 3)


def test_where_linkedins_time_cannot_be_learned_rows_that_are_too_old_are_left_out_as_ever(
    pipe: Pipe, linkedin: Sandbox
) -> None:
    old = linkedin.now() - 100 * 24 * HOUR
    lines = [schema(), record(old, 1), state(at=1)]
    assert pipe.run_here(lines, account_id="512345678").states == ['{"at": 1}']
    assert [one.path for one in linkedin.requests] == ["/rest/conversions"]
    nobody = pipe.run_here(lines, account_id="512345678", api_url="http://127.0.0.1:9")
    assert (nobody.code, nobody.states) == (0, ['{"at": 1}'])
    assert pipe.run_here(lines, account_id="512345678", access_token="another").states == ['{"at": 1}']


@pytest.mark.parametrize(("ahead", "left"), [(timedelta(days=700), 3), (timedelta(), 0)])
def test_a_wrong_clock_prunes_nothing(pipe: Pipe, linkedin: Sandbox, ahead: timedelta, left: int) -> None:
    def load(*numbers: int) -> int:
        at = linkedin.now()
        return pipe.run_here([schema(), *(record(at, n) for n in numbers)], account_id="512345678").code

    assert load(0, 1, 2) == 0
    with closing(sqlite3.connect(pipe.state_dir / "ledger.sqlite", isolation_level=None)) as ledger:
        ledger.execute("UPDATE batches SET created = created - ?", [500 * 24 * HOUR])
        linkedin.set_clock(offset_ms=-round(ahead.total_seconds() * 1000))
        for number in range(7, 17):  # a short run takes a step or two
            assert load(number) == (2 if ahead else 0)
        assert ledger.execute("SELECT count(*) FROM deliveries WHERE batch = 1").fetchone() == (left,)
