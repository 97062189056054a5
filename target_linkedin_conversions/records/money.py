"""Amounts and currencies: exact decimal text, never through a float."""

from __future__ import annotations

import re
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.records.cache import Cache
from target_linkedin_conversions.records.codes import CURRENCIES
from target_linkedin_conversions.records.extended_json import plain_value
from target_linkedin_conversions.records.json_text import unwrapped
from target_linkedin_conversions.records.reasons import REFUND, Reason
from target_linkedin_conversions.records.text import in_ascii

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.records.rows import JsonOf, Place, Row, Value

__all__ = ["LONGEST_AMOUNT", "SIGNS", "Amounts", "compile_money", "currency", "decimals_of"]

BAD_AMOUNT = Reason("value", "bad_amount")
UNKNOWN_CURRENCY = Reason("currency", "unknown_currency")
VALUE_WITHOUT_CURRENCY = Reason("currency", "value_without_currency")


class _BadAmount(Reason, frozen=True):
    """The reason `bad_amount` where the settings already say how amounts are written."""

    expected: str

    @property
    def message(self) -> str:
        """The message without the advice to set what is already set."""
        return self.expected


_BAD_WITH_COMMA = _BadAmount(
    "value",
    "bad_amount",
    "the amount is no number with a decimal comma, such as 1.234,56; check the column, or name thousands",
)
_BAD_WITH_THOUSANDS = _BadAmount(
    "value",
    "bad_amount",
    "the amount is no decimal number with the mark of thousands, which stands before each three digits; "
    "check the column, or set decimal_comma where decimals stand behind a comma",
)
_BAD_WITH_BOTH = _BadAmount(
    "value",
    "bad_amount",
    "the amount is no number with a decimal comma and the mark of thousands, which stands before each three digits; "
    "check the column",
)

_AS_IT_IS = re.compile(r"(?:[1-9][0-9]{0,17}|0)(?:\.[0-9]{1,9})?").fullmatch
"""An amount that is sent as it stands."""
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?").fullmatch
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u00b4\u2032", "'"))
_NO_CENTS = re.compile(r"(?<=[0-9])[.,:]-{1,2}\Z")
"""A stroke in place of the cents: `100.-`, `100,--`, `129:-`."""
_BELOW_ZERO = re.compile(
    r"(?=.*[1-9])(?:"
    r"[^0-9]*?(?<!-)(?:(?<![^\W\d_])-(?!-)|-(?=[.,]?[0-9])).*"
    r"|.*[0-9](?:-[^0-9]*|[^0-9.,-]*-)"
    r"|[^0-9()]*\([^()]*\)[^0-9]*)",
    re.DOTALL,
).fullmatch
"""One minus before or behind all digits, or brackets around them: `-12,50`, SAP's `12.50-`, `(12.50)`.

In `100.-` and `100,-` the stroke stands for no cents, in `US-$` between letters.
"""
_KEPT_AS_WRITTEN = 30
"""Characters up to which the zeros at an amount's end stay as they are written."""
_LARGEST, _SMALLEST = 308, -308
"""Powers of ten beyond which nobody who adds up amounts in floats could hold one."""
LONGEST_AMOUNT = 1_000
"""Characters of an amount that leaves, and of a text in which more than digits is looked for."""
_LONGEST_CODE = 64
"""Characters of a text in whose quotes or object a currency's code is looked for."""
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)

SIGNS = {
    "EUR": ("\u20ac",),
    "USD": ("US$", "$"),
    "GBP": ("\u00a3",),
    "JPY": ("\u00a5", "\uffe5", "\u5186"),
    "CNY": ("\u00a5", "\uffe5", "\u5143", "RMB"),
    "INR": ("\u20b9", "Rs.", "Rs"),
    "IDR": ("Rp.", "Rp"),
    "MYR": ("RM",),
    "HUF": ("Ft",),
    "RON": ("lei",),
    "CHF": ("Fr.", "SFr."),
    "SEK": ("kr",),
    "NOK": ("kr",),
    "DKK": ("kr.", "kr"),
    "PLN": ("z\u0142",),
    "CZK": ("K\u010d",),
    "BRL": ("R$",),
    "ILS": ("\u20aa",),
    "KRW": ("\u20a9",),
    "TRY": ("\u20ba",),
    "RUB": ("\u20bd",),
    "UAH": ("\u20b4",),
    "VND": ("\u20ab",),
    "THB": ("\u0e3f",),
    "NGN": ("\u20a6",),
    "PHP": ("\u20b1",),
    "ZAR": ("R",),
    "AUD": ("A$", "AU$", "$"),
    "CAD": ("C$", "CA$", "$"),
    "NZD": ("NZ$", "$"),
    "HKD": ("HK$", "$"),
    "SGD": ("S$", "$"),
    "MXN": ("MX$", "$"),
    "ARS": ("$",),
    "CLP": ("$",),
    "COP": ("$",),
    "TWD": ("NT$", "$"),
}
"""How people write a currency beside an amount, beside its code; the longest sign first."""
_HUNDREDTHS = frozenset({"GBp", "GBx", "ILa", "ZAc"})
"""Pence, agorot and cents, as exchanges write them: by the letter's case alone they are not the whole."""
_EXPONENTS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
"""Digits of the minor unit (ISO 4217); two for all others."""


def decimals_of(code: object) -> int:
    """How many decimals ISO 4217 gives a currency; two to what is none of its codes."""
    return _EXPONENTS.get(code, 2) if isinstance(code, str) else 2


