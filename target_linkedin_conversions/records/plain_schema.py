"""A JSON schema said plainly: what its references, branches and booleans say of properties, types and elements.

Sources that write their schemas by a library (pydantic, OpenAPI) put what is there behind `$ref`, or into `allOf`,
`anyOf` and `oneOf`, of a stream or of a column. Whoever asks a schema finds it at once here, as if it had been written
flat. What holds for every record still holds: nothing is said that a branch does not allow. Nothing is ever fetched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any
from urllib.parse import unquote

__all__ = ["NEVER", "is_of_objects", "plain_schema", "types_of"]

_Schema = dict[str, Any]
_Part = Any
"""What stands where JSON Schema asks for a schema."""

NEVER: Mapping[str, Any] = {"not": {}}
"""What `false` says: nothing may be there."""

_ALTERNATIVES = ("anyOf", "oneOf")
_CONDITIONAL = ("then", "else")
_LISTS = ("allOf", *_ALTERNATIVES, "prefixItems")
_SPEAKS_PLAINLY = frozenset({"$ref", "allOf", *_ALTERNATIVES, *_CONDITIONAL}).isdisjoint
_DEEPEST = 32
"""Levels below which a schema stays as it is; a path of so many steps is nobody's."""
_MOST_REFERRED = 10_000
"""Parts that are read behind references: each may lead to others, twice as many at each step."""
_NOWHERE = object()
_TYPES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (type(None), "null"),
    (bool, "boolean"),
    (int, "integer"),
    ((float, Decimal), "number"),
    (str, "string"),
    (list, "array"),
    (dict, "object"),
)
"""JSON's kinds of values, the narrower before the wider."""


def plain_schema(schema: Mapping[str, Any] | bool) -> _Schema:  # noqa: FBT001 - JSON Schema's own form
    """The schema with the types, properties and elements that its references and branches add; raises nothing.

    A reference that leads out of the schema, in a ring, or too far stays: what is behind it is anybody's guess, so
    the schema is open there.
    """
    found = _Reader(schema).read(schema, 0, frozenset())
    return found if isinstance(found, dict) else {}


def types_of(schema: Mapping[str, Any]) -> frozenset[str] | None:
    """The types that a schema names itself; None where it names none."""
    types = schema.get("type")
    if isinstance(types, str):
        return frozenset({types})
    return frozenset(one for one in types if isinstance(one, str)) or None if isinstance(types, list) else None


def is_of_objects(schema: Mapping[str, Any]) -> bool:
    """Whether a plain schema lets its values be objects."""
    types = types_of(schema)
    return schema != NEVER and (types is None or "object" in types)


class _Reader:
    """Reads the parts of one schema, whose references lead into it."""

    def __init__(self, root: object) -> None:
        self._root = root
        self._left = _MOST_REFERRED

    def read(self, part: object, depth: int, behind: frozenset[str]) -> object:
        """A part, said plainly; `behind` are the references that led to it."""
        if isinstance(part, bool):
            return {} if part else dict(NEVER)
        self._left -= bool(behind)
        if not isinstance(part, Mapping) or depth > _DEEPEST or self._left < 0:
            return part
        made = {word: self._inside(word, value, depth + 1, behind) for word, value in part.items()}
        if "type" not in made and (types := _types_of_values(made)):
            made["type"] = types
        is_known = self._follow(made, depth + 1, behind)
        return made if _SPEAKS_PLAINLY(made) else _merged(made, is_known=is_known)

    def _inside(self, word: str, value: Any, depth: int, behind: frozenset[str]) -> object:  # noqa: ANN401 - a part of a JSON schema
        """What a word of a schema says, where it holds schemas itself."""
        if word == "properties" and isinstance(value, Mapping):
            return {name: self.read(part, depth, behind) for name, part in value.items()}
        if isinstance(value, list) and (word in _LISTS or word == "items"):
            return [self.read(part, depth, behind) for part in value]
        return self.read(value, depth, behind) if word in {"items", *_CONDITIONAL} else value

    def _follow(self, made: _Schema, depth: int, behind: frozenset[str]) -> bool:
        """Put what a reference leads to beside what else holds; False where that is not known."""
        reference = made.get("$ref")
        if reference is None:
            return True
        target = self._target(reference) if isinstance(reference, str) and reference not in behind else _NOWHERE
        if target is _NOWHERE or self._left <= 0 or depth > _DEEPEST:
            return False
        inside = behind | {str(reference)}
        del made["$ref"]
        together = made.get("allOf")
        made["allOf"] = [*(together if isinstance(together, list) else ()), self.read(target, depth, inside)]
        return True

    def _target(self, reference: str) -> object:
        """The part of this schema that a reference names by its place, such as `#/definitions/address`."""
        if reference != "#" and not reference.startswith("#/"):
            return _NOWHERE
        here = self._root
        for step in reference[2:].split("/") if reference != "#" else ():
            name = unquote(step).replace("~1", "/").replace("~0", "~")
            if isinstance(here, Mapping):
                here = here.get(name, _NOWHERE)
            else:
                is_index = isinstance(here, list) and name.isdecimal() and int(name[:9]) < len(here)
                here = here[int(name[:9])] if is_index and isinstance(here, list) else _NOWHERE
        return here


def _types_of_values(schema: _Schema) -> list[str]:
    """The types of the values that are the only ones, where a schema lists them."""
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if not isinstance(values, list):
        return []
    types = {next((name for kind, name in _TYPES if isinstance(value, kind)), "") for value in values}
    return [] if "" in types else sorted(types)


