"""What is found by its name without being asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


def test_an_integer_amount_is_not_taken_unasked(stream: Callable[..., Any]) -> None:
    for kind, found in (
        ("integer", False),
        (["integer", "null"], False),
        ("number", True),
        ("string", True),
        (["null", "number"], True),
    ):
        schema = {"properties": {"id": {}, "email": {}, "happened_at": {}, "amount": {"type": kind}, "currency": {}}}
        charges = stream(schema=schema)
        assert ("conversionValue" in charges.payload(amount=5, currency="EUR")) is found, kind
        assert any("'amount' looks useful" in warning for warning in charges.plan.warnings) is not found


INTEGERS: list[dict[str, Any]] = [
    {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    {"oneOf": [{"type": "null"}, {"type": "integer"}]},
    {"allOf": [{"type": "integer"}, {"minimum": 0}]},
    {"$ref": "#/definitions/cents"},
    {"type": "number", "multipleOf": 1},
    {"enum": [12950, 1]},
    {"type": "string", "format": "singer.integer"},
    {"type": ["number", "integer"]},
    {"type": "number", "enum": [100, 200, None]},
    {"allOf": [{"type": "number"}, {"multipleOf": 1.0}]},
    {"anyOf": [{"type": "null"}, {"anyOf": [{"type": "number"}, {"type": "integer"}]}]},
    {"anyOf": [{"$ref": "#/$defs/amount"}, {"type": "number"}]},
    {"type": "number", "multipleOf": 100},
]
DECIMALS: list[dict[str, Any]] = [
    {"anyOf": [{"type": "number"}, {"type": "null"}]},
    {"oneOf": [{"type": "null"}, {"type": ["string"], "format": "singer.decimal"}]},
    {"allOf": [{"type": ["number", "null"]}, {"minimum": 0}]},
    {"type": "number", "multipleOf": 0.01},
    {"type": ["null", "number"], "multipleOf": 1e-38},
    {"type": "number", "enum": [12.5, 1]},
    {"type": ["null", "string"]},
    {},
    {"description": "what was paid"},
    {"anyOf": True},
]


@pytest.mark.parametrize("shown", [*INTEGERS, *DECIMALS], ids=repr)
def test_an_amount_is_taken_only_where_the_schema_says_nothing_of_integers(
    stream: Callable[..., Any], shown: dict[str, Any]
) -> None:
    taken = shown in DECIMALS
    schema = {"properties": {"id": {}, "email": {}, "happened_at": {}, "amount": shown, "currency": {}}}
    charges = stream(schema=schema, consent={"not_required": "a test"})
    assert ("conversionValue" in charges.payload(amount=5, currency="EUR")) is taken
    assert any("'amount' looks useful" in warning for warning in charges.plan.warnings) is not taken


def test_what_was_found_by_its_name_is_noted(stream: Callable[..., Any]) -> None:
    names = ["id", "email", "happened_at", "Currency Code"]
    notes = stream(schema={"properties": {"Amount": {"type": "number"}, **{name: {} for name in names}}}).plan.notes
    assert notes == (
        "email \u2190 email",
        "happened_at \u2190 happened_at",
        "value \u2190 Amount",
        "currency \u2190 Currency Code",
    ) or set(notes) == {
        "email \u2190 email",
        "happened_at \u2190 happened_at",
        "value \u2190 Amount",
        "currency \u2190 Currency Code",
    }


WITH_CURRENCY: dict[str, Any] = {
    "properties": {"id": {}, "email": {}, "happened_at": {}, "value": {}, "Currency": {}},
}


def test_a_currency_of_all_rows_beside_a_column_that_names_each_one_s_own_is_told(stream: Callable[..., Any]) -> None:
    (warning,) = stream(schema=WITH_CURRENCY, constants={"currency": "EUR"}).plan.warnings
    assert "constants.currency: it counts for every amount, and column 'Currency', which may name another" in warning


@pytest.mark.parametrize(
    "entry",
    [
        {"constants": {"currency": "EUR"}, "fields": {"currency": False}},
        {"constants": {"currency": "EUR", "value": 50}},
        {"constants": {"currency": "EUR"}, "fields": {"value": False}},
        {},
    ],
)
def test_a_currency_that_hides_none_is_no_warning(stream: Callable[..., Any], entry: dict[str, Any]) -> None:
    assert stream(schema=WITH_CURRENCY, **entry).plan.warnings == ()
