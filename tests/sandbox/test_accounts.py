"""Ad accounts with the member's role, and their campaigns by pages."""

from __future__ import annotations

from typing import Any

import pytest

USERS = "/rest/adAccountUsers"
CAMPAIGNS = "/rest/adAccounts/512345678/adCampaigns"
SEARCH = "q=search&search=(status:(values:List(ACTIVE,PAUSED,DRAFT)))"


def test_the_accounts_of_the_rules_are_listed_with_the_role(client: Any, linkedin: Any) -> None:
    linkedin.add_rule(7, account="urn:li:sponsoredAccount:7")
    found = client.send("GET", f"{USERS}?q=authenticatedUser").json()
    assert [one["account"] for one in found["elements"]] == [
        "urn:li:sponsoredAccount:512345678",
        "urn:li:sponsoredAccount:7",
    ]
    assert {one["role"] for one in found["elements"]} == {"CAMPAIGN_MANAGER"}


def test_a_token_lists_what_it_sees_by_pages(client: Any, linkedin: Any) -> None:
    linkedin.set_token("narrow", accounts=range(1, 26))
    headers: dict[str, str | None] = {"Authorization": "Bearer narrow"}
    pages = [
        client.send("GET", f"{USERS}?q=authenticatedUser&start={start}", headers=headers).json()["elements"]
        for start in (0, 10, 20)
    ]
    assert [len(page) for page in pages] == [10, 10, 5]


@pytest.mark.parametrize("query", ["", "?q=other", "?q=authenticatedUser&start=x"])
def test_a_query_that_means_nothing_is_400(client: Any, query: str) -> None:
    assert client.send("GET", USERS + query).status_code == 400


def test_campaigns_are_found_by_status_and_by_pages(client: Any, linkedin: Any) -> None:
    linkedin.add_rule(101, campaigns=tuple(f"urn:li:sponsoredCampaign:{number}" for number in range(1, 201)))
    first = client.send("GET", f"{CAMPAIGNS}?{SEARCH}").json()
    assert len(first["elements"]) == 100
    token = first["metadata"]["nextPageToken"]
    rest = client.send("GET", f"{CAMPAIGNS}?{SEARCH}&pageToken={token}&pageSize=200").json()
    assert (len(rest["elements"]), rest["metadata"]) == (102, {})
    paused = client.send("GET", f"{CAMPAIGNS}?q=search&search=(status:(values:List(PAUSED)))").json()
    assert [one["id"] for one in paused["elements"]] == [700002]


@pytest.mark.parametrize(
    "query", ["q=other", "q=search&search=ACTIVE", "q=search&search=(status:(values:List(RUNNING)))"]
)
def test_a_search_that_means_nothing_is_400(client: Any, query: str) -> None:
    assert client.send("GET", f"{CAMPAIGNS}?{query}").status_code == 400


def test_another_accounts_campaigns_are_not_shown(client: Any, linkedin: Any) -> None:
    linkedin.set_token("narrow", accounts=[1])
    headers: dict[str, str | None] = {"Authorization": "Bearer narrow"}
    assert client.send("GET", f"{CAMPAIGNS}?{SEARCH}", headers=headers).status_code == 403
    assert client.send("GET", "/rest/adAccounts/512345678", headers=headers).status_code == 404
    assert client.send("POST", f"{CAMPAIGNS}?{SEARCH}", json={}).status_code == 400


def test_a_viewer_changes_nothing(client: Any, linkedin: Any) -> None:
    linkedin.configure(role="VIEWER")
    path = "/rest/conversions/101?account=urn%3Ali%3AsponsoredAccount%3A512345678"
    answer = client.send(
        "POST", path, headers={"X-RestLi-Method": "PARTIAL_UPDATE"}, json={"patch": {"$set": {"enabled": False}}}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "USER_NOT_AUTHORIZED")
    assert client.send("GET", path).status_code == 200
