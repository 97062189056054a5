from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.records.money import Amounts
from target_linkedin_conversions.records.reasons import REFUND, Reason

if TYPE_CHECKING:
    from collections.abc import Callable

MAPPED = {"value": "deal", "currency": "code"}


@pytest.mark.parametrize("back", [-1, "-0.01", Decimal(-1), "- 12.50", "−5", -0.5, "-1e3"])
def test_what_is_below_zero_is_a_refund(stream: Callable[..., Any], back: Any) -> None:
    assert Amounts().read(back) == REFUND
    orders = stream(fields=MAPPED)
    assert orders.skipped(deal=back, code="EUR") == orders.skipped(deal=back) == "refund"


@pytest.mark.parametrize(
    "back",
    [
        "(12.50)",
        "12.50-",
        "-12,50",
        "-1,200.50",
        "- \u20ac 12,50",
        "\u201312.50",
        "\u201412.50",
        "\uff0d12.50",
        "USD -12.50",
        "-$12.50",
        "-1'200",
        "\uff0812.50\uff09",
        "($1,200.50)",
        "(12,50 EUR)",
        "EUR (12.50)",
        "12.50 EUR-",
        "1.200,50- EUR",
        "\u200e-12.50",
        "$-12.50",
        "kr \u2212 12,50",
        "USD-12.50",
        "\u201012.50",
        "-1_000",
        "about -5",
        -(10**31),
        Decimal("-1E+400"),
    ],
)
@pytest.mark.parametrize("amounts", [Amounts(), Amounts(thousands=","), Amounts(decimal_comma=True, minor_units=True)])
def test_what_goes_back_is_a_refund_however_it_is_written(amounts: Amounts, back: Any) -> None:
    assert [amounts.read(back, code) for code in ("EUR", None)] == [REFUND, REFUND]


def test_a_refund_in_any_writing_is_no_purchase(stream: Callable[..., Any]) -> None:
    orders = stream(fields=MAPPED, consent={"not_required": "a test"})
    for back in ("(12.50)", "12.50-", "- \u20ac 12,50", "-1'200"):
        assert orders.skipped(deal=back, code="EUR") == orders.skipped(deal=back, code="QQQ") == "refund"


@pytest.mark.parametrize(
    "stroke",
    [
        "US-$ 12,50",
        "10-20",
        "2026-11-20",
        "-",
        "\u2014",
        "(none)",
        "12,50 (net)",
        "pre-tax 5",
        "(0,00)",
    ],
)
def test_a_stroke_that_is_no_minus_makes_no_refund(stroke: str) -> None:
    assert Amounts().read(stroke, "EUR") == Reason("value", "bad_amount")
