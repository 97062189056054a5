"""Amounts and currencies: exact decimal text, never through a float."""

from __future__ import annotations

import re
from decimal import Decimal

from target_linkedin_conversions.records.codes import CURRENCIES
from target_linkedin_conversions.records.reasons import Reason

BAD_AMOUNT = Reason("value", "bad_amount")
UNKNOWN_CURRENCY = Reason("currency", "unknown_currency")

_PLAIN = re.compile(r"\+?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
_COMMA = re.compile(r"\+?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?")
_MOST_DIGITS = 30


def amount(value: object, *, decimal_comma: bool = False) -> str | Reason | None:
    """The amount as plain decimal text, None where there is none, or why it is bad.

    Digits stay as written (`129.50`); `1e3` becomes `1000`; zero is an amount.
    """
    if type(value) is str:
        text = value.strip()
        if not text:
            return None
        if decimal_comma:
            if not _COMMA.fullmatch(text):
                return BAD_AMOUNT
            text = text.replace(".", "").replace(",", ".")
        if not _PLAIN.fullmatch(text) or not text.isascii():
            return BAD_AMOUNT
        return _plain(Decimal(text))
    if value is None:
        return None
    if isinstance(value, Decimal):
        return _plain(value)
    if type(value) is int:
        return _plain(Decimal(value))
    if isinstance(value, float):
        return _plain(Decimal(repr(value)))
    return BAD_AMOUNT


def _plain(number: Decimal) -> str | Reason:
    if not number.is_finite() or number.is_signed() or abs(number.adjusted()) > _MOST_DIGITS:
        return BAD_AMOUNT
    text = format(number, "f")
    return text if len(text) <= _MOST_DIGITS else BAD_AMOUNT


def currency(value: object) -> str | Reason | None:
    """The ISO 4217 code in capitals, None where there is none, or why it is bad."""
    if value is None:
        return None
    code = value.strip().upper() if isinstance(value, str) else "?"
    if not code:
        return None
    return code if code in CURRENCIES else UNKNOWN_CURRENCY
