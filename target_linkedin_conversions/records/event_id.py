"""The event id: from a column, or one of our own."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.printable import without_unseen
from target_linkedin_conversions.records.encoded import encodes_address
from target_linkedin_conversions.records.extended_json import plain_value
from target_linkedin_conversions.records.looks import is_written_for_people
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.rows import Row
from target_linkedin_conversions.records.spellings import holds_address
from target_linkedin_conversions.records.text import NO_KEY, is_placeholder, is_plain_id, key_text

if TYPE_CHECKING:
    from target_linkedin_conversions.records.event import Key
    from target_linkedin_conversions.records.rows import Place, Value
    from target_linkedin_conversions.records.rules import Uses

__all__ = ["MappedId", "compile_event_id", "own_event_id"]

MappedId = Callable[[Row, "Uses"], "str | Reason | None"]

_LONGEST = 64
_OF_A_STRANGER = re.compile(
    r"[\w-]{2}=[^\s=]|\?[^\s?=]*=|(?:\A|[\s:])\+[1-9](?:[ ()./-]{0,3}[0-9]){6}|\Atel:|\A(?!.*[0-9]).*\S\s+\S",
    re.IGNORECASE | re.DOTALL,
).search
"""What stands in a cookie or the query of a URL, a telephone's number with its country, words without a digit: `Jane Doe`."""
_NO_ID = re.compile(
    r"(?=0[^\s/()]*[\s/()]|\()(?:[\s()./-]*[0-9]){7,19}\)?\Z|[0-9]{4}(?:\s[0-9]{4}){3}\Z|[A-Z]{2}[0-9]{2}(?:\s[A-Z0-9]{4}){3,7}"
    r"|[0-9]{1,3}(?:\.[0-9]{1,3}){3}\Z|(?=.*::|(?:[0-9a-f]+:){7})[0-9a-f:.]+\Z|bearer\s|eyJ[\w-]{8,}\.",
    re.IGNORECASE,
).match
"""A telephone's number in groups from a zero or bracket on, a card's or an account's in groups, an IP address, a token."""
_TOO_LONG = Reason("event_id", "event_id_too_long")
_IS_EMAIL = Reason("event_id", "event_id_is_email")
_BAD = Reason("event_id", "bad_event_id")

_encode = msgspec.json.Encoder().encode


def compile_event_id(place: Place, for_rules: frozenset[str] | None) -> MappedId:
    """A function from row to its mapped event id; None where the column is empty or for other rules.

    Then the event gets one of its own. Where no rule could be chosen, any may be meant.
    """

    def event_id(row: Row, uses: Uses) -> str | Reason | None:
        value = row[place]
        if type(value) is str and is_plain_id(value):
            # With a hyphen it is no address in base64 or hex; a call less for most ids.
            return _IS_EMAIL if value.isalnum() and encodes_address(value) else value
        # Most often the column is not there at all.
        if value is None or (for_rules is not None and uses and not any(use.rule in for_rules for use in uses)):
            return None
        return _read(value)

    return event_id


def _read(value: Value) -> str | Reason | None:
    """A value as an event id, or why it is none; None for what stands where there is none."""
    if type(value) is int:
        text = str(value)
        return text if len(text) <= _LONGEST else _TOO_LONG
    value = plain_value(value)
    if value is True or isinstance(value, dict | list | Reason):
        return value if isinstance(value, Reason) else _BAD
    # Odoo writes false where nothing is.
    text = "" if value is False else (key_text(value) or "").strip()
    if not text.isprintable():
        text = without_unseen(text).strip()
    if len(text) > _LONGEST:
        return _TOO_LONG
    if holds_address(text) or is_written_for_people(text):
        return _IS_EMAIL
    # One `undefined` for many events would make all but the first count as sent already.
    return None if text in NO_KEY or is_placeholder(text) else _BAD if _OF_A_STRANGER(text) or _NO_ID(text) else text


def own_event_id(rule: str, source: str, key: Key, time: int | None) -> str:
    """The event id of our own: 32 hex digits of SHA-256 over `[1, rule, source, key, time]`.

    Compact JSON in UTF-8; the rule's id as text; without `time` where a key converts once.
    It never changes within a major version: the ledger and LinkedIn know events by it.
    """
    parts = (1, rule, source, key) if time is None else (1, rule, source, key, time)
    return sha256(_encode(parts)).hexdigest()[:32]
