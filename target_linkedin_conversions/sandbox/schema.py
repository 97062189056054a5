"""The slow path: every schema error of an event, in LinkedIn's words and paths.

The texts and the collecting of all errors are Rest.li's own data validation; several were
measured on the live endpoint. LinkedIn's message echoes the offending value, so does this one.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

import msgspec

from target_linkedin_conversions.sandbox.versions import id_types, knows_hashed_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "CONVERSION_PREFIX",
    "LEAD_PREFIX",
    "Kind",
    "ListOf",
    "Long",
    "Record",
    "Symbol",
    "Text",
    "Truth",
    "Urn",
    "event_schema",
    "problems",
]

REQUIRED = "field is required but not found and has no default value"
UNRECOGNIZED = "unrecognized field found but not allowed"
BAD_PREFIX = "Invalid Urn format. Invalid prefix."
BAD_KEY = "Invalid Urn format. Invalid key."

CONVERSION_PREFIX = "urn:lla:llaPartnerConversion:"
LEAD_PREFIX = "urn:li:leadGenFormResponse:"


@dataclass(frozen=True, slots=True)
class Text:
    """A string; nothing else is coerced to it."""


@dataclass(frozen=True, slots=True)
class Long:
    """A number; fractions are cut off, text is not coerced."""


@dataclass(frozen=True, slots=True)
class Truth:
    """true or false."""


@dataclass(frozen=True, slots=True)
class Urn:
    """A string with a prefix, and what must follow it."""

    prefix: str
    key: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Symbol:
    """One of a set of strings."""

    symbols: frozenset[str]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of one kind."""

    items: Kind


@dataclass(frozen=True, slots=True)
class Record:
    """An object: the kind of each field, and which fields it must have."""

    fields: Mapping[str, Kind]
    required: tuple[str, ...] = ()


Kind = Text | Long | Truth | Urn | Symbol | ListOf | Record


@functools.cache
def event_schema(version: str, *, allow_moat: bool) -> Record:
    """The schema of one event under a version."""
    text = Text()
    user_id = Record(
        {"idType": Symbol(id_types(version, allow_moat=allow_moat)), "idValue": text},
        required=("idType", "idValue"),
    )
    user = Record(
        {
            "userIds": ListOf(user_id),
            "userInfo": _user_info(version),
            "externalIds": ListOf(text),
            "lead": Urn(LEAD_PREFIX, re.compile(r".+", re.DOTALL)),
        },
        required=("userIds",),
    )
    return Record(
        {
            "conversion": Urn(CONVERSION_PREFIX, re.compile(r"[0-9]+")),
            "conversionHappenedAt": Long(),
            "conversionValue": Record({"currencyCode": text, "amount": text}, required=("currencyCode", "amount")),
            "eventId": text,
            "user": user,
        },
        required=("conversion", "conversionHappenedAt", "user"),
    )


def _user_info(version: str) -> Record:
    names = ("firstName", "lastName")
    others = ("companyName", "title", "countryCode")
    if knows_hashed_names(version):
        hashed = ("hashedFirstName", "hashedLastName")
        return Record(dict.fromkeys((*names, *hashed, *others), Text()))
    return Record(dict.fromkeys((*names, *others), Text()), required=names)


def problems(value: object, kind: Kind, path: str = "") -> Iterator[str]:
    """Every schema error of `value`, as `ERROR :: path :: text` lines that end in a newline."""
    match kind:
        case Record():
            yield from _record_problems(value, kind, path)
        case ListOf():
            yield from _list_problems(value, kind, path)
        case _:
            text = _plain_problem(value, kind)
            if text:
                yield _error(path, text)


def _plain_problem(value: object, kind: Text | Long | Truth | Urn | Symbol) -> str:
    """What is wrong with a value that holds no others, empty if nothing."""
    match kind:
        case Text():
            return "" if isinstance(value, str) else _no_coercion(value, "String")
        case Long():
            number = isinstance(value, int | float) and not isinstance(value, bool)
            return "" if number else _no_coercion(value, "Long")
        case Truth():
            return "" if isinstance(value, bool) else _no_coercion(value, "Boolean")
        case Urn():
            return _urn_problem(value, kind)
        case Symbol():
            return _symbol_problem(value, kind)
        case other:
            assert_never(other)


def _urn_problem(value: object, kind: Urn) -> str:
    if not isinstance(value, str):
        return _no_coercion(value, "String")
    if not value.startswith(kind.prefix):
        return BAD_PREFIX
    return "" if kind.key.fullmatch(value, len(kind.prefix)) else BAD_KEY


def _symbol_problem(value: object, kind: Symbol) -> str:
    if not isinstance(value, str):
        return "enum type is not backed by a String"
    return "" if value in kind.symbols else f'"{value}" is not an enum symbol'


def _list_problems(value: object, kind: ListOf, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield _error(path, "array type is not backed by a DataList")
        return
    for index, item in enumerate(value):
        yield from problems(item, kind.items, f"{path}/{index}")


def _record_problems(value: object, kind: Record, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _error(path, "record type is not backed by a DataMap")
        return
    for name, child in value.items():
        if name in kind.fields:
            yield from problems(child, kind.fields[name], f"{path}/{name}")
        else:
            yield _error(f"{path}/{name}", UNRECOGNIZED)
    for name in kind.required:
        if name not in value:
            yield _error(f"{path}/{name}", REQUIRED)


def _error(path: str, text: str) -> str:
    return f"ERROR :: {path} :: {text}\n"


def _no_coercion(value: object, wanted: str) -> str:
    return f"{_printed(value)} cannot be coerced to {wanted}"


def _printed(value: object) -> str:
    """Print a JSON value as LinkedIn's messages do: text in double quotes, the rest bare."""
    if isinstance(value, str):
        return f'"{value}"'
    return msgspec.json.encode(value).decode()
