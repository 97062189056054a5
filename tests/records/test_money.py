from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.records.money import Amounts
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

BAD = Reason("value", "bad_amount")


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (0.1, "0.1"),
        (Decimal("0.1"), "0.1"),
        ("0.1", "0.1"),
        ("129.50", "129.50"),
        (Decimal("129.50"), "129.50"),
        (19.9, "19.9"),
        (20, "20"),
        (20.0, "20.0"),
        ("1e3", "1000"),
        ("1E+3", "1000"),
        (Decimal("1E+3"), "1000"),
        (1e3, "1000.0"),
        ("1.5e-3", "0.0015"),
        (0, "0"),
        ("0", "0"),
        ("0.00", "0.00"),
        (Decimal("-0.0"), "0.0"),
        ("-0", "0"),
        (-0.0, "0.0"),
        (" 7 ", "7"),
        ("+7", "7"),
        ("7.", "7"),
        (".5", "0.5"),
        ("007", "7"),
        ("123456789012345678901234567.89", "123456789012345678901234567.89"),
        (0.1 + 0.2, "0.30000000000000004"),
    ],
)
def test_an_amount_is_exact_decimal_text(given: Any, sent: str) -> None:
    assert Amounts().read(given) == sent


@pytest.mark.parametrize(
    "bad",
    [
        "19,90",
        "1.234,56",
        "1,234.56",
        "1_000",
        "€5",
        "5 EUR",
        "1,200.50",
        "five",
        float("nan"),
        float("inf"),
        float("-inf"),
        "NaN",
        "Infinity",
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("1E+9999999"),
        Decimal("1E-9999999"),
        "1e400",
        "1e",
        "0x10",
        "٣",
        10**309,
        10**400,
        "9" * 400,
        "0." + "1" * 1_000,
        True,
        False,
        [],
        [5],
        {"amount": 5},
        "--5",
        "\0",
    ],
)
def test_what_is_no_plain_amount_is_bad(bad: Any) -> None:
    assert Amounts().read(bad) == BAD


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (10**31, f"1{31 * '0'}"),
        ("9" * 40, "9" * 40),
        ("9" * 309, "9" * 309),
        ("0." + "1" * 40, "0." + "1" * 40),
        (Decimal("0." + "1" * 40), "0." + "1" * 40),
        ("12345678901234567890123456789012345678.12345678901234567890123456789012345678", None),
        (f"129.5{900 * '0'}", "129.5"),
        (f"129.5{5_000 * '0'}", "129.5"),
        (f"129.{50_000 * '0'}", "129"),
        (f" +129.5{5_000 * '0'} ", "129.5"),
        (f"{5_000 * '0'}129.50", "129.50"),
        (Decimal(f"129.5{5_000 * '0'}"), "129.5"),
        (f"\u20ac 129.5{5_000 * '0'}", "129.5"),
        ("1e-40", f"0.{39 * '0'}1"),
        (1e22, f"1{22 * '0'}"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_an_amount_may_be_of_any_length(given: Any, sent: str | None) -> None:
    assert Amounts().read(given, "EUR") == (given if sent is None else sent)


def test_cents_of_any_length_lose_no_digit() -> None:
    cents, digits = Amounts(minor_units=True), "1234567890" * 5
    assert cents.read(digits, "EUR") == f"{digits[:-2]}.{digits[-2:]}".removesuffix("0")
    assert cents.read(int(digits), "KWD") == f"{digits[:-3]}.{digits[-3:]}".removesuffix("0")


@pytest.mark.parametrize("mark", ["9", "1.", "-", "( ", "1-", "\u2212", ",", "e"])
def test_a_text_without_end_is_read_in_time_that_grows_with_it_alone(mark: str) -> None:
    began = time.process_time()
    for amounts in (Amounts(), Amounts(decimal_comma=True), Amounts(thousands=",", minor_units=True)):
        assert isinstance(amounts.read(mark * 200_000, "EUR"), Reason)
    assert time.process_time() - began < 5  # what grows with the square takes minutes


@pytest.mark.parametrize(
    ("amounts", "given", "code", "sent"),
    [
        (Amounts(), "129.500000000000000000000000000000", "EUR", "129.5"),
        (Amounts(), Decimal("129.500000000000000000000000000000"), "EUR", "129.5"),
        (Amounts(), "19.90 €", "EUR", "19.90"),
        (Amounts(), "€ 19.90", "EUR", "19.90"),
        (Amounts(), "EUR 19.90", "EUR", "19.90"),
        (Amounts(), "19.90EUR", "EUR", "19.90"),
        (Amounts(), "$5", "USD", "5"),
        (Amounts(), "US$ 5", "USD", "5"),
        (Amounts(), "A$5", "AUD", "5"),
        (Amounts(), "¥1000", "JPY", "1000"),
        (Amounts(), "1 234.50", "EUR", "1234.50"),
        (Amounts(), "1 234", "EUR", "1234"),
        (Amounts(thousands=","), "$1,200.50", "USD", "1200.50"),
        (Amounts(thousands=","), "1,234,567", "USD", "1234567"),
        (Amounts(thousands=","), "999", "USD", "999"),
        (Amounts(thousands="'"), "CHF 1'200.05", "CHF", "1200.05"),
        (Amounts(thousands="’"), "1’200", "CHF", "1200"),
        (Amounts(decimal_comma=True), "€ 12,50", "EUR", "12.50"),
        (Amounts(decimal_comma=True), "1.234,56 €", "EUR", "1234.56"),
        (Amounts(decimal_comma=True, thousands="'"), "1'234,56", "EUR", "1234.56"),
        (Amounts(minor_units=True), 12950, "EUR", "129.50"),
        (Amounts(minor_units=True), "12950", "USD", "129.50"),
        (Amounts(minor_units=True), 12950, "JPY", "12950"),
        (Amounts(minor_units=True), 12950, "KWD", "12.950"),
        (Amounts(minor_units=True), 5, "EUR", "0.05"),
        (Amounts(minor_units=True), 0, "EUR", "0.00"),
    ],
    ids=repr,
)
def test_an_amount_is_read_as_its_stream_writes_it(amounts: Amounts, given: Any, code: str, sent: str) -> None:
    assert amounts.read(given, code) == sent


@pytest.mark.parametrize(
    ("amounts", "bad"),
    [
        (Amounts(), "$5"),
        (Amounts(), "£5"),
        (Amounts(thousands=","), "12,00.50"),
        (Amounts(thousands=","), ",200"),
        (Amounts(thousands=","), "1,2345"),
        (Amounts(thousands=","), "1.200,50"),
        (Amounts(), "1." * 5_000),
        (Amounts(), "9" * 2_000),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_an_amount_with_another_currency_or_other_groups_is_bad(amounts: Amounts, bad: str) -> None:
    found = amounts.read(bad, "EUR")
    assert isinstance(found, Reason)
    assert (found.field, found.code) == ("value", "bad_amount")


@pytest.mark.parametrize(
    ("amounts", "bad", "advice"),
    [
        (Amounts(), "1.234,56", {"decimal_comma", "thousands"}),
        (Amounts(decimal_comma=True), "12.50", {"thousands"}),
        (Amounts(thousands=","), "1.234,56", {"decimal_comma"}),
        (Amounts(thousands="'"), "1'23", {"decimal_comma"}),
        (Amounts(decimal_comma=True, thousands="."), "1,234.56", set()),
        (Amounts(decimal_comma=True, thousands="'"), "n/a", set()),
    ],
)
def test_the_advice_that_was_taken_is_not_given_again(amounts: Amounts, bad: str, advice: set[str]) -> None:
    found = amounts.read(bad, "EUR")
    assert isinstance(found, Reason)
    named = {setting for setting in ("decimal_comma", "thousands") if f"set {setting}" in found.message}
    named |= {"thousands"} if "name thousands" in found.message else set()
    assert (found.code, named) == ("bad_amount", advice)


@pytest.mark.parametrize("empty", [None, "", "  ", "\u200b", "\ufeff "])
def test_an_empty_amount_is_none(empty: Any) -> None:
    assert Amounts().read(empty) is None
    assert Amounts(decimal_comma=True).read(empty) is None


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("1.234,56", "1234.56"),
        ("19,90", "19.90"),
        ("1.234.567,8", "1234567.8"),
        ("1.234", "1234"),
        ("7", "7"),
        ("1234,5", "1234.5"),
        ("0,00", "0.00"),
        (19.9, "19.9"),
        (Decimal("19.90"), "19.90"),
    ],
)
def test_a_decimal_comma_is_read_where_it_is_asked_for(given: Any, sent: str) -> None:
    assert Amounts(decimal_comma=True).read(given) == sent


@pytest.mark.parametrize("bad", ["19.90", "1,234.56", "1,2,3", "1.23,4", "1e3", ",5"])
def test_a_decimal_point_beside_a_decimal_comma_is_bad(bad: str) -> None:
    found = Amounts(decimal_comma=True).read(bad)
    assert isinstance(found, Reason)
    assert (found.field, found.code) == ("value", "bad_amount")


MAPPED = {"value": "deal", "currency": "code"}


def test_value_and_currency_leave_together(stream: Callable[..., Any]) -> None:
    found = stream(fields=MAPPED).payload(deal="129.50", code="eur")
    assert found["conversionValue"] == {"currencyCode": "EUR", "amount": "129.50"}


def test_a_json_number_keeps_its_digits(stream: Callable[..., Any]) -> None:
    orders = stream(fields=MAPPED)
    for written, sent in (("0.10", "0.10"), ("1e3", "1000"), ("12345678901234567.89", "12345678901234567.89")):
        json = f'{{"id":7,"email":"jane@example.com","happened_at":{1_795_430_000},"deal":{written},"code":"EUR"}}'
        (event,) = orders.outcome_of_json(json.encode())
        assert f'"amount":"{sent}"'.encode() in event.payload


def test_zero_is_a_value(stream: Callable[..., Any]) -> None:
    found = stream(fields=MAPPED).payload(deal=0, code="EUR")
    assert found["conversionValue"] == {"currencyCode": "EUR", "amount": "0"}


def test_a_currency_alone_is_nothing(stream: Callable[..., Any]) -> None:
    orders = stream(fields=MAPPED)
    assert "conversionValue" not in orders.payload(code="EUR")
    assert orders.left_out(deal="", code="EUR") == []


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"deal": 5}, "currency", "value_without_currency"),
        ({"deal": 5, "code": ""}, "currency", "value_without_currency"),
        ({"deal": 5, "code": "EURO"}, "currency", "unknown_currency"),
        ({"deal": "19,90", "code": "EUR"}, "value", "bad_amount"),
    ],
)
def test_half_a_value_is_left_out_or_costs_the_event(
    stream: Callable[..., Any], values: dict[str, Any], field: str, code: str
) -> None:
    lenient = stream(fields=MAPPED)
    assert "conversionValue" not in lenient.payload(**values)
    assert lenient.left_out(**values) == [(field, code)]
    for strict in (
        stream(fields=MAPPED, on_bad_field="reject"),
        stream(fields=MAPPED, settings={"on_bad_field": "reject"}),
    ):
        assert strict.rejected(**values) == [code]
    assert stream(fields=MAPPED, on_bad_field="drop", settings={"on_bad_field": "reject"}).left_out(**values)


