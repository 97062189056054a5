"""What a rule may be is known before anything is sent, and LinkedIn takes whatever passes."""

from __future__ import annotations

import pytest

from target_linkedin_conversions.admin.rule_form import (
    ATTRIBUTIONS,
    LONG_WINDOWS,
    TYPES,
    WINDOWS,
    RuleChange,
    Value,
    read_value,
    windows_of,
)
from target_linkedin_conversions.admin.rules import Rule
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.sandbox import rule_schema

DAYS = (*WINDOWS, *LONG_WINDOWS)


def test_the_types_are_those_of_linkedin() -> None:
    assert set(TYPES) == rule_schema.TYPES
    assert list(TYPES) == sorted(TYPES)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("days", DAYS)
def test_what_passes_is_what_linkedin_takes(kind: str, days: int) -> None:
    wanted = RuleChange(name="a", type=kind, click_window=days, view_window=days)
    content = wanted.content()
    assert not rule_schema.change_errors(content, "202609")
    assert (days in windows_of(kind)) == (not rule_schema.rule_error(content))
    if days in windows_of(kind):
        assert wanted.checked("202609") == wanted
    else:
        with pytest.raises(ConfigError, match="--click-window"):
            wanted.checked("202609")


@pytest.mark.parametrize("kind", ["MARKETING_QUALIFIED_LEAD", "SALES_QUALIFIED_LEAD"])
def test_a_type_that_a_version_does_not_know_names_the_version(kind: str) -> None:
    wanted = RuleChange(name="a", type=kind)
    with pytest.raises(ConfigError, match="from version 202608 on; set linkedin_version 202608"):
        wanted.checked("202607")
    assert wanted.checked("202608") == wanted


def test_a_new_type_must_allow_the_windows_that_stay() -> None:
    before = Rule(7, type="PURCHASE", post_click_attribution_window_size=365, view_through_attribution_window_size=7)
    with pytest.raises(ConfigError, match="and the rule has 365"):
        RuleChange(type="SIGN_UP").checked("202609", before)
    assert RuleChange(type="SIGN_UP", click_window=90).checked("202609", before).content() == {
        "type": "SIGN_UP",
        "postClickAttributionWindowSize": 90,
    }
    with pytest.raises(ConfigError, match="--view-window"):
        RuleChange(view_window=180).checked("202609", Rule(7, type="SIGN_UP"))
    assert RuleChange(name="b").checked("202609", before).content() == {"name": "b"}


def test_a_type_that_came_after_this_release_is_linkedins_to_judge() -> None:
    assert RuleChange(click_window=365).checked("202609", Rule(7, type="WISH")).click_window == 365


@pytest.mark.parametrize("name", ["", "x" * 201])
def test_a_name_has_a_length(name: str) -> None:
    with pytest.raises(ConfigError, match="--name"):
        RuleChange(name=name).checked("202609")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("event", Value("DYNAMIC")),
        (" NONE ", Value("NO_VALUE")),
        ("50 EUR", Value("FIXED", "50", "EUR")),
        ("0.5  usd", Value("FIXED", "0.5", "USD")),
    ],
)
def test_a_value_is_the_events_none_or_an_amount(written: str, value: Value) -> None:
    assert read_value(written, "--value") == value


@pytest.mark.parametrize(
    "written", ["", "50", "EUR", "-1 EUR", "1,5 EUR", "50 XXQ", "1e3 EUR", "50 EUR each", "5" * 99]
)
def test_any_other_value_says_how_to_write_one_and_not_what_was_written(written: str) -> None:
    with pytest.raises(ConfigError, match='--value "50 EUR"') as raised:
        read_value(written, "--value")
    assert "XXQ" not in str(raised.value)


def test_only_what_is_said_is_sent() -> None:
    assert RuleChange().content() == {}
    full = RuleChange(enabled=False, attribution="conversion", value=Value("FIXED", "5", "EUR"))
    assert full.content() == {
        "enabled": False,
        "attributionType": ATTRIBUTIONS["conversion"],
        "valueType": "FIXED",
        "value": {"currencyCode": "EUR", "amount": "5"},
    }
    assert not rule_schema.change_errors(full.content(), "202609")
