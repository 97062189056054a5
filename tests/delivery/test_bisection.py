"""Bad events in a batch: found, rejected with their reasons, and no other is blamed or lost."""

from __future__ import annotations

import tempfile
from math import log2
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.errors import RuleError
from target_linkedin_conversions.ledger import Status
from tests.delivery.world import NOW, Desk, QuickClock, deliver, event, events, settings_for, taken

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.sandbox import Sandbox

UNNAMED = {"status": 400, "message": "Something in this request is wrong"}


def refusing(bad: set[int], *, alike: bool = True) -> Callable[[list[dict[str, Any]]], Any]:
    """LinkedIn, when it refuses a batch for its bad events and names none."""

    def answer(found: list[dict[str, Any]]) -> Any:
        wrong = [one["eventId"] for one in found if int(one["eventId"]) in bad]
        if not wrong:
            return taken(found)
        return 400, UNNAMED if alike else {"message": f"wrong: {' and '.join(wrong)}"}

    return answer


def probes(count: int) -> set[int]:
    return {0, 1 + (count - 1) // 2, count - 1} if count > 3 else set()


batches = st.integers(1, 60).flatmap(
    lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1), max_size=min(n, 12)))
)


@pytest.mark.slow
@settings(max_examples=40)
@given(batches, st.booleans())
def test_exactly_the_bad_events_are_rejected_also_when_no_answer_names_them(
    found: tuple[int, set[int]], alike: Any
) -> None:
    count, bad = found
    all_probes_bad = bool(probes(count)) and probes(count) <= bad
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), refusing(bad, alike=alike))
        desk.send(events(*range(count)))
        ends = desk.ear.ends()
        statuses = set(desk.statuses().values())
        desk.close()
    if all_probes_bad and alike:
        assert ends == {}
        assert list(desk.sender.stopped_rules) == ["101"]
        assert statuses == {Status.WAITING}
        return
    assert ends == {str(i): "rejected" if i in bad else "delivered" for i in range(count)}
    assert len(desk.ear.heard) == count
    assert statuses <= {Status.DELIVERED}
    assert desk.sender.stopped_rules == {}
    assert desk.sender.sendings.requests <= 5 + 2 * len(bad) * log2(max(2, count))
    for identity, reasons in desk.ear.reasons().items():
        assert reasons == ((UNNAMED["message"] if alike else f"wrong: {identity}"),)


@pytest.mark.slow
@pytest.mark.parametrize("bad", [{0}, {4999}, {2500}, {1, 2, 3}, set(range(100, 150)), set(range(0, 5000, 100))])
def test_a_full_batch_is_searched_within_the_bound(desk: Any, bad: set[int]) -> None:
    one = desk(refusing(bad))
    one.send(events(*range(5000)))
    assert {int(i) for i, outcome in one.ear.ends().items() if outcome == "rejected"} == bad
    assert one.ear.counts() == {"rejected": len(bad), "delivered": 5000 - len(bad)}
    assert one.sender.sendings.requests <= 5 + 2 * len(bad) * log2(5000)


def test_no_more_than_two_requests_are_needed_when_linkedin_names_the_bad_events(
    linkedin: Sandbox, tmp_path: Path
) -> None:
    found = events(*range(5000))
    too_old = NOW - 91 * 86_400_000
    bad = set(range(7, 5000, 100))
    for i in bad:
        found[i] = event(str(i), at=NOW, conversionHappenedAt=too_old)
    receipt = deliver(found, settings_for(tmp_path, linkedin), clock=QuickClock())
    assert receipt.stopped_by is None
    assert receipt.counts == {"delivered": 4950, "rejected:linkedin": 50}
    assert {one["eventId"] for one in linkedin.received} == {str(i) for i in range(5000) if i not in bad}
    assert len(linkedin.requests) == 2


@settings(max_examples=15)
@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1)))))
def test_events_against_the_schema_are_rejected_with_linkedins_words(found: tuple[int, set[int]]) -> None:
    count, bad = found

    def answer(sent: list[dict[str, Any]]) -> Any:
        wrong = [i for i, one in enumerate(sent) if int(one["eventId"]) in bad]
        lines = [f'Index: {i}, ERROR :: /a :: "x" is not an enum symbol\nERROR :: /b :: is odd\n' for i in wrong]
        return (422, {"message": "".join(lines)}) if wrong else taken(sent)

    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), answer)
        desk.send(events(*range(count)))
        desk.close()
    assert desk.ear.ends() == {str(i): "rejected" if i in bad else "delivered" for i in range(count)}
    assert set(desk.ear.reasons().values()) <= {('/a :: "…" is not an enum symbol', "/b :: is odd")}
    assert desk.sender.sendings.requests <= 2


