"""Consent in whatever word: the spellings of true grant it, and nothing that is not known ever does."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

TRUE = {"true", "1", "t", "y", "yes", "on", "granted"}
ASKED = {"column": "ok"}


def consented(stream: Any, value: Any) -> bool:
    found = stream.outcome(ok=value)
    assert isinstance(found, list) or found.skipped == "no_consent"
    return isinstance(found, list)


@pytest.mark.parametrize(
    "value", [True, 1, 1.0, "TRUE", " yes\u00a0", "Granted", "ON", "T", "y", "1.0", {"$numberInt": "1"}]
)
def test_every_spelling_of_true_grants(stream: Callable[..., Any], value: Any) -> None:
    assert consented(stream(consent=ASKED), value)


@pytest.mark.parametrize(
    ("text", "is_granted"),
    [
        ('{"$numberInt":"1"}', True),
        (' { "$numberLong" : "1" } ', True),
        ('{"$numberDouble":"1.0"}', True),
        ('{"$numberDecimal":"1"}', True),
        ('{"$symbol":"yes"}', True),
        ('{"$numberInt":"0"}', False),
        ('{"$numberInt":"2"}', False),
        ('{"$numberInt":"1","$oid":"a"}', False),
        ('{"$numberInt":null}', False),
        ('{"$oid":null}', False),
        ('{"granted":true}', False),
        ('{"a":1}', False),
        ("{1}", False),
        ("{", False),
    ],
)
def test_extended_json_grants_as_text_what_it_grants_as_an_object(
    stream: Callable[..., Any], text: str, *, is_granted: bool
) -> None:
    assert consented(stream(consent=ASKED), text) is is_granted
    with contextlib.suppress(ValueError):
        assert consented(stream(consent=ASKED), json.loads(text)) is is_granted


@pytest.mark.parametrize("value", [[{"$numberInt": "4"}, 7], [{"$symbol": "4"}], "[4, 7]", '[{"$numberInt": "4"}]'])
def test_extended_json_in_a_list_grants_what_it_stands_for(stream: Callable[..., Any], value: Any) -> None:
    assert consented(stream(consent={"column": "ok", "contains": 4}), value)
    assert not consented(stream(consent={"column": "ok", "contains": 5}), value)


@pytest.mark.parametrize(
    "value",
    [
        None, "", " ", False, 0, 2, -1, "TRUE()", "\u2713", "\u2611", "opt-in", "opted in", "subscribed", "accepted", "ja", "oui", "x", "2",
        "01", "yes.", "yes, I agree", "not granted", "yes/no", "granted;denied", '"true"', "\u200byes", "true\x00", "\uff54\uff52\uff55\uff45",
        "grant\u0435d", [True], ["granted"], {"granted": True}, "2026-11-20", 1_795_170_600, "implied", "pending",
    ],
)  # fmt: skip
def test_a_word_that_nobody_named_grants_nothing(stream: Callable[..., Any], value: Any) -> None:
    assert not consented(stream(consent=ASKED), value)
    assert not consented(stream(consent={"column": "ok", "granted": ["double opt-in"]}), value)


@given(st.text(max_size=12) | st.integers() | st.none() | st.booleans() | st.lists(st.text(max_size=5), max_size=2))
def test_whatever_grants_is_a_spelling_that_was_asked_for(make_stream: Callable[..., Any], value: Any) -> None:
    if consented(make_stream(consent=ASKED), value):
        assert str(value).strip().casefold() in TRUE
