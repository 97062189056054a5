"""Whose records may be sent is said by the person, in each entry or for all: nothing stands for an answer."""

from __future__ import annotations

from typing import Any

import pytest

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.settings.consent import Consent

TOKEN = {"access_token": "t"}
ORDERS = {"stream": "orders", "conversion_rule": 101}
LEADS = {"stream": "leads", "conversion_rule": 101, "consent": {"column": "ads"}}
BY_COLUMN = {"stream": "deals", "conversion_rule": {"column": "rule_id"}, "fields": {"email": "mail"}}
BY_DEFAULT = {"stream": "*"}
SILENT: list[tuple[dict[str, Any], str]] = [
    ({"streams": [ORDERS]}, "streams[0].consent"),
    ({"streams": [LEADS, ORDERS]}, "streams[1].consent"),
    ({"streams": [LEADS, BY_COLUMN, {**LEADS, "stream": "leads-2"}]}, "streams[1].consent"),
    ({"streams": [BY_DEFAULT], "conversion_rule": 7}, "streams[0].consent"),
    ({"streams": [{**ORDERS, "consent": None}]}, "streams[0].consent"),
    ({"streams": [ORDERS], "consent": ""}, "streams[0].consent"),
    ({"streams": '[{"stream": "orders", "conversion_rule": 101}]'}, "streams[0].consent"),
    ({"conversion_rule": 101}, "consent"),
    ({"conversion_rule": "101", "streams": []}, "consent"),
    ({"conversion_rule": [101, 102], "streams": "[]", "consent": None}, "consent"),
]


@pytest.mark.parametrize(("config", "place"), SILENT)
def test_settings_that_leave_consent_open_are_refused_with_the_two_ways_to_say_it(
    config: dict[str, Any], place: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        Settings.load({**TOKEN, **config})
    said = str(caught.value)
    assert said.startswith(f"{place}: ")
    assert "{column: …, granted: [true]}" in said
    assert '{not_required: "why"}' in said


@pytest.mark.parametrize(("config", "place"), SILENT)
def test_the_setting_consent_says_it_for_all_that_name_none(config: dict[str, Any], place: str) -> None:
    found = Settings.load({**TOKEN, **config, "consent": {"column": "marketing"}})
    assert {entry.consent.column for entry in found.streams} <= {"marketing", "ads"}, place
    assert found.consent == Consent("marketing")


def test_what_an_entry_says_wins_over_the_setting() -> None:
    config = {"streams": [LEADS, ORDERS], "consent": {"not_required": "a contract"}}
    leads, orders = Settings.load({**TOKEN, **config}).streams
    assert leads.consent == Consent("ads")
    assert orders.consent == Consent(not_required="a contract")


def test_settings_that_send_nothing_need_none() -> None:
    assert Settings.load(TOKEN).consent is None


@pytest.mark.parametrize(
    ("variables", "meant"),
    [
        ({"CONSENT": '{"column": "ads"}'}, Consent("ads")),
        ({"CONSENT_COLUMN": "ads"}, Consent("ads")),
        ({"CONSENT_COLUMN": "ads", "CONSENT_GRANTED": "['opt-in', True]"}, Consent("ads", ("opt-in", True))),
        ({"CONSENT_COLUMN": "groups", "CONSENT_CONTAINS": "C0004"}, Consent("groups", contains=("C0004",))),
        ({"CONSENT_NOT_REQUIRED": "a contract"}, Consent(not_required="a contract")),
    ],
)
def test_it_is_put_together_from_the_parts_that_meltano_hands_over(variables: dict[str, str], meant: Consent) -> None:
    named = {f"TARGET_LINKEDIN_CONVERSIONS_{name}": text for name, text in variables.items()}
    found = Settings.load({**TOKEN, "conversion_rule": 101}, named)
    assert (found.consent, found.warnings) == (meant, ())


@pytest.mark.parametrize("answer", [True, False, "false", "No", "yes", " ", "none", 0, ["a"]])
def test_a_yes_or_a_no_is_no_reason_why_consent_is_not_needed(answer: object) -> None:
    with pytest.raises(ConfigError) as caught:
        Settings.load({**TOKEN, "streams": [{**ORDERS, "consent": {"not_required": answer}}]})
    assert "expected the reason why no consent is needed, in words" in str(caught.value)
