"""How a setting is read that holds several values: a list or an object, typed or as JSON text, and the columns it names."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.settings.unique_keys import DuplicateKeyError, json_of
from target_linkedin_conversions.settings.values import Reader, identifier, text, wrong

__all__ = [
    "column_name",
    "column_names",
    "domains",
    "identifiers",
    "json_array",
    "json_object",
    "json_or",
    "one_or_several",
    "scalars",
    "texts",
]

_DOMAIN = re.compile(r"[^\s@,;:*/.\[\]\"'<>]+(\.[^\s@,;:*/.\[\]\"'<>]+)+")
_WORD = re.compile(r"\w+")
_UNFILLED = re.compile(r"\s*(?:\$\{.*\}|\{\{.*\}\})\s*", re.DOTALL)


def json_or(value: object, kind: type) -> object:
    """The value, or what its text holds as JSON when that is of the wanted kind."""
    if isinstance(value, str) and value.strip()[:1] in {"[", "{"}:
        found = _parsed(value)
        return found if isinstance(found, kind) else value
    return value


def _parsed(value: str) -> object:
    """What a text holds as JSON, or as Python writes it: Meltano does, for lists in the environment (measured)."""
    for parse in (json_of, ast.literal_eval):
        try:
            return parse(value)
        except DuplicateKeyError as error:
            problem = f"a JSON text says {name_shown(error.name)!r} twice in one object, and only the last would count"
            raise ConfigError("settings", problem, "keep one of the two") from None
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
    return value


def one_or_several(value: object, place: str) -> list[tuple[object, str]]:
    """The items of a list, typed or as JSON text, or the one value that stands for it; each with its place."""
    found = json_or(value, list)
    items = found if isinstance(found, list | tuple) else [found]
    return [(item, f"{place}[{index}]" if len(items) > 1 else place) for index, item in enumerate(items)]


def texts(value: object, place: str) -> tuple[str, ...]:
    """A list of texts, or one text alone."""
    return tuple(text(item, where) for item, where in one_or_several(value, place))


def column_names(value: object, place: str) -> tuple[str, ...]:
    """One column's name or a list of them; white space in a name is kept."""
    items = [item for item, _ in one_or_several(value, place)]
    if not items or not all(isinstance(item, str) and item for item in items):
        raise wrong(
            place,
            "a column's name or a list of them",
            "write the names as the stream's schema has them",
        )
    if any(_UNFILLED.fullmatch(str(item)) for item in items):
        problem = "it holds a placeholder that nothing has filled in"
        raise ConfigError(place, problem, "write the column's name as the stream's schema has it")
    return tuple(str(item) for item in items)


def column_name(value: object, place: str) -> str:
    """Exactly one column's name."""
    names = column_names(value, place)
    if len(names) > 1:
        raise wrong(place, "one column's name", "name one column; merge several with a stream map")
    return names[0]


def _as_in(example: str, value: object, place: str) -> str:
    """The mend that shows an example, if there is one; of a text in JSON, which is all that variables and options can hold."""
    shown = _WORD.sub(r'"\g<0>"', example) if isinstance(value, str) else example
    return f"write {place}: {shown}" if example else ""


def _where_no_json(value: object) -> str:
    """Where a text that begins as JSON stops to be JSON, in words behind what was expected."""
    if not isinstance(value, str) or value.lstrip()[:1] not in {"[", "{"}:
        return ""
    try:
        json.loads(value)
    except json.JSONDecodeError as error:
        return f", and the text is no JSON from line {error.lineno}, column {error.colno} on"
    except (ValueError, RecursionError):
        return ", and the text is no JSON"
    return ""


def json_array(value: object, place: str, example: str = "") -> list[object]:
    """A list, typed or as JSON text; the error shows the example."""
    found = json_or(value, list)
    if not isinstance(found, list | tuple):
        in_any_case = f"write it as a YAML list, or as JSON text: {place}='[…]'"
        raise wrong(place, f"a list{_where_no_json(value)}", _as_in(example, value, place) or in_any_case)
    return list(found)


def json_object(value: object, place: str, example: str = "") -> dict[str, object]:
    """An object, typed or as JSON text; the error shows the example."""
    found = json_or(value, dict)
    if not isinstance(found, Mapping):
        in_any_case = f"write it as a YAML mapping, or as JSON text: {place}='{{…}}'"
        raise wrong(place, f"an object{_where_no_json(value)}", _as_in(example, value, place) or in_any_case)
    return {str(key): item for key, item in found.items()}


def scalars(value: object, place: str) -> tuple[object, ...]:
    """One text, number or boolean, or a list of them, as they are."""
    items = [item for item, _ in one_or_several(value, place)]
    if not items or not all(isinstance(item, str | int | float | bool) for item in items):
        raise wrong(
            place,
            "a text, number or boolean, or a list of them",
            "write the values as the column holds them",
        )
    return tuple(items)


def domains(value: object, place: str) -> tuple[str, ...]:
    """Domains of e-mail addresses in lower case, with or without a leading `@`."""
    found = tuple(domain.removeprefix("@").lower() for domain in texts(value, place))
    if not all(_DOMAIN.fullmatch(domain) for domain in found):
        raise wrong(place, "a list of domains, without wildcards", f'for example {place}: ["example.com"]')
    return found


def identifiers(urn: str) -> Reader:
    """A reader of one id, one URN that begins like this, or a list of them."""

    def read(value: object, place: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(identifier(item, place, urn) for item, _ in one_or_several(value, place)))

    return read
