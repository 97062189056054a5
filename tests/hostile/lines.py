"""Lines that no sound tap writes: values, schemas and whole messages, as JSON text or worse."""

from __future__ import annotations

import json
import time
from typing import Any

from hypothesis import strategies as st

from tests.hostile.trial import CANARY
from tests.size import sized

MEGABYTES = sized(10, 100)
NOW = int(time.time() * 1000)


def nested(depth: int, opening: str = "[", closing: str = "]", core: str = "") -> str:
    """JSON as deep as that."""
    return opening * depth + core + closing * depth


VALUES: dict[str, str] = {
    "an_integer_of_10,000_digits": "9" * 10_000,
    "a_negative_one": "-" + "9" * 10_000,
    "a_fraction_of_10,000_digits": "1." + "9" * 10_000,
    "an_exponent_beyond_reason": "1e999999999",
    "a_negative_one_of_those": "-1e-999999999",
    "an_exponent_beyond_decimals": "1e" + "9" * 30,
    "megabytes": json.dumps("x" * (MEGABYTES << 20)),
    "megabytes_of_an_address": json.dumps("x@" * (MEGABYTES << 19)),
    "megabytes_of_digits": json.dumps("9" * (MEGABYTES << 20)),
    "a_text_of_10,000_digits": json.dumps("9" * 10_000),
    "lists_to_depth_1,000": nested(1_000),
    "lists_to_depth_100,000": nested(100_000),
    "objects_to_depth_900": nested(900, '{"a":', "}", "1"),
    "objects_to_depth_1,000": nested(1_000, '{"a":', "}", "1"),
    "objects_to_depth_100,000": nested(100_000, '{"a":', "}", "1"),
    "NUL": '"\\u0000"',
    "NUL_in_an_address": '"a\\u0000@example.com"',
    "a_raw_NUL": '"\0"',
    "a_lone_surrogate": '"\\ud800"',
    "a_surrogate_the_wrong_way_round": '"\\udc00\\ud800"',
    "NaN": "NaN",
    "minus_Infinity": "-Infinity",
    "a_text_NaN": '"NaN"',
    "true": "true",
    "null": "null",
    "a_list": f'["{CANARY}"]',
    "an_object": f'{{"a": "{CANARY}"}}',
    "an_object_with_a_key_twice": '{"a": 1, "a": 2}',
    "nothing": "",
}
"""Values by name, as JSON text or what pretends to be that."""

COLUMNS = ("id", "email", "happened_at", "value", "currency", "note")
ROW = {"id": "1", "email": json.dumps(CANARY), "happened_at": str(NOW - 1000)}
PROPERTIES: dict[str, Any] = {"id": {}, "email": {}, "happened_at": {}, "note": {}}


def message(**fields: str) -> str:
    """A message of fields that are JSON text already."""
    return "{" + ",".join(f"{json.dumps(name)}:{text}" for name, text in fields.items()) + "}"


def record(**values: str) -> str:
    """A RECORD whose columns hold these texts."""
    return message(type='"RECORD"', stream='"leads"', record=message(**{**ROW, **values}))


def schema(text: str = json.dumps({"properties": PROPERTIES}), keys: str = "[]") -> str:
    """A SCHEMA."""
    return message(type='"SCHEMA"', stream='"leads"', schema=text, key_properties=keys)


def _with(**more: Any) -> str:
    return json.dumps({**more, "properties": {**PROPERTIES, **more.get("properties", {})}})


SCHEMAS: dict[str, str] = {
    "a_property_that_is_its_own_ref": _with(properties={"note": {"$ref": "#/properties/note"}}),
    "refs_in_a_ring": _with(
        properties={"note": {"$ref": "#/definitions/a"}},
        definitions={"a": {"$ref": "#/definitions/b"}, "b": {"$ref": "#/definitions/a"}},
    ),
    "a_ref_to_the_whole": _with(properties={"note": {"$ref": "#"}}),
    "a_schema_that_is_its_own_ref": _with(**{"$ref": "#"}),
    "a_ref_to_nowhere": _with(properties={"note": {"$ref": "#/nowhere"}}),
    "a_ref_to_a_site": _with(properties={"note": {"$ref": "http://127.0.0.1:9/schema"}}),
    "a_ref_that_is_a_number": _with(properties={"note": {"$ref": 7}}),
    "a_huge_enum": _with(properties={"note": {"enum": list(range(sized(50_000, 2_000_000)))}}),
    "many_properties": _with(properties={f"c{n}": {} for n in range(sized(2_000, 20_000))}),
    "a_pattern_that_is_none": _with(properties={"email": {"type": "string", "pattern": "("}}),
    "a_pattern_of_patterns": _with(properties={"note": {"type": "string", "pattern": "^((a{1,99}){1,99}){1,99}$"}}),
    "properties_of_wrong_types": _with(properties={"id": 7, "email": None, "note": [1], "happened_at": "x"}),
    "properties_that_are_booleans": _with(properties={"id": True, "email": False}),
    "a_type_that_is_a_number": _with(type=7),
    "a_type_that_nobody_knows": _with(type="thing", properties={"note": {"type": ["thing", None]}}),
    "an_anyOf_that_is_a_number": _with(properties={"email": {"anyOf": 7}, "note": {"anyOf": [{}, 7]}}),
    "a_required_that_is_a_number": _with(required=7),
    "an_additionalProperties_that_is_a_text": _with(additionalProperties="no"),
    "a_dialect_that_nobody_knows": _with(**{"$schema": "http://127.0.0.1:9/dialect"}),
    "a_dialect_that_is_a_number": _with(**{"$schema": 7}),
    "names_that_are_empty_or_dots": _with(properties={"": {}, ".": {}, "..": {}, "a.b": {}}),
    "names_of_python": _with(properties={"__class__": {}, "__init__": {}, "self": {}}),
    "names_with_NUL_and_quotes": _with(properties={'e"mail': {}, "e\\mail": {}, "email\0": {}}),
    "an_object_to_depth_100": nested(100, '{"properties":{"a":', "}}", "{}"),
    "an_object_to_depth_900": nested(450, '{"properties":{"a":', "}}", "{}"),
    "an_object_to_depth_100,000": nested(50_000, '{"properties":{"a":', "}}", "{}"),
}
"""Schemas by name, as JSON text."""