def _merged(made: _Schema, *, is_known: bool = True) -> _Schema:
    """A schema with what its branches, which are plain themselves, say of types, properties and elements."""
    together = (made, *_branches(made, "allOf"))
    ways = [branches for word in _ALTERNATIVES if (branches := _branches(made, word))]
    if types_of(made) is None and (types := _types_of_all(together, ways)):
        made["type"] = sorted(types)
    of_objects = [tuple(filter(is_of_objects, way)) for way in ways]
    conditional = tuple(part for word in _CONDITIONAL if isinstance(part := made.get(word), dict))
    properties = _properties_of_all(together, (*of_objects, (*conditional, {})))
    more = _additional(together, of_objects, is_open=not is_known)
    if properties:
        made["properties"] = properties
    if more is not None:
        made["additionalProperties"] = more
    elements = _put_together(
        [part.get("items") for part in together], [[part.get("items") for part in way] for way in ways]
    )
    if elements is not None:
        made["items"] = elements
    return _without_twins(made)


def _without_twins(made: _Schema) -> _Schema:
    """The schema whose branches lack what is said beside them now: kept in both places, it would double at every level."""
    rest = {word: [_alone(part) for part in _branches(made, word)] for word in ("allOf", *_ALTERNATIVES)}
    rest["allOf"] += [{"anyOf": rest["oneOf"]}] if rest["oneOf"] else []  # as they say less, several may hold
    kept = {word: part for word, part in made.items() if word not in {*rest, "if", *_CONDITIONAL}}
    return kept | {word: rest[word] for word in ("allOf", "anyOf") if rest[word]}


def _alone(branch: _Schema) -> _Schema:
    """A branch without what is inside it: of its properties only their names, by which it is none of any object."""
    inside = ("properties", "items", "prefixItems", "definitions", "$defs")
    kept = {word: part for word, part in branch.items() if word not in inside}
    return kept | ({"properties": {name: {} for name in names}} if (names := _properties(branch)) else {})


def _types_of_all(together: Iterable[_Schema], ways: Iterable[Sequence[_Schema]]) -> frozenset[str] | None:
    """The types that all that holds together leaves; None where nothing names one."""
    left: frozenset[str] | None = None
    for types in (*map(types_of, together), *map(_types_of_any, ways)):
        if types is not None:
            wide = types | {"integer"} if "number" in types else types
            left = wide if left is None else left & wide
    return left - {"integer"} if left and "number" in left else left


def _types_of_any(way: Sequence[_Schema]) -> frozenset[str] | None:
    types = [types_of(part) for part in way if part != NEVER]
    return None if None in types else frozenset().union(*filter(None, types))


def _properties_of_all(together: Sequence[_Schema], ways: Iterable[Sequence[_Schema]]) -> _Schema:
    """Every property that anything names, with all that is said of it; what closed branches lack, they forbid."""
    ways = list(ways)
    names = dict.fromkeys(name for part in (*together, *chain.from_iterable(ways)) for name in _properties(part))
    return {
        name: _put_together(
            [_properties(part).get(name) for part in together],
            [
                [_properties(part).get(name) for part in way if name in _properties(part) or not _is_closed(part)]
                for way in ways
            ],
        )
        for name in names
    }


def _put_together(together: Iterable[_Part], ways: Iterable[Sequence[_Part]]) -> _Part:
    """What is said of one place by parts that all hold, and by ways of which one part holds each; None: nothing."""
    parts = [part for part in together if part is not None]
    for way in ways:
        if chosen := _each_once(part for part in way if part is not None):
            choices = [*chosen, {}] if None in way and {} not in chosen else chosen
            parts.append(choices[0] if len(choices) == 1 else _merged({"anyOf": choices}))
    said = _each_once(part for part in parts if part != {}) or parts
    if len(said) > 1:
        return _merged({"allOf": said})
    return said[0] if said else None


def _each_once(parts: Iterable[_Part]) -> list[_Part]:
    found: list[_Part] = []
    for part in parts:
        if part not in found:
            found.append(part)
    return found


def _additional(together: Sequence[_Schema], ways: Iterable[Sequence[_Schema]], *, is_open: bool) -> bool | None:
    """What is said of properties that nothing names: False where they are forbidden, True if open on purpose, else None."""
    if is_open:
        return True
    if any(map(_is_closed, together)):
        return False
    if any(map(_says_more, together)):
        return True
    for way in filter(None, ways):
        if any(_is_open(part) for part in way):
            return True
        if all(map(_is_closed, way)):
            return False
    return None


def _is_open(part: _Schema) -> bool:
    """Whether a part lets any property be there: it says so, or is of objects of which it says nothing else."""
    is_bare = not part or (part.get("type") is not None and is_of_objects(part) and not _properties(part))
    return _says_more(part) or (is_bare and not _is_closed(part))


def _says_more(part: _Schema) -> bool:
    return part.get("additionalProperties") is True or any(
        isinstance(part.get(word), Mapping) and (part[word] or word == "additionalProperties")
        for word in ("additionalProperties", "patternProperties")
    )


def _is_closed(part: _Schema) -> bool:
    return part.get("additionalProperties") is False and not part.get("patternProperties")


def _branches(part: _Schema, word: str) -> tuple[_Schema, ...]:
    branches = part.get(word)
    return tuple(one for one in branches if isinstance(one, dict)) if isinstance(branches, list) else ()


def _properties(part: _Schema) -> Mapping[str, _Part]:
    properties = part.get("properties")
    return properties if isinstance(properties, Mapping) else {}
