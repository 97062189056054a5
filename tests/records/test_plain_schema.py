"""A schema is asked as if it had been written flat, whatever references, branches and booleans it is written with."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.columns import Columns
from target_linkedin_conversions.records.integers import may_hold_integers
from target_linkedin_conversions.records.plain_schema import plain_schema

TEXT = {"type": "string"}
CONTACT = {"type": "object", "properties": {"email": TEXT}}
LEAD = {"type": "object", "properties": {"id": {"type": "integer"}, "contact": CONTACT}}
PARTS = {"definitions": {"lead": LEAD, "contact": CONTACT, "a/b~c": TEXT}}

FLAT: dict[str, dict[str, Any]] = {
    "allOf": {"allOf": [LEAD]},
    "allOf_of_parts": {"allOf": [{"properties": {"id": {}}}, {"properties": {"contact": CONTACT}}]},
    "allOf_in_allOf": {"allOf": [{"allOf": [{"allOf": [LEAD]}]}]},
    "anyOf_with_null": {"anyOf": [{"type": "null"}, LEAD]},
    "oneOf_alike": {"oneOf": [LEAD, {**LEAD, "required": ["id"]}]},
    "a_reference": {"$ref": "#/definitions/lead", **PARTS},
    "a_reference_of_2020": {"$ref": "#/$defs/lead", "$defs": {"lead": {"allOf": [LEAD]}}},
    "a_reference_to_a_reference": {"$ref": "#/definitions/x", "definitions": {**PARTS["definitions"], "x": {"$ref": "#/definitions/lead"}}},
    "a_reference_in_allOf": {"allOf": [{"$ref": "#/definitions/lead"}, {"required": ["id"]}], **PARTS},
    "a_column_by_reference": {"type": "object", "properties": {"id": {}, "contact": {"$ref": "#/definitions/contact"}}, **PARTS},
    "a_column_by_allOf": {"properties": {"id": {}, "contact": {"allOf": [CONTACT, {"description": "whose"}]}}},
    "a_column_or_null": {"properties": {"id": {"const": 1}, "contact": {"anyOf": [{"type": "null"}, CONTACT]}}},
    "branches_that_only_ask": {**LEAD, "anyOf": [{"required": ["id"]}, {"required": ["contact"]}]},
    "a_type_list": {**LEAD, "type": ["null", "object"]},
}  # fmt: skip
"""Schemas that all say: id, and a contact with an e-mail and nothing else."""

OPEN: dict[str, Any] = {
    "a_reference_to_nowhere": {"$ref": "#/nowhere"},
    "a_reference_to_a_site": {"allOf": [{"$ref": "http://127.0.0.1:9/lead"}, LEAD]},
    "a_reference_to_itself": {"$ref": "#"},
    "references_in_a_ring": {"$ref": "#/definitions/a", "definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"$ref": "#/definitions/a"}}},
    "true": True,
    "a_branch_that_is_true": {"anyOf": [LEAD, True]},
    "a_branch_of_any_object": {"anyOf": [{"type": "object"}, LEAD]},
    "a_branch_that_is_open": {"oneOf": [{**LEAD, "additionalProperties": True}, LEAD]},
    "a_branch_with_patterns": {"allOf": [LEAD, {"patternProperties": {"^x": TEXT}}]},
}  # fmt: skip


@pytest.mark.parametrize("name", FLAT)
def test_columns_and_paths_are_those_of_the_schema_written_flat(name: str) -> None:
    columns = Columns(plain_schema(FLAT[name]))
    assert set(columns.known) == {"id", "contact"}
    assert not columns.open
    columns.place_of("contact.email", "x", "company")
    with pytest.raises(ConfigError, match="has no column"):
        columns.place_of("nothing", "x", "company")
    with pytest.raises(ConfigError, match="leads nowhere"):
        columns.place_of("contact.nothing", "x", "company")


@pytest.mark.parametrize("name", OPEN)
def test_what_nobody_can_know_is_open(name: str) -> None:
    columns = Columns(plain_schema(OPEN[name]))
    assert columns.open
    columns.place_of("nothing", "x", "company")


def test_closed_branches_make_it_closed() -> None:
    closed = {**LEAD, "additionalProperties": False}
    for schema in ({"allOf": [closed]}, {"anyOf": [closed, {"type": "null"}]}, {"oneOf": [closed, closed]}):
        assert plain_schema(schema)["additionalProperties"] is False


@pytest.mark.parametrize(
    ("column", "is_integer"),
    [
        ({"const": 1}, True),
        ({"const": "1"}, False),
        ({"enum": [1, None]}, True),
        ({"allOf": [{"type": "integer"}]}, True),
        ({"anyOf": [{"type": "null"}, {"type": "number"}]}, False),
        ({"$ref": "#/definitions/cents"}, True),
        ({"$ref": "#/definitions/text"}, False),
        ({"$ref": "#/definitions/unknown"}, True),
        (True, False),
    ],
)
def test_integers_are_seen_through_branches_and_references(column: Any, is_integer: object) -> None:
    parts = {"cents": {"oneOf": [{"type": "integer"}]}, "text": TEXT}
    schema = plain_schema({"properties": {"amount": column}, "definitions": parts})
    assert may_hold_integers(schema["properties"]["amount"]) is is_integer


@pytest.mark.parametrize(
    ("elements", "path", "is_reached"),
    [
        ({"items": [TEXT, CONTACT]}, "list[1].email", True),
        ({"items": [TEXT, CONTACT]}, "list[1].nothing", False),
        ({"items": [TEXT, CONTACT]}, "list[7].anything", True),
        ({"prefixItems": [CONTACT]}, "list[0].nothing", False),
        ({"items": [TEXT, False]}, "list[1].email", False),
        ({"items": {"$ref": "#/definitions/contact"}}, "list[0].nothing", False),
        ({"items": {"anyOf": [CONTACT, {"type": "null"}]}}, "list[0].email", True),
        ({"items": True}, "list[0].email", True),
    ],
)
def test_a_path_into_a_list_goes_by_the_schema_of_its_place(elements: Any, path: str, is_reached: object) -> None:
    schema = {"properties": {"list": {"type": "array", **elements}, "other": {}}, **PARTS}
    assert Columns(schema).has(path) is is_reached


def test_references_that_lead_to_ever_more_are_not_followed_for_ever() -> None:
    rings = {f"d{n}": {"properties": {name: {"$ref": f"#/definitions/d{n + 1}"} for name in "abcd"}} for n in range(60)}
    schema = {"$ref": "#/definitions/d0", "definitions": {**rings, "d60": TEXT}}
    assert len(json.dumps(plain_schema(schema)["properties"])) < 4_000_000
    assert not Columns(schema).known or set(Columns(schema).known) == set("abcd")


_parts: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from([True, False, {}, 7, None, TEXT, {"type": "object"}, {"$ref": "#"}, {"$ref": "#/definitions/a"}, {"const": 1}]),
    lambda inner: st.dictionaries(
        st.sampled_from(["allOf", "anyOf", "oneOf", "items", "then", "prefixItems"]), st.lists(inner, max_size=2), max_size=2
    )
    | st.fixed_dictionaries(
        {}, optional={"properties": st.dictionaries(st.sampled_from("ab"), inner, max_size=2), "items": inner, "definitions": st.fixed_dictionaries({"a": inner})}
    ),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=60)
@given(_parts)
def test_whatever_a_schema_holds_it_is_asked_without_a_fault(schema: Any) -> None:
    plain = plain_schema(schema)
    json.dumps(plain)
    assert set(Columns(plain_schema(plain)).known) == set(Columns(plain).known)
    for name in Columns(plain).known:
        Columns(plain).has(f"{name}.x[0].y")


_values: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from([None, True, 1, 1.5, "x"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)
_kinds = st.sampled_from(["object", "array", "string", "integer", "number", "null"])
_leaf = st.sampled_from([True, {}, {"const": 1}, {"$ref": "#/definitions/a"}]) | st.fixed_dictionaries({"type": _kinds})


def _composed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    branches = st.lists(inner, min_size=1, max_size=2)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": _kinds,
            "properties": st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
            "additionalProperties": st.booleans(),
            "items": inner,
            "allOf": branches,
            "anyOf": branches,
            "then": inner,
        },
    )


@settings(max_examples=150)
@given(st.recursive(_leaf, _composed, max_leaves=6), _values)
def test_what_the_schema_lets_be_the_plain_one_does_too(schema: Any, value: Any) -> None:
    whole = {"allOf": [schema], "definitions": {"a": CONTACT}}
    if Draft202012Validator(whole).is_valid(value):
        assert Draft202012Validator(plain_schema(whole)).is_valid(value)
