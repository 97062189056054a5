"""Amounts as databases, browsers and sheets of many countries write them: one reading, or none."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.records.money import Amounts
from target_linkedin_conversions.records.reasons import REFUND, Reason

PLAIN = Amounts()
COMMA = Amounts(decimal_comma=True)
AMOUNTS = st.decimals("0.01", "99999999", places=2).map(str)


@given(AMOUNTS)
def test_an_amount_is_the_same_in_an_object_of_mongodb_in_quotes_and_among_marks_that_nobody_sees(amount: str) -> None:
    for written in (
        {"$numberDecimal": amount},
        {"$numberDouble": amount},
        json.dumps({"$numberDecimal": amount}),
        json.dumps(amount),
        f"\u200e{amount}\u200f",
        f"\ufeff{amount}",
        f"{amount}\u200b \u20ac",
        "".join(chr(ord(mark) + 0xFEE0) for mark in amount),
        f"EUR\u202f{amount}\u00a0",
    ):
        assert Decimal(str(PLAIN.read(written, "EUR"))) == Decimal(amount), written


@given(AMOUNTS)
def test_what_is_below_zero_is_a_refund_in_each_of_these_too(amount: str) -> None:
    for written in (
        {"$numberDecimal": f"-{amount}"},
        json.dumps({"$numberDecimal": f"-{amount}"}),
        json.dumps(f"-{amount}"),
        f"\u200e\u2212{amount}",
        f"\uff08{amount}\uff09",
        f"{amount}\uff0d",
        f"\u20ac\u202f-{amount}",
    ):
        assert PLAIN.read(written, "EUR") == REFUND, written


@given(st.integers(1000, 10**9), st.integers(0, 99))
def test_thousands_with_any_blank_between_are_read_where_the_comma_is_the_decimals(whole: int, cents: int) -> None:
    grouped = f"{whole:,}"
    for blank in " \u00a0\u202f\u2009":
        assert COMMA.read(f"\u200e{grouped.replace(',', blank)},{cents:02} \u20ac", "EUR") == f"{whole}.{cents:02}"
    assert COMMA.read(f"{grouped.replace(',', '.')},{cents:02}", "EUR") == f"{whole}.{cents:02}"


@pytest.mark.parametrize(
    "written",
    [
        "1.234,56 \u20ac",
        "1'234.50",
        "1\u202f234,56",
        "USD 12.50",
        "$12.50",
        "12.50 \u00a3",
        "12.50 kr",
        "NaN",
        "Infinity",
        "\u0661\u0662\u0663",
        "12\u00b2",
        "\u2460",
        "\u00bd",
        "12k",
        "100%",
        "12.50 CR",
        "12.50 - 13.00",
        "12.50;13.00",
        '"12,50"',
        '{"amount": "12.50"}',
        '["12.50"]',
        {"amount": "12.50"},
        {"$numberDecimal": "NaN"},
        {"$numberDecimal": "Infinity"},
        {"$numberDecimal": "12,50"},
        {"$numberDecimal": True},
        {"$numberLong": "12", "$oid": "a"},
        {"$date": 1_795_700_460_000},
        {"$oid": "65f1a0b2c3d4e5f6a7b8c9d0"},
    ],
)
def test_what_has_two_readings_or_another_currencys_sign_is_bad(written: Any) -> None:
    assert PLAIN.read(written, "EUR") == Reason("value", "bad_amount")


@given(st.text(max_size=60), st.sampled_from([PLAIN, COMMA, Amounts(thousands=","), Amounts(minor_units=True)]))
def test_no_text_makes_the_reader_of_amounts_raise(text: str, amounts: Amounts) -> None:
    for written in (text, json.dumps(text), {"$numberDecimal": text}, f"{text}12.50", f"12.50{text}"):
        found = amounts.read(written, "EUR")
        assert found is None or isinstance(found, Reason) or Decimal(found) >= 0
