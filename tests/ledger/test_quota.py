"""The quota: never more than the limit in any minute or day, and nearly all of it under pressure."""

from __future__ import annotations

import heapq
import subprocess
import sys
import tempfile
import threading
from bisect import bisect_left
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.ledger import DaySpent, Quota, Reserved, Wait
from target_linkedin_conversions.ledger.quota import ROOM_MS, WINDOW_MS, _OwnRequests
from tests.ledger.conftest import SetTime, Workers

START = 1_795_430_400_000
MINUTE, DAY = 60_000, 86_400_000

Answer = tuple[int, int, int, Reserved]
"""When a request is answered, its number, when it left, and what it was reserved as."""


def most_in_a_minute(times: list[int]) -> int:
    """The most reservations in any 60 seconds, the last millisecond not included."""
    return max((bisect_left(times, start + MINUTE) - index for index, start in enumerate(times)), default=0)


def used(quota: Quota) -> int:
    """Reserve one request: how many that makes today."""
    found = quota.reserve()
    assert isinstance(found, Reserved)
    return found.used_today


def under_pressure(quota: Quota, clock: SetTime, until: int, late: int = 0) -> list[int]:
    """Reserve whatever can be had, waiting as told and a little longer."""
    assert clock.at is not None
    times = []
    while clock.at < until:
        match quota.reserve():
            case Reserved():
                times.append(clock.at)
            case Wait(milliseconds):
                assert 0 < milliseconds <= WINDOW_MS + 1
                clock.at += milliseconds + late
            case DaySpent(milliseconds):
                assert milliseconds > 0
                clock.at += milliseconds
    return times


@pytest.mark.parametrize("per_minute", [1, 2, 7, 60, 600])
@pytest.mark.parametrize("late", [0, 3, 30])
def test_under_pressure_the_limit_is_reached_and_never_passed(sqlite: Any, per_minute: int, late: int) -> None:
    quota, clock = sqlite.quota(per_minute=per_minute)
    clock.at = START
    times = under_pressure(quota, clock, START + 3 * MINUTE, late)
    assert most_in_a_minute(times) <= per_minute
    later = sum(time >= START + MINUTE for time in times)
    if per_minute > 2:
        assert later >= 0.97 * per_minute * 2


def test_senders_that_answer_while_others_reserve_disturb_no_count() -> None:
    """On PostgreSQL a late answer is counted beside a reservation, by another thread."""
    seconds = iter(range(1_000_000))
    own = _OwnRequests(per_minute=3, monotonic=lambda: float(next(seconds)))
    broken: list[BaseException] = []

    def reserve_and_renew(first: int) -> None:
        try:
            for number in range(first, first + 3_000):
                one = Reserved(0, number)
                own.add(one)
                own.wait()
                own.renew(one)
        except BaseException as error:  # noqa: BLE001 - of whatever kind, it is what is looked for
            broken.append(error)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=reserve_and_renew, args=(first * 10_000,)) for first in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert broken == []


def test_postgresql_counts_alike(workers: Workers) -> None:
    quota, clock = workers.quota(per_minute=40)
    clock.at = START
    times = under_pressure(quota, clock, START + 3 * MINUTE)
    assert most_in_a_minute(times) == 40
    assert len(times) >= 0.95 * 120


steps = st.lists(st.tuples(st.sampled_from(["reserve", "pass", "back"]), st.integers(0, 90_000)), max_size=80)


