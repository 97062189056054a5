from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.errors import InputError
from target_linkedin_conversions.guessing.entry import guess_entry
from target_linkedin_conversions.guessing.samples import Sampling
from target_linkedin_conversions.guessing.streams import Guessing
from target_linkedin_conversions.guessing.when import formats_of
from tests.guessing.headers import EXPORTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_linkedin_conversions.guessing.guess import Guess


def guessed(columns: Mapping[str, tuple[Any, ...]], stream: str = "", schema: Mapping[str, Any] | None = None) -> Guess:
    sampling = Sampling({"properties": {name: {} for name in columns}} if schema is None else schema)
    for cells in zip(*columns.values(), strict=True):
        sampling.see(dict(zip(columns, cells, strict=True)))
    return guess_entry(sampling.columns, stream=stream)


def mapped(guess: Guess) -> dict[str, Any]:
    told: dict[str, Any] = {field: one.columns for field, one in guess.fields.items()}
    if guess.consent and not guess.consent[0].is_refusal:
        told["consent"] = guess.consent[0].column
    if guess.rules:
        told["rule"] = guess.rules[0].column
    if guess.key:
        (told["key"],) = guess.key
    return told


@pytest.mark.parametrize("export", EXPORTS)
def test_of_an_export_is_mapped_what_a_person_would_map(export: str) -> None:
    columns, expected = EXPORTS[export]
    assert mapped(guessed(columns, export)) == expected


T1, T2 = "2026-11-20T10:30:00Z", "2026-11-21T10:30:00Z"
SHAPES: dict[str, tuple[dict[str, tuple[Any, ...]], dict[str, Any]]] = {
    "odoo, false where nothing is": (
        {
            "email_from": ("jane@acme.io", "max@firma.de", False),
            "contact_name": ("Jane Doe", False, False),
            "date_closed": ("2026-11-20 10:30:00", False, False),
            "create_date": ("2026-11-01 09:00:00",) * 3,
        },
        {"email": ("email_from",), "full_name": ("contact_name",), "happened_at": ("date_closed",)},
    ),
    "mongodb": (
        {
            "email": ("jane@acme.io", "max@firma.de"),
            "convertedAt": ({"$date": T1}, {"$date": {"$numberLong": "1795170600000"}}),
            "order": ({"total": {"$numberDecimal": "12.50"}, "currency": "EUR"},) * 2,
        },
        {
            "email": ("email",),
            "happened_at": ("convertedAt",),
            "value": ("order.total",),
            "currency": ("order.currency",),
        },
    ),
    "dynamodb": (
        {
            "email": ({"S": "jane@acme.io"}, {"S": "max@firma.de"}),
            "converted_at": ({"N": "1795170600"}, {"N": "1795170700"}),
            "amount": ({"N": "12.5"}, {"N": "13.5"}),
            "currency": ({"S": "EUR"}, {"S": "EUR"}),
            "marketing_consent": ({"BOOL": True}, {"BOOL": False}),
        },
        {
            "email": ("email.S",),
            "happened_at": ("converted_at.N",),
            "value": ("amount.N",),
            "currency": ("currency.S",),
            "consent": "marketing_consent.BOOL",
        },
    ),
    "klaviyo events": (
        {
            "attributes": (
                {
                    "datetime": T1,
                    "event_properties": {"email": "jane@acme.io", "$value": 12.5, "$currency_code": "EUR"},
                },
                {
                    "datetime": T2,
                    "event_properties": {"email": "max@firma.de", "$value": 13.5, "$currency_code": "EUR"},
                },
            ),
        },
        {
            "email": ("attributes.event_properties.email",),
            "happened_at": ("attributes.datetime",),
            "value": ("attributes.event_properties.$value",),
            "currency": ("attributes.event_properties.$currency_code",),
        },
    ),
    "notion": (
        {
            "properties": tuple(
                {
                    "Email": {"type": "email", "email": email},
                    "Deal amount (EUR)": {"type": "number", "number": 100.5},
                    "Won on": {"type": "date", "date": {"start": "2026-11-20", "end": None}},
                    "Marketing consent": {"type": "checkbox", "checkbox": True},
                }
                for email in ("jane@acme.io", "max@firma.de")
            ),
        },
        {
            "email": ("properties.Email.email",),
            "happened_at": ("properties.Won on.date.start",),
            "value": ("properties.Deal amount (EUR).number",),
            "consent": "properties.Marketing consent.checkbox",
        },
    ),
    "segment": (
        {
            "context": ({"traits": {"email": "jane@acme.io"}}, {"traits": {"email": "max@firma.de"}}),
            "originalTimestamp": (T1, T2),
            "receivedAt": (T1, T2),
        },
        {"email": ("context.traits.email",), "happened_at": ("originalTimestamp",)},
    ),
}
"""Streams whose values stand in objects by their type, or that write nothing in a way of their own."""


