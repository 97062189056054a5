from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = [
    {"when": "MQL", "rule": 101},
    {"when": ["SQL", "sales qualified"], "rule": 102},
    {"when": "closed_won", "rule": [103, {"rule": 104, "value": False}]},
    {"when": "lost", "skip": True},
]
STAGE = {"column": "stage", "rules": CASES}


def rules_of(found: Any) -> list[str]:
    return [event.rule for event in found]


def test_a_record_goes_to_each_fixed_rule_under_its_urn(stream: Callable[..., Any]) -> None:
    assert rules_of(stream(conversion_rule=[102, 101]).events()) == ["102", "101"]
    assert stream().payload()["conversion"] == "urn:lla:llaPartnerConversion:101"


def test_a_rule_with_value_false_gets_no_value(stream: Callable[..., Any]) -> None:
    both = stream(conversion_rule=[103, {"rule": 104, "value": False}], constants={"currency": "EUR", "value": 5})
    with_value, without = both.events()
    assert b'"amount":"5"' in with_value.payload
    assert b"conversionValue" not in without.payload


@pytest.mark.parametrize(
    ("stage", "rules"),
    [
        ("MQL", ["101"]),
        (" mql\n", ["101"]),
        ("Sales Qualified", ["102"]),
        ("sql", ["102"]),
        ("CLOSED_WON", ["103", "104"]),
    ],
)
def test_a_column_chooses_the_rules_whatever_its_case(stream: Callable[..., Any], stage: str, rules: list[str]) -> None:
    assert rules_of(stream(conversion_rule=STAGE).events(stage=stage)) == rules


@pytest.mark.parametrize("number", [3, "3", {"$numberInt": "3"}, '{"$numberInt": "3"}', '{"$numberDouble":"3.0"}'])
def test_extended_json_chooses_as_text_what_it_chooses_as_an_object(stream: Callable[..., Any], number: Any) -> None:
    by_number = stream(conversion_rule={"column": "stage", "rules": [{"when": 3, "rule": 103}]})
    assert rules_of(by_number.events(stage=number)) == ["103"]
    assert len(stream(["stage"], only={"column": "stage", "is": [3]}).events(stage=number)) == 1


@pytest.mark.parametrize("rule", [103, '"103"', {"$numberLong": "103"}, '{"$numberLong": "103"}'])
def test_a_rule_s_id_is_read_in_the_json_of_one_value(stream: Callable[..., Any], rule: Any) -> None:
    assert rules_of(stream(conversion_rule={"column": "stage"}).events(stage=rule)) == ["103"]


@pytest.mark.parametrize("held", [["MQL"], {"name": "MQL"}, '["MQL"]', '{"name": "MQL"}', [["MQL"]], [], {}])
def test_a_list_and_an_object_are_no_value_that_is_named(stream: Callable[..., Any], held: Any) -> None:
    assert stream(conversion_rule=STAGE).rejected(stage=held) == ["unknown_rule_value"]
    assert stream(["stage"], only={"column": "stage", "is": ["MQL"]}).skipped(stage=held) == "filtered"


def test_a_value_can_be_skipped(stream: Callable[..., Any]) -> None:
    assert stream(conversion_rule=STAGE).skipped(stage="Lost") == "stage_skipped"


@pytest.mark.parametrize(
    ("stage", "code"), [("new", "unknown_rule_value"), ("", "no_rule"), (None, "no_rule"), (..., "no_rule")]
)
def test_a_value_that_nothing_matches_is_rejected_and_listed(stream: Callable[..., Any], stage: Any, code: str) -> None:
    deals = stream(conversion_rule=STAGE)
    assert deals.rejected(stage=stage) == [code]
    assert deals.refusal(stage=stage).unmatched == ("new" if stage == "new" else "")


@pytest.mark.parametrize("stage", ["new", "", None, ..., []])
def test_otherwise_skip_skips_what_nothing_matches(stream: Callable[..., Any], stage: Any) -> None:
    assert stream(conversion_rule={**STAGE, "otherwise": "skip"}).skipped(stage=stage) == "stage_skipped"