# Anything, put together by chance

_leaves = (
    st.sampled_from([text for text in VALUES.values() if len(text) < 30_000])
    | st.integers(-(2**70), 2**70).map(str)
    | st.floats(allow_nan=False, allow_infinity=False).map(json.dumps)
    | st.text(max_size=12).map(json.dumps)
    | st.sampled_from(
        [json.dumps(text) for text in ("leads", "id", "email", "", CANARY, "string", "date-time", "jsonl")]
    )
)
anything = st.recursive(
    _leaves,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]")
        | st.lists(
            st.tuples(st.sampled_from(["a", "id", "email", "type", "properties", "$ref", "items", ""]), inner)
        ).map(lambda pairs: "{" + ",".join(f"{json.dumps(name)}:{text}" for name, text in pairs) + "}")
    ),
    max_leaves=6,
)
schema_texts = (
    st.sampled_from([text for text in SCHEMAS.values() if len(text) < 30_000])
    | anything
    | st.dictionaries(st.sampled_from([*COLUMNS, "a.b", ""]), anything, max_size=4).map(
        lambda columns: message(properties=message(**columns))
    )
)

BASES: dict[str, dict[str, str]] = {
    "SCHEMA": {"stream": '"leads"', "schema": json.dumps({"properties": PROPERTIES}), "key_properties": '["id"]'},
    "RECORD": {"stream": '"leads"', "record": message(**ROW)},
    "STATE": {"value": '{"at": 1}'},
    "ACTIVATE_VERSION": {"stream": '"leads"', "version": "1"},
    "BATCH": {"stream": '"leads"', "encoding": '{"format": "jsonl"}', "manifest": "[]"},
}
"""A sound message of each type, field by field."""


@st.composite
def messages(draw: st.DrawFn) -> str:
    """A message of any type with fields changed, left out, added, or there twice."""
    kind = draw(st.sampled_from(list(BASES)))
    pairs = [("type", json.dumps(kind)), *BASES[kind].items()]
    names = [name for name, _ in pairs]
    for _ in range(draw(st.integers(0, 2))):
        name = draw(st.sampled_from([*names, "version", "time_extracted", "bookmark_properties", "record", "value"]))
        text = draw(schema_texts if name == "schema" else anything)
        match draw(st.sampled_from(["change", "drop", "twice"])):
            case "change":
                pairs = [(other, text if other == name else old) for other, old in pairs]
            case "drop":
                pairs = [pair for pair in pairs if pair[0] != name]
            case _:
                pairs.append((name, text))
    return "{" + ",".join(f"{json.dumps(name)}:{text}" for name, text in pairs) + "}"


records = st.dictionaries(st.sampled_from(COLUMNS), anything, max_size=4).map(lambda values: record(**values))
whole = st.one_of(messages(), records, schema_texts.map(schema), anything, st.sampled_from(["", " ", "\r", "\ufeff"]))


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """A line, often sound JSON, sometimes cut, spoilt or joined."""
    line = draw(whole).encode("utf-8", "surrogatepass")
    match draw(st.sampled_from(["whole", "whole", "whole", "cut", "spoilt", "joined", "windows", "marked"])):
        case "cut":
            return line[: draw(st.integers(0, len(line)))]
        case "spoilt":
            place = draw(st.integers(0, len(line)))
            return line[:place] + draw(st.binary(min_size=1, max_size=3)) + line[place:]
        case "joined":
            return line + line
        case "windows":
            return line + b"\r"
        case "marked":
            return b"\xef\xbb\xbf" + line
        case _:
            return line


inputs = st.lists(lines(), max_size=5).map(lambda found: b"\n".join([schema(keys='["id"]').encode(), *found]))