@pytest.mark.parametrize("shape", SHAPES)
def test_a_value_is_known_by_its_name_however_its_source_wraps_it(shape: str) -> None:
    columns, expected = SHAPES[shape]
    assert mapped(guessed(columns)) == expected


def test_a_column_of_answers_keeps_its_false() -> None:
    consent = {"email": ("jane@acme.io", "max@firma.de"), "closedate": (T1, T2), "marketing_consent": (False, False)}
    assert mapped(guessed(consent))["consent"] == "marketing_consent"


@pytest.mark.parametrize("export", EXPORTS)
def test_no_reason_holds_a_value(export: str) -> None:
    columns, _ = EXPORTS[export]
    guess = guessed(columns, export)
    told = msgspec.json.encode([guess.fields, guess.perhaps, guess.unused, guess.deleted, guess.only]).decode()
    for values in columns.values():
        assert not [value for value in values if isinstance(value, str) and len(value) > 3 and f'"{value}"' in told]


@settings(max_examples=25)
@given(st.sampled_from(sorted(EXPORTS)), st.randoms(use_true_random=False))
def test_the_order_of_the_columns_changes_nothing_but_ties(export: str, random: Any) -> None:
    columns, expected = EXPORTS[export]
    names = list(columns)
    random.shuffle(names)
    told = mapped(guessed({name: columns[name] for name in names}, export))
    assert {**told, "email": set(told["email"])} == {**expected, "email": set(expected["email"])}


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.text(max_size=12),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
            lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=6), inside, max_size=3),
            max_leaves=6,
        ),
        max_size=6,
    )
)
def test_any_record_is_guessed_of(record: dict[str, Any]) -> None:
    sampling = Sampling({})
    sampling.see(record)
    guess_entry(sampling.columns, stream="anything")


def test_a_rep_s_address_is_nobody_s_who_converts() -> None:
    guess = guessed({"owner_email": ("rep@us.com", "rep@us.com"), "closed_at": ("2026-11-20", "2026-11-21")})
    assert "email" not in guess.fields
    assert not guess.is_usable


def test_the_time_of_a_row_is_a_last_resort_and_that_of_an_edit_is_none() -> None:
    guess = guessed(
        {"email": ("a@b.de",), "created_at": ("2026-11-20T10:00:00Z",), "updated_at": ("2026-11-21T10:00:00Z",)}
    )
    time = guess.fields["happened_at"]
    assert (time.columns, time.is_last_resort, time.confirm) == (("created_at",), True, True)
    assert "happened_at" not in guessed({"email": ("a@b.de",), "updated_at": ("2026-11-21T10:00:00Z",)}).fields


def test_when_a_lead_was_qualified_goes_before_when_its_row_was_made() -> None:
    guess = guessed({"Email": ("a@b.de",), "Created On": (T1,), "Qualification Date": (T2,)})
    assert guess.fields["happened_at"].columns[0] == "Qualification Date"


def test_two_columns_that_may_be_meant_are_both_told() -> None:
    guess = guessed({"email": ("a@b.de",), "won_at": ("2026-11-20T10:00:00Z",), "paid_at": ("2026-11-21T10:00:00Z",)})
    assert guess.fields["happened_at"].columns == ("won_at",)
    assert guess.fields["happened_at"].also == ("paid_at",)


