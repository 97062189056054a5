"""`linkedin-conversions rules`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox import Sandbox
    from tests.cli.conftest import Companion

ACCOUNT = "urn:li:sponsoredAccount:512345678"
NAMES = [
    "id", "name", "type", "enabled", "method", "click_window", "view_window", "value", "attribution", "campaigns", "configured",
]  # fmt: skip
NEW = ("rules", "create", "--name", "Demo booked", "--type", "BOOK_APPOINTMENT")
CHANGES = {"POST", "PUT", "DELETE"}
RULES = "/rest/conversions"


@pytest.fixture
def linkedin(running: Sandbox, companion: Companion) -> Sandbox:
    running.reset()
    running.set_clock(versions={"202609": None})
    companion.config |= {
        "api_url": running.url,
        "oauth_url": running.url,
        "account_id": "512345678",
        "conversion_rule": 101,
    }
    return running


def changes(linkedin: Sandbox) -> list[tuple[str, str, int]]:
    return [(one.method, one.restli_method, one.status) for one in linkedin.requests if one.method in CHANGES]


def rule(companion: Companion, number: int) -> dict[str, Any]:
    (found,) = companion.data("rules", "show", str(number))["rules"]
    return dict(found)


@pytest.mark.usefixtures("linkedin")
def test_every_rule_is_listed_in_the_contracts_form(companion: Companion) -> None:
    rules = companion.data("rules", "list")["rules"]
    assert {one["id"] for one in rules} == {101, 102, 103, 104, 901, 902}
    assert all(list(one)[: len(NAMES)] == NAMES for one in rules)
    (lead,) = [one for one in rules if one["id"] == 101]
    assert {name: lead[name] for name in NAMES} == {
        "id": 101,
        "name": "Lead (server)",
        "type": "LEAD",
        "enabled": True,
        "method": "CONVERSIONS_API",
        "click_window": 30,
        "view_window": 7,
        "value": {"type": "DYNAMIC"},
        "attribution": "LAST_TOUCH_BY_CAMPAIGN",
        "campaigns": ["700001"],
        "configured": True,
    }


def test_people_see_what_becomes_of_events(companion: Companion, linkedin: Sandbox) -> None:
    linkedin.add_rule(105, campaigns=())
    code, out, err = companion("rules", "list")
    assert (code, err) == (0, "")
    states = {line.split("│")[1].strip(): line for line in out.splitlines() if "│" in line}
    assert "1 campaign" in states["101 *"]
    assert "not counted: no campaign" in states["105"]
    assert "disabled" in states["901"]
    assert "fed by the Insight Tag" in states["902"]
    assert "\x1b" not in out


def test_three_thousand_rules_of_two_accounts_are_listed(companion: Companion, linkedin: Sandbox) -> None:
    for number in range(3000):
        linkedin.add_rule(10_000 + number, account=f"urn:li:sponsoredAccount:{number % 2 + 1}")
    linkedin.add_rule(9, account="urn:li:sponsoredAccount:3")
    rules = companion.data("rules", "list", account_id=[1, 2])["rules"]
    assert len({one["id"] for one in rules}) == 3000
    assert {one["account"] for one in rules} == {"1", "2"}


HOSTILE = "\x1b[2J[bold red]x[/bold red]\u202eevil\n{jinja} " + "é" * 1_000_000


def test_a_hostile_name_is_shown_in_one_printable_line(companion: Companion, linkedin: Sandbox) -> None:
    linkedin.add_rule(101, name=HOSTILE)
    for command in (
        ("rules", "list"),
        ("rules", "show", "101"),
        ("check",),
        ("rules", "update", "101", "--name", "b", "--dry-run"),
    ):
        code, out, err = companion(*command)
        assert code == 0
        assert len(out) < 10_000
        assert not [odd for odd in ("\x1b", "\u202e") if odd in out + err]
    assert "[bold red]" in companion("rules", "show", "101")[1]
    assert rule(companion, 101)["name"] == HOSTILE


def test_one_account_that_is_refused_is_a_warning_and_the_others_are_listed(
    companion: Companion, linkedin: Sandbox
) -> None:
    linkedin.set_token("sandbox-token", accounts=[512345678])
    code, out, err = companion("rules", "list", "--json", account_id=[2, 512345678])
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert len(found["rules"]) == 6
    assert "ad account 2 cannot be read" in found["warnings"][0]
    assert "Warning: the rules of ad account 2" in companion("rules", "list", account_id=[2, 512345678])[2]


@pytest.mark.parametrize(
    ("order", "code", "words"),
    [
        (
            {"kind": "answer", "status": 403, "body": {"status": 403, "message": "No ad accounts found"}},
            2,
            "check account_id",
        ),
        (
            {"kind": "answer", "status": 403, "body": {"status": 403, "code": "ACCESS_DENIED"}},
            3,
            "scopes rw_conversions and r_ads",
        ),
        ({"kind": "answer_401_revoked"}, 3, "login"),
        ({"kind": "answer_426"}, 2, "set linkedin_version"),
        ({"kind": "answer_429"}, 4, "try again"),
        ({"kind": "answer", "status": 200, "body": "<html>"}, 5, "api_url"),
        ({"kind": "answer", "status": 404, "body": {"status": 404}}, 2, "status 404"),
        ({"kind": "captive_portal"}, 5, "proxy"),
    ],
)
def test_rules_that_cannot_be_read_at_all_end_with_a_code_and_a_mend(
    companion: Companion, linkedin: Sandbox, order: dict[str, Any], code: int, words: str
) -> None:
    linkedin.faults(path=RULES, **order)
    ended, out, err = companion("rules", "list")
    assert (ended, out) == (code, "")
    assert words in err


@pytest.mark.usefixtures("linkedin")
def test_without_an_account_it_says_which_setting_names_one(companion: Companion) -> None:
    code, _, err = companion("rules", "list", account_id=None)
    assert (code, "set account_id" in err, "login" in err) == (2, True, True)
    assert companion(*NEW, "--yes", account_id=None)[0] == 2


@pytest.mark.usefixtures("linkedin")
def test_a_rule_that_is_not_there_names_those_that_are(companion: Companion) -> None:
    for command in (
        ["show"],
        ["enable", "--yes"],
        ["update", "--name", "x", "--yes"],
        ["associate", "--campaign", "1", "--yes"],
    ):
        code, _, err = companion("rules", command[0], "1011", *command[1:])
        assert (code, "101 Lead (server)" in err) == (2, True)
    assert companion("rules", "show", "Lead")[0] == 2


def test_a_rule_is_made_with_everything_that_was_said(companion: Companion, linkedin: Sandbox) -> None:
    code, out, err = companion(
        *NEW, "--click-window", "90", "--view-window", "30", "--value", "50 EUR", "--attribution", "conversion",
        "--campaign", "700001,urn:li:sponsoredCampaign:700002", "--yes", "--json",
    )  # fmt: skip
    assert code == 0, err
    (made,) = json.loads(out)["rules"]
    kept = linkedin.rules[made["id"]]
    assert (kept.name, kept.type, kept.account, kept.conversion_method) == (
        "Demo booked", "BOOK_APPOINTMENT", ACCOUNT, "CONVERSIONS_API",
    )  # fmt: skip
    assert (kept.post_click_attribution_window_size, kept.view_through_attribution_window_size) == (90, 30)
    assert (kept.attribution_type, kept.value_type, kept.value) == (
        "LAST_TOUCH_BY_CONVERSION", "FIXED", {"currencyCode": "EUR", "amount": "50"},
    )  # fmt: skip
    assert made["campaigns"] == ["700001", "700002"]
    assert made["value"] == {"type": "FIXED", "amount": "50", "currency": "EUR"}
    assert changes(linkedin) == [("POST", "", 201)]


def test_a_rule_without_campaign_is_called_not_counted_before_and_after(
    companion: Companion, linkedin: Sandbox
) -> None:
    code, out, err = companion(*NEW, "--yes")
    assert code == 0
    assert "not counted: no campaign" in out
    assert changes(linkedin) == [("POST", "", 201)]
    assert companion(*NEW[:3], "Another", *NEW[4:], "--all-campaigns", "--yes")[0] == 0
    assert max(linkedin.rules.values(), key=lambda one: one.id).campaigns
    assert err == "" or "not counted" in err


@pytest.mark.parametrize(
    "arguments",
    [
        NEW,
        ("rules", "update", "101", "--click-window", "365"),
        ("rules", "enable", "901"),
        ("rules", "disable", "101"),
        ("rules", "associate", "101", "--campaign", "700002"),
        ("rules", "associate", "101", "--campaign", "700001", "--remove"),
    ],
)
def test_nothing_changes_in_a_dry_run_or_where_nobody_can_be_asked(
    companion: Companion, linkedin: Sandbox, arguments: tuple[str, ...]
) -> None:
    code, out, err = companion(*arguments)
    assert (code, out) == (2, "")
    assert "--yes" in err
    code, out, err = companion(*arguments, "--dry-run")
    assert "In ad account 512345678:" in err
    assert (code, out.splitlines()[-1]) == (0, "Nothing was sent.")
    (request,) = companion.data(*arguments, "--dry-run")["requests"]
    assert changes(linkedin) == []
    companion(*arguments, "--yes")
    sent = [one for one in linkedin.requests if one.method in CHANGES]
    assert [(one.method, one.path, one.status < 300) for one in sent] == [
        (request["method"], request["path"].partition("?")[0], True)
    ]


def test_a_window_that_the_type_does_not_allow_is_refused_before_anything_is_sent(
    companion: Companion, linkedin: Sandbox
) -> None:
    code, _, err = companion(*NEW, "--click-window", "365", "--yes")
    assert (code, "allows 1, 7, 30, 90 days" in err) == (2, True)
    assert companion("rules", "update", "902", "--type", "SIGN_UP", "--click-window", "180", "--yes")[0] == 2
    assert companion("rules", "update", "101", "--click-window", "180", "--yes")[0] == 0
    assert companion("rules", "update", "101", "--click-window", "2", "--yes")[0] == 2
    assert [one[2] for one in changes(linkedin)] == [204]


def test_a_second_rule_of_one_name_is_refused(companion: Companion, linkedin: Sandbox) -> None:
    assert companion(*NEW, "--yes")[0] == 0
    code, _, err = companion(*NEW, "--yes")
    assert (code, "has this name" in err) == (2, True)
    assert len(changes(linkedin)) == 1


def test_a_rule_that_may_have_been_made_is_not_made_again(companion: Companion, linkedin: Sandbox) -> None:
    linkedin.faults("drop_after", path=RULES, method="POST", times=1)
    code, _, err = companion(*NEW, "--yes")
    assert (code, "nobody knows whether it was done" in err, "rules list" in err) == (5, True, True)
    assert len([one for one in linkedin.rules.values() if one.name == "Demo booked"]) == 1
    assert companion(*NEW, "--yes")[0] == 2


def test_a_change_that_may_be_repeated_is(companion: Companion, linkedin: Sandbox) -> None:
    linkedin.faults("drop_after", path=f"{RULES}/101", times=1)
    assert companion("rules", "disable", "101", "--yes")[0] == 0
    assert linkedin.rules[101].enabled is False


@pytest.mark.parametrize("missing", ["--name", "--type"])
def test_what_is_missing_is_named_where_nobody_can_be_asked(
    companion: Companion, linkedin: Sandbox, missing: str
) -> None:
    at = NEW.index(missing)
    code, _, err = companion(*NEW[:at], *NEW[at + 2 :], "--yes")
    assert (code, missing in err, changes(linkedin)) == (2, True, [])


def test_of_several_accounts_one_must_be_named_and_be_configured(companion: Companion, linkedin: Sandbox) -> None:
    linkedin.add_rule(7, account="urn:li:sponsoredAccount:7")
    both = {"account_id": [512345678, 7]}
    for wrong in ([], ["--account", "8"], ["--account", "x"]):
        code, _, err = companion(*NEW, *wrong, "--yes", **both)
        assert (code, "--account" in err) == (2, True)
    assert companion(*NEW, "--account", "urn:li:sponsoredAccount:7", "--yes", **both)[0] == 0
    assert [one.account for one in linkedin.rules.values() if one.name == "Demo booked"] == [
        "urn:li:sponsoredAccount:7"
    ]


def test_a_rule_is_switched_off_and_on_and_twice_is_no_change(companion: Companion, linkedin: Sandbox) -> None:
    _, _, err = companion("rules", "disable", "101", "--yes")
    assert "its events stay unsent from then on" in err
    assert rule(companion, 101)["enabled"] is False
    assert "disabled already" in companion("rules", "disable", "101", "--yes")[2]
    assert companion("rules", "enable", "101")[0] == 2
    assert companion("rules", "enable", "101", "--yes")[0] == 0
    assert linkedin.rules[101].enabled
    assert changes(linkedin) == [("POST", "PARTIAL_UPDATE", 204)] * 2


def test_only_what_is_named_is_changed(companion: Companion, linkedin: Sandbox) -> None:
    before = linkedin.rules[101]
    assert companion("rules", "update", "101", "--name", "Lead", "--value", "none", "--yes")[0] == 0
    after = linkedin.rules[101]
    assert (after.name, after.value_type) == ("Lead", "NO_VALUE")
    assert (after.type, after.campaigns, after.enabled) == (before.type, before.campaigns, True)
    assert companion("rules", "update", "101", "--yes")[0] == 2


IN_WORDS = {
    ("--name", "Lead"): "name: 'Lead'",
    ("--type", "LEAD"): "type: LEAD",
    ("--click-window", "90"): "counted up to 90 days after a click",
    ("--view-window", "1"): "counted up to 1 day after a view",
    ("--value", "none"): "worth: nothing",
    ("--value", "50 EUR"): "worth: always 50 EUR",
    ("--value", "event"): "worth: what each conversion says",
    ("--attribution", "campaign"): "every campaign",
    ("--attribution", "conversion"): "last touch of all",
}


@pytest.mark.usefixtures("linkedin")
@pytest.mark.parametrize("change", IN_WORDS)
def test_what_changes_is_said_in_plain_words_and_by_no_name_of_linkedins_fields(
    companion: Companion, change: tuple[str, str]
) -> None:
    code, _, err = companion("rules", "update", "101", *change, "--yes")
    assert (code, IN_WORDS[change] in err) == (0, True), err
    assert not re.search(r"WindowSize|Type\b|DYNAMIC|FIXED|NO_VALUE|LAST_TOUCH|currencyCode", err)


def test_that_a_new_rule_has_no_campaign_has_a_flag(companion: Companion, linkedin: Sandbox) -> None:
    assert companion(*NEW, "--no-campaign", "--yes")[0] == 0
    assert not max(linkedin.rules.values(), key=lambda one: one.id).campaigns
    assert companion(*NEW, "--no-campaign", "--all-campaigns", "--yes")[0] == 2


def test_campaigns_are_linked_and_let_go_one_by_one(companion: Companion, linkedin: Sandbox) -> None:
    assert companion("rules", "associate", "101", "--campaign", "700002", "--yes")[0] == 0
    assert rule(companion, 101)["campaigns"] == ["700001", "700002"]
    assert "linked to these already" in companion("rules", "associate", "101", "--all-campaigns", "--yes")[2]
    assert companion("rules", "associate", "101", "--all-campaigns", "--remove", "--yes")[0] == 0
    assert rule(companion, 101)["campaigns"] == []
    assert changes(linkedin) == [("PUT", "", 204), ("DELETE", "", 204), ("DELETE", "", 204)]
    assert companion("rules", "associate", "101", "--remove", "--yes")[0] == 2


def test_a_campaign_that_the_account_has_not_is_refused_where_campaigns_can_be_listed(
    companion: Companion, linkedin: Sandbox
) -> None:
    code, _, err = companion("rules", "associate", "101", "--campaign", "999", "--yes")
    assert (code, "there are 700001, 700002" in err) == (2, True)
    assert companion("rules", "associate", "101", "--campaign", "nine", "--yes")[0] == 2
    linkedin.set_token("sandbox-token", scopes=["rw_conversions"])
    code, _, err = companion("rules", "associate", "101", "--campaign", "999", "--yes")
    assert (code, "Campaigns are not checked beforehand" in err) == (0, True)


def test_a_member_without_the_role_is_told_which_one_is_needed(companion: Companion, linkedin: Sandbox) -> None:
    linkedin.configure(role="VIEWER")
    code, _, err = companion("rules", "disable", "101", "--yes")
    assert (code, "ACCOUNT_MANAGER" in err) == (3, True)


def test_a_refusal_of_linkedins_is_told_without_the_values_that_it_repeats(
    companion: Companion, linkedin: Sandbox
) -> None:
    message = 'ERROR :: /name :: "jane.doe@example.com" cannot be coerced to String\n'
    body = {"status": 422, "message": message}
    linkedin.faults("answer", status=422, body=body, path=f"{RULES}/101")
    code, _, err = companion("rules", "disable", "101", "--yes")
    assert (code, "status 422" in err, "/name" in err, "jane" in err) == (2, True, True, False)


def test_an_expired_token_is_refreshed_for_a_change_too(companion: Companion, linkedin: Sandbox) -> None:
    settings = {"client_id": "app", "client_secret": "secret", "refresh_token": "sandbox-refresh"}
    linkedin.faults("answer_401_expired", path=f"{RULES}/101", times=1)
    assert companion("rules", "disable", "101", "--yes", **settings)[0] == 0
    assert linkedin.rules[101].enabled is False


def test_a_rule_is_given_no_name_that_another_has(companion: Companion, linkedin: Sandbox) -> None:
    taken = linkedin.rules[102].name
    code, _, err = companion("rules", "update", "101", "--name", taken, "--yes")
    assert (code, "rule 102 of ad account 512345678 has this name" in err) == (2, True), err
    assert linkedin.rules[101].name != taken
    assert companion("rules", "update", "102", "--name", taken, "--click-window", "7", "--yes")[0] == 0
