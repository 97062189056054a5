from __future__ import annotations

from typing import Any

import pytest


def test_a_single_event_is_answered_201_with_an_empty_body(client: Any, linkedin: Any) -> None:
    event = client.event(eventId="ord-7731-purchase")
    answer = client.create(event)
    assert (answer.status_code, answer.content) == (201, b"")
    assert answer.headers["Content-Length"] == "0"
    assert "ord-7731" not in str(answer.headers)
    assert linkedin.received == [event]


def test_a_batch_is_answered_200_with_one_201_an_event(client: Any, linkedin: Any) -> None:
    events = [client.event(eventId=f"e{n}") for n in range(3)]
    answer = client.batch(events)
    assert answer.status_code == 200
    assert answer.json() == {"elements": [{"status": 201}] * 3}
    assert linkedin.received == events


def test_the_path_may_end_in_a_slash(client: Any, linkedin: Any) -> None:
    assert client.send("POST", "/rest/conversionEvents/", json=client.event()).status_code == 201
    assert len(linkedin.received) == 1


def test_a_batch_may_name_several_rules(client: Any, linkedin: Any) -> None:
    other = client.event(conversion="urn:lla:llaPartnerConversion:103")
    assert client.batch([client.event(), other]).status_code == 200
    assert linkedin.summary()["by_rule"] == {"101": 1, "103": 1}


@pytest.mark.parametrize(
    "user",
    [
        {"userIds": [{"idType": "PLAINTEXT_IP_ADDRESS", "idValue": "203.0.113.9"}]},
        {"userIds": [{"idType": "SHA256_IP_ADDRESS", "idValue": "d" * 64}]},
        {"userIds": [{"idType": "GOOGLE_AID", "idValue": "aid"}]},
        {"userIds": [{"idType": "ACXIOM_ID", "idValue": "acx"}]},
        {"userIds": [{"idType": "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID", "idValue": "a1b2"}]},
        {"userIds": [], "lead": "urn:li:leadGenFormResponse:5c0ffee1-3"},
        {"userIds": [], "externalIds": ["crm-000481"]},
        {"userIds": [], "userInfo": {"firstName": "Jane", "lastName": "Doe"}},
        {"userIds": [], "userInfo": {"hashedFirstName": "6" * 64, "lastName": "O'Brien"}},
    ],
)
def test_each_identifier_alone_is_enough(client: Any, user: Any) -> None:
    assert client.create(client.event(user=user)).status_code == 201


def test_one_bad_event_costs_the_whole_batch(client: Any, linkedin: Any) -> None:
    answer = client.batch([client.event(), client.event(fooBar=1)])
    assert answer.status_code == 422
    assert linkedin.received == []
    assert linkedin.summary()["events_taken"] == 0


def test_what_an_identifier_or_a_currency_means_is_not_checked(client: Any) -> None:
    nonsense = client.event(
        user={"userIds": [{"idType": "PLAINTEXT_IP_ADDRESS", "idValue": "999.999.999.999"}]},
        conversionValue={"currencyCode": "QQQ", "amount": "1"},
    )
    assert client.create(nonsense).status_code == 201


def test_answers_carry_linkedins_headers_and_nothing_about_limits(client: Any) -> None:
    taken, refused = client.create(client.event()), client.create({})
    gate = client.create(client.event(), LinkedIn_Version=None)
    for answer in (taken, refused, gate):
        assert answer.headers["X-LI-UUID"]
        assert answer.headers["X-Li-Fabric"]
        assert not [n for n in answer.headers if n.lower().startswith(("x-ratelimit", "retry-"))]
    assert taken.headers["X-RestLi-Protocol-Version"] == "2.0.0"
    assert "X-RestLi-Error-Response" not in taken.headers
    assert refused.headers["X-RestLi-Error-Response"] == "true"
    assert gate.headers["X-Restli-Gateway-Error"] == "true"


def test_a_missing_protocol_version_is_accepted_and_counted(client: Any, linkedin: Any) -> None:
    answer = client.create(client.event(), X_Restli_Protocol_Version=None)
    assert answer.status_code == 201
    assert linkedin.summary()["warnings"] == {"protocol_version_missing": 1}


def test_a_batch_without_the_method_header_is_read_as_one_event(client: Any) -> None:
    answer = client.batch([client.event()], X_RestLi_Method=None)
    assert answer.status_code == 422
    assert answer.json()["message"] == (
        "ERROR :: /elements :: unrecognized field found but not allowed\n"
        "ERROR :: /conversion :: field is required but not found and has no default value\n"
        "ERROR :: /conversionHappenedAt :: field is required but not found and has no default"
        " value\n"
        "ERROR :: /user :: field is required but not found and has no default value\n"
    )


@pytest.mark.parametrize("body", [{"elements": []}, {}, "event"])
def test_a_batch_without_elements_loses_its_events_in_silence_unless_loud(
    client: Any, linkedin: Any, body: Any
) -> None:
    sent = client.event() if body == "event" else body
    batch = {"X-RestLi-Method": "BATCH_CREATE"}
    quiet = client.send("POST", "/rest/conversionEvents", headers=batch, json=sent)
    assert (quiet.status_code, quiet.json()) == (200, {"elements": []})
    assert linkedin.received == []
    linkedin.configure(loud=True)
    loud = client.send("POST", "/rest/conversionEvents", headers=batch, json=sent)
    assert loud.status_code == 400
    assert "lost in silence" in loud.json()["message"]
    assert linkedin.summary()["warnings"] == {"batch_without_events": 2}


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("CREATE", "Empty entity body is not allowed for CREATE method request"),
        ("BATCH_CREATE", "Empty entity body is not allowed for BATCH_CREATE method request"),
    ],
)
def test_an_empty_body_is_400(client: Any, method: str, expected: str) -> None:
    answer = client.send("POST", "/rest/conversionEvents", headers={"X-RestLi-Method": method}, data=b"")
    assert (answer.status_code, answer.json()["message"]) == (400, expected)


@pytest.mark.parametrize("body", [b"{", b"[]", b"7", b'{"elements": 1}', b"\xff\xfe", b"[" * 20000])
def test_what_is_no_json_object_is_400(client: Any, body: bytes) -> None:
    answer = client.send("POST", "/rest/conversionEvents", headers={"X-RestLi-Method": "BATCH_CREATE"}, data=body)
    assert answer.status_code == 400
    assert answer.json() == {"message": "Cannot parse request entity", "status": 400}


def test_a_post_without_a_length_is_411(client: Any) -> None:
    answer = client.send("POST", "/rest/conversionEvents", data=iter([b"{}"]))
    assert answer.status_code == 411


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_events_are_only_posted(client: Any, method: str) -> None:
    assert client.send(method, "/rest/conversionEvents").status_code == 400
    assert client.send(method, "/rest/nothingHere").status_code == 404


def test_more_than_5000_events_are_400_in_restlis_words(client: Any, linkedin: Any) -> None:
    answer = client.batch([client.event()] * 5001)
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        "The request batch size: 5001 is larger than the allowed max batch size: 5000 for method: batch_create"
    )
    assert linkedin.received == []


def test_5000_events_are_taken(client: Any, linkedin: Any) -> None:
    answer = client.batch([client.event()] * 5000)
    assert answer.json() == {"elements": [{"status": 201}] * 5000}
    assert linkedin.summary()["events_taken"] == 5000


def test_events_need_not_be_kept_to_be_counted(client: Any, linkedin: Any) -> None:
    linkedin.configure(keep_events=False)
    client.batch([client.event(eventId="a")] * 3)
    assert linkedin.received == []
    assert linkedin.summary()["by_rule"] == {"101": 3}
