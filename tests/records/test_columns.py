from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.plan import entries_for
from target_linkedin_conversions.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

EMAIL_NAMES = [
    "email",
    "e_mail",
    "email_address",
    "work_email",
    "business_email",
    "email_sha256",
    "sha256_email",
    "hashed_email",
    "E-Mail",
    "Email Address",
    "EMAIL",
    "workEmail",
]
TIME_NAMES = [
    "happened_at",
    "conversion_happened_at",
    "converted_at",
    "conversion_time",
    "event_time",
    "event_timestamp",
    "occurred_at",
    "EventTime",
    "Occurred At",
]


@pytest.mark.parametrize("name", EMAIL_NAMES)
def test_an_email_is_found_by_its_columns_name(stream: Callable[..., Any], name: str, now: int, jane_hash: str) -> None:
    found = stream(base={"id": 7, name: jane_hash, "happened_at": now})
    assert found.ids() == [("SHA256_EMAIL", jane_hash)]
    assert found.plan.warnings == ()


@pytest.mark.parametrize("name", ["mail", "customer_email", "email_opt_in", "user", "email2", "emails"])
def test_no_other_column_is_taken_for_an_email(stream: Callable[..., Any], name: str, now: int, jane: str) -> None:
    found = stream(base={"id": 7, name: jane, "happened_at": now})
    assert found.rejected() == ["no_identifier"]
    assert any("fields.email" in warning for warning in found.plan.warnings)


def test_every_column_that_is_named_like_an_email_is_sent(stream: Callable[..., Any]) -> None:
    found = stream(["Work Email", "business_email"])
    assert len(found.ids(**{"Work Email": "a@example.com", "business_email": "b@example.com"})) == 3


@pytest.mark.parametrize("name", TIME_NAMES)
def test_a_time_is_found_by_its_columns_name(stream: Callable[..., Any], name: str, now: int, jane: str) -> None:
    assert stream(base={"id": 7, "email": jane, name: now - 1}).event().happened_at == now - 1


def test_of_several_times_the_best_named_that_is_filled_counts(stream: Callable[..., Any], now: int) -> None:
    found = stream(["event_time", "converted_at"])
    values = {"happened_at": "", "event_time": now - 2, "converted_at": now - 3}
    assert found.event(**values).happened_at == now - 3
    assert found.event(**{**values, "converted_at": None}).happened_at == now - 2


def test_li_fat_id_is_found_by_its_name(stream: Callable[..., Any]) -> None:
    found = stream(["Li-Fat-Id"], fields={"email": False})
    assert found.ids(**{"Li-Fat-Id": "c-1"}) == [("LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID", "c-1")]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("email", {"li_fat_id": "c-1"}),
        ("li_fat_id", {"li_fat_id": "c-1"}),
        ("value", {"value": 5, "currency": "EUR"}),
        ("currency", {"value": 5, "currency": "EUR"}),
        ("event_id", {"event_id": "ord-1"}),
    ],
)
def test_false_switches_off_what_would_be_found(
    stream: Callable[..., Any], field: str, values: dict[str, Any], jane_hash: str
) -> None:
    sent = stream([*values], fields={field: False}).event(**values).payload
    gone = {
        "email": jane_hash,
        "value": "amount",
        "currency": "amount",
        "event_id": "ord-1",
        "li_fat_id": "FIRST_PARTY",
    }
    assert gone[field].encode() not in sent


def test_switching_the_time_off_refuses_everything(stream: Callable[..., Any]) -> None:
    assert stream(fields={"happened_at": False}).rejected() == ["no_time"]


def test_a_mapped_field_is_not_looked_for_by_name(stream: Callable[..., Any]) -> None:
    assert len(stream(["work_email"], fields={"email": "email"}).ids(work_email="b@example.com")) == 1


def test_a_column_may_be_nested(stream: Callable[..., Any], jane_hash: str, jane: str) -> None:
    nested = stream(fields={"email": "person.contact.email"})
    assert nested.ids(person={"contact": {"email": jane}}) == [("SHA256_EMAIL", jane_hash)]
    nothing: tuple[Any, ...] = (None, {}, {"contact": None}, {"contact": {}})
    for other in nothing:
        assert nested.rejected(person=other) == ["no_identifier"]
    closed: tuple[Any, ...] = ("x", 7, [], {"contact": [jane]}, {"contact": "x"})
    for other in closed:
        assert nested.rejected(person=other) == ["no_identifier", "not_reachable"]


