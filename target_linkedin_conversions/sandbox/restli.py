"""Rest.li 2.0's URL syntax: `List(a,b)`, `(key:value)`, and strings with their colons encoded.

The grammar is Rest.li's protocol 2.0. Under protocol 1.0 (no header) only plain strings are read.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_plus

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox.call import Call

__all__ = ["BadSyntaxError", "Value", "parameters", "parsed", "whole_number"]

Value = str | list["Value"] | dict[str, "Value"]

_RESERVED = frozenset("(),:'")
_DEEPEST = 20
"""So deep a value is read; those of LinkedIn's resources are three deep."""
_MARKS = re.compile(r"List\(|[(),:]|[^(),:]+")


class BadSyntaxError(ValueError):
    """A URL that Rest.li 2.0 does not read."""


def parameters(call: Call) -> dict[str, Value]:
    """The query of a request.

    Raises:
        BadSyntaxError: protocol 2.0 is announced and a value does not follow it.

    """
    pairs = [pair.partition("=") for pair in call.query.split("&") if pair]
    if call.headers.get("x-restli-protocol-version", "").startswith("2"):
        # A projection has a grammar of its own, with bare commas.
        return {unquote(name): unquote(raw) if name == "fields" else parsed(raw) for name, _, raw in pairs}
    return {unquote(name): unquote_plus(raw) for name, _, raw in pairs}


def parsed(raw: str) -> Value:
    """Read one still encoded value.

    Raises:
        BadSyntaxError: reserved characters stand where they may not.

    """
    marks = _MARKS.findall(raw)[::-1]
    if sum(mark.endswith("(") for mark in marks) > _DEEPEST and _depth(marks) > _DEEPEST:
        raise BadSyntaxError("A Rest.li 2.0 value is nested too deep")
    value = _value(marks)
    if marks:
        raise BadSyntaxError(f"Unexpected {marks[-1]!r} in a Rest.li 2.0 value")
    return value


def _depth(marks: list[str]) -> int:
    """How many lists and records are open at once, at most."""
    steps = ((mark.endswith("(")) - (mark == ")") for mark in reversed(marks))
    return max(accumulate(steps), default=0)


def _value(marks: list[str]) -> Value:
    if not marks:
        return ""
    mark = marks.pop()
    if mark == "List(":
        return _list(marks)
    if mark == "(":
        return _record(marks)
    if mark[0] in _RESERVED:
        raise BadSyntaxError(f"Unexpected {mark!r} in a Rest.li 2.0 value: encode it")
    return unquote(mark)


def _list(marks: list[str]) -> list[Value]:
    items: list[Value] = []
    if marks and marks[-1] == ")":
        marks.pop()
        return items
    while True:
        items.append(_value(marks))
        if _closing(marks):
            return items


def _record(marks: list[str]) -> dict[str, Value]:
    fields: dict[str, Value] = {}
    while True:
        name = _value(marks)
        if not isinstance(name, str) or not marks or marks.pop() != ":":
            raise BadSyntaxError("A Rest.li 2.0 record is (name:value,name:value)")
        fields[name] = _value(marks)
        if _closing(marks):
            return fields


def _closing(marks: list[str]) -> bool:
    """Whether a list or record ends here; a comma goes on."""
    if not marks:
        raise BadSyntaxError("A Rest.li 2.0 list or record is not closed")
    mark = marks.pop()
    if mark not in {")", ","}:
        raise BadSyntaxError(f"Unexpected {mark!r} in a Rest.li 2.0 value")
    return mark == ")"


def whole_number(value: Value | None, otherwise: int) -> int | None:
    """A parameter that is a number; `otherwise` where it is not given, None where it is no number."""
    if value is None:
        return otherwise
    return int(value) if isinstance(value, str) and value.isdecimal() else None
