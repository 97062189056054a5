"""A bounded sample of each column of a stream, and of what lies in objects, lists and JSON texts further in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from target_linkedin_conversions.guessing.answers import is_answer
from target_linkedin_conversions.records.columns import Columns, is_readable
from target_linkedin_conversions.records.extended_json import plain_value
from target_linkedin_conversions.records.json_text import entered
from target_linkedin_conversions.records.looks import looks_personal
from target_linkedin_conversions.records.plain_schema import plain_schema
from target_linkedin_conversions.records.text import key_text

__all__ = ["ColumnSample", "Sampling", "Value"]

MOST_VALUES = 300
"""Values of a column that are looked at."""
MOST_TEXTS, LONGEST_TEXT = 40, 60
"""Different short texts of a column that are counted one by one."""
_MOST_PATHS = 5_000
_MOST_LOOKED_AT = 2_000_000
"""Values of a stream that are looked at: a few seconds' worth, however wide its records are."""
_DEEPEST = 6
_MOST_ELEMENTS = 100
_IN_NO_STEP = frozenset(".[]=")
_CHOOSE = ("primary", "is_primary", "isPrimary", "status_type", "status", "stage")
"""Members that tell which element of a list is meant: the primary one, the one that is won."""
_KEYED = ("key", "slug", "name")
"""Members by which an element is called that also has a `value`, or `values`."""
_OF_A_CONSENT = ("purpose", "type", "category", "key", "slug", "name")
"""Members by which an element is called that says whether somebody agreed to what it is called."""
_AGREES = (
    "granted",
    "accepted",
    "allowed",
    "enabled",
    "consented",
    "checked",
    "is_checked",
    "opted_in",
    "status",
    "state",
)
_IS_A_KEY = re.compile(r"_?[a-z][A-Za-z0-9_-]{0,63}").fullmatch
"""What a program calls something, and no person."""

Value = Any
"""Any value of a column."""


class ColumnSample(msgspec.Struct, frozen=True):
    """What was seen of one column or path in so many records: its JSON schema, some filled values, and how many there are.

    `texts` counts its different values where these are few and short, as `true`, `MQL` or `3`; it is empty where they
    are many. `column` is the one that a path goes into, empty where it is a column itself.
    """

    schema: Mapping[str, Any] = {}
    values: tuple[Value, ...] = ()
    filled: int = 0
    records: int = 0
    texts: Mapping[str, int] = {}
    column: str = ""

    @property
    def types(self) -> frozenset[str]:
        """The types that its schema names, `null` aside."""
        return frozenset(_types(self.schema)) - {"null"}


class Sampling:
    """Looks at records one by one; bounded in memory, whatever they hold."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        """Begin with the columns that a stream's JSON schema declares."""
        self._records = self._looked_at = 0
        self._seen: dict[str, _Seen] = {}
        self.declare(schema)

    def declare(self, schema: Mapping[str, Any]) -> None:
        """The columns of a schema, which may be the stream's second one."""
        self._columns = Columns(schema)
        properties = plain_schema(schema).get("properties")
        for name, part in properties.items() if isinstance(properties, Mapping) else ():
            self._declare(name, name, part, 0)

    def _declare(self, column: str, path: str, schema: object, depth: int) -> None:
        part = schema if isinstance(schema, Mapping) else {}
        inside = part.get("properties")
        if not isinstance(inside, Mapping) or not inside:
            self._seen_at(column, path).schema = part
            return
        for name, member in inside.items() if depth < _DEEPEST else ():
            if _IN_NO_STEP.isdisjoint(name):
                self._declare(column, f"{path}.{name}", member, depth + 1)

    def see(self, record: Mapping[str, Any]) -> None:
        """Look at one record, unless more than enough was seen."""
        if self._looked_at > _MOST_LOOKED_AT:
            return
        self._records += 1
        for name, value in record.items():
            for path, found in _leaves(name, value, _DEEPEST):
                self._looked_at += 1
                self._seen_at(name, path).add(found)

    def _seen_at(self, column: str, path: str) -> _Seen:
        known = self._seen.get(path)
        if known is None:
            known = _Seen(column if path != column else "")
            if len(self._seen) < _MOST_PATHS:
                self._seen[path] = known
        return known

    @property
    def columns(self) -> dict[str, ColumnSample]:
        """Every column and path that was declared or seen and that a mapping can read, in their order."""
        return {
            path: seen.sample(self._records)
            for path, seen in self._seen.items()
            if self._can_be_read(path, seen.column or path)
        }

    def _can_be_read(self, path: str, column: str) -> bool:
        return (
            bool(column)
            and is_readable(path)
            and (self._columns.has(path) if column in self._columns.known else self._columns.open)
        )


