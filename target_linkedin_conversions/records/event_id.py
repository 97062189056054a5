"""The event id: from a column, or one of our own."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from ipaddress import ip_address
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.printable import without_unseen
from target_linkedin_conversions.records.accounts_and_secrets import BEGINNINGS, is_account_or_secret
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

_SHORTEST, _LONGEST = 10, 64
"""Characters of an id of letters and digits of which little needs to be looked at, and of any."""
_OF_A_STRANGER = re.compile(
    r"[\w-]{2}=[^\s=]|\?[^\s?=]*=|(?:\A|[\s:])\+[1-9](?:[ ()./-]{0,3}[0-9]){6}|\Atel:|\A(?!.*[0-9]).*\S\s+\S",
    re.IGNORECASE | re.DOTALL,
).search
"""What stands in a cookie or the query of a URL, a telephone's number with its country, words without a digit: `Jane Doe`."""
_NAMED_NUMBERS = re.compile(
    r"(?=[^=]*=[^|/,=]*[0-9])(?=(?:\w[\w.-]*=[\w.:-]+(?:[|/,]|\Z))+\Z)"
    r"(?!.*(?:sess|sid=|token|secret|passw|pwd|auth|cookie|api_?key|mail|phone|mobil|handy|telef|(?<![a-z])(?:tel|fax|ip|ssn|name)=|user=|login"
    r"|(?:first|last|full|sur|user|nick|contact)_?name|iban|card|birth|dob=|_ga|bcookie|lidc|li_at))",
    re.IGNORECASE,
).match
"""What keys in several columns are written as, `order=123`, `deal_id=17|stage=won`; none of their names is a person's or a session's."""
_NO_ID = re.compile(
    r"(?=0[^\s/()]*[\s/()]|\()(?![0-9/-]*(?:\b20[0-9]{2}\b|\A[0-9]+/[0-9]{1,3}\Z))(?:[\s()./-]*[0-9]){7,19}\)?\Z"
    r"|[0-9]{4}(?:\s[0-9]{4}){3}\Z|[0-9]{1,3}(?:\.[0-9]{1,3}){3}\Z|(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\Z|bearer\s",
    re.IGNORECASE,
).match
"""A telephone's number in groups from a zero or bracket on, a card's in groups, an IP address or a device's, a token.

A group that is a year is an invoice's, `001/2026/17`, and no telephone's number ends in so few digits as `0012345/17`.
"""
_PERHAPS_IPV6 = re.compile(r"(?=.*::|(?:[0-9a-f]+:){7})[0-9a-f:.]+\Z", re.IGNORECASE).match
_IN_ONE_WORD = re.compile(r"[A-Za-z0-9_#-]+\Z").match
"""Without a blank, a bracket or a mark of a query, so that of what a stranger's text may be little is left to look for."""
_LONG_PLACEHOLDERS = [one for one in NO_KEY if one is not None and len(one) >= _SHORTEST]
_WORTH_A_LOOK = BEGINNINGS | {one[:3] for one in _LONG_PLACEHOLDERS}
_WORTH_A_LOOK_ALONE = BEGINNINGS | {one[:3] for one in _LONG_PLACEHOLDERS if one.isalnum()}
"""What ids begin with that may be none, though they have letters and digits alone, beside hyphens or without any."""
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
        if type(value) is str:
            if "-" in value:
                if is_plain_id(value):  # an address in another alphabet has no hyphen
                    return _read(value) if value[:3] in _WORTH_A_LOOK else value
            elif _SHORTEST <= len(value) <= _LONGEST and value.isascii() and value.isalnum():
                return (
                    _IS_EMAIL if encodes_address(value) else _read(value) if value[:3] in _WORTH_A_LOOK_ALONE else value
                )
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
    is_word = _IN_ONE_WORD(text) is not None
    if holds_address(text) or ((not is_word or "at" in text.lower()) and is_written_for_people(text)):
        return _IS_EMAIL
    # One `undefined` for many events would make all but the first count as sent already.
    if text in NO_KEY or is_placeholder(text):
        return None
    return _BAD if _is_of_a_stranger(text, is_word=is_word) else text


def _is_of_a_stranger(text: str, *, is_word: bool) -> bool:
    """Whether an id plainly says who somebody is, or what opens a door."""
    if is_word:
        return text[:3] in BEGINNINGS and is_account_or_secret(text)
    return (
        (_OF_A_STRANGER(text) is not None and _NAMED_NUMBERS(text) is None)
        or _NO_ID(text) is not None
        or is_account_or_secret(text)
        or (_PERHAPS_IPV6(text) is not None and _is_ipv6(text))
    )


def _is_ipv6(text: str) -> bool:
    """Whether a machine may have it as its address; `17::103` and `abc::123`, two keys in one, lie where none has."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return text.startswith("::") or not address.is_reserved


def own_event_id(rule: str, source: str, key: Key, time: int | None) -> str:
    """The event id of our own: 32 hex digits of SHA-256 over `[1, rule, source, key, time]`.

    Compact JSON in UTF-8; the rule's id as text; without `time` where a key converts once.
    It never changes within a major version: the ledger and LinkedIn know events by it.
    """
    parts = (1, rule, source, key) if time is None else (1, rule, source, key, time)
    return sha256(_encode(parts)).hexdigest()[:32]
