"""Brings a SCHEMA into a plain form, with the parts that its tap has left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.records.plain_schema import is_of_objects, plain_schema
from target_linkedin_conversions.singer.errors import InvalidLineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["SchemaMessage", "names_no_columns", "schema_of_records", "with_keys", "with_properties"]

_A_KEY = {"type": ["string", "number", "boolean", "null"]}

_OF_OBJECTS = frozenset({"properties", "patternProperties", "additionalProperties"})
"""Parts of a schema that say that it is one of records."""

_OF_ANYTHING = frozenset(
    {
        *("$schema", "$id", "$ref", "$defs", "definitions", "$comment", "title", "description", "required"),
        *("allOf", "anyOf", "oneOf", "if", "then", "else", "not"),
    }
)
"""Parts that say nothing against records, where no others stand; columns that stand in the place of properties are others."""


@dataclass(frozen=True, slots=True)
class SchemaMessage:
    """What a SCHEMA message says of the tap's stream, before stream maps make other streams of it."""

    stream: str = ""
    bookmarks: tuple[str, ...] = ()
    """The `bookmark_properties`."""
    as_written: dict[str, Any] = field(default_factory=dict)
    """The schema as the tap wrote it, with all its branches and references."""
    names_columns: bool = True
    """Whether it names a column, or a pattern of columns."""


def schema_of_records(stream: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The plain form of a stream's schema; raises `InvalidLineError` where it cannot be one of records."""
    plain = plain_schema(schema)
    is_said = bool(_OF_OBJECTS & plain.keys()) or "type" in plain or schema.keys() <= _OF_ANYTHING
    if not (is_said and is_of_objects(plain)):
        raise InvalidLineError(f"the schema of stream {name_shown(stream)!r} has no properties")
    return plain


def names_no_columns(schema: Mapping[str, Any], plain: Mapping[str, Any]) -> bool:
    """Whether a schema, of which `plain` is the plain form, names no columns, not even by a pattern."""
    return not (plain.get("properties") or _OF_OBJECTS & schema.keys())


def with_properties(
    stream: str, schema: Mapping[str, Any], keys: Sequence[str] | None, warn: Callable[[str], None]
) -> dict[str, Any]:
    """A schema with properties, its keys among them, whatever its tap has left out; of lacking keys `warn` is told."""
    properties = dict(schema.get("properties", {}))
    if not properties:
        # The SDK's maps ask for the keys among the properties; that there are others too must be said then.
        return {**schema, "properties": dict.fromkeys(keys or (), _A_KEY), "additionalProperties": True}
    lacking = [name for name in keys or () if name not in properties]
    for name in lacking:
        warn(
            f"stream {name_shown(stream)}: the tap's key_properties name {name_shown(name)!r}, which its own schema lacks; "
            "it is read where a record has it; mend the tap's catalog or its primary key"
        )
    properties |= {name: {} for name in lacking}
    return {**schema, "properties": properties}


def with_keys(schema: Mapping[str, Any], known: Mapping[str, Any], keys: Sequence[str] | None) -> dict[str, Any]:
    """A schema as its tap wrote it, with those of its keys that `with_properties` had to add to what it says."""
    written, said = schema.get("properties", {}), known["properties"]
    return {**schema, "properties": {**{name: said[name] for name in keys or ()}, **written}} if written else {**schema}