def test_a_column_below_one_whose_parts_are_not_declared_is_taken_on_trust(
    stream: Callable[..., Any], jane_hash: str, jane: str
) -> None:
    loose = stream(
        schema={**CLOSED, "properties": {**ORDERS, "bag": {"type": "object"}}}, fields={"email": "bag.email"}
    )
    assert loose.ids(bag={"email": jane}) == [("SHA256_EMAIL", jane_hash)]
    assert loose.plan.warnings == ()


def test_a_column_whose_own_name_has_a_dot_is_read_by_that_name(
    stream: Callable[..., Any], jane_hash: str, jane: str
) -> None:
    flat = stream(
        schema={
            "properties": {name: {} for name in ("id", "person.email", "happened_at")},
            "additionalProperties": False,
        },
        fields={"email": "person.email"},
    )
    assert flat.ids(**{"person.email": jane, "email": ...}) == [("SHA256_EMAIL", jane_hash)]


@pytest.mark.parametrize("column", ['a"b', "a\\b", "a\nb"])
def test_a_column_that_cannot_be_read_stops_with_the_mend(stream: Callable[..., Any], column: str) -> None:
    with pytest.raises(ConfigError, match=r"streams\[0\].*stream map"):
        stream(fields={"email": column})


ORDERS = {"id": {}, "email": {}, "happened_at": {}, "person": {"type": "object", "properties": {"name": {}}}}
CLOSED = {"properties": ORDERS, "additionalProperties": False}
UNSAID: dict[str, Any] = {"properties": ORDERS}


@pytest.mark.parametrize(
    ("entry", "place", "nearest"),
    [
        ({"fields": {"email": "emial"}}, "streams[0].fields.email", "email"),
        ({"fields": {"email": ["emial", "e"]}}, "streams[0].fields.email", "email"),
        ({"fields": {"happened_at": "happend_at"}}, "streams[0].fields.happened_at", "happened_at"),
        ({"fields": {"value": "xyz"}}, "streams[0].fields.value", None),
        ({"consent": {"column": "emails"}}, "streams[0].consent.column", "email"),
        ({"conversion_rule": {"column": "ids"}}, "streams[0].conversion_rule.column", "id"),
        ({"deleted": ["emaill"]}, "streams[0].deleted", "email"),
        ({"only": {"column": "emial", "is": ["x"]}}, "streams[0].only.column", "email"),
        ({"fields": {"event_id": {"column": "idd", "rules": [101]}}}, "streams[0].fields.event_id", "id"),
        ({"fields": {"company": "emial.domain"}}, "streams[0].fields.company", "email"),
        ({"key": "idd"}, "streams[0].key", "id"),
    ],
)
@pytest.mark.parametrize("schema", [CLOSED, UNSAID, {**UNSAID, "patternProperties": {}}])
def test_a_mapped_column_that_the_schema_does_not_list_stops_and_names_the_nearest(
    stream: Callable[..., Any], schema: dict[str, Any], entry: dict[str, Any], place: str, nearest: str | None
) -> None:
    with pytest.raises(ConfigError) as caught:
        stream(schema=schema, **entry)
    assert caught.value.setting == place
    assert caught.value.exit_code == 2
    assert "the stream's schema has no column" in str(caught.value)
    assert "undeclared_columns: allow" in str(caught.value)
    assert nearest is None or f"did you mean {nearest!r}? Else say" in str(caught.value)


def test_a_path_from_a_column_in_another_case_is_named_whole(stream: Callable[..., Any]) -> None:
    contact = {"type": ["null", "object"], "properties": {"Email": {"type": "string"}}}
    schema = {"type": "object", "properties": {"id": {}, "happened_at": {}, "Contact": contact}}
    with pytest.raises(ConfigError, match=r"did you mean 'Contact\.Email'"):
        stream(schema=schema, fields={"email": "contact.email"})


@pytest.mark.parametrize(
    ("field", "written", "code"),
    [
        ("country", "DE", "DE"),
        ("country", "de", "DE"),
        ("country", "DEU", "DE"),
        ("country", "Germany", "DE"),
        ("country", "Deutschland", "DE"),
        ("country", " United Kingdom ", "GB"),
        ("currency", "eur", "EUR"),
        ("value", "100", "100"),
        ("value", " 49.90 ", "49.90"),
    ],
)
def test_a_value_for_all_records_in_a_columns_place_is_shown_as_a_constant(
    stream: Callable[..., Any], field: str, written: str, code: str
) -> None:
    with pytest.raises(ConfigError, match=rf"write constants: {{{field}: {code}}}, or say undeclared_columns: allow"):
        stream(schema=CLOSED, fields={field: written})


