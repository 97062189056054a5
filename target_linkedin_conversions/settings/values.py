"""How one configured value is read: typed or as text, and what is said when it is wrong.

Every reader takes the raw value and the place it stands at, and returns the value in its
own type or raises `ConfigError` with what was expected and a mend, never with the value.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.nearest import folded_name, nearest, nearest_key
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.settings.unique_keys import DuplicateKeyError, json_of
from target_linkedin_conversions.urns import ACCOUNT_URN, RULE_URN

__all__ = [
    "EMPTY",
    "FALSE",
    "QUOTES",
    "TRUE",
    "Reader",
    "Secret",
    "boolean",
    "choice",
    "column_name",
    "column_names",
    "domains",
    "identifier",
    "identifiers",
    "instant",
    "integer",
    "is_loopback",
    "json_array",
    "json_object",
    "json_or",
    "location",
    "number",
    "one_or_several",
    "scalars",
    "text",
    "texts",
    "unknown",
    "version",
    "wrong",
]


Reader = Callable[[object, str], object]

EMPTY: tuple[object, ...] = (None, "")
"""Values that count as not set: Meltano writes an empty text for a setting that was cleared."""

QUOTES = frozenset("'\"`´‘’‚‛“”„‟‹›«»′″「」『』")  # noqa: RUF001 - plain ones and those that editors make of them
"""Characters that people put around a value, and that then belong to it."""

TRUE = frozenset({"true", "1", "1.0", "yes", "on"})
FALSE = frozenset({"false", "0", "0.0", "no", "off"})
_INTEGER = re.compile(r"[+-]?\d{1,18}(\.0*)?")
_EXAMPLES = {RULE_URN: ("101", "102"), ACCOUNT_URN: ("512345678", "523456789")}
_WHAT = {RULE_URN: "conversion rule", ACCOUNT_URN: "ad account"}
_VERSION = re.compile(r"20\d\d(0[1-9]|1[0-2])", re.ASCII)
_ENDPOINT = re.compile(r"/(rest|v2|oauth)(/|$)")
"""How the paths begin that every request brings itself."""
_DOMAIN = re.compile(r"[^\s@,;:*/.\[\]\"'<>]+(\.[^\s@,;:*/.\[\]\"'<>]+)+")
_MOST_DIGITS = 19
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Secret(msgspec.Struct, frozen=True):
    """A text that no log line, traceback or representation may show."""

    reveal: str

    def __repr__(self) -> str:
        """Hide the text."""
        return "Secret(…)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Hide the text from rich as well."""
        return []


def wrong(place: str, expected: str, mend: str) -> ConfigError:
    """The error for a value that is not what was expected."""
    return ConfigError(place, f"expected {expected}", mend)


_UNFILLED = re.compile(r"\s*(?:\$\{.*\}|\{\{.*\}\})\s*", re.DOTALL)
_LONGEST_NAME = 60
"""Characters of a name that somebody may have written; tokens are longer."""


def unknown(
    place: str, what: str, name: str, known: tuple[str, ...], elsewhere: Mapping[str, str] | None = None
) -> ConfigError:
    """The error for a name that is none of the known ones; names the nearest.

    `elsewhere` is what to do with a name that is known at another level, or by which people call one of these.
    """
    likeliest = nearest_key(name, known)
    names = "known are " + ", ".join(known) if known else "there is none"
    mend = names if likeliest is None else f"did you mean {likeliest!r}?"
    is_same = likeliest is not None and folded_name(likeliest) == folded_name(name)
    at_another_place = elsewhere or {}
    meant = (
        None
        if is_same and name not in at_another_place
        else at_another_place.get(name, at_another_place.get(folded_name(name)))
    )
    shown = (
        repr(name_shown(name))
        if len(name) <= _LONGEST_NAME
        else "of a long name, which may be a secret in a name's place"
    )
    return ConfigError(place, f"unknown {what} {shown}", meant or mend)


def text(value: object, place: str) -> str:
    """Text, trimmed; a number is taken as its text, because YAML reads `101` as one."""
    found = value.strip() if isinstance(value, str) else _plain_number(value)
    if found:
        return found
    raise wrong(place, "a text", _mend_of_text(value))


def _mend_of_text(value: object) -> str:
    """What to do with what is no text."""
    if isinstance(value, str):
        return "it is empty: write it, or remove the key"
    return "write one text, not several" if isinstance(value, list | tuple | Mapping) else "write it in quotes"


