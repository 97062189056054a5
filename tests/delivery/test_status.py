"""Where the ledger says a batch is, at every moment: what a crash right then would mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.delivery.answer import InDoubt, NotConnected
from target_linkedin_conversions.delivery.courier import Courier
from target_linkedin_conversions.errors import CredentialError, LaterError, QuotaError, StopRun, UnreachableError
from target_linkedin_conversions.ledger import Ledger, Status
from tests.delivery.world import DAY, NOW, ORIGIN, batch_of, event, events, taken

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LEAVING, WAITING, DELIVERED, IN_DOUBT = Status.LEAVING, Status.WAITING, Status.DELIVERED, Status.IN_DOUBT


class Watch:
    """Answers as scripted, and notes what the ledger says during each request and each wait."""

    def __init__(self, desk: Callable[..., Any], script: list[Any], **more: Any) -> None:
        self.script = list(script)
        self.sending: list[set[Status]] = []
        self.waiting: list[set[Status]] = []
        self.one = desk(self._answer, **more)
        self.one.clock.on_wait = lambda _: self.waiting.append(set(self.one.statuses().values()))

    def _answer(self, found: list[dict[str, Any]]) -> Any:
        self.sending.append(set(self.one.statuses().values()))
        answer = self.script.pop(0) if self.script else taken(found)
        return answer(found) if callable(answer) else answer

    def send(self, count: int = 2) -> None:
        self.one.send(events(*range(count)))

    def end(self) -> set[Status]:
        return set(self.one.statuses().values())


def test_a_batch_is_leaving_while_its_request_is_under_way_and_delivered_after_it(desk: Any) -> None:
    watch = Watch(desk, [])
    watch.send()
    assert watch.sending == [{LEAVING}]
    assert watch.end() == {DELIVERED}


@pytest.mark.parametrize(
    "refusal",
    [
        (503, {}),
        (408, {}),
        (429, {"message": "throttled"}),
        NotConnected("x"),
        (401, {"serviceErrorCode": 65601}),
    ],
)
def test_a_batch_that_was_refused_waits_until_its_next_request(desk: Any, refusal: Any) -> None:
    watch = Watch(desk, [refusal])
    watch.send()
    assert watch.sending == [{LEAVING}, {LEAVING}]
    assert watch.waiting == [{WAITING}]
    assert watch.end() == {DELIVERED}


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        ((426, {}), StopRun),
        ((403, {"message": "no"}), CredentialError),
        ((401, {}), CredentialError),
        ((401, {"serviceErrorCode": 65602}), CredentialError),
        ((302, {}), UnreachableError),
        ((404, {}), UnreachableError),
        ((429, {"message": "throttle MEMBER DAY limit"}), QuotaError),
    ],
)
def test_a_refusal_that_stops_the_run_leaves_the_events_free(desk: Any, refusal: Any, error: type[StopRun]) -> None:
    watch = Watch(desk, [refusal])
    with pytest.raises(error):
        watch.send()
    assert watch.end() == {WAITING}
    assert watch.one.ear.heard == []


@pytest.mark.parametrize("refusal", [(503, {}), NotConnected("x"), (429, {})])
def test_when_the_time_to_retry_is_over_the_events_are_free(desk: Any, refusal: Any) -> None:
    watch = Watch(desk, [refusal] * 1000, retry_for_seconds=120)
    with pytest.raises(UnreachableError):
        watch.send()
    assert sum(watch.one.clock.waits) <= 120
    assert len(watch.sending) > 3
    assert watch.end() == {WAITING}


@pytest.mark.parametrize("answer", [InDoubt("x"), (500, {}), (502, {}), (504, {}), (200, {}), (202, {})])
def test_what_is_in_doubt_is_sent_again_by_default_and_in_doubt_meanwhile(desk: Any, answer: Any) -> None:
    watch = Watch(desk, [answer])
    watch.send()
    assert watch.waiting == [{IN_DOUBT}]
    assert watch.sending == [{LEAVING}, {LEAVING}]
    assert watch.one.ear.ends() == {"0": "delivered", "1": "delivered"}


def test_what_was_in_doubt_once_stays_so_whatever_refuses_it_later(desk: Any) -> None:
    watch = Watch(desk, [InDoubt("x"), (503, {}), NotConnected("x"), *[(500, {})] * 1000])
    with pytest.raises(UnreachableError):
        watch.send()
    assert set.union(*watch.waiting) == {IN_DOUBT}
    assert watch.end() == {IN_DOUBT}


def test_parts_of_what_is_in_doubt_are_in_doubt(desk: Any) -> None:
    unnamed = (400, {"message": "wrong"})
    watch = Watch(desk, [InDoubt("x"), unnamed, InDoubt("y"), (404, {})])
    with pytest.raises(UnreachableError):
        watch.send(10)
    assert watch.end() == {IN_DOUBT}


def test_held_events_are_in_doubt_and_settled_so(desk: Any) -> None:
    watch = Watch(desk, [(504, {})], holds=True)
    watch.send()
    assert watch.end() == {IN_DOUBT}
    assert watch.one.ear.codes() == {"in_doubt:no_answer": 2}
    assert len(watch.one.stub.sent) == 1
    watch.send()
    assert watch.one.ear.codes() == {"in_doubt:no_answer": 4}  # a second event of this run shares the fate of the first
    assert len(watch.one.stub.sent) == 1


def test_rejected_events_leave_the_ledger_and_the_rest_waits_for_its_next_request(desk: Any) -> None:
    named = (400, {"message": "odd, indices [1] (0-indexed)"})
    watch = Watch(desk, [named, (503, {})])
    watch.send(3)
    assert watch.sending == [{LEAVING}, {LEAVING}, {LEAVING}]
    assert watch.waiting == [{WAITING}]
    assert len(watch.one.statuses()) == 2
    assert watch.end() == {DELIVERED}


def test_while_a_refused_batch_is_searched_only_the_part_under_way_is_leaving(desk: Any) -> None:
    watch = Watch(desk, [])

    def answer(found: list[dict[str, Any]]) -> Any:
        leaving = [digest for digest, status in watch.one.statuses().items() if status is LEAVING]
        assert len(leaving) == len(found)
        return (400, {"message": "odd"}) if any(one["eventId"] in {"3", "11"} for one in found) else taken(found)

    watch.script = [answer] * 100
    watch.send(20)
    assert watch.end() == {DELIVERED}
    assert len(watch.one.statuses()) == 18


def test_beside_a_part_that_is_tried_again_and_again_the_other_waits(desk: Any, tmp_path: Path) -> None:
    """Of a batch some events were in doubt and others are new: two claims, and only one of them is under way."""
    gone = Ledger(None, tmp_path, run="gone", quota_key="q", per_minute=10, per_day=10)
    gone.open()
    digests = gone.digests(ORIGIN, "101", [(one.identity, one.hour) for one in events(0)])
    gone.claims.claim("101", digests, [0], resend=False)
    gone.lease.leave()
    gone.close()
    watch = Watch(desk, [(503, {}), (503, {})])
    courier = Courier(watch.one.sender, watch.one.send_once, watch.one.clock, senders=1)
    courier.start()
    courier.carry(batch_of(events(0, 1)))
    courier.finish()
    courier.close(5)
    assert watch.sending == [{IN_DOUBT, LEAVING}] * 3 + [{LEAVING, DELIVERED}]
    assert watch.waiting == [{IN_DOUBT, WAITING}] * 2
    assert watch.end() == {DELIVERED}
    assert watch.one.ear.codes() == {"delivered:": 1, "delivered:resent": 1}


def test_events_taken_out_of_a_batch_that_partly_failed_are_delivered_before_anything_else(desk: Any) -> None:
    partly = (200, {"elements": [{"status": 201}, {"status": 503}, {"status": 400}]})
    watch = Watch(desk, [partly, (404, {})])
    with pytest.raises(UnreachableError):
        watch.send(3)
    assert watch.waiting == [{DELIVERED, WAITING}]
    assert sorted(watch.one.statuses().values()) == [WAITING, DELIVERED]
    assert watch.one.ear.ends() == {"0": "delivered", "2": "rejected"}


def test_while_a_token_is_fetched_nothing_is_leaving(desk: Any) -> None:
    def no_answer(*_: object) -> NotConnected:
        return NotConnected("x")

    refresh = {"client_id": "a", "client_secret": "b", "refresh_token": "c"}
    watch = Watch(desk, [], access_token=None, **refresh)
    watch.one.stub.post_form = no_answer
    with pytest.raises(UnreachableError):
        watch.send()
    assert watch.waiting == [{WAITING}] * 3, "between four tries"
    assert watch.end() == {WAITING}
    assert watch.sending == []


def test_a_token_that_cannot_be_renewed_leaves_the_events_free(desk: Any) -> None:
    refresh = {"client_id": "a", "client_secret": "b", "refresh_token": "c"}
    watch = Watch(desk, [(401, {"serviceErrorCode": 65602})], **refresh)
    watch.one.stub.post_form = lambda *_: NotConnected("x")
    with pytest.raises(UnreachableError):
        watch.send()
    assert watch.end() == {WAITING}


def test_while_quota_is_waited_for_nothing_is_leaving_and_the_day_stops(desk: Any) -> None:
    watch = Watch(desk, [], per_day=1)
    watch.send()
    with pytest.raises(QuotaError):
        watch.one.send(events("later"))
    assert watch.one.status(events("later")[0]) is WAITING


def test_a_stopped_rule_leaves_its_events_free(desk: Any) -> None:
    watch = Watch(desk, [(403, {"message": "No ad accounts found"})])
    watch.send()
    assert watch.end() == {WAITING}
    watch.one.send(events("later"))
    assert watch.end() == {WAITING}
    assert len(watch.sending) == 1


@pytest.mark.parametrize(("reject", "end"), [(False, "skipped"), (True, "rejected")])
def test_an_event_that_ages_out_while_it_waits_is_settled_as_too_old(desk: Any, reject: Any, end: str) -> None:
    watch = Watch(desk, [(503, {}), (503, {})], retry_for_seconds=9000)
    old = event("old", at=NOW - 90 * DAY + 5 * 60_000 + 500)
    watch.one.clock.random.seed(3)
    watch.one.clock.on_wait = lambda _: watch.one.clock.pass_by(1000)
    watch.one.send([event("young"), old], reject_too_old=reject)
    assert watch.one.ear.ends() == {"old": end, "young": "delivered"}
    assert watch.one.ear.codes()[f"{end}:too_old"] == 1
    assert watch.one.status(old) is None
    assert watch.one.stub.sent[-1] == ["young"]


def test_a_batch_whose_events_all_age_out_is_not_sent(desk: Any) -> None:
    watch = Watch(desk, [])
    watch.one.send([event(str(i), at=NOW - 91 * DAY) for i in range(3)])
    assert watch.one.ear.counts() == {"skipped": 3}
    assert watch.sending == []
    assert watch.one.statuses() == {}


def test_a_worker_that_was_taken_for_dead_sends_no_more(desk: Any, tmp_path: Path) -> None:
    """Asleep for longer than its lease: what another worker took over must not leave twice."""
    watch = Watch(desk, [(503, {})])
    other = Ledger(None, tmp_path, run="other", quota_key="q", per_minute=10, per_day=10)
    other.open()

    def asleep(_: float) -> None:
        watch.one.ledger.lease.leave()
        found = events(*range(2))
        digests = other.digests("https://api.linkedin.com", "101", [(one.identity, one.hour) for one in found])
        assert other.claims.claim("101", digests, [0, 0], resend=False).fresh == [0, 1]

    watch.one.clock.on_wait = asleep
    with pytest.raises(StopRun, match="another one took over"):
        watch.send()
    assert len(watch.sending) == 1
    other.close()


def test_a_stop_while_a_pause_lasts_leaves_the_events_free(desk: Any) -> None:
    watch = Watch(desk, [(503, {})])
    watch.one.clock.stop()
    with pytest.raises(LaterError):
        watch.send()
    assert watch.end() == {WAITING}


def test_a_throttled_batch_pauses_as_long_as_linkedin_asks_but_not_for_ever(desk: Any) -> None:
    from target_linkedin_conversions.delivery.client import Received  # noqa: PLC0415 - only here

    watch = Watch(desk, [Received(429, {"Retry-After": "17"}, b"")])
    watch.send()
    assert 17 <= watch.one.clock.waits[0] <= 18
    watch = Watch(desk, [Received(429, {"Retry-After": "0"}, b"")] * 10_000, retry_for_seconds=600)
    with pytest.raises(UnreachableError):
        watch.one.send(events("later"))
    assert len(watch.sending) < 100
