from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

DAY = 86_400_000


def ms(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).timestamp() * 1000)


def test_no_version_is_400(client: Any) -> None:
    answer = client.create(client.event(), LinkedIn_Version=None)
    assert answer.status_code == 400
    assert answer.json() == {
        "status": 400,
        "code": "VERSION_MISSING",
        "message": "A version must be present. Please specify a version by adding the LinkedIn-Version header.",
    }


@pytest.mark.parametrize("version", ["202504", "202509", "202511", "202512", "209901", "209912"])
def test_a_version_that_is_not_active_is_426_and_printed_as_a_day(client: Any, version: str) -> None:
    answer = client.create(client.event(), LinkedIn_Version=version)
    assert answer.status_code == 426
    assert answer.json() == {
        "status": 426,
        "code": "NONEXISTENT_VERSION",
        "message": f"Requested version {version}01 is not active",
    }


@pytest.mark.parametrize("version", [f"2026{month:02}" for month in range(1, 10)])
def test_the_first_nine_versions_of_2026_answer(client: Any, version: str) -> None:
    assert client.create(client.event(), LinkedIn_Version=version).status_code == 201


def test_a_version_dies_on_its_day_by_the_sandboxs_clock(client: Any, linkedin: Any) -> None:
    sunset = ms("2027-01-15T00:00:00+00:00")
    for moment, status in ((sunset - 1, 201), (sunset, 426)):
        linkedin.set_clock(moment)
        event = client.event(conversionHappenedAt=moment)
        assert client.create(event, LinkedIn_Version="202601").status_code == status


def test_a_version_can_be_ended_and_added_by_order(client: Any, linkedin: Any, now: int) -> None:
    linkedin.set_clock(versions={"202609": now, "209901": None})
    assert client.create(client.event()).status_code == 426
    assert client.create(client.event(), LinkedIn_Version="209901").status_code == 201


@pytest.mark.parametrize(
    ("authorization", "number", "code", "message"),
    [
        ("Bearer garbage", 65600, "INVALID_ACCESS_TOKEN", "Invalid access token"),
        (
            "Bearer sandbox-revoked",
            65601,
            "REVOKED_ACCESS_TOKEN",
            "The token used in the request has been revoked by the user",
        ),
        (
            "Bearer sandbox-expired",
            65602,
            "EXPIRED_ACCESS_TOKEN",
            "The token used in the request has expired",
        ),
        (None, 65604, "EMPTY_ACCESS_TOKEN", "Empty oauth2 access token"),
        ("Bearer ", 65604, "EMPTY_ACCESS_TOKEN", "Empty oauth2 access token"),
        ("Basic eDp5", 65604, "EMPTY_ACCESS_TOKEN", "Empty oauth2 access token"),
    ],
)
def test_a_dead_token_is_401_with_its_own_number(
    client: Any, authorization: str | None, number: int, code: str, message: str
) -> None:
    answer = client.create(client.event(), Authorization=authorization)
    assert answer.status_code == 401
    assert answer.json() == {
        "status": 401,
        "serviceErrorCode": number,
        "code": code,
        "message": message,
    }
    assert answer.headers["X-Restli-Gateway-Error"] == "true"


def test_a_token_without_scope_is_403_and_names_the_resource(client: Any) -> None:
    answer = client.batch([client.event()], Authorization="Bearer sandbox-no-scope")
    assert answer.status_code == 403
    assert answer.json() == {
        "status": 403,
        "serviceErrorCode": 100,
        "code": "ACCESS_DENIED",
        "message": "Not enough permissions to access: partnerApiConversionEvents.BATCH_CREATE.20260901",
    }


def test_a_token_expires_by_the_sandboxs_clock(client: Any, linkedin: Any, now: int) -> None:
    linkedin.set_token("brief", expires_at=now + 1)
    assert client.create(client.event(), Authorization="Bearer brief").status_code == 201
    linkedin.set_clock(offset_ms=1)
    answer = client.create(client.event(), Authorization="Bearer brief")
    assert answer.json()["serviceErrorCode"] == 65602


def test_any_token_that_begins_with_sandbox_is_valid(client: Any) -> None:
    answer = client.create(client.event(), Authorization="Bearer sandbox-mine")
    assert answer.status_code == 201


def test_a_refresh_token_opens_nothing(client: Any) -> None:
    answer = client.create(client.event(), Authorization="Bearer sandbox-refresh")
    assert answer.json()["serviceErrorCode"] == 65600


def test_the_version_is_checked_before_the_token_and_the_token_before_the_body(
    client: Any,
) -> None:
    assert client.create({}, LinkedIn_Version=None, Authorization=None).status_code == 400
    assert client.create({}, Authorization=None).status_code == 401


def test_more_requests_than_a_minute_allows_are_429_without_retry_after(client: Any, linkedin: Any, now: int) -> None:
    linkedin.configure(requests_per_minute=2)
    statuses = [client.batch([client.event()] * 10).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    answer = client.create(client.event())
    assert answer.json() == {
        "message": "Resource level throttle limit for calls to this resource is reached.",
        "serviceErrorCode": 101,
        "status": 429,
    }
    assert "Retry-After" not in answer.headers
    assert linkedin.summary()["events_taken"] == 20
    other = client.create(client.event(), Authorization="Bearer sandbox-other")
    assert other.status_code == 201, "the limit is one token's"
    linkedin.set_clock(now + 60_000)
    assert client.create(client.event()).status_code == 201


def test_the_day_begins_at_midnight_utc(client: Any, linkedin: Any, now: int) -> None:
    linkedin.configure(requests_per_day=1)
    assert client.create(client.event()).status_code == 201
    answer = client.create(client.event())
    assert answer.status_code == 429
    assert answer.json()["message"] == (
        "Resource level throttle APPLICATION DAY limit for calls to this resource is reached."
    )
    linkedin.set_clock(now // DAY * DAY + DAY)
    assert client.create(client.event()).status_code == 201


def test_the_limits_are_linkedins_unless_told_otherwise(linkedin: Any) -> None:
    settings = linkedin.settings
    assert (settings.requests_per_minute, settings.requests_per_day) == (600, 500_000)
