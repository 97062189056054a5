from __future__ import annotations

from typing import Any

import pytest

from target_linkedin_conversions.sandbox import Sandbox


def test_received_shows_events_in_order_by_rule_and_page(client: Any) -> None:
    events = [client.event(eventId=f"e{n}") for n in range(4)]
    events[2]["conversion"] = "urn:lla:llaPartnerConversion:102"
    client.batch(events[:3])
    client.create(events[3])
    everything = client.control("GET", "/received").json()
    assert [taken["event"] for taken in everything["events"]] == events
    assert [taken["request"] for taken in everything["events"]] == [1, 1, 1, 2]
    one_rule = client.control("GET", "/received?rule=101&start=1&count=1").json()
    assert one_rule["total"] == 3
    assert [taken["event"]["eventId"] for taken in one_rule["events"]] == ["e1"]


def test_the_summary_counts_what_happened(client: Any, linkedin: Any) -> None:
    client.batch([client.event()] * 2)
    client.create({})
    summary = client.control("GET", "/summary").json()
    assert summary == linkedin.summary()
    assert summary["requests"] == 2
    assert summary["events_taken"] == 2
    assert summary["answers_by_status"] == {"200": 1, "422": 1}


def test_the_request_log_never_holds_a_token(client: Any, now: int) -> None:
    client.batch([client.event()] * 2, Authorization="Bearer sandbox-secret")
    client.create(client.event(), Authorization="Bearer stolen-secret")
    answer = client.control("GET", "/requests")
    assert "secret" not in answer.text
    first, second = answer.json()["requests"]
    assert first == {
        "number": 1,
        "at": now,
        "method": "POST",
        "path": "/rest/conversionEvents",
        "restli_method": "BATCH_CREATE",
        "version": "202609",
        "status": 200,
        "elements": 2,
        "taken": 2,
        "token_known": True,
        "fault": None,
    }
    assert (second["status"], second["token_known"]) == (401, False)


def test_faults_are_ordered_listed_and_cancelled_over_http(client: Any) -> None:
    order = {"kind": "answer_503", "times": 2}
    listed = client.control("POST", "/faults", json=[order, {"kind": "reset"}]).json()["faults"]
    assert [(f["fault"]["kind"], f["fired"], f["left"]) for f in listed] == [
        ("answer_503", 0, 2),
        ("reset", 0, 1),
    ]
    assert client.create(client.event()).status_code == 503
    assert client.control("GET", "/faults").json()["faults"][0]["left"] == 1
    assert client.control("DELETE", "/faults").status_code == 200
    assert client.create(client.event()).status_code == 201


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/faults", {"kind": "earthquake"}),
        ("/faults", {"kind": "reset", "typo": 1}),
        ("/settings", {"requests_per_hour": 1}),
        ("/settings", {"lint": "loudly"}),
        ("/tokens", {"token": "x", "kind": "stolen"}),
        ("/rules", {"name": "no id"}),
        ("/rules", {"id": 1, "typo": 1}),
        ("/clock", {"now": "tomorrow"}),
    ],
)
def test_a_wrong_order_is_400_with_a_sentence(client: Any, path: str, body: Any) -> None:
    answer = client.control("POST", path, json=body)
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_an_unknown_control_endpoint_names_the_known_ones(client: Any) -> None:
    answer = client.control("GET", "/nothing")
    assert answer.status_code == 404
    assert "GET /_sandbox/received" in answer.json()["known"]


def test_tokens_rules_settings_and_clock_are_set_over_http(client: Any, linkedin: Any, now: int) -> None:
    client.control("POST", "/tokens", json={"token": "mine", "accounts": ["512345678"]})
    assert client.create(client.event(), Authorization="Bearer mine").status_code == 201
    client.control("POST", "/tokens", json={"token": "mine", "kind": "revoked"})
    assert client.create(client.event(), Authorization="Bearer mine").status_code == 401

    client.control("POST", "/rules", json={"id": 555, "type": "PURCHASE"})
    event = client.event(conversion="urn:lla:llaPartnerConversion:555")
    assert client.create(event).status_code == 201
    assert [r["id"] for r in client.control("GET", "/rules").json()["rules"]][-1] == 555

    client.control("POST", "/settings", json={"requests_per_minute": 0})
    assert client.create(client.event()).status_code == 429
    assert client.control("GET", "/settings").json()["requests_per_minute"] == 0
    assert linkedin.settings.requests_per_minute == 0

    moved = client.control("POST", "/clock", json={"offset_ms": 5, "versions": {"202612": None}})
    assert moved.json()["now"] == now + 5
    assert client.control("GET", "/clock").json()["versions"]["202612"] is None


def test_a_reset_forgets_everything(client: Any, linkedin: Any, now: int) -> None:
    client.create(client.event(eventId="a"))
    linkedin.faults("drop_before")
    linkedin.add_rule(555)
    linkedin.set_clock(5)
    linkedin.configure(requests_per_minute=0)
    client.control("POST", "/browser_events", json={"event_ids": ["a"]})
    assert linkedin.summary()["dropped_as_browser_duplicates"] == 1
    assert client.control("POST", "/reset").status_code == 200
    assert linkedin.received == []
    assert linkedin.summary()["requests"] == 0
    assert 555 not in linkedin.rules
    assert linkedin.now() == now
    assert client.create(client.event()).status_code == 201


def test_the_page_escapes_what_clients_send(client: Any) -> None:
    client.send("GET", "/rest/<script>alert(1)</script>")
    answer = client.control("GET", "/")
    assert answer.status_code == 200
    assert "LinkedIn sandbox" in answer.text
    assert "<script" not in answer.text


def test_what_was_received_can_be_read_after_the_end(client: Any, linkedin: Any) -> None:
    client.create(client.event())
    linkedin.stop()
    assert len(linkedin.received) == 1
    linkedin.stop()


def test_two_sandboxes_share_nothing(client: Any, linkedin: Any) -> None:
    with Sandbox(rules=[7]) as other:
        client.create(client.event())
        assert other.url != linkedin.url
        assert (len(linkedin.received), other.received) == (1, [])
        assert list(other.rules) == [7]


def test_a_taken_port_is_an_os_error(linkedin: Any) -> None:
    with pytest.raises(OSError, match="in use"):
        Sandbox(port=linkedin.port).start()
