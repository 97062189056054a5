"""Predicates on single values (an address? a time?), and the share of a column's values for which one holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from target_linkedin_conversions.guessing.zone_letters import without_letters
from target_linkedin_conversions.records.money import currency
from target_linkedin_conversions.records.normalise import click_id, country, email, hex_digest, two_names
from target_linkedin_conversions.records.text import is_email_shaped, is_placeholder
from target_linkedin_conversions.records.timestamps import milliseconds
from target_linkedin_conversions.urns import LEAD_URN

__all__ = [
    "carries_click_id",
    "has_no_zone",
    "has_words",
    "is_address",
    "is_amount",
    "is_click_id",
    "is_country",
    "is_currency",
    "is_hash",
    "is_id",
    "is_moment",
    "is_time",
    "is_two_names",
    "is_whole",
    "share",
]

Value = Any
Question = Callable[[Value], bool]

_CLICK_ID = "li_fat_id"
_LONGEST_NAME = 80
_BRACKETED = re.compile(r"[({\[<].*[)}\]>]", re.DOTALL)
_AMOUNT = re.compile(r"[^\d(+-]{0,5}[(+-]{0,2}\d[\d.,' \u2019\xa0\u202f]*\)?[^\d)]{0,5}")
_LEAD_RESPONSE = re.compile(
    rf"(?:{LEAD_URN})?[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}-[0-9]{{1,4}}", re.IGNORECASE
)
"""A UUID and a number, which no other source's ids are."""
_ID = re.compile(r"[\w:/.#-]{1,80}")
_ZONE = re.compile(
    r"(?::[0-9]{2}(?:[.,][0-9]+)?\s*(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)|UTC|GMT)\s*\Z", re.IGNORECASE
).search
_FIRST_SECOND = 1_041_379_200
"""2003 began; a smaller number is no epoch time."""
_SHEET_DAYS = range(36_526, 73_051)


def share(values: Iterable[Value], question: Question) -> float:
    """The part of the values for which the answer is yes; 0 where there are none."""
    answers = [question(value) for value in values if not _is_nothing(value)]
    return sum(answers) / len(answers) if answers else 0.0


def _is_nothing(value: Value) -> bool:
    return isinstance(value, str) and is_placeholder(value.strip() or "-")


def is_address(value: Value) -> bool:
    """One plain e-mail address, or several."""
    return isinstance(value, str) and "@" in value and _is_good(email(value))


def is_hash(value: Value) -> bool:
    """A SHA-256, in whatever way it is written."""
    return isinstance(value, str) and hex_digest(value.strip()) is not None


def is_click_id(value: Value) -> bool:
    """What may be a click id, alone or in what carries it."""
    return isinstance(click_id(value), str)


def carries_click_id(value: Value) -> bool:
    """A text with LinkedIn's click id under its name: a page, a cookie."""
    return isinstance(value, str) and _CLICK_ID in value.lower() and is_click_id(value)


def has_words(value: Value) -> bool:
    """A name or a title: letters, and neither an address nor what a database puts in brackets."""
    if not isinstance(value, str) or len(value) > _LONGEST_NAME or is_email_shaped(value) or "://" in value:
        return False
    return any(mark.isalpha() for mark in value) and _BRACKETED.fullmatch(value.strip()) is None


def is_two_names(value: Value) -> bool:
    """A first and a last name."""
    return has_words(value) and two_names(value) is not None and not any(mark.isdigit() for mark in value)


def is_country(value: Value) -> bool:
    """A country's code or name."""
    return isinstance(value, str) and isinstance(country(value), str)


def is_currency(value: Value) -> bool:
    """A currency's code."""
    return isinstance(value, str) and isinstance(currency(value), str)


def is_amount(value: Value) -> bool:
    """A number, or a text that writes one, with or without a currency's sign."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int | float | Decimal) or (
        isinstance(value, str) and _AMOUNT.fullmatch(value.strip()) is not None
    )


def is_whole(value: Value) -> bool:
    """A number without decimals."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_moment(value: Value) -> bool:
    """A time with its clock, as text that every reader takes."""
    return isinstance(value, str) and ":" in value and isinstance(milliseconds(without_letters(value)), int)


def has_no_zone(value: Value) -> bool:
    """A time as text that names no time zone, as a day alone does; what has no digit is no time."""
    if not isinstance(value, str) or not any(map(str.isdigit, value)):
        return False
    return not value.strip().replace(".", "", 1).isdigit() and _ZONE(value) is None


def is_time(value: Value) -> bool:
    """A text that is a time or a day, or a number that counts from an epoch or a sheet's first day."""
    if isinstance(value, bool):
        return False
    if isinstance(value, str) and not value.strip().replace(".", "", 1).isdigit():
        return isinstance(milliseconds(without_letters(value)), int)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return False
    is_large_enough = 0 < number < float("inf") and (number >= _FIRST_SECOND or int(number) in _SHEET_DAYS)
    return is_large_enough and isinstance(milliseconds(value), int)


def is_id(value: Value) -> bool:
    """A key of some table: short, without spaces."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, str) and _ID.fullmatch(value) is not None)


def is_lead_response(value: Value) -> bool:
    """Whether a value looks like the id of an answer to a LinkedIn lead form."""
    return isinstance(value, str) and _LEAD_RESPONSE.fullmatch(value.strip()) is not None


def _is_good(found: object) -> bool:
    return isinstance(found, str) or (isinstance(found, list) and any(isinstance(one, str) for one in found))
