"""What is wrong with entries, rules and past runs, each finding for itself and no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.admin.rules import Rule
from target_linkedin_conversions.readiness.entries import on_entries, on_windows
from target_linkedin_conversions.readiness.past import on_past_runs
from target_linkedin_conversions.reporting.report import Report
from target_linkedin_conversions.settings import Settings

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
MILLISECONDS = int(NOW.timestamp() * 1000)
SERVER = "CONVERSIONS_API"
TAG = "INSIGHT_TAG_JAVASCRIPT_EVENT"


def rule(number: int, kind: str = "LEAD", method: str = SERVER, **fields: Any) -> Rule:
    return Rule(number, type=kind, conversion_method=method, **{"account": "5", **fields})


def codes(entries: list[dict[str, Any]], *rules: Rule) -> list[str]:
    return [one.code for one in found(entries, *rules)]


def found(entries: list[dict[str, Any]], *rules: Rule) -> list[Any]:
    usual = {"conversion_rule": 101, "consent": {"not_required": "a test"}}
    complete = [{**usual, "fields": {"li_fat_id": "li"}, **entry} for entry in entries]
    settings = Settings.load({"dry_run": True, "streams": complete})
    return on_entries(settings.streams, {str(one.id): one for one in rules})


def test_nothing_is_found_where_all_is_well() -> None:
    assert codes([{"stream": "leads"}], rule(101)) == []


def test_no_click_id_is_a_hint_of_each_entry_that_maps_none() -> None:
    (hint,) = found([{"stream": "leads", "fields": {"email": "mail"}}])
    assert (hint.code, hint.severity, hint.stream, hint.field) == ("no_click_id", "hint", "leads", "li_fat_id")
    assert codes([{"stream": "a", "fields": {"li_fat_id": False}}]) == ["no_click_id"]


@pytest.mark.parametrize("column", ["unsubscribed", "HasOptedOutOfEmail", "consent_withdrawn", "keine Werbung"])
def test_a_consent_that_says_no_by_its_name_is_a_warning_unless_its_values_are_named(column: str) -> None:
    (warning,) = found([{"stream": "leads", "consent": {"column": column}}])
    assert (warning.code, warning.severity, warning.column) == ("consent_says_no", "warning", column)
    assert codes([{"stream": "leads", "consent": {"column": column, "granted": [False]}}]) == []


@pytest.mark.parametrize(
    ("fields", "tags", "expected"),
    [
        ({}, [rule(7, method=TAG)], True),
        ({}, [rule(7, method="INSIGHT_TAG_URL_MATCH_RULES")], True),
        ({"event_id": "id"}, [rule(7, method=TAG)], False),
        ({"event_id": {"column": "id", "rules": [101]}}, [rule(7, method=TAG)], False),
        ({"event_id": {"column": "id", "rules": [5]}}, [rule(7, method=TAG)], True),
        ({"event_id": False}, [rule(7, method=TAG)], True),
        ({}, [rule(7, method=TAG, enabled=False)], False),
        ({}, [rule(7, "PURCHASE", TAG)], False),
        ({}, [rule(7, method=TAG, account="6")], False),
        ({}, [], False),
    ],
)
def test_a_tag_that_counts_the_same_needs_a_shared_event_id(
    fields: dict[str, Any],
    tags: list[Rule],
    expected: bool,  # noqa: FBT001 - a column of the table
) -> None:
    entry = {"stream": "leads", "fields": {"li_fat_id": "li", **fields}}
    (*findings,) = found([entry], rule(101), *tags)
    assert [(one.code, one.severity, one.rule) for one in findings] == [
        ("no_shared_event_id", "warning", "101")
    ] * expected


CASES = {"column": "stage", "rules": [{"when": "a", "rule": 101}, {"when": "b", "rule": [102, 103]}]}


@pytest.mark.parametrize(
    ("rules", "event_id", "expected"),
    [
        ([101, 102], "id", True),
        ([101, 102], {"column": "id", "rules": [101]}, False),
        ([101, 102, 103], {"column": "id", "rules": [101, 103]}, True),
        ([101], "id", False),
        ([101, 102], None, False),
        (CASES, "id", True),
        (CASES, {"column": "id", "rules": [101, 102]}, False),
        ({"column": "rule"}, "id", False),
    ],
)
def test_one_event_id_for_several_rules_stops_while_the_tag_runs(rules: Any, event_id: Any, expected: bool) -> None:  # noqa: FBT001
    entry = {"stream": "deals", "conversion_rule": rules, "fields": {"li_fat_id": "li", "event_id": event_id}}
    known = [rule(number, "PURCHASE") for number in (101, 102, 103)]
    tag = rule(7, "SIGN_UP", TAG)
    stops = [one for one in found([entry], *known, tag) if one.code == "one_event_id_several_rules"]
    assert [(one.severity, one.stream, one.field) for one in stops] == [("stops", "deals", "event_id")] * expected
    without = [*known, rule(7, "SIGN_UP", TAG, enabled=False), rule(8, method=TAG, account="6")]
    assert "one_event_id_several_rules" not in codes([entry], *without)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["deals"]),
        ({"stream": "leads"}, []),
        ({"fields": {"li_fat_id": "li", "event_id": "other"}}, []),
        ({"fields": {"li_fat_id": "li"}}, []),
        ({"conversion_rule": 103}, ["deals"]),
    ],
)
def test_two_entries_of_one_stream_give_its_rows_one_event_id_too(changes: dict[str, Any], expected: list[str]) -> None:
    first = {"stream": "deals", "conversion_rule": 101, "fields": {"li_fat_id": "li", "event_id": "id"}}
    second = {**first, "conversion_rule": 102, **changes}
    known = [*(rule(number, "PURCHASE") for number in (101, 102, 103)), rule(7, "SIGN_UP", TAG)]
    assert [one.stream for one in found([first, second], *known) if one.severity == "stops"] == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("*", "crm_*", True),
        ("crm_*", "crm_*", True),
        ("crm_*", "crm_deals_*", True),
        ("crm_*", "crm_?", True),
        ("*_deals", "crm_*_deals", True),
        ("crm_deals_*", "crm_*", False),
        ("crm_?", "crm_*", False),
        ("a*", "*a", False),
        ("crm_*", "crm_deals", False),
        ("crm", "crm*", False),
        ("*", "crm_[ab]", True),
        ("crm_*", "crm_[ab]", False),
    ],
)
def test_an_entry_whose_streams_an_earlier_one_takes_never_applies(first: str, second: str, expected: bool) -> None:  # noqa: FBT001
    findings = found([{"stream": first}, {"stream": second}])
    told = [(one.code, one.severity, one.stream) for one in findings]
    assert told == [("entry_never_applies", "warning", second)] * expected


PATTERNS = st.lists(st.sampled_from("ab*?"), min_size=1, max_size=6).map("".join)
STREAMS = st.lists(st.sampled_from("ab"), max_size=8).map("".join)


@given(PATTERNS, PATTERNS, STREAMS)
def test_what_is_said_never_to_apply_takes_no_stream(first: str, second: str, stream: str) -> None:
    if codes([{"stream": first}, {"stream": second, "conversion_rule": 102}]) and fnmatchcase(stream, second):
        assert fnmatchcase(stream, first)


@pytest.mark.parametrize(
    ("kind", "click", "view", "expected"),
    [
        ("LEAD", 30, 7, True),
        ("LEAD", 90, 90, False),
        ("PURCHASE", 365, 30, True),
        ("PURCHASE", 365, 365, False),
        ("KEY_PAGE_VIEW", 1, 1, False),
        ("LEAD", None, None, False),
    ],
)
def test_a_short_window_of_a_lead_or_a_sale_is_a_hint(
    kind: str,
    click: int | None,
    view: int | None,
    expected: bool,  # noqa: FBT001 - a column of the table
) -> None:
    known = rule(101, kind, post_click_attribution_window_size=click, view_through_attribution_window_size=view)
    hints = list(on_windows(["101", "555"], {"101": known}))
    assert [(one.code, one.severity, one.rule) for one in hints] == [("window_short", "hint", "101")] * expected
    assert list(on_windows(["102"], {"101": known})) == []


def report(days_ago: float, delivered: int = 1, *, dry_run: bool = False, started: str = "") -> Report:
    at = started or (NOW - timedelta(days=days_ago)).isoformat(timespec="seconds")
    fields: dict[str, Any] = {"ended": at, "seconds": 1, "outcome": "done", "exit_code": 0, "dry_run": dry_run}
    return Report(run=str(days_ago), version="0", started=at, counts={"delivered": delivered}, **fields)


@pytest.mark.parametrize(
    ("days_ago", "expected"),
    [
        ([], []),
        ([5], []),
        ([61], ["too_rare"]),
        ([130, 65, 4], ["too_rare"]),
        ([5, 4, 3.1], []),
        ([400, 300, 5, 4, 3.1], []),
        ([1], ["young_figures"]),
        ([70, 1], ["too_rare", "young_figures"]),
    ],
)
def test_runs_that_are_too_rare_and_figures_that_are_young(days_ago: list[float], expected: list[str]) -> None:
    assert [one.code for one in on_past_runs(map(report, days_ago), MILLISECONDS)] == expected


def test_a_rehearsal_and_a_run_that_sent_nothing_make_no_young_figures() -> None:
    assert (
        list(on_past_runs([report(1, 0), report(1, dry_run=True), report(0, started="yesterday")], MILLISECONDS)) == []
    )


def test_the_hint_says_from_when_on_figures_are_complete() -> None:
    (hint,) = on_past_runs([report(1)], MILLISECONDS)
    assert "2026-11-29 12:00 UTC" in hint.mend
