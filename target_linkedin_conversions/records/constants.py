"""What is no number that anybody can read: `NaN` and `Infinity`, which JSON does not have and Python's taps write nevertheless, and whole numbers of thousands of digits."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["WithConstants", "as_constants", "as_floats", "as_marks", "as_nulls", "is_no_number", "without_constants"]

MARK = "\x00no number"
"""Replaces such a constant while the line is decoded."""

_MARK = b'"\\u0000no number"'
_MOST_DIGITS = 4300
"""Digits of the longest whole number that Python makes of a text (its documentation: `sys.int_info.default_max_str_digits`)."""
_TOKENS = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|-?Infinity\b|-?NaN\b|-?[0-9]++(?:\.[0-9]*+)?+(?:[eE][+-]?[0-9]*+)?+',
    re.DOTALL,
)
"""A text, which may hold any word, or one of the constants or a number outside of all texts."""


class WithConstants(dict[str, Any]):
    """A record that holds such constants, as the floats that Python makes of them."""


def as_marks(line: bytes) -> bytes | None:
    """The same with a mark for each constant outside of its texts; None where it has none."""
    return _replaced(line, _MARK)


def as_nulls(line: bytes) -> bytes | None:
    """The same with null for each constant outside of its texts; None where it has none."""
    return _replaced(line, b"null")


def as_constants(line: bytes) -> bytes:
    """The line again of which `as_marks` was made, but for the sign of its constants."""
    return line.replace(_MARK, b"NaN")


def as_floats(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """A value with the float for each mark in it."""
    match value:
        case dict():
            return {name: as_floats(part) for name, part in value.items()}
        case list():
            return [as_floats(part) for part in value]
        case _:
            return float("nan") if value == MARK else value


def without_constants(value: Any) -> Any:  # noqa: ANN401 - the same
    """A value with null for each such float in it."""
    match value:
        case dict():
            return {name: without_constants(part) for name, part in value.items()}
        case list():
            return [without_constants(part) for part in value]
        case _:
            return None if is_no_number(value) else value


def is_no_number(value: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    """Whether a value is such a constant or holds one."""
    match value:
        case dict():
            return any(is_no_number(part) for part in value.values())
        case list():
            return any(is_no_number(part) for part in value)
        case float():
            return value - value != 0  # the difference is NaN for NaN and for Infinity
        case _:
            return bool(value == MARK)


def _replaced(line: bytes, by: bytes) -> bytes | None:
    replaced = _TOKENS.sub(lambda found: by if _is_constant(found[0]) else found[0], line)
    return None if replaced == line else replaced


def _is_constant(token: bytes) -> bool:
    if token[:1] == b'"':
        return False
    digits = token.removeprefix(b"-")
    return not digits[:1].isdigit() or (len(digits) > _MOST_DIGITS and digits.isdigit())