@pytest.mark.parametrize(
    ("when", "held"),
    [
        (True, True),
        (True, "true"),
        (True, " TRUE "),
        ("true", True),
        (False, "False"),
        (3, 3),
        (3, "3"),
        (3, 3.0),
        (3, "3.0"),
        (3.0, 3),
        ("3", 3.0),
        ("3.00", 3),
        (0.5, "0.50"),
        (-3, "-3.0"),
        ("straße", "STRASSE"),
        ("a", " A "),
    ],
)
def test_values_compare_as_trimmed_casefolded_text(stream: Callable[..., Any], when: Any, held: Any) -> None:
    rule = {"column": "stage", "rules": [{"when": when, "rule": 102}]}
    assert rules_of(stream(conversion_rule=rule).events(stage=held)) == ["102"]


@pytest.mark.parametrize(
    ("when", "held"),
    [
        (1, True),
        (True, 1),
        ("1", True),
        (0, False),
        (3, 30),
        (3, "three"),
        (3, "3.01"),
        ("a", "a b"),
        ("3", "--3.0"),
        ("a", ["a"]),
    ],
)
def test_what_only_looks_alike_does_not_compare(stream: Callable[..., Any], when: Any, held: Any) -> None:
    rule = {"column": "stage", "rules": [{"when": when, "rule": 102}]}
    assert stream(conversion_rule=rule).rejected(stage=held) == ["unknown_rule_value"]


@pytest.mark.parametrize(
    "held",
    [
        20418811,
        "20418811",
        " 20418811 ",
        20418811.0,
        "20418811.0",
        "20418811.00",
        "urn:lla:llaPartnerConversion:20418811",
    ],
)
def test_a_column_without_cases_holds_the_rule_itself(stream: Callable[..., Any], held: Any) -> None:
    assert rules_of(stream(conversion_rule={"column": "rule_id"}).events(rule_id=held)) == ["20418811"]


@pytest.mark.parametrize(
    ("held", "code"),
    [
        ("MQL", "bad_rule_id"),
        ("urn:li:person:7", "bad_rule_id"),
        (-1, "bad_rule_id"),
        (1.5, "bad_rule_id"),
        (True, "bad_rule_id"),
        ([101], "bad_rule_id"),
        ("9" * 20, "bad_rule_id"),
        (0, "bad_rule_id"),
        ("0101", "bad_rule_id"),
        ("101.5", "bad_rule_id"),
        ("101.", "bad_rule_id"),
        ("1e2", "bad_rule_id"),
        ("٣", "bad_rule_id"),
        (None, "no_rule"),
        ("  ", "no_rule"),
        (..., "no_rule"),
    ],
)
def test_a_column_that_holds_no_rule_is_rejected(stream: Callable[..., Any], held: Any, code: str) -> None:
    assert stream(conversion_rule={"column": "rule_id"}).rejected(rule_id=held) == [code]
    lenient = stream(conversion_rule={"column": "rule_id", "otherwise": "skip"})
    assert lenient.skipped(rule_id=held) == "stage_skipped"


def test_an_unmatched_value_is_listed_short_and_never_as_an_address(stream: Callable[..., Any]) -> None:
    deals = stream(conversion_rule=STAGE)
    assert deals.refusal(stage=" x" * 99).unmatched == ("x " * 99)[:64]
    assert deals.refusal(stage="jane@example.com").unmatched == "(an e-mail address)"
    assert deals.refusal(stage=["jane@example.com"]).unmatched == "(an e-mail address)"
    assert stream().refusal(happened_at=None).unmatched is None


def test_the_rules_column_may_be_nested(stream: Callable[..., Any]) -> None:
    nested = stream(conversion_rule={"column": "deal.stage", "rules": CASES})
    assert rules_of(nested.events(deal={"stage": "MQL"})) == ["101"]
    assert nested.rejected(deal=None) == ["no_rule"]