def test_a_path_that_the_schema_shows_to_lead_nowhere_stops(stream: Callable[..., Any]) -> None:
    for path in ("person.nam", "person[0]", "person.name.first", "id[0]"):
        schema = {
            **CLOSED,
            "properties": {
                **ORDERS,
                "id": {"type": "integer"},
                "person": {"type": "object", "properties": {"name": {"type": "number"}}},
            },
        }
        with pytest.raises(ConfigError, match=r"streams\[0\]\.fields\.first_name: .*leads nowhere"):
            stream(schema=schema, fields={"first_name": path})


def test_a_name_that_no_path_leads_to_is_not_proposed_to_who_wrote_it(stream: Callable[..., Any]) -> None:
    inside = {"type": "object", "properties": {"given.name": {"type": "string"}}}
    schema = {**CLOSED, "properties": {**ORDERS, "person": inside}}
    with pytest.raises(ConfigError, match="no path leads to a name with a dot or bracket in it: rename that") as caught:
        stream(schema=schema, fields={"first_name": "person.given.name"})
    assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize(
    ("schema", "entry"),
    [
        ({**UNSAID, "additionalProperties": True}, {}),
        ({**UNSAID, "additionalProperties": {"type": "string"}}, {}),
        ({**UNSAID, "patternProperties": {"^x_": {}}}, {}),
        (UNSAID, {"undeclared_columns": "allow"}),
        (CLOSED, {"undeclared_columns": "Allow"}),
    ],
)
def test_a_mapped_column_that_a_schema_need_not_list_is_null_and_named(
    stream: Callable[..., Any], schema: dict[str, Any], entry: dict[str, Any], jane_hash: str, jane: str
) -> None:
    open_ = stream(schema=schema, fields={"email": "emial"}, **entry)
    assert open_.rejected() == ["no_identifier"]
    assert open_.ids(emial=jane) == [("SHA256_EMAIL", jane_hash)]
    (warning,) = open_.plan.warnings
    assert warning == ("streams[0].fields.email: the schema does not declare column 'emial'; did you mean 'email'?")


def test_a_schema_without_properties_lists_nothing_that_could_be_missing(stream: Callable[..., Any], jane: str) -> None:
    schemas: list[dict[str, Any]] = [{}, {"type": "object"}, {"properties": {}}]
    for schema in schemas:
        assert (
            len(stream(schema=schema, fields={"email": "mail", "happened_at": "at"}).ids(mail=jane, at="2026-11-20"))
            == 1
        )


@pytest.mark.parametrize("columns", [["email", "e"], ["e", "email"]])
@pytest.mark.parametrize("schema", [CLOSED, UNSAID])
def test_of_several_columns_one_must_exist(
    stream: Callable[..., Any], schema: dict[str, Any], columns: list[str], jane_hash: str
) -> None:
    found = stream(schema=schema, fields={"email": columns})
    assert found.ids() == [("SHA256_EMAIL", jane_hash)]
    assert found.plan.warnings == ()


def test_a_column_is_named_once_in_the_warnings_even_if_it_is_mapped_twice(stream: Callable[..., Any]) -> None:
    twice = stream(schema={**UNSAID, "additionalProperties": True}, fields={"first_name": "nme", "last_name": "nme"})
    assert len(twice.plan.warnings) == 1


@pytest.mark.parametrize(
    ("declared", "mapped"),
    [
        ("u\u0308ber", "\u00fcber"),
        ("\u00fcber", "u\u0308ber"),
        ("caf\u00e9 1", "cafe\u0301 1"),
        ("\u1112\u1161\u11ab", "\ud55c"),
    ],
)
def test_a_name_is_the_same_whether_a_letter_is_one_character_or_two(
    stream: Callable[..., Any], declared: str, mapped: str, jane: str, jane_hash: str
) -> None:
    whole = stream(schema={"properties": {"id": {}, "happened_at": {}, declared: {}}}, fields={"email": mapped})
    assert whole.ids(**{"email": ..., declared: jane}) == [("SHA256_EMAIL", jane_hash)]
    inside = stream(
        schema={"properties": {"id": {}, "happened_at": {}, declared: {}}}, fields={"email": f"{mapped}[0].a"}
    )
    assert inside.ids(**{"email": ..., declared: [{"a": jane}]}) == [("SHA256_EMAIL", jane_hash)]
    with pytest.raises(ConfigError):
        stream(schema={"properties": {"id": {}, "happened_at": {}, f"{declared}s": {}}}, fields={"email": mapped})


