"""The accounts that a token reaches and their campaigns: all pages, whatever a server makes of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.admin.accounts import accounts_of, campaigns_of
from target_linkedin_conversions.admin.calls import Calls
from target_linkedin_conversions.admin.rule_changes import made_id
from target_linkedin_conversions.delivery.auth import Tokens
from target_linkedin_conversions.delivery.client import Client, Received
from target_linkedin_conversions.errors import CredentialError, TargetError, UnreachableError
from target_linkedin_conversions.settings import Settings
from tests.admin.conftest import StillClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.sandbox import Sandbox

USERS = "/rest/adAccountUsers"
CAMPAIGNS = "/rest/adAccounts"
ODD = ["<html>", "[]", "{}", '{"elements":null}', '{"elements":[{"id":"x","account":7}]}', "[" * 5000, "\x00"]


@pytest.fixture
def calls(linkedin: Sandbox) -> Iterator[Calls]:
    settings = Settings.load({"access_token": "sandbox-token", "api_url": linkedin.url, "oauth_url": linkedin.url})
    client, clock = Client(linkedin.url, linkedin.url, "202609"), StillClock()
    yield Calls(client, Tokens(settings, client, clock), clock)
    client.close()


@pytest.mark.parametrize("count", [1, 99, 100, 101, 250])
def test_every_account_is_listed_once(calls: Calls, linkedin: Sandbox, count: int) -> None:
    linkedin.set_token("sandbox-token", accounts=range(1, count + 1))
    assert {one.id for one in accounts_of(calls)} == {str(number) for number in range(1, count + 1)}


@pytest.mark.parametrize(("role", "usable"), [("CREATIVE_MANAGER", True), ("VIEWER", False), ("", False)])
def test_the_role_says_whether_events_can_be_sent(calls: Calls, linkedin: Sandbox, role: str, usable: bool) -> None:  # noqa: FBT001
    linkedin.configure(role=role)
    assert [(one.role, one.usable) for one in accounts_of(calls)] == [(role, usable)]


@pytest.mark.parametrize("count", [1, 99, 100, 101, 350])
def test_every_campaign_is_listed_once(calls: Calls, linkedin: Sandbox, count: int) -> None:
    linkedin.add_rule(101, campaigns=tuple(f"urn:li:sponsoredCampaign:{number}" for number in range(1, count + 1)))
    assert len(campaigns_of(calls, "512345678")) == count + 2


def test_pages_that_come_again_end(calls: Calls, linkedin: Sandbox) -> None:
    users = {"elements": [{"account": f"urn:li:sponsoredAccount:{number}"} for number in range(100)]}
    linkedin.faults("answer", status=200, body=users, path=USERS, times=9)
    assert len(accounts_of(calls)) == 100
    campaigns = {"elements": [{"id": 7}], "metadata": {"nextPageToken": "on"}}
    linkedin.faults("answer", status=200, body=campaigns, path=CAMPAIGNS, times=9)
    assert len(campaigns_of(calls, "512345678")) == 1
    assert len(linkedin.requests) == 4


@pytest.mark.parametrize("body", ODD)
def test_an_answer_that_is_no_list_is_an_error_with_a_mend(calls: Calls, linkedin: Sandbox, body: str) -> None:
    for path, ask in ((USERS, lambda: accounts_of(calls)), (CAMPAIGNS, lambda: campaigns_of(calls, "512345678"))):
        linkedin.faults("answer", status=200, body=body, path=path)
        with pytest.raises(UnreachableError, match="; "):
            ask()


@pytest.mark.parametrize("token", [7, "", None, {"a": 1}])
def test_a_token_of_the_next_page_that_is_none_ends_the_list(calls: Calls, linkedin: Sandbox, token: Any) -> None:
    body = {"elements": [{"id": 7}], "metadata": {"nextPageToken": token}}
    linkedin.faults("answer", status=200, body=body, path=CAMPAIGNS)
    assert len(campaigns_of(calls, "512345678")) == 1


def test_a_token_without_r_ads_is_told_the_scope(calls: Calls, linkedin: Sandbox) -> None:
    linkedin.set_token("sandbox-token", scopes=["rw_conversions"])
    with pytest.raises(CredentialError, match="r_ads"):
        accounts_of(calls)


@pytest.mark.parametrize(
    "status",
    [
        *range(201, 205),
        300,
        302,
        400,
        401,
        403,
        404,
        405,
        409,
        411,
        413,
        415,
        418,
        422,
        426,
        429,
        500,
        502,
        503,
        504,
        511,
    ],
)
@pytest.mark.parametrize("body", ["", "{}", "<html>"])
def test_every_status_is_an_error_with_a_mend_and_a_code(
    calls: Calls, linkedin: Sandbox, status: int, body: str
) -> None:
    linkedin.faults("answer", status=status, body=body, path=USERS, times=3)
    with pytest.raises(TargetError, match="; ") as raised:
        accounts_of(calls)
    assert raised.value.exit_code in {2, 3, 4, 5}


@pytest.mark.parametrize(
    ("body", "location", "made"),
    [
        (b'{"id":7}', "/conversions/8", "7"),
        (b"", "/conversions/8", "8"),
        (b"<html>", "/conversions/8/", "8"),
        (b'{"id":"x"}', "", ""),
        (b"", "/conversions/urn:x", ""),
    ],
)
def test_the_id_of_a_rule_that_was_made_is_in_the_body_or_the_location(body: bytes, location: str, made: str) -> None:
    assert made_id(Received(201, {"Location": location, "x-restli-id": "8040"}, body)) == made