def test_a_value_without_a_column_for_its_currency_is_left_out(stream: Callable[..., Any]) -> None:
    assert stream(fields={"value": "deal"}).left_out(deal=5) == [("currency", "value_without_currency")]


def test_a_constant_currency_serves_every_record(stream: Callable[..., Any]) -> None:
    orders = stream(fields={"value": "deal"}, constants={"currency": "eur"})
    assert orders.payload(deal=5)["conversionValue"] == {"currencyCode": "EUR", "amount": "5"}
    assert "conversionValue" not in orders.payload()


def test_a_constant_value_serves_every_record(stream: Callable[..., Any]) -> None:
    orders = stream(constants={"currency": "EUR", "value": 12.5})
    assert orders.payload()["conversionValue"] == {"currencyCode": "EUR", "amount": "12.5"}


@pytest.mark.parametrize(
    "columns", [["value", "currency"], ["conversion_value", "currency_code"], ["Amount", "Currency-Code"]]
)
def test_value_and_currency_are_found_by_their_names(stream: Callable[..., Any], columns: list[str]) -> None:
    names = ["id", "email", "happened_at", columns[1]]
    schema = {"properties": {columns[0]: {"type": "number"}, **{name: {} for name in names}}}
    found = stream(schema=schema).payload(**{columns[0]: 5, columns[1]: "EUR"})
    assert found["conversionValue"] == {"currencyCode": "EUR", "amount": "5"}


