r"""Paths into a column: `.name`, `[0]`, `[-1]`, `[name=value]` (the first element so; `name.within=value` too), `[]` (every element).

`emails[primary=true].value`, `event_params[key=page_location].value.string_value`, `emails[].value`. A text that
holds a JSON object or list is read as one where a path goes into it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from target_linkedin_conversions.nearest import in_one_form
from target_linkedin_conversions.records.cache import cached
from target_linkedin_conversions.records.json_text import entered
from target_linkedin_conversions.records.plain_schema import NEVER, types_of
from target_linkedin_conversions.records.text import comparable
from target_linkedin_conversions.records.truth import same

__all__ = ["NOT_REACHABLE", "Path", "as_declared", "follow", "leads_nowhere", "path_of", "schema_behind"]


class _NotReachable:
    """What a path gives that meets a value it cannot enter."""

    def __repr__(self) -> str:
        """The name of the only one."""
        return "NOT_REACHABLE"


NOT_REACHABLE = _NotReachable()

_Value = Any
"""What a column of JSON holds."""

_STEP = re.compile(
    r"\.(?P<name>[^.\[\]]+)|\[(?P<index>-?[0-9]{1,6})\]"
    r"|\[(?P<key>[^\[\]=]*[^\[\]=!<>~*^$?])=(?P<value>(?![='\"~])[^\[\]]*)\]|(?P<each>\[\])"
)
"""Of `==`, `!=`, `=~` and quotes around the value, as other languages write it, nothing would ever fit."""


_ENDS_A_NAME = frozenset(("", ".", "["))
"""What stands behind a column's name: nothing, or the first step of a path."""


class Path(msgspec.Struct, frozen=True):
    """A column and the steps from its value on, as they are written."""

    column: str
    steps: tuple[str, ...]

    @property
    def takes_each(self) -> bool:
        """Whether it gives every element of a list."""
        return "[]" in self.steps


def path_of(written: str, known: Sequence[str]) -> Path | None:
    """The path that a mapped name is: the longest known column it begins with, or its first part; None if it is none."""
    columns = [name for name in known if written.startswith(name) and written[len(name) : len(name) + 1] in {".", "["}]
    column = max(columns, key=len) if columns else re.split(r"[.\[]", written, maxsplit=1)[0]
    steps: list[str] = []
    at = len(column)
    while at < len(written):
        step = _STEP.match(written, at)
        if step is None:
            return None
        steps.append(step.group())
        at = step.end()
    return Path(column, tuple(steps)) if column and steps else None


def as_declared(written: str, known: Sequence[str]) -> str:
    """A name or path with its column as the schema spells it: an umlaut may be one character or two."""
    if written.isascii() or written in known:
        return written
    plain = in_one_form(written)
    for column in sorted(known, key=len, reverse=True):
        same_name = in_one_form(column)
        if plain.startswith(same_name) and plain[len(same_name) : len(same_name) + 1] in _ENDS_A_NAME:
            return column + plain[len(same_name) :]
    return written


def follow(path: Path) -> Callable[[_Value], _Value]:
    """A function from the column's value to what the path leads to: None where nothing is there.

    `NOT_REACHABLE` where it meets a value that it cannot enter.
    """
    steps = [_step(written) for written in path.steps]

    def reach(value: _Value) -> _Value:
        here = value
        for number, step in enumerate(steps):
            if here is None:
                return None
            here = step(entered(here))
            if here is NOT_REACHABLE:
                return here
            if path.steps[number] == "[]":
                return _of_each(here, steps[number + 1 :])
        return here

    return reach


def _of_each(elements: Sequence[_Value], steps: Sequence[Callable[[_Value], _Value]]) -> list[_Value]:
    """What the rest of a path gives for every element; nothing for those without it."""
    found: list[_Value] = []
    for element in elements:
        here = element
        for number, step in enumerate(steps):
            here = None if here is None else step(entered(here))
            if here is NOT_REACHABLE:
                break
            if step is _all_of_it and here is not None:
                here = _of_each(here, steps[number + 1 :])
                break
        if isinstance(here, list | tuple):
            found += here
        elif here is not None:
            found.append(here)
    return found