@pytest.mark.parametrize("stage", ["a Customer", "an Opportunity", "a Lead", "a Subscriber", "an Evangelist"])
def test_when_somebody_became_something_goes_before_when_the_row_was_made(stage: str) -> None:
    found = guessed({"Create Date": ("2026-11-20 10:30",), f"Became {stage} Date": ("2026-11-21 09:00",)})
    assert found.fields["happened_at"].columns == (f"Became {stage} Date",)


def test_of_several_stages_the_one_that_is_worth_most_is_the_time() -> None:
    columns = [f"Became {stage} Date" for stage in ("a Subscriber", "a Lead", "an Opportunity", "a Customer")]
    found = guessed(dict.fromkeys(columns, ("2026-11-21 09:00",)))
    assert found.fields["happened_at"].columns == ("Became a Customer Date",)


def test_the_company_of_a_salesforce_report_of_leads_is_found() -> None:
    row = {"Email": ("a@firma.de",), "First Name": ("A",), "Last Name": ("B",), "Company / Account": ("Acme, Inc.",)}
    assert guessed(row).fields["company"].columns == ("Company / Account",)


def test_whole_numbers_are_no_value_before_somebody_says_whether_they_are_cents() -> None:
    schema = {"properties": {"amount": {"type": "integer"}, "currency": {"type": "string"}}}
    guess = guessed({"amount": (12950,), "currency": ("EUR",)}, schema=schema)
    assert "value" not in guess.fields
    assert guess.perhaps["value"].columns == ("amount",)
    assert guess.writing.minor_units_open
    cents = guessed({"amount_cents": (12950,), "currency": ("EUR",)})
    assert cents.fields["value"].columns == ("amount_cents",)
    assert cents.writing.minor_units


@pytest.mark.parametrize(
    ("amount", "shown", "in_cents"),
    [
        ("129500", "\u20ac1,295", True),
        ("129550", "1.295,50 \u20ac", True),
        ("1295", "\u20ac1,295", False),
        ("1295", "\u20ac1,295.00", False),
        ("1295.00", "$1,295", False),
        ("500", "JPY 500", False),
    ],
)
def test_an_amount_beside_the_one_that_people_are_shown_is_in_cents_where_it_is_a_hundredfold(
    amount: str, shown: str, *, in_cents: bool
) -> None:
    row = {"value": (amount, amount), "value_formatted": (shown, shown), "value_currency": ("EUR", "EUR")}
    guess = guessed(row)
    assert guess.fields["value"].columns == ("value",)
    assert guess.writing.minor_units is in_cents


def test_an_amount_without_a_currency_is_only_proposed() -> None:
    assert "value" not in guessed({"amount": ("12.50",)}).fields
    assert guessed({"amount": ("12,50 €",)}).constants == {"currency": "EUR"}
    assert guessed({"Umsatz (CHF)": ("12.50",)}).constants == {"currency": "CHF"}


@pytest.mark.parametrize(
    ("texts", "formats", "is_open"),
    [
        (["2026-11-20", "2026-11-20T10:00:00Z", ""], (), False),
        (["11/21/2026", "01/02/2026"], ("%m/%d/%Y",), False),
        (["21/11/2026 14:30", "01/02/2026 09:00"], ("%d/%m/%Y %H:%M",), False),
        (["01/02/2026", "03/04/2026"], ("%d/%m/%Y",), True),
        (["21.11.2026"], ("%d.%m.%Y",), False),
        (["11/21/2026 2:30 PM"], ("%m/%d/%Y %I:%M %p",), False),
        (["Nov 21, 2026"], (), False),
        (["am Freitag"], (), False),
    ],
)
def test_dates_say_how_they_are_written(texts: list[str], formats: tuple[str, ...], *, is_open: bool) -> None:
    assert formats_of(texts) == (formats, is_open)