def _plain_number(value: object) -> str:
    """The text of a number as a person would write it (`7.0` is `7`); empty for all else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if isinstance(value, float):
        if not isfinite(value):
            return ""
        return str(int(value)) if value.is_integer() else str(value)
    return str(value) if abs(value) < 10**_MOST_DIGITS else ""


def integer(minimum: int, maximum: int | None = None, *, example: int) -> Reader:
    """A reader of whole numbers in a range, typed (`5`, `5.0`) or as text; who gets it wrong is told the example."""
    span = f"a whole number from {minimum} to {maximum}" if maximum else f"a whole number of at least {minimum}"

    def read(value: object, place: str) -> int:
        found: int | None = None
        if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
            found = int(value.strip().partition(".")[0])
        elif isinstance(value, float) and value.is_integer():
            found = int(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            found = value
        if found is None or found < minimum or (maximum is not None and found > maximum):
            raise wrong(place, span, f"for example {place}: {example}")
        return found

    return read


def number(minimum: float, maximum: float | None = None, *, example: float) -> Reader:
    """A reader of numbers in a range, typed or as text; who gets it wrong is told the example."""
    span = f"a number from {minimum:g} to {maximum:g}" if maximum is not None else f"a number of at least {minimum:g}"

    def read(value: object, place: str) -> float:
        found: float | None = None
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            try:
                found = float(value)
            except (ValueError, OverflowError):
                found = None
        if found is None or not isfinite(found) or found < minimum or (maximum is not None and found > maximum):
            raise wrong(place, span, f"for example {place}: {example:g}")
        return found

    return read


def boolean(value: object, place: str) -> bool:
    """True or false, typed or as true/false, 1/0, yes/no, on/off in any case."""
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else _plain_number(value)
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise wrong(place, "true or false", f"for example {place}: true")


def choice(*choices: str) -> Reader:
    """A reader of one word out of some."""

    def read(value: object, place: str) -> str:
        word = value.strip().lower() if isinstance(value, str) else ""
        if word not in choices:
            meant = nearest(word, choices)
            mend = f"did you mean {meant}?" if meant else f"for example {place}: {choices[0]}"
            raise wrong(place, "one of " + ", ".join(choices), mend)
        return word

    return read


def version(value: object, place: str) -> str:
    """A LinkedIn version `YYYYMM`, as number or text."""
    found = value.strip() if isinstance(value, str) else _plain_number(value)
    if not _VERSION.fullmatch(found):
        raise wrong(place, "a LinkedIn version as YYYYMM", f"for example {place}: 202609")
    return found


def location(value: object, place: str) -> str:
    """An `https` URL, or plain `http` for loopback, without credentials, query or trailing slash."""
    found = value.strip() if isinstance(value, str) else ""
    try:
        parts = urlsplit(found)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise wrong(place, "an https URL", f"for example {place}: https://api.linkedin.com") from None
    odd = "@" in parts.netloc or parts.query or parts.fragment or any(character.isspace() for character in found)
    if parts.scheme not in {"http", "https"} or not host or odd:
        raise wrong(
            place,
            "an https URL without credentials or query",
            f"for example {place}: https://api.linkedin.com",
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise wrong(place, "https (plain http is for loopback only)", "write https:// or use 127.0.0.1")
    if _ENDPOINT.search(parts.path):
        raise ConfigError(
            place, "it holds the path of an endpoint, which is added to it", "end it behind the host's name"
        )
    return found.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def domains(value: object, place: str) -> tuple[str, ...]:
    """Domains of e-mail addresses in lower case, with or without a leading `@`."""
    found = tuple(domain.removeprefix("@").lower() for domain in texts(value, place))
    if not all(_DOMAIN.fullmatch(domain) for domain in found):
        raise wrong(place, "a list of domains, without wildcards", f'for example {place}: ["example.com"]')
    return found


def instant(value: object, place: str) -> int:
    """An RFC 3339 date and time with a zone, or a date (then UTC), as epoch milliseconds.

    YAML and Python give a date that stands without quotes as one.
    """
    written = value.isoformat() if isinstance(value, date) else value
    found = written.strip() if isinstance(written, str) else ""
    try:
        moment = datetime.fromisoformat(found)
    except ValueError:
        raise wrong(place, "an RFC 3339 date and time", f"for example {place}: 2026-11-01T00:00:00Z") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _MILLISECOND


def identifiers(urn: str) -> Reader:
    """A reader of one id, one URN that begins like this, or a list of them."""

    def read(value: object, place: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(identifier(item, place, urn) for item, _ in one_or_several(value, place)))

    return read


def identifier(value: object, place: str, urn: str = RULE_URN) -> str:
    """The digits of one id, or of a URN that begins like this."""
    found = value.strip() if isinstance(value, str) else _plain_number(value)
    digits = found.removeprefix(urn)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS):
        raise wrong(place, f"a numeric id or a URN like {urn}{_EXAMPLES[urn][0]}", _mend_of_id(found, place, urn))
    return digits


def _mend_of_id(written: str, place: str, urn: str) -> str:
    """What to do with what is no id: several in one text are a list, and the number of something else is never its id."""
    if re.fullmatch(r"\d+([\s,;.'\u2019]+\d+)+", written):
        several = f"several as a list: {place}: [{', '.join(_EXAMPLES[urn])}]"
        return f"write a number without spaces or marks between its digits, and {several}"
    named = re.search(r"(?i)urn:\w+:(\w+):", written)
    if named is not None and named[1].lower() != urn.split(":")[-2].lower():
        return f"it is the URN of something else: copy the number of the {_WHAT[urn]} from Campaign Manager"
    if re.search(r"\d{3,}", written):
        return "write its number alone, the digits, as Campaign Manager shows it"
    return "copy its number from Campaign Manager"


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
    """The mend that shows an example, if there is one; a text may be that of a variable, which only JSON fills."""
    in_a_variable = "; in a variable the same as JSON, each name in quotes" if isinstance(value, str) else ""
    return f"write {place}: {example}{in_a_variable}" if example else ""


def json_array(value: object, place: str, example: str = "") -> list[object]:
    """A list, typed or as JSON text; who gets it wrong is told the example."""
    found = json_or(value, list)
    if not isinstance(found, list | tuple):
        in_any_case = f"write it as a YAML list, or as JSON text: {place}='[…]'"
        raise wrong(place, "a list", _as_in(example, value, place) or in_any_case)
    return list(found)


def json_object(value: object, place: str, example: str = "") -> dict[str, object]:
    """An object, typed or as JSON text; who gets it wrong is told the example."""
    found = json_or(value, dict)
    if not isinstance(found, Mapping):
        in_any_case = f"write it as a YAML mapping, or as JSON text: {place}='{{…}}'"
        raise wrong(place, "an object", _as_in(example, value, place) or in_any_case)
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
