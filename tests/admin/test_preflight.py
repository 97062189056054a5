"""What stops a run before its first event, and what is only worth a warning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.delivery.response_fields import answered_at
from target_linkedin_conversions.durations import HOUR_MS, MINUTE_MS
from target_linkedin_conversions.errors import ClockError, CredentialError, RuleError, UnreachableError, VersionError
from tests.admin.conftest import DAY, NOW

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox import Sandbox
    from tests.admin.conftest import Look

RULES = "/rest/conversions"


def test_nothing_is_found_where_all_is_well(look: Look) -> None:
    found = look()
    assert (found.findings, found.stop) == ((), None)


def test_every_rule_is_told_with_name_type_and_windows(look: Look) -> None:
    rule = look().rules["101"]
    windows = rule.post_click_attribution_window_size, rule.view_through_attribution_window_size
    assert (rule.name, rule.type, windows) == ("Lead (server)", "LEAD", (30, 7))


def test_the_types_of_all_rules_are_known_to_the_policy_on_doubt(look: Look) -> None:
    assert look().rule_types["103"] == "PURCHASE"


def test_no_event_is_sent(look: Look, linkedin: Sandbox) -> None:
    look()
    assert linkedin.received == []
    assert {request.method for request in linkedin.requests} == {"GET"}


@pytest.mark.parametrize(
    ("rule", "code", "words"),
    [(901, "rule_disabled", "rule 901 is disabled"), (902, "rule_method", "INSIGHT_TAG_JAVASCRIPT_EVENT")],
)
def test_a_rule_that_takes_no_events_stops_the_run(look: Look, rule: int, code: str, words: str) -> None:
    found = look(conversion_rule=[101, rule])
    assert [finding.code for finding in found.findings] == [code]
    assert isinstance(found.stop, RuleError)
    assert found.stop.exit_code == 2
    assert words in str(found.stop)


def test_every_rule_that_takes_no_events_is_named_at_once(look: Look) -> None:
    stop = look(conversion_rule=[901, 902]).stop
    assert "901" in str(stop)
    assert "902" in str(stop)


def test_a_rule_of_a_stream_is_looked_at_too(look: Look) -> None:
    streams = [{"stream": "deals", "conversion_rule": {"column": "stage", "rules": [{"when": "won", "rule": 901}]}}]
    assert look.codes(conversion_rule=None, streams=streams) == ["rule_disabled"]


@pytest.mark.parametrize("configured", [555, [101, 555], ["102", "urn:lla:llaPartnerConversion:555"]])
def test_a_rule_that_no_account_has_stops_and_those_that_are_there_are_named(look: Look, configured: Any) -> None:
    found = look(conversion_rule=configured)
    assert [finding.code for finding in found.findings] == ["rule_not_found"]
    assert isinstance(found.stop, RuleError)
    said = str(found.stop)
    assert "rule 555 is in none of the ad accounts" in said
    assert f"101 {found.rules['101'].name}" in said


def test_of_many_rules_the_likeliest_are_named_first_and_the_rest_is_counted(look: Look, linkedin: Sandbox) -> None:
    for number in range(20):
        linkedin.add_rule(881200 + number, account="urn:li:sponsoredAccount:7", name=f"rule of {number}")
    there = str(look(account_id=7, conversion_rule=881299).stop).partition("there are ")[2]
    assert there.startswith("8812")
    assert " more; " in there
    assert there.count("rule of") in {9, 10}


@pytest.mark.parametrize(
    "page",
    [
        {"elements": [], "paging": {"start": 0, "count": 100, "total": 7}},
        {"elements": [{"id": 7, "campaigns": ["c"]}], "paging": {"start": 0, "count": 100, "total": 3}},
    ],
)
def test_no_rule_is_called_missing_where_an_account_has_more_than_were_shown(
    look: Look, linkedin: Sandbox, page: dict[str, Any]
) -> None:
    linkedin.faults("answer", status=200, body=page, path=RULES, times=1)
    linkedin.faults("answer", status=200, body={"elements": [], "paging": page["paging"]}, path=RULES)
    found = look(conversion_rule=555)
    assert [finding.code for finding in found.findings] == ["rules_unreadable"]
    assert found.stop is None


def test_a_rule_without_campaign_is_a_warning(look: Look, linkedin: Sandbox) -> None:
    linkedin.add_rule(101, campaigns=())
    found = look()
    assert [(finding.code, finding.rule) for finding in found.findings] == [("rule_without_campaign", "101")]
    assert found.stop is None


@pytest.mark.parametrize("total_unknown", [True, False])
@pytest.mark.parametrize("count", [99, 100, 101, 250])
def test_every_page_is_read(look: Look, linkedin: Sandbox, count: int, total_unknown: bool) -> None:  # noqa: FBT001
    linkedin.configure(total_unknown=total_unknown)
    linkedin.add_rule(101, account="urn:li:sponsoredAccount:7")
    for number in range(1, count):
        linkedin.add_rule(5000 + number, account="urn:li:sponsoredAccount:7")
    linkedin.add_rule(9999, account="urn:li:sponsoredAccount:7", enabled=False)
    found = look(account_id=7, conversion_rule=[101, 9999])
    assert len(found.rules) == count + 1
    assert [finding.code for finding in found.findings] == ["rule_disabled"]


def test_a_page_cut_short_does_not_hide_the_rest(look: Look, linkedin: Sandbox) -> None:
    page = {"elements": [{"id": 7, "campaigns": ["c"]}], "paging": {"start": 0, "count": 100, "total": 2}}
    linkedin.faults("answer", status=200, body=page, path=RULES)
    linkedin.faults("answer", status=200, body={"elements": [{"id": 8, "campaigns": ["c"]}]}, path=RULES)
    assert set(look().rules) == {"7", "8"}


def test_every_account_is_read(look: Look, linkedin: Sandbox) -> None:
    linkedin.add_rule(777, account="urn:li:sponsoredAccount:2")
    assert look.codes(account_id=[512345678, 2], conversion_rule=[101, 777]) == []


def test_an_account_that_the_token_does_not_see_is_a_warning(look: Look, linkedin: Sandbox) -> None:
    linkedin.set_token("sandbox-token", accounts=[2])
    found = look()
    assert [finding.code for finding in found.findings] == ["account_not_visible"]
    assert found.stop is None


def test_one_account_that_cannot_be_read_leaves_the_others_checked(look: Look, linkedin: Sandbox) -> None:
    linkedin.set_token("sandbox-token", accounts=[512345678])
    found = look(account_id=[2, 512345678], conversion_rule=[901, 555])
    assert [finding.code for finding in found.findings] == ["account_not_visible", "rule_disabled"]


def test_a_direct_api_token_that_may_not_read_rules_is_a_warning(look: Look) -> None:
    found = look(access_token="sandbox-no-scope")
    assert [finding.code for finding in found.findings] == ["rules_unreadable"]
    assert "r_ads" in found.findings[0].mend
    assert found.stop is None


@pytest.mark.parametrize("content", ["<html>", "[]", '{"elements":[{"id":"x"}]}', '{"elements":null}'])
def test_a_list_of_rules_that_cannot_be_understood_is_a_warning(look: Look, linkedin: Sandbox, content: str) -> None:
    linkedin.faults("answer", status=200, body=content, path=RULES)
    found = look()
    assert [finding.code for finding in found.findings] == ["rules_unreadable"]
    assert found.stop is None


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (429, "no more calls for now; events may still be taken; try again in a minute"),
        (500, "(status 500); events may still be taken; try again later"),
        (501, "(status 501); events may still be taken; try again later"),
        (404, "no answer of LinkedIn's; events may still be taken; check api_url"),
        (403, "the token lacks a scope, or its member a role; events may still be taken; to read rules, make a token"),
    ],
)
def test_the_mend_for_rules_that_cannot_be_read_is_for_what_answered(
    look: Look, linkedin: Sandbox, status: int, words: str
) -> None:
    linkedin.faults("answer", status=status, body={}, path=RULES, times=5)
    (finding,) = look(on_in_doubt="hold").findings
    assert words in f"{finding.sentence}; {finding.mend}"
    assert ("scope" in finding.mend) == (status == 403)


def test_events_in_doubt_of_rules_that_cannot_be_read_are_said_to_be_held(look: Look) -> None:
    (finding,) = look(account_id=None).findings
    assert "events in doubt are held" in finding.sentence
    assert finding.mend.startswith(
        "set account_id, which for `send` is the variable TARGET_LINKEDIN_CONVERSIONS_ACCOUNT_ID"
    )
    assert finding.mend.endswith("the token needs the scope r_ads, or set on_in_doubt: resend")
    for policy in ("hold", "resend"):
        assert "held" not in look(account_id=None, on_in_doubt=policy).findings[0].sentence


def test_without_an_account_only_version_and_token_are_checked(look: Look) -> None:
    found = look(account_id=None, conversion_rule=901)
    assert [finding.code for finding in found.findings] == ["rules_not_read"]
    assert found.stop is None


@pytest.mark.parametrize("account", ["512345678", None])
@pytest.mark.parametrize("token", ["sandbox-revoked", "sandbox-expired", "sandbox-unknown"])
def test_a_dead_token_stops_the_run(look: Look, token: str, account: str | None) -> None:
    found = look(access_token=token, account_id=account)
    assert isinstance(found.stop, CredentialError)
    assert found.stop.exit_code == 3
    assert token not in str(found)


@pytest.mark.parametrize("account", ["512345678", None])
@pytest.mark.parametrize("version", ["202501", "202512"])
def test_a_version_that_is_not_served_stops_the_run(look: Look, version: str, account: str | None) -> None:
    found = look(linkedin_version=version, account_id=account)
    assert isinstance(found.stop, VersionError)
    assert found.stop.exit_code == 2
    assert version in str(found.stop)


def test_a_version_that_came_after_this_release_is_a_warning(look: Look, linkedin: Sandbox) -> None:
    linkedin.set_clock(NOW, versions={"209901": None})
    found = look(linkedin_version=209901)
    assert [finding.code for finding in found.findings] == ["version_unknown"]
    assert "LinkedIn serves it" in found.findings[0].sentence
    assert found.stop is None


@pytest.mark.parametrize(
    ("days", "codes"), [(31, []), (30, ["version_ends"]), (1, ["version_ends"]), (0, ["version_ended"])]
)
def test_the_end_of_a_version_is_told_a_month_before(
    look: Look, linkedin: Sandbox, days: int, codes: list[str]
) -> None:
    now = 1_799_971_200_000 - days * DAY  # 2027-01-15
    linkedin.set_clock(now, versions={"202601": None})
    look.clock = type(look.clock)(now)
    assert look.codes(linkedin_version="202601") == codes


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "reset", "truncate", "answer_500", "answer_503"])
def test_a_passing_fault_is_tried_again(look: Look, linkedin: Sandbox, kind: Any) -> None:
    linkedin.faults(kind, path=RULES, times=2)
    assert look.codes() == []
    assert [0 < wait <= longest for wait, longest in zip(look.clock.waits, (1, 2), strict=True)] == [True] * 2


def test_a_linkedin_that_does_not_answer_stops_the_run(look: Look, linkedin: Sandbox) -> None:
    linkedin.faults("drop_before", path=RULES, times=3)
    with pytest.raises(UnreachableError) as stopped:
        look()
    assert stopped.value.exit_code == 5


def test_a_linkedin_that_has_a_fault_is_a_warning(look: Look, linkedin: Sandbox) -> None:
    linkedin.faults("answer_500", path=RULES, times=3)
    assert look.codes() == ["rules_unreadable"]


def test_a_run_that_is_stopping_does_not_try_again(look: Look, linkedin: Sandbox) -> None:
    linkedin.faults("answer_500", path=RULES, times=3)
    look.clock.stop()
    look()
    assert len(look.paths()) == 1


def test_every_finding_has_a_code_a_sentence_and_a_mend(look: Look) -> None:
    found = look(conversion_rule=[901, 902, 555], linkedin_version="202601").findings
    assert len(found) == 3
    for finding in found:
        assert finding.code.isidentifier()
        assert finding.sentence
        assert finding.mend


def test_a_linkedin_that_drips_for_a_minute_is_not_waited_for_thrice(
    look: Look, linkedin: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    linkedin.faults("drop_before", path=RULES, times=3)
    minutes = iter(range(0, 10**6, 60))
    monkeypatch.setattr(look.clock, "monotonic", lambda: float(next(minutes)))
    with pytest.raises(UnreachableError):
        look()
    assert len([path for path in look.paths() if path.startswith(RULES)]) <= 1
    assert look.clock.waits == []


@pytest.mark.parametrize(
    ("off", "told"),
    [
        (-12 * MINUTE_MS, "12 minutes ahead of"),
        (-3 * HOUR_MS, "3 hours ahead of"),
        (5 * HOUR_MS + 59 * MINUTE_MS, "5 hours behind"),
        (-400 * DAY, "400 days ahead of"),
        (9 * MINUTE_MS, ""),
        (-9 * MINUTE_MS, ""),
    ],
)
def test_a_clock_that_is_wrong_is_told_by_the_date_of_linkedins_answer(
    look: Look, linkedin: Sandbox, off: int, told: str
) -> None:
    linkedin.set_clock(NOW + off)
    found = [finding for finding in look().findings if finding.code == "clock_off"]
    assert len(found) == bool(told)
    severity = "stops" if abs(off) >= DAY else "warning"
    assert all(finding.severity == severity and told in finding.sentence for finding in found)
    assert isinstance(look().stop, ClockError) is (severity == "stops")


@pytest.mark.parametrize("headers", [{}, {"Date": "now"}, {"Date": "Sat, 99 Nov 2026 21:00:00 GMT"}])
def test_an_answer_without_a_date_tells_of_no_clock(headers: dict[str, str]) -> None:
    assert answered_at({**headers, "X-LI-UUID": "a"}) is None


def test_the_clock_of_a_proxy_is_nobodys() -> None:
    assert answered_at({"Date": "Sat, 28 Nov 2026 21:00:00 GMT"}) is None
    assert answered_at({"Date": "Sat, 28 Nov 2026 21:00:00 GMT", "x-li-uuid": "a"}) == 1_795_899_600_000