class _Seen:
    """What was seen of one path so far."""

    def __init__(self, column: str) -> None:
        self.column = column
        self.schema: Mapping[str, Any] = {}
        self.values: list[Value] = []
        self.filled = 0
        self.texts: dict[str, int] = {}
        self._too_many = False
        self._are_false = 0

    def add(self, value: Value) -> None:
        if isinstance(value, str) and not value.strip():
            return
        self.filled += 1
        self._are_false += value is False
        if len(self.values) < MOST_VALUES:
            self.values.append(value)
        if not self._too_many:
            text = value if isinstance(value, str) else key_text(value) or ""
            self.texts[text] = self.texts.get(text, 0) + 1
            if len(text) > LONGEST_TEXT or len(self.texts) > MOST_TEXTS:
                self._too_many = True
                self.texts = {}

    def sample(self, records: int) -> ColumnSample:
        """What was seen in so many records; beside other values `false` is none, as Odoo writes it."""
        if all(isinstance(value, bool) for value in self.values):
            return ColumnSample(self.schema, tuple(self.values), self.filled, records, self.texts, self.column)
        values = tuple(value for value in self.values if value is not False)
        texts = {text: count for text, count in self.texts.items() if count != self._are_false or text != "false"}
        return ColumnSample(self.schema, values, self.filled - self._are_false, records, texts, self.column)


def _leaves(path: str, value: Value, depth: int) -> Iterator[tuple[str, Value]]:
    """Every value that is neither object nor list, with the path that leads to it."""
    inside = entered(value)
    if isinstance(inside, Mapping) and not isinstance(plain := plain_value(inside), Mapping):
        if plain is not None:
            yield path, plain.isoformat() if isinstance(plain, datetime) else plain
    elif isinstance(inside, Mapping):
        for name, member in inside.items() if depth else ():
            if isinstance(name, str) and name and _IN_NO_STEP.isdisjoint(name):
                yield from _leaves(f"{path}.{name}", member, depth - 1)
    elif isinstance(inside, list | tuple):
        yield from _elements(path, inside[:_MOST_ELEMENTS], depth) if depth else ()
    elif value is not None:
        yield path, value


def _elements(path: str, elements: list[Value] | tuple[Value, ...], depth: int) -> Iterator[tuple[str, Value]]:
    """What a list leads to: all its texts; elements by name or by what chooses them; else the first."""
    objects = [element for element in elements if isinstance(element, Mapping)]
    if not objects:
        plain = [element for element in elements if not isinstance(element, list | tuple) and element is not None]
        is_single = path.endswith("].values")  # the value of an element that is identified by its name
        for element in plain[:1] if is_single else plain:
            yield f"{path}[0]" if is_single else f"{path}[]", element
        return
    chosen = False
    for element in objects:
        step, by = _step_to(element)
        if step:
            chosen = True
            rest = {name: value for name, value in element.items() if name != by}
            yield from _leaves(f"{path}{step}", rest, depth - 1)
    if not chosen:
        yield from _leaves(f"{path}[0]", objects[0], depth - 1)


def _step_to(element: Mapping[str, Value]) -> tuple[str, str]:
    """The step that chooses an element, and the member it chooses by; empty where its place is all that does."""
    for by in filter(partial(_is_called_by, element), _callers(element)):
        return f"[{by}={element[by]}]", by
    for by in _CHOOSE:
        value = element.get(by)
        if value is True:
            return f"[{by}=true]", by
        if isinstance(value, str) and _IS_A_KEY(value.lower()):
            return f"[{by}={value}]", by
    return "", ""


def _callers(element: Mapping[str, Value]) -> Iterator[str]:
    """The members that may say what an element is called, by what else it has: a value, an answer, a member so called."""
    if "value" in element or "values" in element:
        yield from _KEYED
    if any(is_answer(element[answer]) for answer in _AGREES if answer in element):
        yield from _OF_A_CONSENT
    if isinstance(kind := element.get("type"), str) and kind in element:
        yield "type"


def _is_called_by(element: Mapping[str, Value], by: str) -> bool:
    """Whether a member says what an element is called, in a word of a program."""
    name = element.get(by)
    return isinstance(name, str) and _IS_A_KEY(name) is not None and not looks_personal(name)


def _types(schema: Mapping[str, Any]) -> Iterator[str]:
    """The types of a schema and of all that it is put together of."""
    types = schema.get("type", ())
    yield from [types] if isinstance(types, str) else [one for one in types if isinstance(one, str)]
    for word in ("anyOf", "oneOf"):
        branches = schema.get(word)
        for branch in branches if isinstance(branches, list) else ():
            yield from _types(branch) if isinstance(branch, Mapping) else ()