def test_of_several_columns_false_is_not_the_first_that_is_something(stream: Callable[..., Any]) -> None:
    odoo = stream(["ref"], fields={"external_id": ["partner", "ref"]})
    assert odoo.user(partner=False, ref="R7")["externalIds"] == ["R7"]


def test_a_record_may_lack_any_column_but_its_key(stream: Callable[..., Any]) -> None:
    found = stream(fields={"first_name": "a", "external_id": "b.c"}, consent={"column": "d"})
    assert found.outcome_of_json(b'{"id":7}').skipped == "no_consent"


@pytest.mark.parametrize(
    ("field", "bad"),
    [("currency", "EURO"), ("country", "Nowhere"), ("value", "1,5"), ("company", "n/a"), ("title", "jane@example.com")],
)
def test_a_constant_that_would_be_left_out_of_every_event_stops(
    stream: Callable[..., Any], field: str, bad: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        stream(constants={field: bad})
    assert caught.value.setting == f"streams[0].constants.{field}"
    assert bad not in str(caught.value)


def test_all_entries_of_the_exact_name_apply_and_a_pattern_only_where_there_is_none() -> None:
    names = ["*-first", "crm-deals", "crm-*", "crm-deals", "[a-b]?", "Other", "crm-d*"]
    config = {
        "access_token": "t",
        "consent": {"not_required": "a test"},
        "streams": [{"stream": name, "conversion_rule": number} for number, name in enumerate(names, 101)],
    }
    entries = Settings.load(config).streams
    places = {
        "crm-deals": ["streams[1]", "streams[3]"],
        "crm-leads": ["streams[2]"],
        "crm-first": ["streams[0]"],
        "ax": ["streams[4]"],
        "[a-b]?": ["streams[4]"],
        "Other": ["streams[5]"],
        "other": [],
        "CRM-deals": [],
        "": [],
    }
    assert {name: [entry.place for entry in entries_for(name, entries)] for name in places} == places


@pytest.mark.parametrize(
    ("column", "asked"),
    [
        ("WORK_MAIL", "work_mail"),
        ("workMail", "work_mail"),
        ("Work Mail", "workmail"),
        ("contact__mail", "contact.mail"),
        ("contactMail", "contact.mail"),
        ("CONTACT_MAIL", "contact__mail"),
        ("contact.mail", "Contact Mail"),
        ("PRIMARY_MAIL_ADDRESS", "primary_mail_adress"),
    ],
)
def test_the_nearest_is_first_the_column_that_differs_in_case_and_marks_only(
    stream: Callable[..., Any], column: str, asked: str
) -> None:
    others: dict[str, Any] = {name: {} for name in ("id", "happened_at", "work", "mail", "contact_name", "work_male")}
    with pytest.raises(ConfigError, match=re.escape(f"did you mean {column!r}?")):
        stream(schema={"properties": {**others, column: {}}}, fields={"email": asked})


@pytest.mark.parametrize(
    "key",
    [
        ("__sdc_row", "__sdc_sheet_id"),
        ("__sdc_spreadsheet_id", "__sdc_sheet_id", "__sdc_row"),
        ("_sdc_source_bucket", "_sdc_source_file", "_sdc_source_lineno"),
        ("_file", "_line"),
        ("file_name", "row_number"),
    ],
)
def test_a_row_number_is_no_better_a_key_beside_the_sheet_or_file_it_stands_in(
    stream: Callable[..., Any], key: tuple[str, ...]
) -> None:
    columns: dict[str, Any] = {name: {} for name in ("email", "happened_at", *key)}
    warnings = stream(schema={"properties": columns}, key_properties=key).plan.warnings
    assert any("numbers rows" in warning for warning in warnings)


@pytest.mark.parametrize("key", [("file",), ("order_id", "line"), ("sheet", "customer")])
def test_a_key_with_more_than_the_place_of_a_row_is_one(stream: Callable[..., Any], key: tuple[str, ...]) -> None:
    columns: dict[str, Any] = {name: {} for name in ("email", "happened_at", *key)}
    warnings = stream(schema={"properties": columns}, key_properties=key).plan.warnings
    assert not any("numbers rows" in warning for warning in warnings)
