"""Amounts and currencies: exact decimal text, never through a float."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from target_linkedin_conversions.records.cache import Cache
from target_linkedin_conversions.records.codes import CURRENCIES
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from target_linkedin_conversions.records.columns import Place, Row
    from target_linkedin_conversions.records.fields import JsonOf

BAD_AMOUNT = Reason("value", "bad_amount")
UNKNOWN_CURRENCY = Reason("currency", "unknown_currency")
VALUE_WITHOUT_CURRENCY = Reason("currency", "value_without_currency")

_AS_IT_IS = re.compile(r"(?:[1-9][0-9]{0,17}|0)(?:\.[0-9]{1,9})?").fullmatch
"""An amount that needs nothing."""
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
_COMMA = re.compile(r"\+?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?")
_MOST_DIGITS = 30


def compile_money(value: Place | None, code: Place | None, *, decimal_comma: bool) -> JsonOf:
    """A function from row to the event's `conversionValue` as JSON, from the places of amount and currency.

    Both or neither; what is bad is noted.
    """
    if value is None:
        return lambda _row, _left_out: ""
    codes = Cache(lambda value: currency(value) or VALUE_WITHOUT_CURRENCY)
    known, make = codes.known, codes.make

    def money(row: Row, left_out: list[Reason]) -> str:
        number = row[value]
        if number is None:
            return ""
        number = amount(number, decimal_comma=decimal_comma)
        if number is None:
            return ""
        written = None if code is None else row[code]
        found = known(written) if type(written) is str else None
        if found is None:
            found = make(written)
        if isinstance(number, str) and isinstance(found, str):
            return f',"conversionValue":{{"currencyCode":"{found}","amount":"{number}"}}'
        left_out += [part for part in (number, found) if isinstance(part, Reason)]
        return ""

    return money


def amount(value: object, *, decimal_comma: bool = False) -> str | Reason | None:
    """The amount as plain decimal text, None where there is none, or why it is bad.

    Digits stay as written (`129.50`); `1e3` becomes `1000`; zero is an amount.
    """
    if value is None:
        return None
    if type(value) is str:
        if not decimal_comma and _AS_IT_IS(value):
            return value
        return _of_text(value.strip(), decimal_comma=decimal_comma)
    if type(value) is Decimal:
        text = str(value)
        return text if _AS_IT_IS(text) else _plain(value)
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
        if _AS_IT_IS(text):
            return text
    return _plain(Decimal(text)) if text.isascii() and _PLAIN.fullmatch(text) else BAD_AMOUNT


def _plain(number: Decimal) -> str | Reason:
    if not number.is_finite() or (number.is_signed() and number) or abs(number.adjusted()) > _MOST_DIGITS:
        return BAD_AMOUNT
    text = format(number, "f").removeprefix("-")
    return text if len(text) <= _MOST_DIGITS else BAD_AMOUNT


def currency(value: object) -> str | Reason | None:
    """The ISO 4217 code in capitals, None where there is none, or why it is bad."""
    if type(value) is str and value in CURRENCIES:
        return value
    if value is None:
        return None
    code = value.strip().upper() if isinstance(value, str) else "?"
    if not code:
        return None
    return code if code in CURRENCIES else UNKNOWN_CURRENCY