@pytest.mark.parametrize(
    ("text", "without_zone"),
    [
        ("2026-11-20", True),
        ("2026-11-20 10:30", True),
        ("20.11.2026", True),
        ("2026-11-20T10:30:00Z", False),
        ("2026-11-20 10:30:00 +0100", False),
        ("2026-11-20 10:30:00.5 UTC", False),
        (1795170600, False),
    ],
)
def test_times_say_whether_they_name_a_zone(text: object, *, without_zone: bool) -> None:
    assert guessed({"email": ("a@b.de",), "won_at": (text,)}).writing.without_zone is without_zone


@pytest.mark.parametrize("none", ["0001-01-01T00:00:00Z", "1900-01-01T00:00:00", "1899-12-30", "1753-01-01 00:00:00"])
def test_a_moment_that_no_order_reads_asks_for_none(none: str) -> None:
    at = ("2026-11-20T10:30:00Z", none, "2026-11-21T10:30:00Z")
    assert guessed({"email": ("a@x.com", "b@x.com", "c@x.com"), "won_at": at}).writing.date_order == ""


def test_a_date_in_words_still_asks_for_an_order() -> None:
    found = guessed({"email": ("a@x.com", "b@x.com"), "won_at": ("20 nov 26", "Fr., 21. Nov 26")})
    assert found.writing.date_order == "dmy"


@pytest.mark.parametrize(
    ("columns", "time"),
    [
        ({"email": ("a@x.com",), "dateHourMinute": ("202611201030",)}, "dateHourMinute"),
        (
            {"p": ({"Email": {"email": "a@x.com"}, "Won": {"date": {"start": "2026-11-20T10:30:00Z", "end": None}}},)},
            "p.Won.date.start",
        ),
    ],
)
def test_a_time_is_found_as_google_analytics_and_notion_name_it(columns: dict[str, Any], time: str) -> None:
    assert guessed(columns).fields["happened_at"].columns == (time,)


def test_a_cell_that_is_no_time_names_no_zone_and_lacks_none() -> None:
    times = ("2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z", "2026-11-22T10:00:00Z", "not a time")
    assert not guessed({"email": ("a@b.de",) * 4, "won_at": times}).writing.without_zone


@pytest.mark.parametrize(
    ("texts", "decimal_comma", "thousands"),
    [
        (("129.50", "1000"), False, ""),
        (("12,950.00", "500"), False, ","),
        (("1.234,56 €", "99,00 €"), True, ""),
        (("1'234.50 CHF",), False, "'"),
        (("$1,200.50", "$99.90"), False, ","),
    ],
)
def test_amounts_say_how_they_are_written(texts: tuple[str, ...], *, decimal_comma: bool, thousands: str) -> None:
    guess = guessed({"Amount": texts, "Currency": ("EUR",) * len(texts)})
    assert (guess.writing.decimal_comma, guess.writing.thousands) == (decimal_comma, thousands)


def test_a_value_that_would_be_found_by_its_name_and_is_left_open_is_told() -> None:
    guess = guessed({"email": ("rep@us.com",), "amount": ("12.50",)})
    assert guess.perhaps["value"].confirm


def test_a_consent_lists_what_means_yes_and_what_else_came() -> None:
    (guess,) = guessed({"Werbe-Einwilligung": ("ja", "nein")}).consent
    assert (guess.granted, guess.others) == (("ja",), ("nein",))
    (guess,) = guessed({"opt_in": (True, False)}).consent
    assert (guess.granted, guess.others) == ((True,), ("false",))


def test_who_has_not_refused_has_not_agreed() -> None:
    (guess,) = guessed({"unsubscribed": (False, True)}).consent
    assert guess.is_refusal


def test_no_name_of_a_person_is_told_though_a_column_of_answers_or_a_list_holds_it() -> None:
    columns = {
        "email": ("a@b.de", "c@d.de"),
        "won_at": ("2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z"),
        "consent_given_by": ("Jane Doe", "Max Berg"),
        "attendees": ([{"name": "Jane Doe", "value": 12.5}], [{"name": "Max Berg", "value": 7}]),
        "notes": ([{"key": "jane@acme.io", "value": "won"}], [{"status": "Max Berg", "value": "x"}]),
    }
    told = msgspec.json.encode(guessed(columns)).decode()
    assert not any(name in told for name in ("Jane", "Max", "jane"))


