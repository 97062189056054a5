"""Amounts and currencies: exact decimal text, never through a float."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from target_linkedin_conversions.records.codes import CURRENCIES
from target_linkedin_conversions.records.event import Amount
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from target_linkedin_conversions.records.columns import Row
    from target_linkedin_conversions.records.plan import StreamPlan

BAD_AMOUNT = Reason("value", "bad_amount")
UNKNOWN_CURRENCY = Reason("currency", "unknown_currency")
VALUE_WITHOUT_CURRENCY = Reason("currency", "value_without_currency")

_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
_COMMA = re.compile(r"\+?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?")
_MOST_DIGITS = 30


def money_of(row: Row, plan: StreamPlan, left_out: list[Reason]) -> Amount | None:
    """Amount and currency, both or neither; what is bad is noted."""
    number = amount(plan.value(row) if plan.value else None, decimal_comma=plan.decimal_comma)
    if number is None:
        return None
    code = currency(plan.currency(row)) if plan.currency is not None else None
    if code is None:
        code = VALUE_WITHOUT_CURRENCY
    if isinstance(number, str) and isinstance(code, str):
        return Amount(code, number)
    left_out += [part for part in (number, code) if isinstance(part, Reason)]
    return None


def amount(value: object, *, decimal_comma: bool = False) -> str | Reason | None:
    """The amount as plain decimal text, None where there is none, or why it is bad.

    Digits stay as written (`129.50`); `1e3` becomes `1000`; zero is an amount.
    """
    if value is None:
        return None
    if type(value) is str:
        return _of_text(value.strip(), decimal_comma=decimal_comma)
    if isinstance(value, Decimal):
        return _plain(value)
    if type(value) is int:
        return _plain(Decimal(value))
    return _plain(Decimal(repr(value))) if isinstance(value, float) else BAD_AMOUNT


def _of_text(text: str, *, decimal_comma: bool) -> str | Reason | None:
    if not text:
        return None
    if decimal_comma:
        if not _COMMA.fullmatch(text):
            return BAD_AMOUNT
        text = text.replace(".", "").replace(",", ".")
    return _plain(Decimal(text)) if text.isascii() and _PLAIN.fullmatch(text) else BAD_AMOUNT


def _plain(number: Decimal) -> str | Reason:
    if not number.is_finite() or (number.is_signed() and number) or abs(number.adjusted()) > _MOST_DIGITS:
        return BAD_AMOUNT
    text = format(number, "f").removeprefix("-")
    return text if len(text) <= _MOST_DIGITS else BAD_AMOUNT


def currency(value: object) -> str | Reason | None:
    """The ISO 4217 code in capitals, None where there is none, or why it is bad."""
    if value is None:
        return None
    code = value.strip().upper() if isinstance(value, str) else "?"
    if not code:
        return None
    return code if code in CURRENCIES else UNKNOWN_CURRENCY
