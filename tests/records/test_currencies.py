from __future__ import annotations

from typing import Any

import pytest

from target_linkedin_conversions.records.money import currency
from target_linkedin_conversions.records.reasons import Reason


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("EUR", "EUR"),
        (" eur ", "EUR"),
        ("Usd", "USD"),
        ('"EUR"', "EUR"),
        (' "usd" ', "USD"),
        ("\uff25\uff35\uff32", "EUR"),
        ("\ufeffEUR", "EUR"),
        ("\u200eGBP\u200b", "GBP"),
        ("\u00a0\u3000JPY\u2009", "JPY"),
        ('"\\u0045UR"', "EUR"),
        ('{"$symbol": "CHF"}', "CHF"),
        ({"$symbol": "CHF"}, "CHF"),
    ],
)
def test_a_currency_is_its_iso_code_in_capitals(given: str, sent: str) -> None:
    assert currency(given) == sent


@pytest.mark.parametrize(
    "bad",
    [
        "EURO",
        "€",
        "QQQ",
        "XXX",
        "XTS",
        "E",
        978,
        True,
        ["EUR"],
        {"code": "EUR"},
        '"EURO"',
        '["EUR"]',
        '"',
        "{",
        "E UR",
        "GBp",
        " GBx",
        "ZAc",
        '"ILa"',
    ],
)
def test_what_is_no_currency_is_bad(bad: Any) -> None:
    assert currency(bad) == Reason("currency", "unknown_currency")


@pytest.mark.parametrize("empty", [None, "", " ", "\u200b", '""', '" "', '{"$symbol": null}'])
def test_an_empty_currency_is_none(empty: Any) -> None:
    assert currency(empty) is None
