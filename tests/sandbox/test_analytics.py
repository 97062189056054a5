"""`adAnalytics`: what the sandbox counts of events that it took, by rates that a test sets."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.sandbox.attribution import counted
from target_linkedin_conversions.sandbox.rules import DEFAULT_CAMPAIGN, Rule, RuleBook
from target_linkedin_conversions.sandbox.settings import SandboxSettings

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox import Sandbox

NOW = 1_795_430_400_000  # 2026-11-23T10:40:00Z
DAY = 86_400_000
ACCOUNT = quote("urn:li:sponsoredAccount:512345678", safe="")
RANGE = "(start:(year:2026,month:11,day:1),end:(year:2026,month:11,day:30))"
FIELDS = "externalWebsiteConversions,externalWebsitePostClickConversions,pivotValues,dateRange"
QUERY = {
    "q": "analytics",
    "pivot": "CONVERSION",
    "timeGranularity": "DAILY",
    "dateRange": RANGE,
    "accounts": f"List({ACCOUNT})",
    "fields": FIELDS,
}


def ask(client: Any, *, headers: dict[str, str | None] | None = None, **changes: str | None) -> Any:
    query = "&".join(f"{name}={value}" for name, value in {**QUERY, **changes}.items() if value is not None)
    return client.send("GET", f"/rest/adAnalytics?{query}", headers=headers)


def of_person(number: int, rule: int = 101, at: int = NOW - 2 * DAY, **more: Any) -> dict[str, Any]:
    ids = [{"idType": "SHA256_EMAIL", "idValue": sha256(f"person {number}".encode()).hexdigest()}]
    return {
        "conversion": f"urn:lla:llaPartnerConversion:{rule}",
        "conversionHappenedAt": at,
        "user": {"userIds": ids},
        **more,
    }


def figures(client: Any, **changes: Any) -> dict[tuple[str, int], int]:
    """Conversions by rule and day of the month."""
    answer = ask(client, **changes)
    assert answer.status_code == 200, answer.text
    return {
        (one["pivotValues"][0].rpartition(":")[2], one["dateRange"]["start"]["day"]): one["externalWebsiteConversions"]
        for one in answer.json()["elements"]
    }


@pytest.fixture
def at_once(linkedin: Sandbox) -> Sandbox:
    linkedin.configure(reporting_lag_hours=0)
    return linkedin


@pytest.mark.usefixtures("at_once")
def test_a_conversion_counts_for_its_rule_on_its_utc_day(client: Any) -> None:
    events = [of_person(1), of_person(2), of_person(3, at=NOW - 3 * DAY), of_person(4, rule=102)]
    client.batch(events)
    assert figures(client) == {("101", 21): 2, ("101", 20): 1, ("102", 21): 1}


@pytest.mark.usefixtures("at_once")
def test_days_outside_of_the_range_are_left_out(client: Any) -> None:
    client.batch([of_person(1), of_person(2, at=NOW - 4 * DAY)])
    narrow = "(start:(year:2026,month:11,day:20),end:(year:2026,month:11,day:21))"
    assert figures(client, dateRange=narrow) == {("101", 21): 1}
    assert figures(client, dateRange="(start:(year:2026,month:11,day:19))") == {("101", 21): 1, ("101", 19): 1}


@pytest.mark.usefixtures("at_once")
def test_a_member_counts_once_but_for_purchases(client: Any) -> None:
    client.batch([of_person(1, at=NOW - n * DAY) for n in (2, 3, 4)] + [of_person(1, rule=103) for _ in range(3)])
    found = figures(client)
    assert sum(count for (rule, _), count in found.items() if rule == "101") == 1
    assert found["103", 21] == 3


def test_a_rule_without_a_campaign_counts_nothing(client: Any, at_once: Sandbox) -> None:
    at_once.add_rule(105, campaigns=())
    client.batch([of_person(1, rule=105)])
    assert figures(client) == {}
    at_once.add_rule(105)
    assert figures(client) == {("105", 21): 1}


@pytest.mark.usefixtures("at_once")
def test_what_lint_points_out_matches_nobody(client: Any) -> None:
    upper = of_person(1)
    upper["user"]["userIds"][0]["idValue"] = upper["user"]["userIds"][0]["idValue"].upper()
    client.batch([upper, of_person(2)])
    assert figures(client) == {("101", 21): 1}


def test_an_address_that_no_member_has_matches_nobody_and_another_identifier_may(client: Any, at_once: Sandbox) -> None:
    at_once.configure(members=[of_person(1)["user"]["userIds"][0]["idValue"]])
    by_click = of_person(3)
    click_id = {"idType": "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID", "idValue": "df5ca8f5-e3d8-4b59-b0c0-000000000003"}
    by_click["user"]["userIds"].append(click_id)
    client.batch([of_person(1), of_person(2), by_click])
    assert figures(client) == {("101", 21): 2}


def test_what_the_browser_reported_too_is_not_counted(client: Any, at_once: Sandbox) -> None:
    client.batch([of_person(1, eventId="a"), of_person(2, eventId="b")])
    at_once.browser_saw("a")
    assert figures(client) == {("101", 21): 1}


def test_a_day_grows_until_the_lag_is_over(client: Any, linkedin: Sandbox) -> None:
    client.batch([of_person(number) for number in range(200)])
    counts = []
    for hours in (0, 24, 48, 72):
        linkedin.set_clock(NOW + hours * 3_600_000)
        counts.append(sum(figures(client).values()))
    assert counts == sorted(counts)
    assert counts[0] < counts[1] < counts[3] == 200


@pytest.mark.parametrize(("rate", "least", "most"), [("match_rate", 80, 160), ("click_rate", 80, 160)])
def test_rates_count_about_their_share_and_the_same_each_time(
    client: Any, at_once: Sandbox, rate: str, least: int, most: int
) -> None:
    at_once.configure(**{rate: 0.6})
    client.batch([of_person(number) for number in range(200)])
    first = figures(client)
    assert least < sum(first.values()) < most
    assert figures(client) == first
    at_once.configure(attribution_seed=1)
    assert figures(client) != first


def test_an_ad_met_before_the_window_counts_nothing(client: Any, at_once: Sandbox) -> None:
    client.batch([of_person(number) for number in range(100)])
    at_once.configure(ad_days_before=60)  # the window after a click is 30 days
    assert 30 < sum(figures(client).values()) < 70
    at_once.configure(click_rate=0, view_rate=1, ad_days_before=7)
    assert sum(figures(client).values()) == 100


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"q": "statistics"}, 400),
        ({"pivot": None}, 400),
        ({"pivot": "CREATIVE"}, 400),
        ({"timeGranularity": None}, 400),
        ({"dateRange": None}, 400),
        ({"dateRange": "(start:(year:2026,month:13,day:1))"}, 400),
        ({"dateRange": "2026-11-01"}, 400),
        ({"accounts": None}, 400),
        ({"accounts": ACCOUNT}, 400),
        ({"fields": "externalWebsiteConversions,secrets"}, 400),
        ({"accounts": "List(urn:li:sponsoredAccount:1)"}, 400),
    ],
)
def test_a_question_that_is_none_is_refused(client: Any, changes: Any, status: int) -> None:
    assert ask(client, **changes).status_code == status


def test_without_the_scope_it_answers_as_linkedin_does(client: Any) -> None:
    answer = ask(client, headers={"Authorization": "Bearer sandbox-no-reporting"})
    assert answer.status_code == 403
    assert answer.json()["serviceErrorCode"] == 100
    assert "Not enough permissions to access" in answer.json()["message"]


@pytest.mark.usefixtures("at_once")
def test_an_account_that_the_token_cannot_see_is_empty(client: Any, linkedin: Sandbox) -> None:
    client.batch([of_person(1)])
    linkedin.set_token("narrow", accounts=[1])
    answer = ask(client, headers={"Authorization": "Bearer narrow"})
    assert (answer.status_code, answer.json()["elements"]) == (200, [])


@pytest.mark.usefixtures("at_once")
def test_the_values_of_a_rule_are_added_up(client: Any) -> None:
    money: dict[str, Any] = {"conversionValue": {"currencyCode": "EUR", "amount": "19.90"}}
    client.batch([of_person(1, rule=103, **money), of_person(2, rule=103, **money)])
    answer = ask(client, fields="conversionValueInLocalCurrency")
    assert answer.json()["elements"] == [{"conversionValueInLocalCurrency": "39.80"}]


@given(st.permutations(range(30)), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_in_whatever_order_events_come_the_same_are_counted(order: list[int], match: float, click: float) -> None:
    rules = RuleBook([Rule(101, campaigns=(DEFAULT_CAMPAIGN,))])
    rates = SandboxSettings(match_rate=match, click_rate=click, ad_days_before=40)
    events = [of_person(number % 20, at=NOW - number * DAY) for number in range(30)]
    days = sorted(one.day for one in counted(((NOW, event) for event in events), rules, rates))
    shuffled = sorted(one.day for one in counted(((NOW, events[i]) for i in order), rules, rates))
    assert days == shuffled
