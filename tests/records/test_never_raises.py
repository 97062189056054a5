"""Laws that hold for any JSON value in any mapped column."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.records import money, normalise
from target_linkedin_conversions.records.event import MissingKey, Refusal
from target_linkedin_conversions.records.refusal import value_shown
from target_linkedin_conversions.records.text import comparable, is_email_shaped, key_text, number_text
from target_linkedin_conversions.records.timestamps import Times, milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

NOW = 1_795_430_400_000
ODD = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-0.0",
    "1e400",
    "-1e400",
    "1e-400",
    "1e9999999",
    "0e9999999",
    "123456789012345678901234567890",
    "1.2345678901234567890123456789012345678901234567890",
    "[]",
    "{}",
    '""',
    '"\\u0000"',
    '"\\ud83e\\udd84"',
    '"--3.0"',
    '"1_000"',
    '"\\u0663"',
    '"2026-11-23"',
    '"2026-11-23T10:39:00Z"',
    "1795430000",
    '"jane.doe@example.com"',
    '"Jane <jane.doe@example.com>"',
    '"a"',
]
leaves = (
    st.sampled_from(ODD)
    | st.integers(-(2**70), 2**70).map(str)
    | st.floats(allow_nan=False, allow_infinity=False).map(json.dumps)
    | st.text(max_size=30).map(json.dumps)
    | st.text(alphabet="@.<>%40:/?#=&-+ {}ax0\uff20", max_size=20).map(json.dumps)
)
json_text = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]")
        | st.dictionaries(st.text(max_size=5).map(json.dumps), inner, max_size=3).map(
            lambda items: "{" + ",".join(f"{name}:{item}" for name, item in items.items()) + "}"
        )
    ),
    max_leaves=5,
)
value_of = msgspec.json.Decoder(float_hook=Decimal).decode
FIELDS = {
    "email": ["email", "other"],
    "li_fat_id": "page",
    "acxiom_id": "acxiom",
    "google_aid": "aid",
    "oracle_moat_id": "moat",
    "ip_address": "ip",
    "ip_address_plain": "ip2",
    "first_name": "first",
    "last_name": "person.last",
    "company": "company",
    "title": "title",
    "country": "country",
    "external_id": "crm",
    "lead": "lead",
    "happened_at": ["at", "at2"],
    "value": "deal",
    "currency": "code",
    "event_id": "order",
}
COLUMNS = sorted(
    {column.partition(".")[0] for names in FIELDS.values() for column in ([names] if isinstance(names, str) else names)}
)
ENTRIES: list[dict[str, Any]] = [
    {},
    {
        "names": "plain",
        "decimal_comma": True,
        "on_bad_field": "reject",
        "on_too_old": "reject",
        "timezone": "Europe/Berlin",
    },
    {
        "conversion_rule": {"column": "stage", "rules": [{"when": ["a", 1, True], "rule": [101, 102]}]},
        "deleted": ["gone"],
    },
    {"conversion_rule": {"column": "stage"}, "consent": {"column": "consent.ads"}, "key": ["person", "crm"]},
]
records = st.dictionaries(st.sampled_from([*COLUMNS, "id", "stage", "gone", "consent", "_sdc_deleted_at"]), json_text)


@pytest.fixture(scope="module")
def streams(make_stream: Callable[..., Any]) -> list[Any]:
    guarded = {"exclude_email_domains": ["example.org"]}
    return [
        make_stream(fields=FIELDS, settings=wanted, suppressed=frozenset({"a" * 64}), closed=False, **entry)
        for entry in ENTRIES
        for wanted in ({"linkedin_version": "202601"}, guarded)
    ]


def as_json(record: dict[str, str]) -> bytes:
    whole = {"id": "7", **record}
    return ("{" + ",".join(f"{json.dumps(name)}:{text}" for name, text in whole.items()) + "}").encode()


@settings(max_examples=300)
@given(record=records)
def test_any_record_becomes_events_or_a_refusal(streams: list[Any], record: dict[str, str]) -> None:
    for stream in streams:
        found = stream.outcome_of_json(as_json(record))
        assert found
        if isinstance(found, Refusal):
            assert bool(found.skipped) is not bool(found.reasons)


@pytest.mark.slow
@settings(max_examples=200)
@given(record=records)
def test_a_row_decoded_and_a_row_built_from_a_mapping_are_the_same(streams: list[Any], record: dict[str, str]) -> None:
    text = as_json(record)
    for stream in streams[:3]:
        row_type = stream.plan.row_type
        decoded = row_type.row_of(msgspec.json.Decoder(row_type.struct, float_hook=Decimal).decode(text))
        built = row_type.of(value_of(text))
        assert decoded == built
        assert decoded == row_type.of(json.loads(text, parse_float=Decimal))
        assert stream.events_of(decoded, NOW) == stream.events_of(built, NOW)


def test_a_key_that_is_missing_is_told_from_one_that_is_null(make_stream: Callable[..., Any]) -> None:
    row_type = make_stream().plan.row_type
    ((name, place),) = make_stream().plan.required
    decode = msgspec.json.Decoder(row_type.struct).decode
    assert name == "id"
    assert row_type.row_of(decode(b"{}"))[place] is row_type.of({})[place] is msgspec.UNSET
    assert row_type.row_of(decode(b'{"id":null}'))[place] is row_type.of({"id": None})[place] is None
    assert make_stream().events_of(row_type.of({}), NOW) == MissingKey("id")


@pytest.mark.parametrize("odd", ["\ud800", 10**5000, {"a": "\udfff"}], ids=["half a character", "digits", "nested"])
@pytest.mark.parametrize(
    "column", ["email", "page", "first", "company", "order", "crm", "id", "at", "deal", "stage", "consent"]
)
def test_a_value_of_python_that_has_no_text_costs_its_record_only(streams: list[Any], column: str, odd: Any) -> None:
    for stream in streams:
        found = stream.events_of(stream.plan.row_type.of({**stream.record(), column: odd}), NOW)
        assert isinstance(found, list | Refusal)


@given(value=json_text.map(value_of))
def test_no_normaliser_raises_or_changes_what_it_made(value: Any) -> None:
    normalisers: list[Callable[[object], Any]] = [
        normalise.email,
        normalise.country,
        normalise.lead,
        normalise.ip_address_plain,
        normalise.ip_address_hashed,
        normalise.ad_id("google_aid"),
        lambda given: normalise.plain_words(given, "title"),
        lambda given: normalise.plain_name(given, "first_name"),
        money.Amounts().read,
        money.currency,
    ]
    for normal in normalisers:
        once = normal(value)
        if isinstance(once, str):
            assert once
            assert normal(once) == once


EMAIL = st.from_regex(r"[A-Za-z0-9._+-]{1,20}@[A-Za-z0-9-]{1,10}\.(example|test)", fullmatch=True)


@given(address=EMAIL, data=st.data())
def test_white_space_and_case_never_change_the_hash_of_an_address(address: str, data: st.DataObject) -> None:
    expected = normalise.email(address)
    assert isinstance(expected, str)
    at = data.draw(st.integers(0, len(address)))
    space = data.draw(st.text(alphabet=" \t\n\r\u00a0\u2003\u200b\ufeff", max_size=3))
    assert normalise.email(address[:at].upper() + space + address[at:].lower()) == expected
    assert (
        normalise.email(expected) == normalise.email(expected.upper()) == normalise.email(rf"\x{expected}") == expected
    )


@given(name=st.text(min_size=1, max_size=20))
def test_the_hash_of_a_name_passes_as_it_is(make_stream: Callable[..., Any], name: str) -> None:
    digest = normalise.hashed_name(name)
    if digest is None:
        return
    people = make_stream(fields={"first_name": "first", "last_name": "last"})
    info = people.user(first=name, last=digest).get("userInfo")
    if not is_email_shaped(name) and normalise.hex_digest(name) is None:
        assert info == {"hashedFirstName": digest, "hashedLastName": digest}


@given(value=json_text.map(value_of))
def test_any_value_has_a_text_and_can_be_compared(value: Any) -> None:
    text, folded = key_text(value), comparable(value)
    assert (text is None) is (folded is None) is (value is None)
    assert comparable(folded) == folded
    assert len(value_shown(value)) <= 64
    assert not is_email_shaped(value_shown(value))


@given(number=st.integers(-(10**30), 10**30))
def test_a_whole_number_has_one_text_however_it_is_written(number: int) -> None:
    assert key_text(number) == key_text(Decimal(number)) == key_text(Decimal(f"{number}.000")) == str(number)
    assert comparable(f"{number}.0") == comparable(str(number)) == str(number)


@given(number=st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**30), max_value=10**30))
def test_the_text_of_a_number_is_the_number(number: Decimal) -> None:
    assert Decimal(number_text(number)) == number
    assert "E" not in number_text(number)


@given(value=json_text.map(value_of), zone=st.timezones())
def test_any_value_is_a_time_or_none(value: Any, zone: ZoneInfo) -> None:
    found = milliseconds(value, zone)
    if isinstance(found, int):
        times = Times(zone)
        day = times.day(value)
        start = None if day is None else times.starts(day)
        assert start is None or start < found


@pytest.mark.slow
@given(at=st.datetimes(timezones=st.timezones()))
def test_a_moment_is_read_as_it_was_written(at: Any) -> None:
    expected = milliseconds(at, at.tzinfo)
    assert milliseconds(at.isoformat(), at.tzinfo) == expected
    assert milliseconds(at.isoformat(sep=" "), at.tzinfo) == expected


@settings(max_examples=150)
@given(
    column=st.sampled_from([*COLUMNS, "stage"]),
    frame=st.sampled_from(
        ["{}", " {} ", "see {}", "https://www.example.net/?u={}", "{}!", "mailto:{}", "<{}>", "{}\u0000"]
    ),
    at=st.sampled_from(["@", " @ ", "%40", "\uff20"]),
)
def test_no_raw_address_is_ever_in_a_payload(streams: list[Any], column: str, frame: str, at: str) -> None:
    address = frame.format(f"canary7f3a{at}private.example")
    record = {"email": "jane.doe@example.net", "at": NOW - 1, "first": "Jane", "deal": 5, "code": "EUR", "stage": "a"}
    record |= {"person": {"last": address if column == "person" else "Doe"}, "consent": {"ads": True}}
    if column != "person":
        record[column] = address
    for stream in streams:
        found = stream.outcome_of_json(msgspec.json.encode({"id": address, **record}))
        for payload in [event.payload for event in found] if isinstance(found, list) else []:
            assert b"canary7f3a" not in payload
            assert b"private.example" not in payload
