"""Delivery from events at hand to a receipt, against LinkedIn's sandbox."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.delivery.clock import Clock
from target_linkedin_conversions.delivery.delivery import Delivery
from target_linkedin_conversions.errors import (
    LedgerError,
    QuotaError,
    StopRun,
    UnreachableError,
    VersionError,
    exit_code_of,
)
from target_linkedin_conversions.ledger import lease
from target_linkedin_conversions.run.run import new_run_id
from target_linkedin_conversions.sandbox import Sandbox
from tests.delivery.world import DAY, NOW, Ear, QuickClock, batch_of, deliver, event, events, settings_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from target_linkedin_conversions.sandbox.faults import FaultKind


@pytest.fixture
def delivery() -> Iterator[Callable[..., tuple[Delivery, Ear]]]:
    made: list[Delivery] = []

    def make(settings: Any, clock: Clock | None = None) -> tuple[Delivery, Ear]:
        ear = Ear()
        made.append(Delivery(settings, new_run_id(), ear, clock or QuickClock()))
        made[-1].start()
        return made[-1], ear

    yield make
    for one in made:
        one.close(5)
        one.leave()


@pytest.fixture
def slow() -> Iterator[Sandbox]:
    """A LinkedIn that does not answer for as long as a test lasts."""
    with Sandbox() as one:
        one.faults("delay", delay=60, times=100)
        yield one


class SlowClock(Clock):
    """The real one, standing at the sandbox's date, with pauses that last longer than a test waits."""

    def now(self) -> int:
        return NOW

    def wait(self, seconds: float) -> bool:
        return super().wait(seconds if seconds == 1.0 else 3600)


def wait_until(true: Callable[[], object]) -> None:
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until
        time.sleep(0.005)


def ids(linkedin: Sandbox) -> list[str]:
    return sorted(one["eventId"] for one in linkedin.received)


def test_events_at_hand_are_delivered_once_and_the_receipt_counts_them(linkedin: Sandbox, tmp_path: Path) -> None:
    mixed = [event(str(number), str(101 + number % 3)) for number in range(25)]
    settings = settings_for(tmp_path, linkedin, batch_size_rows=4)
    first = deliver(iter(mixed), settings, clock=QuickClock())
    assert (first.counts, first.stopped_by) == ({"delivered": 25}, None)
    again = deliver(iter(mixed), settings, clock=QuickClock())
    assert (again.counts, again.stopped_by) == ({"already_delivered": 25}, None)
    assert ids(linkedin) == sorted(str(number) for number in range(25))
    for request in linkedin.requests:
        assert request.taken <= 4


def test_a_request_carries_one_rule_only(linkedin: Sandbox, tmp_path: Path) -> None:
    mixed = [event(str(number), str(101 + number % 4)) for number in range(40)]
    deliver(mixed, settings_for(tmp_path, linkedin), clock=QuickClock())
    assert len(linkedin.requests) == 4
    assert dict(linkedin.summary()["by_rule"].items()) == {str(101 + n): 10 for n in range(4)}


def test_an_event_that_changed_since_it_was_delivered_is_counted_as_changed(linkedin: Sandbox, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, linkedin)
    deliver([event("a", content=1)], settings, clock=QuickClock())
    receipt = deliver([event("a", content=2)], settings, clock=QuickClock())
    assert receipt.counts == {"already_delivered:changed": 1}


def test_a_dry_run_sends_nothing_and_leaves_nothing(linkedin: Sandbox, tmp_path: Path) -> None:
    receipt = deliver(events("a", "b"), settings_for(tmp_path / "none", linkedin, dry_run=True))
    assert receipt.counts == {"would_send": 2}
    assert linkedin.requests == []
    assert not (tmp_path / "none").exists()


def test_nothing_to_deliver_is_no_request(linkedin: Sandbox, tmp_path: Path) -> None:
    receipt = deliver([], settings_for(tmp_path, linkedin), clock=QuickClock())
    assert (receipt.counts, receipt.stopped_by) == ({}, None)
    assert linkedin.requests == []


