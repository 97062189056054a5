from __future__ import annotations

import contextlib
import threading
import time
from typing import Any

import pytest
import requests


def test_a_connection_dropped_before_has_taken_nothing(client: Any, linkedin: Any) -> None:
    linkedin.faults("drop_before")
    with pytest.raises(requests.exceptions.ConnectionError, match="RemoteDisconnected"):
        client.create(client.event())
    assert linkedin.received == []
    assert [r.status for r in linkedin.requests] == [0]
    assert client.create(client.event()).status_code == 201


def test_a_connection_dropped_after_has_taken_the_events(client: Any, linkedin: Any) -> None:
    linkedin.faults("drop_after")
    with pytest.raises(requests.exceptions.ConnectionError, match="RemoteDisconnected"):
        client.batch([client.event(), client.event()])
    assert len(linkedin.received) == 2
    assert (linkedin.requests[0].status, linkedin.requests[0].taken) == (0, 2)


@pytest.mark.parametrize(("order", "taken"), [({}, 0), ({"take": True}, 1)])
def test_a_reset_is_a_reset(client: Any, linkedin: Any, order: Any, taken: int) -> None:
    linkedin.faults("reset", **order)
    with pytest.raises(requests.exceptions.ConnectionError, match="ConnectionResetError"):
        client.create(client.event())
    assert len(linkedin.received) == taken


def test_a_truncated_answer_ends_inside_its_body(client: Any, linkedin: Any) -> None:
    linkedin.faults("truncate", keep_bytes=5)
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="5 bytes read"):
        client.batch([client.event()])
    assert len(linkedin.received) == 1


def test_a_truncated_answer_without_a_body_ends_inside_its_head(client: Any, linkedin: Any) -> None:
    linkedin.faults("truncate")
    answer = None
    with contextlib.suppress(requests.exceptions.ConnectionError):
        answer = client.create(client.event())
    # Python's own HTTP library takes a head that stops for one that is over.
    assert answer is None or "Content-Length" not in answer.headers
    assert len(linkedin.received) == 1


def test_a_slow_answer_drips_and_arrives_whole(client: Any, linkedin: Any) -> None:
    linkedin.faults("slow_drip", seconds=0.1)
    assert client.batch([client.event()]).json() == {"elements": [{"status": 201}]}


def test_a_client_without_patience_leaves_a_slow_answer_and_its_events_are_taken(client: Any, linkedin: Any) -> None:
    linkedin.faults("slow_drip", seconds=30)
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.post(
            f"{linkedin.url}/rest/conversionEvents",
            json=client.event(),
            headers={"Authorization": "Bearer sandbox-token", "LinkedIn-Version": "202609"},
            timeout=0.2,
        )
    assert len(linkedin.received) == 1


def test_a_delay_comes_before_the_answer(client: Any, linkedin: Any) -> None:
    linkedin.faults("delay", delay=0.2)
    began = time.monotonic()
    assert client.create(client.event()).status_code == 201
    assert time.monotonic() - began >= 0.2


def test_a_delayed_request_does_not_hold_up_others(client: Any, linkedin: Any) -> None:
    linkedin.faults("delay", delay=2.0)
    slow = threading.Thread(target=client.create, args=(client.event(eventId="slow"),))
    slow.start()
    deadline = time.monotonic() + 30
    while not linkedin.ordered_faults[0]["fired"]:
        assert time.monotonic() < deadline
    headers = {"Authorization": "Bearer sandbox-token", "LinkedIn-Version": "202609"}
    event = client.event(eventId="quick")
    requests.post(f"{linkedin.url}/rest/conversionEvents", json=event, headers=headers, timeout=30)
    slow.join()
    assert [event["eventId"] for event in linkedin.received] == ["quick", "slow"]


def test_element_failures_are_a_200_that_did_not_take_everything(client: Any, linkedin: Any) -> None:
    linkedin.faults("element_failures", statuses={1: 500, 7: 400})
    answer = client.batch([client.event(eventId=f"e{n}") for n in range(3)])
    assert answer.status_code == 200
    assert [element["status"] for element in answer.json()["elements"]] == [201, 500, 201]
    assert [event["eventId"] for event in linkedin.received] == ["e0", "e2"]


def test_an_element_failure_of_a_single_event_is_its_answer(client: Any, linkedin: Any) -> None:
    linkedin.faults("element_failures", statuses={0: 409})
    assert client.create(client.event()).status_code == 409
    assert linkedin.received == []