class Amounts(msgspec.Struct, frozen=True):
    """How the amounts of a stream are written: `thousands` is the mark between them, empty for none.

    With `minor_units` they count cents, or whatever the currency's hundredth or thousandth is.
    """

    decimal_comma: bool = False
    thousands: str = ""
    minor_units: bool = False

    @property
    def reader(self) -> Callable[[object, object], str | Reason | None]:
        """`read`, which is asked last where an amount needs nothing."""
        read = self.read
        if self.decimal_comma or self.minor_units:
            return read

        def as_it_is(value: object, code: object) -> str | Reason | None:
            text = str(value) if type(value) is Decimal else value
            return text if type(text) is str and _AS_IT_IS(text) else read(value, code)

        return as_it_is

    def read(self, value: object, code: object = None) -> str | Reason | None:
        """The amount in a currency as plain decimal text, None where there is none, or why it is bad.

        Digits stay as written (`129.50`); `1e3` becomes `1000`; zero is an amount, less is a refund, also where
        the digits cannot be read: what goes back is never a purchase without its value.
        """
        if isinstance(value, str):
            return self._of_text(value, code)
        if value is None:
            return None
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return self._of_number(Decimal(repr(value)) if isinstance(value, float) else Decimal(value), code)
        if isinstance(value, Reason):
            return value
        found = plain_value(value)
        return self.bad if found is value else self.read(found, code)

    @property
    def bad(self) -> Reason:
        """Why a text is no amount, with the mend that is still open."""
        if self.decimal_comma:
            return _BAD_WITH_BOTH if self.thousands else _BAD_WITH_COMMA
        return _BAD_WITH_THOUSANDS if self.thousands else BAD_AMOUNT

    def _of_text(self, written: str, code: object) -> str | Reason | None:
        text = _without_sign("".join(in_ascii(written).split()).translate(_APOSTROPHES), code)
        if not text:
            return None if not in_ascii(written).strip() else self.bad
        sign, digits = (text[0], text[1:]) if text[0] in "+-" else ("", text)
        plain = self._plain(_NO_CENTS.sub("", _without_sign(digits, code)))
        if plain is None or not _NUMBER(plain):
            if len(written) > LONGEST_AMOUNT:
                return self.bad
            if (found := unwrapped(written, LONGEST_AMOUNT)) is not written:
                return self.read(found, code)
            return REFUND if _BELOW_ZERO(text) else self.bad
        number = Decimal(plain)
        return self._of_number(-number if sign == "-" else number, code)

    def _plain(self, text: str) -> str | None:
        """The digits with a decimal point and without thousands; None where the thousands stand anywhere else."""
        point = "," if self.decimal_comma else "."
        mark = self.thousands.strip().translate(_APOSTROPHES) or ("." if self.decimal_comma else "")
        whole, _, fraction = text.partition(point)
        if mark and mark in whole:
            first, *groups = whole.split(mark)
            sizes = {len(group) for group in groups[:-1]}
            if not 1 <= len(first) <= 3 or len(groups[-1]) != 3 or not (sizes <= {3} or sizes == {2}):  # noqa: PLR2004 - thousands, or India's hundreds of them
                return None
            whole = first + "".join(groups)
        if self.decimal_comma and not (whole.isdigit() and (fraction or "0").isdigit()):
            return None
        return f"{whole}.{fraction}" if fraction else whole

    def _of_number(self, number: Decimal, code: object) -> str | Reason:
        if number.is_finite() and number < 0:
            return REFUND
        if not number.is_finite() or not _SMALLEST <= number.adjusted() <= _LARGEST:
            return self.bad
        if self.minor_units:
            number = number.scaleb(-decimals_of(code), _EXACT)
        text = format(number, "f").removeprefix("-")
        if len(text) > _KEPT_AS_WRITTEN and "." in text:
            text = text.rstrip("0").removesuffix(".")
        return text if len(text) <= LONGEST_AMOUNT else self.bad


def _without_sign(text: str, code: object) -> str:
    """The text without its currency's code or sign before or behind the amount."""
    for sign in (code, *SIGNS.get(code, ())) if isinstance(code, str) else ():
        if text[: len(sign)].upper() == sign.upper():
            return text[len(sign) :]
        if text[-len(sign) :].upper() == sign.upper():
            return text[: -len(sign)]
    return text


def compile_money(value: Place | None, code: Place | None, amounts: Amounts) -> JsonOf:
    """A function from row to the event's `conversionValue` as JSON, from the places of amount and currency.

    Both or neither; what is bad is noted.
    """
    if value is None:
        return lambda _row, _left_out: ""
    read = amounts.reader

    def code_of(written: Value) -> str | Reason:
        return currency(written) or VALUE_WITHOUT_CURRENCY

    known = Cache(code_of)

    def money(row: Row, left_out: list[Reason]) -> str:
        written = row[value]
        if written is None:
            return ""
        name = None if code is None else row[code]
        found = known[name] if type(name) is str else code_of(name)
        number = read(written, found)
        if isinstance(number, str) and isinstance(found, str):
            return f',"conversionValue":{{"currencyCode":"{found}","amount":"{number}"}}'
        if number is not None:
            left_out += [part for part in (number, found) if isinstance(part, Reason)]
        return ""

    return money


def currency(value: object) -> str | Reason | None:
    """The ISO 4217 code in capitals, None where there is none, or why it is bad."""
    if type(value) is str and value in CURRENCIES:
        return value
    if value is None or isinstance(value, Reason):
        return value
    written = unwrapped(value, _LONGEST_CODE)
    if written is None:
        return None
    name = in_ascii(written).strip() if isinstance(written, str) else "?"
    code = "?" if name in _HUNDREDTHS else name.upper()
    if not code:
        return None
    return code if code in CURRENCIES else UNKNOWN_CURRENCY