@settings(max_examples=40)
@given(per_minute=st.integers(1, 6), moves=steps)
def test_whatever_the_clock_does_backwards_no_minute_of_true_time_holds_more(
    per_minute: int, moves: list[tuple[str, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workers = Workers(None, Path(folder))
        quota, clock = workers.quota(per_minute=per_minute)
        true, behind, times = START, 0, []
        for move, amount in moves:
            if move == "pass":
                true += amount
            elif move == "back":
                behind += amount
            clock.at = true - behind
            match quota.reserve():
                case Reserved():
                    times.append(true)
                case Wait(milliseconds):
                    assert 0 < milliseconds <= WINDOW_MS + 1
                case _:
                    pytest.fail("the day is not spent")
        workers.close()
    assert most_in_a_minute(times) <= per_minute


@settings(max_examples=40)
@given(
    per_minute=st.integers(1, 5),
    ways=st.lists(st.tuples(st.integers(0, 30_000), st.floats(0, 1)), min_size=10, max_size=40),
)
def test_however_long_requests_travel_no_minute_holds_more_of_their_arrivals(
    per_minute: int, ways: list[tuple[int, float]]
) -> None:
    """Each takes so long until its answer, and arrives somewhere in between."""
    with tempfile.TemporaryDirectory() as folder:
        workers = Workers(None, Path(folder))
        quota, clock = workers.quota(per_minute=per_minute)
        clock.at = START
        arrivals: list[int] = []
        answers: list[Answer] = []
        for number, (took, share) in enumerate(ways):
            reserved = reserve_between_answers(quota, clock, answers)
            arrivals.append(clock.at + int(took * share))
            heapq.heappush(answers, (clock.at + took, number, clock.at, reserved))
        workers.close()
    assert most_in_a_minute(sorted(arrivals)) <= per_minute


def reserve_between_answers(quota: Quota, clock: SetTime, answers: list[Answer]) -> Reserved:
    """Let time pass until a request may leave; what is answered late meanwhile says so when it is."""
    assert clock.at is not None
    while True:
        found = quota.reserve()
        if isinstance(found, Reserved):
            return found
        assert isinstance(found, Wait)
        until = clock.at + found.milliseconds
        while answers and answers[0][0] <= until:
            answered, _, left, reserved = heapq.heappop(answers)
            clock.at = answered
            if answered - left > ROOM_MS:
                quota.count_late(reserved)
        clock.at = until


def test_only_the_request_that_came_late_counts_for_longer(workers: Workers) -> None:
    quota, clock = workers.quota(per_minute=2)
    clock.at = START
    late, _ = quota.reserve(), quota.reserve()
    assert isinstance(late, Reserved)
    clock.at = START + 5_000
    quota.count_late(late)
    clock.at = START + WINDOW_MS + 1
    assert isinstance(quota.reserve(), Reserved)
    assert quota.reserve() == Wait(5_000)


def test_a_clock_that_was_far_ahead_blocks_nobody_for_longer_than_a_minute(workers: Workers) -> None:
    quota, clock = workers.quota(per_minute=2)
    clock.at = START + 400 * DAY
    assert isinstance(quota.reserve(), Reserved)
    clock.at = START
    assert isinstance(quota.reserve(), Wait | Reserved)
    clock.at = START + WINDOW_MS + 1
    assert isinstance(quota.reserve(), Reserved)


def test_the_day_ends_at_midnight_utc_and_not_before(workers: Workers) -> None:
    quota, clock = workers.quota(per_minute=1000, per_day=3)
    midnight = (START // DAY + 1) * DAY
    clock.at = midnight - 10_000
    assert [used(quota) for _ in range(3)] == [1, 2, 3]
    assert quota.reserve() == DaySpent(10_000)
    assert quota.used_today() == 3
    clock.at = midnight - 1
    assert quota.reserve() == DaySpent(1)
    clock.at = midnight
    assert used(quota) == 1
    assert quota.used_today() == 1


def test_a_clock_that_steps_back_over_midnight_refunds_nothing(workers: Workers) -> None:
    quota, clock = workers.quota(per_minute=1000, per_day=2)
    midnight = (START // DAY + 1) * DAY
    clock.at = midnight - 5
    assert isinstance(quota.reserve(), Reserved)
    clock.at = midnight + 5
    assert used(quota) == 1
    clock.at = midnight - 5
    assert used(quota) == 2
    assert quota.reserve() == DaySpent(DAY + 5)


def test_the_day_is_spent_when_linkedin_says_so(workers: Workers) -> None:
    quota, clock = workers.quota(per_minute=1000, per_day=100)
    clock.at = START
    quota.reserve()
    assert quota.spend_day()
    assert isinstance(quota.reserve(), DaySpent)
    clock.at = START - 1000  # a step back makes no difference
    assert isinstance(quota.reserve(), DaySpent)
    assert quota.spend_day()
    clock.at = START + DAY
    assert isinstance(quota.reserve(), Reserved)


def test_shortly_after_midnight_linkedins_word_may_mean_yesterday(workers: Workers) -> None:
    quota, clock = workers.quota(per_minute=1000, per_day=100)
    clock.at = (START // DAY) * DAY + 2000
    assert not quota.spend_day()
    assert isinstance(quota.reserve(), Reserved)


def test_keys_do_not_share_a_quota_and_ledgers_of_one_key_do(workers: Workers) -> None:
    one, first = workers.quota(per_minute=100, per_day=2, key="one")
    same, second = workers.quota(per_minute=100, per_day=2, key="one")
    other, third = workers.quota(per_minute=100, per_day=2, key="other")
    first.at = second.at = third.at = START
    assert (used(one), used(same), used(other)) == (1, 2, 1)
    assert isinstance(one.reserve(), DaySpent)
    assert isinstance(same.reserve(), DaySpent)


def test_waiting_costs_nothing(workers: Workers) -> None:
    quota, clock = workers.quota(per_minute=1)
    clock.at = START
    quota.reserve()
    for _ in range(5):
        assert isinstance(quota.reserve(), Wait)
    assert quota.used_today() == 1


def test_threads_share_one_quota(workers: Workers) -> None:
    quotas = [workers.quota(per_minute=100_000, per_day=90) for _ in range(3)]
    got: list[object] = []
    lock = threading.Lock()

    def take(quota: Quota) -> None:
        for _ in range(20):
            found = quota.reserve()
            with lock:
                got.append(found)

    threads = [threading.Thread(target=take, args=(quota,)) for quota, _ in quotas for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    reserved = [one.used_today for one in got if isinstance(one, Reserved)]
    assert len(got) == 120
    assert sorted(reserved) == list(range(1, 91))


PROCESS = """
import sys
from pathlib import Path
from target_linkedin_conversions.ledger import DaySpent, Ledger, Reserved
ledger = Ledger(None, Path(sys.argv[1]), run="r", quota_key="q", per_minute=10**6, per_day=60)
ledger.open()
sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
count = 0
while not isinstance(found := ledger.quota.reserve(), DaySpent):
    count += isinstance(found, Reserved)
print(count)
ledger.close()
"""


def test_processes_share_one_file(tmp_path: Path) -> None:
    """They also create it at the same moment."""
    command = [sys.executable, "-c", PROCESS, str(tmp_path)]
    running = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for one in running:
        assert one.stdout
        assert one.stdout.readline() == "ready\n"
    counts = [int(one.communicate("go\n", timeout=60)[0]) for one in running]
    assert sum(counts) == 60
