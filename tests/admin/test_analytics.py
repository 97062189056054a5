"""Reading LinkedIn's figures: every answer becomes figures or one error with a mend."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
import requests

from target_linkedin_conversions.admin.analytics import CountedOnDay, counted_by_day
from target_linkedin_conversions.delivery.auth import Tokens
from target_linkedin_conversions.delivery.client import Client
from target_linkedin_conversions.errors import (
    ConfigError,
    CredentialError,
    QuotaError,
    StopRun,
    UnreachableError,
    VersionError,
)
from target_linkedin_conversions.settings import Settings
from tests.admin.conftest import DAY, NOW, StillClock

if TYPE_CHECKING:
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox

TODAY = NOW // DAY
NO_FIGURES: tuple[Any, ...] = ("", "[]", {"elements": 7}, {"elements": [{"pivotValues": []}]}, {"elements": [{}]})
PATH = "/rest/adAnalytics"


class Asking:
    """One question a call."""

    def __init__(self, linkedin: Sandbox, folder: Path) -> None:
        self.linkedin = linkedin
        self.folder = folder

    def __call__(
        self, first: int = TODAY - 10, last: int = TODAY, accounts: tuple[str, ...] = ("512345678",), **changes: Any
    ) -> list[CountedOnDay]:
        config = {
            "access_token": "sandbox-token",
            "api_url": self.linkedin.url,
            "oauth_url": self.linkedin.oauth_url,
            "state_dir": str(self.folder),
            **changes,
        }
        settings = Settings.load({name: value for name, value in config.items() if value is not None})
        client, clock = Client(settings.api_url, settings.oauth_url, settings.linkedin_version), StillClock()
        try:
            return counted_by_day(client, Tokens(settings, client, clock), clock, accounts, first, last)
        finally:
            client.close()


@pytest.fixture
def ask(linkedin: Sandbox, tmp_path: Path) -> Asking:
    linkedin.configure(reporting_lag_hours=0)
    return Asking(linkedin, tmp_path)


def take(linkedin: Sandbox, *days_ago: int, rule: int = 101) -> None:
    for number, days in enumerate(days_ago):
        event = {
            "conversion": f"urn:lla:llaPartnerConversion:{rule}",
            "conversionHappenedAt": NOW - days * DAY,
            "conversionValue": {"currencyCode": "EUR", "amount": "10.50"},
            "user": {
                "userIds": [{"idType": "SHA256_EMAIL", "idValue": sha256(f"person {number}".encode()).hexdigest()}]
            },
        }
        headers = {"Authorization": "Bearer sandbox-token", "LinkedIn-Version": "202609"}
        answer = requests.post(f"{linkedin.url}/rest/conversionEvents", json=event, headers=headers, timeout=30)
        assert answer.status_code == 201, answer.text


def test_figures_come_by_rule_and_day(ask: Asking, linkedin: Sandbox) -> None:
    take(linkedin, 0, 1, 1)
    found = ask()
    assert found == [
        CountedOnDay("101", TODAY - 1, 2, 2, 0, Decimal("21.00")),
        CountedOnDay("101", TODAY, 1, 1, 0, Decimal("10.50")),
    ]


def test_a_long_time_is_asked_in_parts_and_nothing_comes_twice(ask: Asking, linkedin: Sandbox) -> None:
    take(linkedin, 0, 45, 80)
    found = ask(TODAY - 399)
    assert [one.day for one in found] == [TODAY - 80, TODAY - 45, TODAY]
    assert sum(request.path == PATH for request in linkedin.requests) == 5


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"access_token": "sandbox-no-reporting"}, CredentialError, "r_ads_reporting"),
        ({"access_token": "sandbox-revoked"}, CredentialError, "revoked"),
        ({"access_token": "sandbox-expired"}, CredentialError, "expired"),
        ({"linkedin_version": "202401"}, VersionError, "linkedin_version"),
    ],
)
def test_what_a_person_must_mend_is_named(ask: Asking, changes: Any, kind: type[StopRun], words: str) -> None:
    with pytest.raises(kind, match=words) as caught:
        ask(**changes)
    assert "; " in str(caught.value)


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        ({"kind": "answer_429"}, QuotaError),
        ({"kind": "answer_429_day"}, QuotaError),
        ({"kind": "answer_500", "times": 3}, UnreachableError),
        ({"kind": "drop_before", "times": 3}, UnreachableError),
        ({"kind": "captive_portal"}, UnreachableError),
        ({"kind": "answer_426"}, VersionError),
        ({"kind": "answer", "status": 422, "body": {"status": 422, "message": "ERROR :: /x"}}, ConfigError),
        ({"kind": "answer", "status": 404, "body": {"status": 404, "message": "no"}}, UnreachableError),
        ({"kind": "answer", "status": 302}, UnreachableError),
        *(({"kind": "answer", "status": status, "times": 3}, UnreachableError) for status in (204, 408, 503)),
        *(({"kind": "answer", "status": 200, "body": body}, UnreachableError) for body in NO_FIGURES),
    ],
)
def test_every_other_answer_is_one_error_with_its_exit_code(
    ask: Asking, linkedin: Sandbox, order: dict[str, Any], kind: type[StopRun]
) -> None:
    linkedin.faults(order["kind"], path=PATH, **{name: value for name, value in order.items() if name != "kind"})
    with pytest.raises(kind):
        ask()


def test_a_passing_fault_is_asked_again(ask: Asking, linkedin: Sandbox) -> None:
    take(linkedin, 0)
    linkedin.faults("answer_503", path=PATH, times=2)
    assert len(ask()) == 1


def test_a_token_that_expired_is_refreshed_once(ask: Asking, linkedin: Sandbox) -> None:
    take(linkedin, 0)
    whole: dict[str, Any] = {"client_id": "a", "client_secret": "secret", "refresh_token": "sandbox-refresh"}
    assert len(ask(access_token="sandbox-expired", **whole)) == 1


@pytest.mark.parametrize(
    "element",
    [
        {"pivotValues": ["urn:li:sponsoredCreative:x"], "dateRange": {"start": {"year": 2026, "month": 11, "day": 1}}},
        {"pivotValues": ["urn:lla:x:1"], "dateRange": {"start": {"year": 2026, "month": 13, "day": 1}}},
        {
            "pivotValues": ["urn:lla:x:1"],
            "dateRange": {"start": {"year": 2026, "month": 1, "day": 1}},
            "conversionValueInLocalCurrency": "NaN",
        },
    ],
)
def test_a_row_of_no_rule_or_no_day_is_none(ask: Asking, linkedin: Sandbox, element: dict[str, Any]) -> None:
    linkedin.faults("answer", path=PATH, status=200, body={"elements": [element]})
    assert ask() == []