def test_three_events_far_apart_that_are_refused_alike_stop_the_rule(desk: Any) -> None:
    one = desk(refusing(set(range(1000))))
    one.send(events(*range(1000)))
    assert one.ear.heard == []
    assert one.sender.sendings.requests == 4
    assert set(one.statuses().values()) == {Status.WAITING}
    assert one.sender.stopped_rules == {"101": UNNAMED["message"]}
    one.send(events("later"))
    assert one.sender.sendings.requests == 4


def test_three_events_that_are_refused_each_for_its_own_reason_stop_nothing(desk: Any) -> None:
    one = desk(refusing(set(range(20)), alike=False))
    one.send(events(*range(20)))
    assert one.ear.counts() == {"rejected": 20}


def test_a_passing_cause_while_probing_is_waited_out_and_blames_nobody(desk: Any) -> None:
    bad = refusing(set(range(10)))
    times = iter(range(100))

    def answer(sent: list[dict[str, Any]]) -> Any:
        return (503, {}) if next(times) in {1, 3, 4} else bad(sent)

    one = desk(answer)
    one.send(events(*range(10)))
    assert one.ear.heard == []
    assert list(one.sender.stopped_rules) == ["101"]


def test_a_rule_that_is_refused_while_probing_rejects_no_event(desk: Any) -> None:
    def answer(sent: list[dict[str, Any]]) -> Any:
        if len(sent) == 10 or sent[0]["eventId"] == "0":
            return 400, UNNAMED
        return 403, {"message": "No ad accounts found"}

    one = desk(answer)
    one.send(events(*range(10)))
    assert one.ear.heard == []
    assert set(one.statuses().values()) == {Status.WAITING}


def test_events_that_fail_singly_for_a_passing_cause_are_sent_again_alone(desk: Any) -> None:
    tried: dict[str, int] = {}

    def answer(sent: list[dict[str, Any]]) -> Any:
        statuses = []
        for one in sent:
            tried[one["eventId"]] = tried.get(one["eventId"], 0) + 1
            passing = one["eventId"] in {"1", "3"} and tried[one["eventId"]] < 3
            statuses.append(503 if passing else 400 if one["eventId"] == "4" else 201)
        return 200, {"elements": [{"status": status} for status in statuses]}

    one = desk(answer)
    one.send(events(*range(6)))
    assert one.ear.ends() == {str(i): "rejected" if i == 4 else "delivered" for i in range(6)}
    assert one.stub.sent == [["0", "1", "2", "3", "4", "5"], ["1", "3"], ["1", "3"]]
    assert len(one.clock.waits) == 2
    assert set(one.statuses().values()) == {Status.DELIVERED}


def test_events_that_fail_singly_in_a_200_are_rejected_and_the_others_delivered(
    linkedin: Sandbox, tmp_path: Path
) -> None:
    linkedin.faults("element_failures", statuses={1: 400, 2: 503})
    receipt = deliver(events(*range(4)), settings_for(tmp_path, linkedin), clock=QuickClock())
    assert receipt.counts == {"delivered": 3, "rejected:linkedin": 1}
    assert sorted(one["eventId"] for one in linkedin.received) == ["0", "2", "3"]
    assert receipt.stopped_by is None


@pytest.mark.parametrize("rule", ["999", "901", "902"])
def test_a_refused_rule_stops_alone_and_the_others_go_on(linkedin: Sandbox, tmp_path: Path, rule: str) -> None:
    mixed = [event(f"{number}", "101" if number % 2 else rule) for number in range(40)]
    receipt = deliver(mixed, settings_for(tmp_path, linkedin, batch_size_rows=5), clock=QuickClock())
    assert receipt.counts == {"delivered": 20, "unsent": 20}
    assert isinstance(receipt.stopped_by, RuleError)
    assert f"rule {rule}" in str(receipt.stopped_by)
    assert len(linkedin.received) == 20
    linkedin.add_rule(int(rule))
    again = deliver(mixed, settings_for(tmp_path, linkedin, batch_size_rows=5), clock=QuickClock())
    assert again.counts == {"delivered": 20, "already_delivered": 20}
