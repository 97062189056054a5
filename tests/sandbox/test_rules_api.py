from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from target_linkedin_conversions.sandbox import Sandbox

ACCOUNT = quote("urn:li:sponsoredAccount:512345678", safe="")
NEW = {
    "name": "Demo booked (server)",
    "account": "urn:li:sponsoredAccount:512345678",
    "conversionMethod": "CONVERSIONS_API",
    "type": "BOOK_APPOINTMENT",
    "postClickAttributionWindowSize": 30,
    "viewThroughAttributionWindowSize": 7,
    "attributionType": "LAST_TOUCH_BY_CAMPAIGN",
}
REQUIRED = "field is required but not found and has no default value"


def get(client: Any, rest: str, **headers: str | None) -> Any:
    return client.send("GET", f"/rest/conversions{rest}", headers=headers)


def post(client: Any, rest: str, body: Any, method: str | None = None) -> Any:
    return client.send("POST", f"/rest/conversions{rest}", headers={"X-RestLi-Method": method}, json=body)


def patch(client: Any, rule: int, **change: Any) -> Any:
    return post(client, f"/{rule}?account={ACCOUNT}", {"patch": {"$set": change}}, "PARTIAL_UPDATE")


def test_the_finder_gives_ten_rules_a_page_unless_asked(client: Any, linkedin: Any) -> None:
    for rule in range(200, 212):
        linkedin.add_rule(rule)
    first = get(client, f"?q=account&account={ACCOUNT}").json()
    assert [rule["id"] for rule in first["elements"]] == [
        101, 102, 103, 104, 901, 902, 200, 201, 202, 203,
    ]  # fmt: skip
    assert first["paging"] == {"start": 0, "count": 10, "links": [], "total": 18}
    rest = get(client, f"?q=account&account={ACCOUNT}&start=10&count=100").json()
    assert len(rest["elements"]) == 8


def test_the_total_may_be_unknown(client: Any, linkedin: Any) -> None:
    linkedin.configure(total_unknown=True)
    assert get(client, f"?q=account&account={ACCOUNT}").json()["paging"]["total"] == -1


def test_another_accounts_rules_are_not_listed(client: Any, linkedin: Any) -> None:
    other = quote("urn:li:sponsoredAccount:1", safe="")
    assert get(client, f"?q=account&account={other}").json()["elements"] == []
    linkedin.set_token("narrow", accounts=[1])
    hidden = get(client, f"?q=account&account={ACCOUNT}", Authorization="Bearer narrow")
    assert hidden.status_code == 403


def test_fields_narrow_the_answer(client: Any) -> None:
    answer = get(client, f"?q=account&account={ACCOUNT}&count=1&fields=id,name,type").json()
    assert answer["elements"] == [{"id": 101, "name": "Lead (server)", "type": "LEAD"}]


def test_one_rule_is_read_by_id(client: Any) -> None:
    rule = get(client, f"/103?account={ACCOUNT}").json()
    assert (rule["id"], rule["type"], rule["enabled"]) == (103, "PURCHASE", True)
    assert rule["associatedCampaigns"][0]["campaign"] == "urn:li:sponsoredCampaign:700001"
    assert get(client, f"/7?account={ACCOUNT}").status_code == 404
    assert get(client, "/103").status_code == 400


def test_several_rules_are_read_by_ids(client: Any) -> None:
    answer = get(client, f"?ids=List(101,7)&account={ACCOUNT}").json()
    assert list(answer["results"]) == ["101"]
    assert answer["statuses"] == {"101": 200, "7": 404}
    assert list(answer["errors"]) == ["7"]


def test_lists_need_protocol_2_and_urns_need_encoded_colons(client: Any) -> None:
    old = get(client, f"?ids=List(101)&account={ACCOUNT}", **{"X-Restli-Protocol-Version": None})
    assert old.status_code == 400
    bare = get(client, "?q=account&account=urn:li:sponsoredAccount:512345678")
    assert bare.status_code == 400
    assert "encode" in bare.json()["message"] or "Unexpected" in bare.json()["message"]


@pytest.mark.parametrize("query", ["?ids=List(101", "?ids=List(101))", "?ids=(a)", "?ids=(:"])
def test_a_broken_list_is_400(client: Any, query: str) -> None:
    assert get(client, f"{query}&account={ACCOUNT}").status_code == 400


