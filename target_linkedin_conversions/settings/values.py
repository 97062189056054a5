"""How one configured value is read: typed or as text, and what is said when it is wrong.

Every reader takes the raw value and the place it stands at, and returns the value in its
own type or raises `ConfigError` with what was expected and a mend, never with the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from math import isfinite
from urllib.parse import urlsplit

from target_linkedin_conversions.epoch import EPOCH
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.loopback import is_loopback
from target_linkedin_conversions.nearest import folded_name, nearest, nearest_key
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.urns import ACCOUNT_URN, RULE_URN

__all__ = [
    "EMPTY",
    "FALSE",
    "QUOTES",
    "TRUE",
    "Reader",
    "boolean",
    "choice",
    "identifier",
    "instant",
    "integer",
    "location",
    "number",
    "text",
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
"""Beginnings of paths that requests add themselves, so that a URL must not end in them."""
_MOST_DIGITS = 19
_MILLISECOND = timedelta(milliseconds=1)


def wrong(place: str, expected: str, mend: str) -> ConfigError:
    """The error for a value that is not what was expected."""
    return ConfigError(place, f"expected {expected}", mend)


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
    """A reader of whole numbers in a range, typed (`5`, `5.0`) or as text; the error shows the example."""
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
    """A reader of numbers in a range, typed or as text; the error shows the example."""
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
            _mend_of_location(found, place),
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise wrong(place, "https (plain http is for loopback only)", "write https:// or use 127.0.0.1")
    if _ENDPOINT.search(parts.path):
        raise ConfigError(
            place, "it holds the path of an endpoint, which is added to it", "end it behind the host's name"
        )
    return found.rstrip("/")


def _mend_of_location(written: str, place: str) -> str:
    """What to do with what is no URL; who wrote this machine's own name is never sent to LinkedIn itself."""
    host = re.split(r"[:/]", written, maxsplit=1)[0]
    return "put http:// before it" if is_loopback(host) else f"for example {place}: https://api.linkedin.com"


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
    return (moment - EPOCH) // _MILLISECOND


def identifier(value: object, place: str, urn: str = RULE_URN) -> str:
    """The digits of one id, or of a URN that begins like this."""
    found = value.strip() if isinstance(value, str) else _plain_number(value)
    digits = found.removeprefix(urn)
    if not (digits.isascii() and digits.isdigit() and digits.strip("0") and len(digits) <= _MOST_DIGITS):
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