def test_a_504_may_come_after_the_events_were_taken(client: Any, linkedin: Any) -> None:
    linkedin.faults("answer_504_after_taking")
    assert client.create(client.event()).status_code == 504
    assert len(linkedin.received) == 1


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("answer_401_revoked", 401),
        ("answer_401_expired", 401),
        ("answer_426", 426),
        ("answer_429", 429),
        ("answer_429_day", 429),
        ("answer_500", 500),
        ("answer_502", 502),
        ("answer_503", 503),
        ("answer_504", 504),
    ],
)
def test_a_ready_made_answer_takes_nothing(client: Any, linkedin: Any, kind: Any, status: int) -> None:
    linkedin.faults(kind)
    assert client.create(client.event()).status_code == status
    assert linkedin.received == []
    assert linkedin.requests[0].fault == kind
    assert client.create(client.event()).status_code == 201


def test_a_transient_401_names_a_revoked_token(client: Any, linkedin: Any) -> None:
    linkedin.faults("answer_401_revoked")
    assert client.create(client.event()).json()["serviceErrorCode"] == 65601


def test_any_answer_can_be_ordered(client: Any, linkedin: Any) -> None:
    linkedin.faults("answer", status=418, body={"a": 1}, headers={"X-Tea": "yes"}, take=True)
    answer = client.create(client.event())
    assert (answer.status_code, answer.json(), answer.headers["X-Tea"]) == (418, {"a": 1}, "yes")
    assert len(linkedin.received) == 1
    linkedin.faults("answer", status=200, body="<html>")
    assert client.create(client.event()).text == "<html>"


def test_a_fault_hits_as_often_as_ordered_after_those_it_skips(client: Any, linkedin: Any) -> None:
    linkedin.faults("answer_503", times=2, skip=1)
    statuses = [client.create(client.event()).status_code for _ in range(5)]
    assert statuses == [201, 503, 503, 201, 201]


def test_faults_queue_up(client: Any, linkedin: Any) -> None:
    linkedin.faults("answer_500")
    linkedin.faults("answer_503")
    statuses = [client.create(client.event()).status_code for _ in range(3)]
    assert statuses == [500, 503, 201]


def test_a_probability_with_a_seed_repeats_itself(client: Any, linkedin: Any) -> None:
    runs = []
    for _ in range(2):
        linkedin.faults("answer_503", probability=0.5, seed=7)
        runs.append([client.create(client.event()).status_code for _ in range(20)])
        linkedin.clear_faults()
    assert runs[0] == runs[1]
    assert set(runs[0]) == {201, 503}


def test_a_fault_hits_events_only_unless_another_path_is_named(client: Any, linkedin: Any) -> None:
    linkedin.faults("answer_500", times=2)
    rules = "/rest/conversions?q=account&account=urn%3Ali%3AsponsoredAccount%3A512345678"
    assert client.send("GET", rules).status_code == 200
    linkedin.clear_faults()
    linkedin.faults("answer_500", path="/oauth")
    assert client.create(client.event()).status_code == 201
    assert client.send("POST", "/oauth/v2/accessToken", data={}).status_code == 500


def test_the_sandboxs_own_endpoints_never_fail(client: Any, linkedin: Any) -> None:
    linkedin.faults("drop_before", times=9, path="/")
    assert client.control("GET", "/summary").status_code == 200


def sent_in_vain(client: Any, linkedin: Any) -> threading.Thread:
    """A client whose request has reached the sandbox and waits there; it ends when its connection does."""

    def wait_for_nothing() -> None:
        with pytest.raises(requests.exceptions.ConnectionError):
            client.create(client.event())

    waiting = threading.Thread(target=wait_for_nothing)
    waiting.start()
    deadline = time.monotonic() + 30
    while not linkedin.ordered_faults[0]["fired"]:
        assert time.monotonic() < deadline
    return waiting


def test_a_reset_forgets_a_request_that_still_waits(client: Any, linkedin: Any) -> None:
    linkedin.faults("delay", delay=0.3)
    waiting = sent_in_vain(client, linkedin)
    linkedin.reset()
    waiting.join(30)
    assert not waiting.is_alive()
    assert (linkedin.requests, linkedin.received) == ([], [])


def test_an_end_in_the_middle_of_everything_is_quick_and_quiet(
    client: Any, linkedin: Any, caplog: pytest.LogCaptureFixture
) -> None:
    linkedin.faults("delay", delay=60)
    waiting = sent_in_vain(client, linkedin)
    linkedin.stop()
    waiting.join(30)
    assert not waiting.is_alive()
    assert caplog.records == []
    assert linkedin.received == []
