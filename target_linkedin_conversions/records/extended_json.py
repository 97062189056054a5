"""Values in MongoDB's Extended JSON, as its exports write what JSON has no type for: `{"$date": …}`, `{"$oid": …}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from target_linkedin_conversions.epoch import EPOCH, LAST_MS

__all__ = ["plain_value"]

_Value = Any
"""Any value of a column."""

_TEXTS = frozenset({"$oid", "$uuid", "$symbol"})
_NUMBERS = frozenset({"$numberDecimal", "$numberDouble", "$numberInt", "$numberLong"})
_NAMES = _TEXTS | _NUMBERS | {"$date", "$timestamp"}
_NUMBER = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,4})?").fullmatch


def plain_value(value: _Value) -> _Value:
    """What a value stands for where it is Extended JSON; any other as it is.

    A date in milliseconds becomes its moment, so that nobody takes them for seconds; one in words stays its text.
    Source: MongoDB's specification of Extended JSON, version 2.
    """
    if not isinstance(value, Mapping) or len(value) != 1:
        return value
    ((name, held),) = value.items()
    if held is None and name in _NAMES:
        return None
    if name in _NUMBERS:
        return _number(held, value)
    if name == "$timestamp":
        return _moment(held.get("t"), 1000, value) if isinstance(held, Mapping) else value
    if name == "$date" and not isinstance(held, str):
        is_number = isinstance(held, Mapping) and not _NUMBERS.isdisjoint(
            held
        )  # other objects stay as they are: they may be nested deep
        return _moment(plain_value(held) if is_number else held, 1, value)
    return held if name in _NAMES and isinstance(held, str) else value


def _number(held: _Value, value: _Value) -> _Value:
    """The exact number of a text or number; the whole value where it is none, as NaN is."""
    if isinstance(held, str):
        return Decimal(held) if _NUMBER(held) else value
    return held if isinstance(held, int | float | Decimal) and not isinstance(held, bool) else value


def _moment(counted: _Value, milliseconds: int, value: _Value) -> _Value:
    """The moment that lies so many units after the epoch; the whole value where none does."""
    if isinstance(counted, bool) or not isinstance(counted, int | float | Decimal):
        return value
    if (isinstance(counted, Decimal) and not counted.is_finite()) or not 0 <= counted * milliseconds <= LAST_MS:
        return value
    return EPOCH + timedelta(milliseconds=int(counted * milliseconds))
