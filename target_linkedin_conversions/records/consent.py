"""Whether a record may be sent at all: the person's consent, and the source's mark that it is gone."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.records.cache import cached
from target_linkedin_conversions.records.event import Refusal
from target_linkedin_conversions.records.extended_json import plain_value
from target_linkedin_conversions.records.json_text import entered
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.text import comparable, key_text
from target_linkedin_conversions.records.truth import FALSE, TRUE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_linkedin_conversions.records.plan import Admission
    from target_linkedin_conversions.records.rows import Row, Value

__all__ = ["compile_consent", "is_deleted", "without_consent"]

_STATES = ("x", "deleted", "archived", "removed", "trashed", "discarded", "purged", "d", "del", "delete")
_TRUE_ABROAD = (
    "ja",
    "j",
    "oui",
    "si",
    "s\u00ed",
    "sim",
    "tak",
    "ano",
    "da",
    "evet",
    "igen",
    "\u0434\u0430",
    "\u306f\u3044",
    "\u662f",
)
_DELETED = TRUE.union(_STATES, _TRUE_ABROAD)
"""What marks a record as gone: true in any language, its state, or what a log of changes (Debezium's, DMS's, BigQuery's) says was done to it."""
_NOT_DELETED = FALSE | {None, ""}
_A_YEAR = re.compile(
    r"(?<![0-9])2[01][0-9]{2}(?![0-9])|(?<![0-9])[0-9]{1,2}([-/. ])(?:[^\W\d_]{3,10}|[0-9]{1,2})\1[0-9]{2}(?![0-9])"
)
"""A year in an unreadable time: it counts as a deletion mark, because sending a deleted person would be worse."""
_LONGEST_TIME = 64
_NEVER_MS = 253_370_764_800_000
"""The year 9999, as databases write an end that has not come."""
_SAID = TRUE | FALSE | {"denied", "declined"}
_LONGEST_LIST = 10_000
"""Characters of a text that is read as a list of what was consented to."""

_ONE_WORD = re.compile(r"[^\W\d_]+(?:[_-][^\W\d_]+){0,3}|[0-9]{1,2}").fullmatch
_LONGEST_WORD = 20

_decode = msgspec.json.Decoder().decode


def is_deleted(value: Value, read_time: Callable[[object], int | object | None]) -> bool:
    """Whether a mark says that the record is gone: true, or a time; the first and the last of all times are none.

    So it is where one of a list does; an object is no mark, a path names what in it is.
    """
    if (marks := _marks_in(value)) is not None:
        return any(is_deleted(mark, read_time) for mark in marks)
    text = comparable(value)
    if text is None or text in _NOT_DELETED:
        return False
    if text in _DELETED:
        return True
    time = read_time(value)
    if isinstance(time, int):
        return time < _NEVER_MS
    return time is not None and len(text) <= _LONGEST_TIME and _A_YEAR.search(text) is not None


def _marks_in(value: Value) -> list[Value] | None:
    """The marks that a list holds, as a look-up of linked rows gives them, whose numbers name what is linked; None of all else."""
    found = entered(value) if type(value) is str and value.lstrip()[:1] == "[" else value
    if not isinstance(found, list | tuple):
        return None
    return [part for part in map(plain_value, found) if isinstance(part, bool | str | date)]


def compile_consent(admission: Admission) -> Callable[[Row], bool] | None:
    """A function that says of a row whether its person consented; None where all did."""
    place, granted = admission.consent, admission.granted
    if place is None:
        return None
    if admission.consent_is_list:
        is_yes: Callable[[Value], bool] = cached(lambda value: _grants(value, granted))
    else:
        is_yes = cached(lambda value: comparable(value) in granted)
    return lambda row: is_yes(row[place])


def _grants(value: Value, granted: frozenset[str | None]) -> bool:
    """Whether a list says yes to what is asked for, and does not say no to the same as well."""
    said = list(_said_in(value))
    asked = {name for name, is_yes in said if is_yes and name in granted}
    return bool(asked.difference(name for name, is_yes in said if not is_yes))


def _said_in(value: Value) -> Iterator[tuple[str | None, bool]]:
    """What each part of a list says yes or no to: `C0004`, or `C0004:1` and `C0004:0` as OneTrust writes it."""
    for part in _parts(value):
        text = comparable(part)
        yield text, True
        name, mark, given = (text or "").rpartition(":")
        if mark and (given := given.strip()) in _SAID:
            yield name.strip(), given in TRUE


def _parts(value: Value) -> list[Value]:
    """What a list holds, or a text with commas, semicolons or bars between, or a list as JSON.

    White space separates codes, words that hold a digit: `no ads` grants no ads.
    """
    if isinstance(value, list | tuple):
        return [part for part in map(plain_value, value) if not isinstance(part, list | tuple | dict)]
    if not isinstance(value, str) or len(value) > _LONGEST_LIST:
        return [value] if isinstance(value, bool | int | float) else []
    text = value.strip()
    if text[:1] == "{" and text[-1:] == "}" and ":" not in text:
        text = text[1:-1].replace('"', "")  # a list as PostgreSQL writes one
    if text[:1] == "[":
        try:
            found = _decode(text)
        except (msgspec.DecodeError, RecursionError):
            return []
        return _parts(found)
    parts = text.replace(";", ",").replace("|", ",").split(",")
    return [code for part in parts for code in _codes(part)]


def _codes(part: str) -> list[Value]:
    words = part.split()
    are_codes = len(words) > 1 and all(any(map(str.isdigit, word)) for word in words)
    return list(words) if are_codes else [part]


def without_consent(row: Row, admission: Admission) -> Refusal:
    """The refusal of a record whose person did not consent, with the value that said so."""
    value = None if admission.consent is None else row[admission.consent]
    noted = (value,) if isinstance(value, Reason) else ()
    return Refusal(skipped="no_consent", consent="" if value is None else _answer_shown(value), noted=noted)


def _answer_shown(value: Value) -> str:
    """The value where it is one word, such as `declined` or `opted_out`; else only that there was a text: it may hold anything."""
    text = (key_text(value) or "").strip()
    return text if len(text) <= _LONGEST_WORD and _ONE_WORD(text) else "(masked)" if text else ""
