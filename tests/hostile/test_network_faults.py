"""A network that loses answers, or puts its own in their place: nothing twice but what was counted, STATE never ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.delivery.answer import InDoubt, NotConnected
from target_linkedin_conversions.delivery.client import Received
from target_linkedin_conversions.errors import UnreachableError, exit_code_of
from target_linkedin_conversions.ledger import Status
from target_linkedin_conversions.sandbox import Sandbox
from tests.delivery.wire import Wire, http
from tests.delivery.world import NOW, Desk, QuickClock, deliver, events, settings_for, taken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PORTAL = b"<html><title>Welcome to the hotel</title></html>"


@pytest.fixture
def linkedin() -> Iterator[Sandbox]:
    with Sandbox(clock=lambda: NOW, future_tolerance_ms=10**12, requests_per_minute=10**6) as found:
        yield found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def make(answer: Callable[..., Any], **more: Any) -> Desk:
        made.append(Desk(tmp_path / str(len(made)), answer, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()


# Every answer is lost


@pytest.mark.parametrize("max_resends", [0, 1, 2, 5])
@pytest.mark.parametrize("lost", [InDoubt("ReadTimeoutError"), (500, {}), (504, {}), (520, {}), (527, {}), (202, {})])
def test_what_is_never_answered_is_sent_again_so_often_and_then_named(desk: Any, max_resends: int, lost: Any) -> None:
    one = desk(lambda _: lost, max_resends=max_resends)
    times = f"{max_resends + 1} times" if max_resends else "once"
    with pytest.raises(UnreachableError, match=rf"sent {times}.*--in-doubt") as stop:
        one.send(events("a", "b"))
    assert exit_code_of(stop.value) == 5
    assert one.stub.sent == [["a", "b"]] * (max_resends + 1)
    assert one.ear.codes() == {"in_doubt:resent_in_vain": 2}
    assert set(one.statuses().values()) == {Status.IN_DOUBT}
    assert one.sender.sendings.counts() == [("deals", "101", max_resends + 1, 1)]


@pytest.mark.parametrize("refusal", [(503, {}), (429, {}), (408, {}), NotConnected("x")])
def test_what_was_certainly_not_taken_does_not_count_as_sent_again(desk: Any, refusal: Any) -> None:
    script = [InDoubt("x"), refusal, refusal, refusal, InDoubt("x"), refusal, refusal]
    one = desk(lambda found: script.pop(0) if script else taken(found))
    one.send(events("a"))
    assert one.ear.codes() == {"delivered:resent": 1}
    assert one.sender.sendings.counts() == [("deals", "101", 8, 1)]


def test_parts_of_a_batch_have_been_sent_again_as_often_as_the_whole(desk: Any) -> None:
    named = (400, {"message": "odd, indices [1] (0-indexed)"})
    script = [InDoubt("x"), InDoubt("x"), named, InDoubt("x")]
    one = desk(lambda found: script.pop(0) if script else taken(found))
    with pytest.raises(UnreachableError):
        one.send(events(*range(4)))
    assert len(one.stub.sent) == 4
    assert one.ear.ends() == {"1": "rejected", "0": "in_doubt", "2": "in_doubt", "3": "in_doubt"}


@pytest.mark.parametrize("fault", ["answer_504_after_taking", "drop_after"])
def test_linkedin_holds_no_event_more_often_than_the_run_has_counted(
    linkedin: Sandbox, tmp_path: Path, fault: Any
) -> None:
    linkedin.faults(fault, times=1000)
    config = settings_for(
        tmp_path, linkedin, on_in_doubt="resend", batch_size_rows=20, max_concurrent_requests=1, shutdown_seconds=20
    )
    receipt = deliver(events(*range(200)), config, clock=QuickClock())
    assert isinstance(receipt.stopped_by, UnreachableError)
    assert receipt.counts.pop("unsent") > 0
    assert receipt.counts == {"in_doubt:resent_in_vain": 20}
    assert sorted(one["eventId"] for one in linkedin.received) == sorted([str(one) for one in range(20)] * 3)


def test_a_server_s_error_after_taking_sends_nothing_twice_under_hold(linkedin: Sandbox, tmp_path: Path) -> None:
    for status in (500, 502, 504, 522):
        linkedin.faults("answer", status=status, take=True)
    config = settings_for(tmp_path, linkedin, on_in_doubt="hold", batch_size_rows=5)
    first = deliver(events(*range(20)), config, clock=QuickClock())
    assert first.counts == {"in_doubt:no_answer": 20}
    again = deliver(events(*range(20)), config, clock=QuickClock())
    assert again.counts == {"in_doubt:earlier_run": 20}
    assert len(linkedin.received) == 20


# Somebody else answers


PAGES = [
    (200, PORTAL, "text/html"),
    (200, b"", ""),
    (201, PORTAL, "text/html; charset=utf-8"),
    (202, b"queued", "text/plain"),
    (200, b'"ok"', "application/json"),
    (200, b'{"ok": true}', "application/json"),
    (200, b'{"elements": "all"}', "application/json"),
    (202, b'{"queued": 1}', "application/json"),
    (511, PORTAL, "text/html"),
    (403, PORTAL, "text/html"),
    (401, b"proxy login", "text/plain"),
    (400, b"<html>Bad Request</html>", "text/html"),
    (426, b"upgrade", "text/plain"),
]


@pytest.mark.parametrize(("status", "body", "kind"), PAGES)
@pytest.mark.parametrize("holds", [True, False])
def test_an_answer_that_is_not_linkedins_stops_the_run_and_settles_nothing(
    desk: Any, status: int, body: bytes, kind: str, holds: Any
) -> None:
    one = desk(lambda _: Received(status, {"Content-Type": kind, "Server": "portal/1.0"}, body), holds=holds)
    with pytest.raises(UnreachableError, match=rf"status {status} .*server portal/1.0.*api_url") as stop:
        one.send(events("a", "b"))
    assert exit_code_of(stop.value) == 5
    assert len(one.stub.sent) == 1
    assert one.ear.heard == []
    assert one.sender.stopped_rules == {}
    assert set(one.statuses().values()) == {Status.IN_DOUBT if status < 300 else Status.WAITING}


def test_a_captive_portal_costs_the_batches_that_are_under_way_and_no_other(linkedin: Sandbox, tmp_path: Path) -> None:
    with Wire(*[http(200, PORTAL, "Content-Type: text/html")] * 50) as portal:
        config = settings_for(
            tmp_path, api_url=portal.url, on_in_doubt="hold", batch_size_rows=10, max_concurrent_requests=2
        )
        receipt = deliver(events(*range(500)), config, clock=QuickClock())
        assert isinstance(receipt.stopped_by, UnreachableError)
        assert "text/html" in str(receipt.stopped_by)
        assert set(receipt.counts) == {"unsent"}
        assert 1 <= len(portal.asked) <= 4
    assert linkedin.received == []


def test_linkedins_own_odd_answers_stop_nothing(desk: Any) -> None:
    own = {"X-RestLi-Protocol-Version": "2.0.0"}
    script = [Received(200, own, b"<html>"), Received(201, own, b"")]
    one = desk(lambda found: script.pop(0) if script else taken(found))
    one.send(events("a"))
    assert one.ear.codes() == {"delivered:resent": 1}