def _step(written: str) -> Callable[[_Value], _Value]:
    step = _STEP.fullmatch(written)
    if step is None:
        raise ValueError("no step of a path")
    if step["name"] is not None:
        return _by_name(step["name"])
    if step["index"] is not None:
        return _by_index(int(step["index"]))
    return _all_of_it if step["each"] else _by_value(step["key"], step["value"])


def _by_name(name: str) -> Callable[[_Value], _Value]:
    return lambda value: value.get(name) if isinstance(value, Mapping) else NOT_REACHABLE


def _by_index(index: int) -> Callable[[_Value], _Value]:
    def step(value: _Value) -> _Value:
        if not isinstance(value, list | tuple):
            return NOT_REACHABLE
        return value[index] if -len(value) <= index < len(value) else None

    return step


def _by_value(key: str, wanted: str) -> Callable[[_Value], _Value]:
    meant = same(wanted)
    # What elements are told apart by comes again in each record: a type, a label, a flag.
    is_meant = cached(lambda found: comparable(found) in meant)

    def step(value: _Value) -> _Value:
        if not isinstance(value, list | tuple):
            return NOT_REACHABLE
        for element in value:
            if isinstance(element, Mapping) and is_meant(element.get(key)):
                return element
        if "." in key:
            return next((element for element in value if is_meant(_within(element, key))), None)
        return None

    return step


def _within(element: _Value, key: str) -> _Value:
    """What stands in an element under a name within a name, `field.ref`; None where nothing does."""
    here = element
    for name in key.split("."):
        here = here.get(name) if isinstance(here, Mapping) else None
    return here


def _all_of_it(value: _Value) -> _Value:
    return value if isinstance(value, list | tuple) else NOT_REACHABLE


# What a schema says of a path


def leads_nowhere(schema: _Value, path: Path) -> bool:
    """Whether the plain schema of the column shows that the path can lead to nothing."""
    return bool(schema_behind(schema, path.steps) == NEVER)


def schema_behind(schema: _Value, steps: Sequence[str]) -> _Value:
    """What the plain schema of the column says of a path's end: `NEVER` where it can lead to nothing, None where it says nothing."""
    here = schema
    for written in steps:
        if not isinstance(here, Mapping) or here == NEVER:
            return here
        kinds = types_of(here) or frozenset()
        enters = "object" if written.startswith(".") else "array"
        if kinds and not kinds & {enters, "string"}:
            return NEVER
        if enters not in kinds:
            return None  # a text may hold JSON, and what has no type anything
        here = _elements(here, written) if enters == "array" else _property(here, written[1:])
        if not _can_be_found(here, written):
            return NEVER
    return here


def _can_be_found(element: _Value, written: str) -> bool:
    """Whether the schema of a list's elements leaves room for what a step `[name=value]` looks for."""
    step = _STEP.fullmatch(written)
    if step is None or step["key"] is None or not isinstance(element, Mapping):
        return True
    if "object" not in (types_of(element) or ()) or _property(element, step["key"]) != NEVER:
        return True
    within = [f".{name}" for name in step["key"].split(".")]
    return len(within) > 1 and all(within) and bool(schema_behind(element, within) != NEVER)


def _property(schema: Mapping[str, _Value], name: str) -> _Value:
    """The schema of a property; None where the object's says nothing of it, `NEVER` where it leaves no room for it."""
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return None
    if name in properties:
        return properties[name]
    # An object of which nothing is listed is open too, unless it says otherwise: Stripe's metadata.
    is_open = schema.get("additionalProperties", not properties) is not False
    return None if is_open or schema.get("patternProperties") else NEVER


def _elements(schema: Mapping[str, _Value], written: str) -> _Value:
    """The schema of what a step into a list gives; None where each element has a schema of its own, but for a place."""
    of_all = schema.get("items")
    by_place = schema.get("prefixItems", of_all if isinstance(of_all, list) else None)
    if not isinstance(by_place, list):
        return of_all
    place = written[1:-1]
    return by_place[int(place)] if place.isdecimal() and int(place) < len(by_place) else None
