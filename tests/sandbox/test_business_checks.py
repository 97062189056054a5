from __future__ import annotations

from typing import Any

import pytest

DAY = 86_400_000
NO_IDENTIFIER = (
    "The request must contain one of these fields: SHA256_EMAIL or "
    "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID or ACXIOM_ID or PLAINTEXT_IP_ADDRESS or GOOGLE_AID or "
    "(firstName and lastName) or externalIds or lead, and the input shouldn't be empty string"
)


def urn(rule: int) -> str:
    return f"urn:lla:llaPartnerConversion:{rule}"


def test_an_unknown_rule_is_no_ad_accounts_found(client: Any) -> None:
    answer = client.create(client.event(conversion=urn(20418811)))
    assert answer.status_code == 403
    assert answer.json() == {"message": "No ad accounts found", "status": 403}


def test_a_rule_of_an_account_that_the_token_cannot_see_is_no_ad_accounts_found(client: Any, linkedin: Any) -> None:
    linkedin.set_token("elsewhere", accounts=[999])
    answer = client.create(client.event(), Authorization="Bearer elsewhere")
    assert (answer.status_code, answer.json()["message"]) == (403, "No ad accounts found")
    linkedin.set_token("here", accounts=["urn:li:sponsoredAccount:512345678"])
    assert client.create(client.event(), Authorization="Bearer here").status_code == 201


def test_a_browser_rule_is_400_and_names_its_events(client: Any) -> None:
    browser = client.event(conversion=urn(902))
    answer = client.batch([client.event(), browser, browser])
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        "Incorrect conversions information provided. Conversion's method should be "
        "CONVERSIONS_API, indices [1, 2] (0-indexed)"
    )


def test_a_disabled_rule_is_400_and_called_deleted(client: Any) -> None:
    answer = client.create(client.event(conversion=urn(901)))
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        "Invalid Conversion information provided, this event(s) is associated to a conversion "
        "that's marked as deleted. Conversion enabled should be true"
    )


@pytest.mark.parametrize("happened", [-90 * DAY - 1, 1])
def test_a_time_outside_90_days_is_400_with_indices_even_alone(client: Any, now: int, happened: int) -> None:
    answer = client.create(client.event(conversionHappenedAt=now + happened))
    assert answer.status_code == 400
    assert answer.json() == {
        "message": "Conversion time should be within 90 days and not exceed current time, indices [0] (0-indexed).",
        "status": 400,
    }


@pytest.mark.parametrize("happened", [-90 * DAY, 0])
def test_both_ends_of_the_90_days_are_inside(client: Any, now: int, happened: int) -> None:
    assert client.create(client.event(conversionHappenedAt=now + happened)).status_code == 201


def test_a_time_in_seconds_is_in_1970(client: Any, now: int) -> None:
    answer = client.create(client.event(conversionHappenedAt=now // 1000))
    assert "within 90 days" in answer.json()["message"]


def test_several_bad_times_are_listed(client: Any, now: int) -> None:
    bad = client.event(conversionHappenedAt=now + 1)
    assert "indices [0, 2] (0-indexed)." in client.batch([bad, client.event(), bad]).text


@pytest.mark.parametrize(
    "user",
    [
        {"userIds": []},
        {"userIds": [], "externalIds": []},
        {"userIds": [], "externalIds": [""]},
        {"userIds": [{"idType": "GOOGLE_AID", "idValue": ""}]},
        {"userIds": [], "userInfo": {"firstName": "Jane"}},
        {"userIds": [], "userInfo": {"companyName": "Acme"}},
        {
            "userIds": [{"idType": "GOOGLE_AID", "idValue": "x"}],
            "userInfo": {"firstName": "Jane", "lastName": ""},
        },
    ],
)
def test_nobody_to_match_or_an_empty_string_is_400(client: Any, user: Any) -> None:
    answer = client.batch([client.event(), client.event(user=user)])
    assert answer.status_code == 400
    message = answer.json()["message"]
    assert message.startswith("Validation failed because [{field=")
    assert "batchIndex=1, type=INVALID_USER_IDENTIFICATION_FIELD_VALUE" in message
    assert message.endswith(f"message={NO_IDENTIFIER}}}]")


def test_the_schema_speaks_before_the_rule_and_the_rule_before_the_time(client: Any) -> None:
    late = {"conversionHappenedAt": 1}
    assert client.create(client.event(fooBar=1, conversion=urn(5), **late)).status_code == 422
    assert client.create(client.event(conversion=urn(5), **late)).status_code == 403
    assert "CONVERSIONS_API" in client.create(client.event(conversion=urn(902), **late)).text
    assert "deleted" in client.create(client.event(conversion=urn(901), **late)).text
    assert "90 days" in client.create(client.event(**late, user={"userIds": []})).text


def test_an_event_id_taken_twice_is_taken_and_told(client: Any, linkedin: Any) -> None:
    client.batch([client.event(eventId="a"), client.event(eventId="b")])
    assert client.create(client.event(eventId="a")).status_code == 201
    other = client.event(eventId="b", conversion=urn(102))
    assert client.create(other).status_code == 201
    assert linkedin.summary()["taken_twice"] == [{"rule": "101", "event_id": "a", "times": 2}]


def test_an_event_that_the_browser_sent_too_is_marked_as_dropped(client: Any, linkedin: Any) -> None:
    linkedin.browser_saw("a")
    client.batch([client.event(eventId="a"), client.event(eventId="b")])
    assert linkedin.summary()["dropped_as_browser_duplicates"] == 1
    events = client.control("GET", "/received").json()["events"]
    assert [event["browser_duplicate"] for event in events] == [True, False]