@pytest.mark.parametrize("query", ["?q=other", "?q=account&start=x", "?q=account&count=-1"])
def test_a_query_that_means_nothing_is_400(client: Any, query: str) -> None:
    assert get(client, f"{query}&account={ACCOUNT}").status_code == 400


def test_a_rule_is_made_and_takes_events_at_once(client: Any, now: int) -> None:
    answer = post(client, "", NEW)
    assert answer.status_code == 201
    made = answer.json()
    assert answer.headers["Location"] == f"/conversions/{made['id']}"
    assert {name: made[name] for name in NEW} == NEW
    assert made["enabled"] is True
    assert (made["campaigns"], made["associatedCampaigns"], made["urlRules"]) == ([], [], [])
    assert (made["created"], made["lastModified"]) == (now, now)
    urn = f"urn:lla:llaPartnerConversion:{made['id']}"
    assert client.create(client.event(conversion=urn)).status_code == 201


def test_a_rule_made_with_auto_association_has_a_campaign(client: Any) -> None:
    made = post(client, "?autoAssociationType=ALL_CAMPAIGNS", NEW).json()
    assert made["campaigns"] == ["urn:li:sponsoredCampaign:700001"]


def test_several_rules_are_made_together(client: Any) -> None:
    answer = post(client, "", {"elements": [NEW, {}]}, "BATCH_CREATE").json()
    assert [element["status"] for element in answer["elements"]] == [201, 422]
    too_many = post(client, "", {"elements": [NEW] * 101}, "BATCH_CREATE")
    assert too_many.status_code == 400


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"name": None}, 422, "ERROR :: /name :: null cannot be coerced to String\n"),
        ({"type": "WISH"}, 422, 'ERROR :: /type :: "WISH" is not an enum symbol\n'),
        ({"enabled": "yes"}, 422, 'ERROR :: /enabled :: "yes" cannot be coerced to Boolean\n'),
        ({"id": 5}, 422, "ERROR :: /id :: unrecognized field found but not allowed\n"),
        (
            {"postClickAttributionWindowSize": 365},
            400,
            "postClickAttributionWindowSize should be one of [1, 7, 30, 90]",
        ),
    ],
)
def test_a_wrong_rule_is_refused(client: Any, changes: Any, status: int, message: str) -> None:
    answer = post(client, "", {**NEW, **changes})
    assert (answer.status_code, answer.json()["message"]) == (status, message)


def test_long_windows_belong_to_some_types(client: Any) -> None:
    long = {**NEW, "type": "PURCHASE", "postClickAttributionWindowSize": 365}
    assert post(client, "", long).status_code == 201


@pytest.mark.parametrize("kind", ["MARKETING_QUALIFIED_LEAD", "SALES_QUALIFIED_LEAD"])
def test_the_types_of_qualified_leads_are_there_again_from_202608_on(client: Any, kind: str) -> None:
    for version, status in (("202607", 422), ("202608", 201)):
        headers = {"LinkedIn-Version": version}
        assert (
            client.send("POST", "/rest/conversions", headers=headers, json={**NEW, "type": kind}).status_code == status
        )


def test_a_fixed_value_is_said(client: Any) -> None:
    assert post(client, "", {**NEW, "valueType": "FIXED"}).status_code == 400
    value = {"currencyCode": "EUR", "amount": "50.0"}
    assert post(client, "", {**NEW, "valueType": "FIXED", "value": value}).json()["value"] == value


def test_an_association_that_is_unknown_is_400(client: Any) -> None:
    assert post(client, "?autoAssociationType=SOME", NEW).status_code == 400
    assert post(client, "?autoAssociationType=OBJECTIVE_BASED", NEW).status_code == 201


def test_a_rule_is_disabled_and_refuses_events_from_then_on(client: Any) -> None:
    answer = patch(client, 101, enabled=False)
    assert (answer.status_code, answer.content) == (204, b"")
    assert get(client, f"/101?account={ACCOUNT}").json()["enabled"] is False
    assert "marked as deleted" in client.create(client.event()).text
    assert patch(client, 101, enabled=True).status_code == 204
    assert client.create(client.event()).status_code == 201


def test_a_wrong_change_is_refused(client: Any) -> None:
    assert patch(client, 101, id=5).status_code == 422
    assert patch(client, 7, enabled=False).status_code == 404
    assert patch(client, 102, postClickAttributionWindowSize=2).status_code == 400
    nothing = post(client, f"/101?account={ACCOUNT}", {"enabled": False}, "PARTIAL_UPDATE")
    assert nothing.status_code == 400
    homeless = post(client, "/101", {"patch": {"$set": {}}}, "PARTIAL_UPDATE")
    assert homeless.status_code == 400


