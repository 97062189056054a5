"""Whether a column's JSON schema says that its numbers may be integers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

__all__ = ["may_hold_integers"]

_ALTERNATIVES = ("anyOf", "oneOf", "allOf")


def may_hold_integers(schema: object) -> bool:
    """Whether anything in the schema says that integers stand there; a reference may lead to anything."""
    return any(map(_says_integer, _parts(schema)))


def _parts(schema: object) -> Iterator[Mapping[str, Any]]:
    """A schema and all that it is put together of."""
    if not isinstance(schema, Mapping):
        return
    yield schema
    for word in _ALTERNATIVES:
        branches = schema.get(word)
        for branch in branches if isinstance(branches, list) else ():
            yield from _parts(branch)


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    types = schema.get("type", ())
    return frozenset({types} if isinstance(types, str) else (one for one in types if isinstance(one, str)))


def _says_integer(schema: Mapping[str, Any]) -> bool:
    """By its type, the format with which some taps write integers as text, its steps, its values, or elsewhere."""
    step, values = schema.get("multipleOf"), [schema["const"]] if "const" in schema else schema.get("enum")
    return (
        "integer" in _types(schema)
        or "$ref" in schema
        or schema.get("format") == "singer.integer"
        or (isinstance(step, int | float | Decimal) and step >= 1)
        or (isinstance(values, list) and all(value is None or isinstance(value, int) for value in values))
    )
