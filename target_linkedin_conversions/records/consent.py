"""Whether a record may be sent at all: the person's consent, and the source's mark that it is gone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.records.cache import cached
from target_linkedin_conversions.records.event import Refusal
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.text import comparable, key_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.records.columns import Row, Value
    from target_linkedin_conversions.records.plan import StreamPlan

__all__ = ["compile_consent", "is_deleted", "without_consent"]

_NOT_DELETED = frozenset({None, "", "false", "0", "f", "no", "n"})
_LONGEST_LIST = 10_000
"""Characters of a text that is read as a list of what was consented to."""

_ONE_WORD = re.compile(r"[^\W\d_]+(?:[_-][^\W\d_]+){0,3}|[0-9]{1,2}").fullmatch
_LONGEST_WORD = 20

_decode = msgspec.json.Decoder().decode


def is_deleted(value: Value) -> bool:
    """Whether a mark says that the record is gone: true, a time; zeros are no time."""
    text = comparable(value)
    return text not in _NOT_DELETED and any(c.isalpha() or c in "123456789" for c in text or "")


def compile_consent(plan: StreamPlan) -> Callable[[Row], bool] | None:
    """A function that says of a row whether its person consented; None where all did."""
    place, granted = plan.consent, plan.granted
    if place is None:
        return None
    if plan.consent_is_list:
        is_yes: Callable[[Value], bool] = cached(lambda value: not granted.isdisjoint(map(comparable, _parts(value))))
    else:
        is_yes = cached(lambda value: comparable(value) in granted)
    return lambda row: is_yes(row[place])


def _parts(value: Value) -> list[Value]:
    """What a list holds, or a text with commas, semicolons or bars between, or a list as JSON."""
    if isinstance(value, list | tuple):
        return [part for part in value if not isinstance(part, list | tuple | dict)]
    if not isinstance(value, str) or len(value) > _LONGEST_LIST:
        return [value] if isinstance(value, bool | int | float) else []
    text = value.strip()
    if text[:1] == "[":
        try:
            found = _decode(text)
        except (msgspec.DecodeError, RecursionError):
            return []
        return _parts(found)
    return list(text.replace(";", ",").replace("|", ",").split(","))


def without_consent(row: Row, plan: StreamPlan) -> Refusal:
    """The refusal of a record whose person did not consent, with the value that said so."""
    value = None if plan.consent is None else row[plan.consent]
    noted = (value,) if isinstance(value, Reason) else ()
    return Refusal(skipped="no_consent", consent="" if value is None else _told(value), noted=noted)


def _told(value: Value) -> str:
    """The value where it is one word, such as `declined` or `opted_out`; else only that there was a text: it may hold anything."""
    text = (key_text(value) or "").strip()
    return text if len(text) <= _LONGEST_WORD and _ONE_WORD(text) else "(masked)" if text else ""