def test_an_entry_with_decimal_comma_reads_its_values_so(stream: Callable[..., Any]) -> None:
    german = stream(fields=MAPPED, decimal_comma=True)
    assert german.payload(deal="1.234,56", code="EUR")["conversionValue"]["amount"] == "1234.56"
    assert stream(fields=MAPPED).left_out(deal="1.234,56", code="EUR") == [("value", "bad_amount")]


@pytest.mark.parametrize(
    ("written", "code", "amounts"),
    [
        ("100.-", "EUR", Amounts()),
        ("100,-", "EUR", Amounts()),
        ("CHF 100.\u2013", "CHF", Amounts()),
        ("100:-", "SEK", Amounts()),
        ("100:- kr", "SEK", Amounts()),
        ("100,-- \u20ac", "EUR", Amounts(decimal_comma=True)),
    ],
)
def test_a_stroke_in_place_of_the_cents_is_none_and_no_minus(written: str, code: str, amounts: Amounts) -> None:
    assert amounts.read(written, code) == "100"


@pytest.mark.parametrize(
    ("written", "code", "mark"),
    [
        ("1\u2019234.50", "CHF", "'"),
        ("1'234.50", "CHF", "\u2019"),
        ("Rs. 1,234.50", "INR", ","),
        ("RM1,234.50", "MYR", ","),
        ("1,234.50\u5143", "CNY", ","),
    ],
)
def test_apostrophes_and_signs_are_read_as_people_type_them(written: str, code: str, mark: str) -> None:
    assert Amounts(thousands=mark).read(written, code) == "1234.50"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("12,34,567.89", "1234567.89"),
        ("1,23,456", "123456"),
        ("1,23", None),
        ("1,2,345", None),
        ("12,345,67,890", None),
    ],
)
def test_thousands_may_stand_as_in_india(written: str, found: str | None) -> None:
    amounts = Amounts(thousands=",")
    assert amounts.read(written, "INR") == (found or amounts.bad)
