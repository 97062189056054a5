"""The one reader of rules: every page once, whatever a server makes of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from target_linkedin_conversions.admin.rules import Rule, Unreadable, read_rules
from target_linkedin_conversions.delivery.auth import Tokens
from target_linkedin_conversions.delivery.client import Client
from target_linkedin_conversions.settings import Settings
from tests.admin.conftest import StillClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_linkedin_conversions.sandbox import Sandbox

RULES = "/rest/conversions"
Read = tuple[list[Rule], list[Unreadable]]


@pytest.fixture
def read(linkedin: Sandbox) -> Iterator[Callable[..., Read]]:
    clients: list[Client] = []

    def reading(*accounts: str, **settings: Any) -> Read:
        config = {
            "access_token": "sandbox-token",
            "api_url": linkedin.url,
            "oauth_url": linkedin.oauth_url,
            "private_dir": "/nowhere",
            **settings,
        }
        made = Settings.load(config)
        clients.append(Client(made.api_url, made.oauth_url, made.linkedin_version))
        clock = StillClock()
        found = read_rules(clients[-1], Tokens(made, clients[-1], clock), accounts or ("512345678",), clock)
        return [one for one in found if isinstance(one, Rule)], [one for one in found if isinstance(one, Unreadable)]

    yield reading
    for client in clients:
        client.close()


def page(*ids: int, total: int | None = None, start: int = 0) -> dict[str, Any]:
    paging = {} if total is None else {"paging": {"start": start, "count": 100, "total": total}}
    return {"elements": [{"id": number} for number in ids], **paging}


def test_three_thousand_rules_are_read_in_thirty_pages_and_an_end(read: Any, linkedin: Sandbox) -> None:
    for number in range(3000):
        linkedin.add_rule(10_000 + number, account="urn:li:sponsoredAccount:7")
    rules, unreadable = read("7")
    assert (len({rule.id for rule in rules}), unreadable) == (3000, [])
    assert len([one for one in linkedin.requests if one.path.startswith(RULES)]) in {30, 31}


@pytest.mark.parametrize("total", [None, -1, 100_000])
def test_a_page_that_comes_again_ends_the_reading_and_the_rules_are_not_called_whole(
    read: Any, linkedin: Sandbox, total: int | None
) -> None:
    linkedin.faults("answer", status=200, body=page(*range(1, 101), total=total), path=RULES, times=9)
    rules, unreadable = read()
    assert ([rule.id for rule in rules], len(unreadable)) == (list(range(1, 101)), 1)
    assert len(linkedin.requests) == 2


def test_a_rule_that_moves_to_the_next_page_is_told_once(read: Any, linkedin: Sandbox) -> None:
    linkedin.faults("answer", status=200, body=page(*range(1, 101), total=101), path=RULES, times=1)
    linkedin.faults("answer", status=200, body=page(100, 101, total=101, start=100), path=RULES, times=1)
    rules, unreadable = read()
    assert ([rule.id for rule in rules], unreadable) == (list(range(1, 102)), [])


def test_each_rule_knows_the_account_that_it_was_read_among(read: Any, linkedin: Sandbox) -> None:
    linkedin.add_rule(777, account="urn:li:sponsoredAccount:2")
    rules, _ = read("2", "512345678")
    assert {rule.id: rule.account for rule in rules}[777] == "2"
    assert {rule.id: rule.account for rule in rules}[101] == "512345678"


def test_one_account_that_is_refused_costs_no_other(read: Any, linkedin: Sandbox) -> None:
    linkedin.set_token("sandbox-token", accounts=[512345678])
    rules, unreadable = read("2", "512345678")
    assert [(one.account, one.status) for one in unreadable] == [("2", 403)]
    assert {rule.id for rule in rules} >= {101, 902}


def test_an_expired_token_is_refreshed_once_for_all_accounts(read: Any, linkedin: Sandbox, tmp_path: Any) -> None:
    refresh = {"client_id": "app", "client_secret": "secret", "refresh_token": "sandbox-refresh"}
    rules, unreadable = read("512345678", "2", access_token="sandbox-expired", **refresh, private_dir=str(tmp_path))
    assert (len(rules) > 3, unreadable) == (True, [])
    assert sum(one.path.startswith("/oauth") for one in linkedin.requests) == 1


@pytest.mark.parametrize(
    ("linked", "count"),
    [
        ({"campaigns": ["urn:li:sponsoredCampaign:1", "urn:li:sponsoredCampaign:1"]}, 1),
        ({"associatedCampaigns": [{"campaign": "urn:li:sponsoredCampaign:1"}], "campaigns": []}, 1),
        ({"campaigns": ["urn:li:sponsoredCampaign:1"], "associatedCampaigns": [{"campaign": "2"}]}, 2),
        ({"associatedCampaigns": [7, 8]}, 2),
        ({}, 0),
    ],
)
def test_a_campaign_counts_once_wherever_a_rule_names_it(linked: dict[str, Any], count: int) -> None:
    assert msgspec.convert({"id": 7, **linked}, Rule).campaign_count == count


@pytest.mark.parametrize("field", ["attributionType", "valueType", "value", "account"])
@pytest.mark.parametrize("odd", [None, 7, "x", {"a": 1}, [None, 7, {"campaign": 9}]])
def test_a_field_of_another_form_costs_no_rule(read: Any, linkedin: Sandbox, field: str, odd: Any) -> None:
    element = {"id": 7, "associatedCampaigns": [None, 7, {"campaign": 9}], field: odd}
    linkedin.faults("answer", status=200, body={"elements": [element]}, path=RULES)
    rules, unreadable = read()
    assert ([rule.id for rule in rules], unreadable) == ([7], [])
    assert rules[0].campaign_ids == ()
