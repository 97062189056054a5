"""Values that are written as the JSON of themselves: what stands in a text's quotes, and in its objects and lists."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from target_linkedin_conversions.records.constants import as_nulls
from target_linkedin_conversions.records.extended_json import plain_value
from target_linkedin_conversions.records.half_characters import with_whole_characters

__all__ = ["entered", "unwrapped"]

_Value = Any
"""Whatever a column holds."""

_JSON_BEGINS = frozenset('{["')
"""A list, an object, or a text in which one of these is written once more."""
_WRAPPED = frozenset('{"')
"""A value in an object or in quotes; a list holds several."""
_LONGEST_JSON = 1 << 20
"""Characters of a text that is read as JSON for the sake of a path."""

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, UnicodeEncodeError, RecursionError, ArithmeticError, ValueError)


def entered(value: _Value) -> _Value:
    """The value, or what its text holds as JSON."""
    if type(value) is not str:
        return value
    text = value.strip().lstrip("\ufeff")
    if text[:1] not in _JSON_BEGINS or len(text) > _LONGEST_JSON:
        return value
    found = _decoded(text, value)
    return _decoded(found, found) if type(found) is str and found[:1] in _JSON_BEGINS else found


def _decoded(text: str, otherwise: _Value) -> _Value:
    """What a text holds as JSON, or else another value."""
    try:
        return _json_of(text)
    except _UNREADABLE:
        return otherwise


def _json_of(text: str) -> _Value:
    """What a text holds as JSON, constants that are no number as null; raises for all else, as a decoder does."""
    try:
        return _decode(text)
    except msgspec.DecodeError:
        whole = with_whole_characters(text.encode())
        return _decode(as_nulls(whole) or whole)


def unwrapped(value: _Value, longest: int) -> _Value:
    """What stands in the quotes of a JSON text of at most so many characters, or in an object of Extended JSON."""
    if isinstance(value, str) and value.lstrip()[:1] in _WRAPPED and len(value) <= longest:
        value = entered(value)
    return plain_value(value)