def test_rules_are_not_deleted(client: Any) -> None:
    assert client.send("DELETE", f"/rest/conversions/101?account={ACCOUNT}").status_code == 400


def test_a_rule_shows_when_its_events_came(client: Any, now: int) -> None:
    assert "lastCallbackAt" not in get(client, f"/101?account={ACCOUNT}").json()
    client.create(client.event())
    assert get(client, f"/101?account={ACCOUNT}").json()["lastCallbackAt"] == now


def key(campaign: int, rule: int) -> str:
    campaign_urn = quote(f"urn:li:sponsoredCampaign:{campaign}", safe="")
    return f"(campaign:{campaign_urn},conversion:urn%3Alla%3AllaPartnerConversion%3A{rule})"


def pair(campaign: int, rule: int) -> dict[str, str]:
    return {
        "campaign": f"urn:li:sponsoredCampaign:{campaign}",
        "conversion": f"urn:lla:llaPartnerConversion:{rule}",
    }


def test_a_campaign_is_associated_found_and_let_go(client: Any) -> None:
    path = f"/rest/campaignConversions/{key(9, 101)}"
    assert client.send("PUT", path, json=pair(9, 101)).status_code == 204
    found = client.send(
        "GET",
        "/rest/campaignConversions?q=campaigns&campaigns=List(urn%3Ali%3AsponsoredCampaign%3A9)",
    ).json()
    assert [element["conversion"] for element in found["elements"]] == ["urn:lla:llaPartnerConversion:101"]
    assert client.send("DELETE", path).status_code == 204
    rule = get(client, f"/101?account={ACCOUNT}").json()
    assert rule["campaigns"] == ["urn:li:sponsoredCampaign:700001"]


def test_campaigns_are_associated_in_a_batch(client: Any, linkedin: Any) -> None:
    body = {"entities": {key(9, 101): pair(9, 101), key(9, 7): pair(9, 7)}}
    answer = client.send(
        "PUT",
        f"/rest/campaignConversions?ids=List({key(9, 101)},{key(9, 7)})",
        headers={"X-RestLi-Method": "BATCH_UPDATE"},
        json=body,
    ).json()
    assert answer["results"] == {key(9, 101): {"status": 204}}
    assert list(answer["errors"]) == [key(9, 7)]
    assert "urn:li:sponsoredCampaign:9" in linkedin.rules[101].campaigns


def test_an_association_that_contradicts_itself_is_400(client: Any) -> None:
    path = f"/rest/campaignConversions/{key(9, 101)}"
    assert client.send("PUT", path, json=pair(8, 101)).status_code == 400
    assert client.send("PUT", "/rest/campaignConversions/nonsense", json={}).status_code == 400
    assert client.send("PUT", "/rest/campaignConversions", json={}).status_code == 400
    assert client.send("GET", "/rest/campaignConversions?q=x").status_code == 400
    assert client.send("POST", path, json={}).status_code == 400


def test_a_token_links_only_rules_that_it_sees(client: Any, linkedin: Any) -> None:
    linkedin.set_token("narrow", accounts=[1])
    headers: dict[str, str | None] = {"Authorization": "Bearer narrow"}
    path = f"/rest/campaignConversions/{key(9, 101)}"
    assert client.send("PUT", path, headers=headers, json=pair(9, 101)).status_code == 403
    assert "urn:li:sponsoredCampaign:9" not in linkedin.rules[101].campaigns


def test_a_batch_of_associations_says_that_it_is_one(client: Any) -> None:
    path = f"/rest/campaignConversions?ids=List({key(9, 101)})"
    body = {"entities": {key(9, 101): pair(9, 101)}}
    assert client.send("PUT", path, json=body).status_code == 400
    odd = "/rest/campaignConversions/(campaign:nine,conversion:urn%3Alla%3AllaPartnerConversion%3A101)"
    assert client.send("PUT", odd, json={}).status_code == 400


def test_rules_are_given_as_ids_urns_or_objects() -> None:
    rules: list[Any] = [1, "2", "urn:lla:llaPartnerConversion:3", {"id": "4", "type": "PURCHASE"}]
    sandbox = Sandbox(rules=rules)
    assert list(sandbox.rules) == [1, 2, 3, 4]
    assert sandbox.rules[4].type == "PURCHASE"
    assert all(rule.name for rule in sandbox.rules.values())