def test_a_ledger_that_cannot_be_opened_is_in_the_receipt(linkedin: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    receipt = deliver(events("a"), settings_for(tmp_path / "file" / "below", linkedin), clock=QuickClock())
    assert isinstance(receipt.stopped_by, LedgerError)
    assert "cannot be written" in str(receipt.stopped_by)
    assert linkedin.requests == []


def test_delivering_needs_nothing_of_singer() -> None:
    program = (
        "import sys, target_linkedin_conversions.delivery.delivery;"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in {'singer_sdk', 'singer', 'meltano'}"
        " or name.startswith('target_linkedin_conversions.singer')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


# Retry and stop


@pytest.mark.parametrize(
    ("fault", "doubtful"),
    [
        *[(fault, False) for fault in ("answer_503", "answer_429")],
        *[(fault, True) for fault in ("answer_500", "answer_502", "answer_504", "reset", "drop_before")],
    ],
)
def test_a_passing_fault_is_retried_until_everything_is_delivered_once(
    linkedin: Sandbox, tmp_path: Path, fault: Any, doubtful: Any
) -> None:
    linkedin.faults(fault, times=3)
    clock = QuickClock()
    settings = settings_for(tmp_path, linkedin, batch_size_rows=5, on_in_doubt="resend", max_resends=3)
    receipt = deliver(events(*range(10)), settings, clock=clock)
    assert sum(receipt.counts.values()) == receipt.counts["delivered:resent" if doubtful else "delivered"] == 10
    assert ids(linkedin) == sorted(str(i) for i in range(10))
    assert len(clock.waits) == 3


def test_pauses_grow_and_end_after_retry_for_seconds(linkedin: Sandbox, tmp_path: Path) -> None:
    linkedin.faults("answer_503", times=10_000)
    clock = QuickClock()
    receipt = deliver(events("a"), settings_for(tmp_path, linkedin, retry_for_seconds=900), clock=clock)
    assert isinstance(receipt.stopped_by, UnreachableError)
    assert exit_code_of(receipt.stopped_by) == 5
    assert receipt.counts == {"unsent": 1}
    assert 300 < sum(clock.waits) <= 900
    assert max(clock.waits) <= 60
    assert len(linkedin.requests) == len(clock.waits) + 1
    assert all(pause <= 2**number for number, pause in enumerate(clock.waits))


def test_a_linkedin_that_is_down_stops_with_exit_5_and_the_next_run_delivers(linkedin: Sandbox, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, linkedin, retry_for_seconds=30)
    linkedin.stop()
    try:
        receipt = deliver(events("a", "b"), settings, clock=QuickClock())
    finally:
        linkedin.start()
    assert isinstance(receipt.stopped_by, UnreachableError)
    assert receipt.counts == {"unsent": 2}
    assert deliver(events("a", "b"), settings, clock=QuickClock()).counts == {"delivered": 2}


def test_the_days_limit_of_linkedin_stops_with_exit_4_and_is_remembered(linkedin: Sandbox, tmp_path: Path) -> None:
    linkedin.faults("answer_429_day")
    settings = settings_for(tmp_path, linkedin)
    receipt = deliver(events("a"), settings, clock=QuickClock())
    if isinstance(receipt.stopped_by, QuotaError):  # not in the first minutes of the day, when it may mean yesterday
        assert exit_code_of(receipt.stopped_by) == 4
        assert receipt.counts == {"unsent": 1}
        again = deliver(events("a"), settings, clock=QuickClock())
        assert isinstance(again.stopped_by, QuotaError)
        assert len(linkedin.requests) == 1


def test_the_own_limit_of_the_day_stops_after_exactly_so_many_requests(linkedin: Sandbox, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, linkedin, batch_size_rows=1, requests_per_day=3)
    receipt = deliver(events(*range(10)), settings, clock=QuickClock())
    assert isinstance(receipt.stopped_by, QuotaError)
    assert receipt.counts == {"delivered": 3, "unsent": 7}
    assert len(linkedin.requests) == 3


def test_a_version_that_is_not_active_stops_with_exit_2(linkedin: Sandbox, tmp_path: Path) -> None:
    receipt = deliver(events("a"), settings_for(tmp_path, linkedin, linkedin_version="202504"), clock=QuickClock())
    assert isinstance(receipt.stopped_by, VersionError)
    assert exit_code_of(receipt.stopped_by) == 2
    assert "20250401" in str(receipt.stopped_by)
    assert receipt.counts == {"unsent": 1}


@pytest.mark.parametrize("status", [301, 404, 418])
def test_something_that_is_not_linkedin_stops_with_exit_5(linkedin: Sandbox, tmp_path: Path, status: int) -> None:
    linkedin.faults("answer", status=status, body="<html>", headers={"Location": "http://127.0.0.1:9/"})
    receipt = deliver(events("a"), settings_for(tmp_path, linkedin), clock=QuickClock())
    assert isinstance(receipt.stopped_by, UnreachableError)
    assert "api_url" in str(receipt.stopped_by)


# In doubt

DOUBTFUL = ["answer_504_after_taking", "drop_after", "truncate"]


@pytest.mark.parametrize("fault", DOUBTFUL)
def test_resend_delivers_everything_and_linkedin_gets_the_doubtful_ones_twice(
    linkedin: Sandbox, tmp_path: Path, fault: Any
) -> None:
    linkedin.faults(fault)
    settings = settings_for(tmp_path, linkedin, on_in_doubt="resend", max_concurrent_requests=1, batch_size_rows=5)
    receipt = deliver(events(*range(10)), settings, clock=QuickClock())
    assert receipt.counts == {"delivered": 5, "delivered:resent": 5}
    assert len(linkedin.received) == 15
    assert [one["times"] for one in linkedin.summary()["taken_twice"]] == [2] * 5


@pytest.mark.parametrize("fault", [*DOUBTFUL, "answer_502", "answer_504", "reset", "drop_before"])
def test_hold_sends_nothing_twice_and_names_the_doubtful_ones(linkedin: Sandbox, tmp_path: Path, fault: Any) -> None:
    settings = settings_for(tmp_path, linkedin, on_in_doubt="hold", max_concurrent_requests=1, batch_size_rows=5)
    linkedin.faults(fault)
    receipt = deliver(events(*range(10)), settings, clock=QuickClock())
    assert receipt.counts == {"delivered": 5, "in_doubt:no_answer": 5}
    assert receipt.stopped_by is None
    again = deliver(events(*range(10)), settings, clock=QuickClock())
    assert again.counts == {"already_delivered": 5, "in_doubt:earlier_run": 5}
    assert len(linkedin.requests) == 2
    assert len(set(ids(linkedin))) == len(linkedin.received)
    resent = deliver(events(*range(10)), settings_for(tmp_path, linkedin, on_in_doubt="resend"), clock=QuickClock())
    assert resent.counts == {"already_delivered": 5, "delivered:resent": 5}


@pytest.mark.parametrize(
    ("kind", "held"), [("PURCHASE", True), ("ADD_TO_CART", True), ("LEAD", False), ("", True), (None, True)]
)
def test_by_rule_holds_what_linkedin_counts_each_time_or_nobody_knows(
    linkedin: Sandbox, tmp_path: Path, delivery: Any, kind: str | None, held: Any
) -> None:
    one, ear = delivery(settings_for(tmp_path, linkedin))
    if kind is not None:
        one.rule_types["101"] = kind
    linkedin.faults("drop_after")
    one.carry(batch_of(events("a")))
    one.finish()
    assert ear.ends() == {"a": "in_doubt" if held else "delivered"}
    assert len(linkedin.received) == (1 if held else 2)


def test_without_identities_by_rule_sends_again_and_nothing_is_known_later(linkedin: Sandbox, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, linkedin, send_once=False)
    linkedin.faults("drop_after")
    assert deliver(events("a", "a"), settings, clock=QuickClock()).counts == {"delivered:resent": 2}
    assert deliver(events("a"), settings, clock=QuickClock()).counts == {"delivered": 1}
    assert len(linkedin.received) == 5
    assert deliver(events("a"), settings_for(tmp_path, linkedin), clock=QuickClock()).counts == {"delivered": 1}


# The same event twice in a run


def test_a_second_event_of_the_same_identity_shares_the_firsts_fate(
    linkedin: Sandbox, tmp_path: Path, delivery: Any
) -> None:
    one, ear = delivery(settings_for(tmp_path, linkedin))
    linkedin.faults("delay", delay=0.3)
    one.carry(batch_of(events("a", "a", "b")))  # in the same batch
    one.carry(batch_of(events("a", "c")))  # in another, at the same time
    one.finish()
    one.carry(batch_of(events("a", "d")))  # later
    one.finish()
    assert sorted(ids(linkedin)) == ["a", "b", "c", "d"]
    assert ear.counts() == {"delivered": 4, "already_delivered": 3}
    assert next(outcome for identity, outcome, _, _ in ear.heard if identity == "a") == "delivered"


def test_a_second_event_of_an_identity_that_is_rejected_or_held_is_so_too(
    linkedin: Sandbox, tmp_path: Path, delivery: Any
) -> None:
    one, ear = delivery(settings_for(tmp_path, linkedin, on_in_doubt="hold"))
    bad = event("bad", conversionHappenedAt=NOW - 91 * DAY)
    one.carry(batch_of([bad, event("good"), bad]))
    one.finish()
    assert ear.counts() == {"rejected": 2, "delivered": 1}
    assert len({told for identity, _, _, told in ear.heard if identity == "bad"}) == 1
    requests = len(linkedin.requests)
    one.carry(batch_of([bad, event("good")]))  # later in the run, and not asked of LinkedIn again
    one.finish()
    assert ear.counts() == {"rejected": 3, "delivered": 1, "already_delivered": 1}
    assert len(linkedin.requests) == requests
    linkedin.faults("drop_after")
    one.carry(batch_of(events("held", "held")))
    one.finish()
    assert ear.counts()["in_doubt"] == 2


# Threads


def test_whoever_hands_over_too_much_waits(slow: Sandbox, tmp_path: Path, delivery: Any) -> None:
    one, ear = delivery(settings_for(tmp_path, slow, max_concurrent_requests=1))
    handed: list[int] = []
    enough = threading.Event()

    def hand_over() -> None:
        for number in range(10):
            one.carry(batch_of(events(number)), give_up=enough.is_set)
            handed.append(number)

    thread = threading.Thread(target=hand_over)
    thread.start()
    wait_until(lambda: len(handed) == 4)
    time.sleep(0.3)
    assert len(handed) == 4, "one under way, three wait"
    enough.set()
    thread.join(10)
    assert not thread.is_alive()
    assert ear.heard == []
    slow.stop()


def test_what_stops_the_run_is_raised_where_batches_are_handed_over(
    linkedin: Sandbox, tmp_path: Path, delivery: Any
) -> None:
    one, ear = delivery(settings_for(tmp_path, linkedin, access_token="sandbox-unknown", max_concurrent_requests=2))

    def hand_over() -> None:
        for number in range(1000):
            one.carry(batch_of(events(number)))
        one.finish()

    with pytest.raises(StopRun, match="invalid"):
        hand_over()
    with pytest.raises(StopRun, match="invalid"):
        one.check()
    with pytest.raises(StopRun, match="invalid"):
        one.finish()
    assert ear.heard == []
    assert len(linkedin.requests) <= 2


def test_close_gives_what_is_under_way_its_time_and_sends_nothing_more(
    linkedin: Sandbox, tmp_path: Path, delivery: Any
) -> None:
    one, ear = delivery(settings_for(tmp_path, linkedin, max_concurrent_requests=1), Clock())
    linkedin.faults("delay", delay=1.5)
    for number in range(3):
        one.carry(batch_of([event(str(number), at=int(time.time() * 1000))]))
    wait_until(lambda: linkedin.ordered_faults[0]["fired"])
    one.close(10)
    assert ear.ends() == {"0": "delivered"}
    assert len(linkedin.requests) == 1


def test_close_does_not_wait_longer_than_it_is_told(
    slow: Sandbox, linkedin: Sandbox, tmp_path: Path, delivery: Any
) -> None:
    one, ear = delivery(settings_for(tmp_path, slow, on_in_doubt="hold"), Clock())
    one.carry(batch_of([event("a", at=int(time.time() * 1000))]))
    wait_until(lambda: slow.ordered_faults[0]["fired"])
    began = time.monotonic()
    one.close(0.2)
    assert time.monotonic() - began < 5
    slow.stop()
    assert ear.heard == []
    same_origin = settings_for(tmp_path, slow, on_in_doubt="hold")
    again = deliver([event("a", at=int(time.time() * 1000))], same_origin, clock=QuickClock())
    assert again.counts == {"in_doubt:earlier_run": 1}
    other_origin = settings_for(tmp_path, linkedin, on_in_doubt="hold")
    assert deliver(events("a"), other_origin, clock=QuickClock()).counts == {"delivered": 1}


def test_a_fault_in_a_listener_stops_the_run_and_is_no_loss(linkedin: Sandbox, tmp_path: Path) -> None:
    class Broken(Ear):
        def settled(self, *_: Any, **__: Any) -> None:
            raise ZeroDivisionError

    one = Delivery(settings_for(tmp_path, linkedin), "run", Broken(), QuickClock())
    one.start()
    one.carry(batch_of(events("a")))
    with pytest.raises(ZeroDivisionError):
        one.finish()
    one.close(5)
    one.leave()
    assert deliver(events("a"), settings_for(tmp_path, linkedin), clock=QuickClock()).counts == {"already_delivered": 1}


@pytest.mark.slow
def test_many_senders_deliver_everything_once_through_all_kinds_of_faults(linkedin: Sandbox, tmp_path: Path) -> None:
    faults: tuple[FaultKind, ...] = ("answer_500", "answer_429", "answer_503", "reset", "drop_before")
    for seed, fault in enumerate(faults):
        linkedin.faults(fault, probability=0.1, seed=seed)
    settings = settings_for(
        tmp_path, linkedin, batch_size_rows=7, max_concurrent_requests=8, on_in_doubt="resend", max_resends=20
    )
    receipt = deliver(events(*range(1000), *range(0, 1000, 10)), settings, clock=QuickClock())
    assert receipt.counts.pop("already_delivered") == 100
    assert receipt.counts["delivered:resent"] > 0
    assert sum(receipt.counts.values()) == 1000
    assert len(linkedin.received) == 1000


def test_two_runs_at_the_same_time_deliver_each_event_once(linkedin: Sandbox, tmp_path: Path, delivery: Any) -> None:
    """What the other run has under way is waited for, not sent beside it."""
    settings = settings_for(tmp_path, linkedin)
    one, ear = delivery(settings)
    linkedin.faults("delay", delay=0.5)
    one.carry(batch_of(events(*range(10))))
    wait_until(lambda: linkedin.ordered_faults[0]["fired"])
    other = deliver(events(*range(5, 15)), settings, clock=SlowClock())
    one.finish()
    assert ear.counts() == {"delivered": 10}
    assert other.counts == {"delivered": 5, "already_delivered": 5}
    assert len(linkedin.received) == 15


@pytest.mark.slow
def test_what_another_run_gives_up_is_sent_by_this_one(
    linkedin: Sandbox, tmp_path: Path, delivery: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LEASE_MS", 3_000)  # the end of which is waited for
    settings = settings_for(tmp_path, linkedin)
    one, ear = delivery(settings_for(tmp_path, linkedin, retry_for_seconds=600), SlowClock())
    linkedin.faults("answer_503")
    one.carry(batch_of(events(*range(5))))
    wait_until(lambda: linkedin.ordered_faults[0]["fired"])
    threading.Timer(0.3, one.close, [5]).start()
    other = deliver(events(*range(5)), settings, clock=SlowClock())
    assert other.counts == {"delivered": 5}
    assert ear.heard == []
    assert len(linkedin.received) == 5


def test_one_line_a_batch_is_logged_and_no_event(
    linkedin: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    deliver(events("canary-identity"), settings_for(tmp_path, linkedin), clock=QuickClock())
    lines = [line for line in caplog.messages if line.startswith("batch rule=101")]
    assert len(lines) == 1
    assert "events=1" in lines[0]
    assert "answer=200 meaning=Taken" in lines[0]
    assert "canary-identity" not in caplog.text