def test_a_column_of_people_is_no_column_of_stages() -> None:
    assert guessed({"status": ("jane@acme.io", "max@firma.de")}).rules == ()


def test_a_stream_whose_name_looks_personal_is_not_shown_where_its_schema_is_missing() -> None:
    with pytest.raises(InputError) as raised:
        Guessing().record("jane.doe@example.com", {})
    assert "before its SCHEMA" in str(raised.value)
    assert "jane" not in str(raised.value)


@pytest.mark.parametrize(
    ("letters", "zone"),
    [("CET", "Europe/Berlin"), ("EST", "America/New_York"), ("PDT", "America/Los_Angeles"), ("UTC", ""), ("XYZ", "")],
)
def test_letters_behind_a_clock_say_the_zone(letters: str, zone: str) -> None:
    times = (f"11/20/2026 10:00 AM {letters}", f"11/21/2026 10:00 AM {letters}")
    guess = guessed({"Email": ("jane@acme.io", "max@firma.de"), "Signed up": times})
    assert guess.writing.timezone == zone
    mixed = ("11/20/2026 10:00 AM CET", "11/21/2026 10:00 AM EST")
    guess = guessed({"Email": ("jane@acme.io", "max@firma.de"), "Signed up": mixed})
    assert (guess.writing.timezone, guess.writing.without_zone) == ("", True)


@pytest.mark.parametrize(
    ("column", "zone"),
    [("Submit Date (UTC)", "UTC"), ("submitted_at_utc", "UTC"), ("Submitted at (UTC+1)", ""), ("Submitted at", "")],
)
def test_a_column_that_names_utc_says_the_zone(column: str, zone: str) -> None:
    guess = guessed({"Email": ("jane@acme.io", "max@firma.de"), column: ("2026-11-20 10:00:00", "2026-11-21 10:00:00")})
    assert (guess.writing.timezone, guess.writing.without_zone) == (zone, not zone)


def test_of_bookings_the_word_for_one_that_stands_is_kept_as_the_source_writes_it() -> None:
    guess = guessed({"Email": ("jane@acme.io", "max@firma.de"), "Status": ("ACCEPTED", "CANCELLED")})
    assert guess.only is not None
    assert (guess.only.column, guess.only.value) == ("Status", "ACCEPTED")
    guess = guessed({"Email": ("jane@acme.io", "max@firma.de"), "Status": ("ACCEPTED", "Refunded")})
    assert guess.only is None


@pytest.mark.parametrize(
    ("column", "won", "lost"),
    [
        ("Étape", "Affaire gagnée", "Affaire perdue"),
        ("Etapa del negocio", "Ganado", "Perdido"),
        ("Fase trattativa", "Vinta", "Persa"),
        ("Etap", "Wygrana", "Przegrana"),
        ("Status", "Vunnen", "Förlorad"),
        ("Этап сделки", "Успешно реализовано", "Закрыто и не реализовано"),
        ("商談フェーズ", "受注", "失注"),
        ("Fase", "Gewonnen", "Verloren"),
    ],
)
def test_a_stage_in_another_language_tells_what_was_won_from_what_was_lost(column: str, won: str, lost: str) -> None:
    guess = guessed({"Email": ("jane@acme.io", "max@firma.de", "eva@firma.de"), column: (won, lost, lost)})
    assert guess.rules, column
    assert {stage.value: stage.is_conversion for stage in guess.rules[0].stages} == {won: True, lost: False}


@pytest.mark.parametrize(
    ("name", "currency"), [("Montant (€)", "EUR"), ("Amount £", "GBP"), ("Amount ($)", ""), ("Kreditbetrag", "")]
)
def test_a_sign_in_the_name_of_an_amount_says_its_currency(name: str, currency: str) -> None:
    guess = guessed({"Email": ("jane@acme.io", "max@firma.de"), name: ("12.50", "13.75")})
    assert guess.constants.get("currency", "") == currency
