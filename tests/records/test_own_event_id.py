"""The ids that the ledger and LinkedIn know events by: they never change within a major version."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.records.event_id import own_event_id
from target_linkedin_conversions.records.text import key_text

if TYPE_CHECKING:
    from collections.abc import Callable

AT = "2026-11-01T12:00:00.123456Z"
AT_MS = 1_793_534_400_123
DAY = 86_400_000
ORDER_7_ONCE = "6c06bda7e2eb2330319108402192e210"
ORDER_7_AT_NOON = "baefb4bfe9db92b9db08ccf177489f6b"


def computed(rule: str, source: str, key: Any, time: int | None) -> str:
    """The contract's words, with Python's own JSON."""
    parts = [1, rule, source, [list(pair) for pair in key], *([] if time is None else [time])]
    canonical = json.dumps(parts, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


VECTORS = [
    ("101", "orders", (("id", "7"),), AT_MS, ORDER_7_AT_NOON),
    ("101", "orders", (("id", "7"),), None, ORDER_7_ONCE),
    (
        "20418811",
        "public-crm_stage_changes",
        (("deal_id", "d-1"), ("line", None)),
        AT_MS,
        "c6c4768b9683e177dd2bc845398cfccb",
    ),
    ("101", "bestellungen", (("größe", 'Zoë "x" \\ / \n \u2028 🦄'),), AT_MS, "ffa2605d9f6376d590a235ac778c3d40"),
    ("101", "orders", (), 0, "b73590170f4c257b2dcf34456cc805d7"),
]


@pytest.mark.parametrize(("rule", "source", "key", "time", "expected"), VECTORS)
def test_a_vector_never_changes(rule: str, source: str, key: Any, time: int | None, expected: str) -> None:
    assert own_event_id(rule, source, key, time) == expected
    assert computed(rule, source, key, time) == expected


keys = st.lists(st.tuples(st.text(), st.none() | st.text()), max_size=4).map(tuple)


@given(
    rule=st.from_regex(r"[0-9]{1,19}", fullmatch=True),
    source=st.text(),
    key=keys,
    time=st.none() | st.integers(0, 2**53),
)
def test_the_id_is_the_hash_of_canonical_json(rule: str, source: str, key: Any, time: int | None) -> None:
    assert own_event_id(rule, source, key, time) == computed(rule, source, key, time)


def test_a_records_id_is_made_of_rule_source_key_and_time(stream: Callable[..., Any]) -> None:
    event = stream().event(id=7, happened_at=AT)
    assert event.identity == computed("101", "orders", [("id", "7")], AT_MS) == ORDER_7_AT_NOON
    assert event.hour == AT_MS // 3_600_000
    assert event.key == (("id", "7"),)


def test_it_is_sent_as_event_id(stream: Callable[..., Any]) -> None:
    assert stream().payload(happened_at=AT)["eventId"] == ORDER_7_AT_NOON


@pytest.mark.parametrize("same", [7, 7.0, "7"])
def test_the_number_7_and_the_text_7_are_the_same_key(stream: Callable[..., Any], same: Any) -> None:
    assert stream().event(id=same, happened_at=AT).identity == ORDER_7_AT_NOON


@pytest.mark.parametrize("other", [8, "07", " 7", "7.5", 7.5, True, None, [7]])
def test_another_key_is_another_event(stream: Callable[..., Any], other: Any) -> None:
    assert stream().event(id=other, happened_at=AT).identity != ORDER_7_AT_NOON


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2026, 11, 1), "2026-11-01"),
        (datetime(2026, 11, 1, 12, tzinfo=UTC), "2026-11-01T12:00:00+00:00"),
        (True, "true"),
        ({"b": [1, None], "a": "x"}, '{"a":"x","b":[1,null]}'),
        ([1.5, "ü"], '[1.5,"ü"]'),
    ],
)
def test_any_value_can_be_a_key(value: Any, text: str) -> None:
    assert key_text(value) == text


@pytest.mark.parametrize("long", ["0.1234567890123456789012345678901", "1234567890123456789012345678901234.5"])
def test_no_digit_of_a_key_is_lost(stream: Callable[..., Any], long: str) -> None:
    line = f'{{"id":{long},"email":"jane@example.com","happened_at":1793534400}}'
    (event,) = stream().outcome_of_json(line.encode())
    assert event.key == (("id", long),)


def test_every_part_tells_events_apart(stream: Callable[..., Any]) -> None:
    found = {
        stream().event(happened_at=AT).identity,
        stream(conversion_rule=102).event(happened_at=AT).identity,
        stream(name="others").event(happened_at=AT).identity,
        stream(key="email").event(happened_at=AT).identity,
        stream().event(happened_at="2026-11-01T12:00:00.124Z").identity,
    }
    assert len(found) == 5


def test_the_source_is_the_entrys_or_the_name_before_stream_maps(stream: Callable[..., Any]) -> None:
    assert stream(name="renamed", source="orders").event(happened_at=AT).identity == ORDER_7_AT_NOON
    assert stream(name="orders_v2", entry_source="orders").event(happened_at=AT).identity == ORDER_7_AT_NOON
    both = stream(name="renamed", source="before_maps", entry_source="orders")
    assert both.event(happened_at=AT).identity == ORDER_7_AT_NOON


def test_the_time_is_as_read_before_any_holding_back(stream: Callable[..., Any], now: int) -> None:
    event = stream().event(happened_at=now + 1000)
    assert event.happened_at == now
    assert event.identity == computed("101", "orders", [("id", "7")], now + 1000)
    assert event.identity == stream().event(now + 60_000, happened_at=now + 1000).identity
    today = stream().event(happened_at="2026-11-23")
    assert today.identity == stream().event(now + DAY, happened_at="2026-11-23").identity


@pytest.mark.parametrize("written", ["2026-11-01T13:00:00.123+01:00", AT_MS, "1793534400.123", AT_MS * 1000 + 999])
def test_the_spelling_of_the_time_does_not_matter(stream: Callable[..., Any], written: Any) -> None:
    assert stream().event(happened_at=written).identity == ORDER_7_AT_NOON


STAGES = {"column": "stage", "rules": [{"when": "MQL", "rule": 101}, {"when": "SQL", "rule": 102}]}


@pytest.mark.parametrize(
    ("entry", "timed"),
    [
        ({}, True),
        ({"once_per": "row"}, True),
        ({"once_per": "key"}, False),
        ({"conversion_rule": STAGES}, False),
        ({"conversion_rule": STAGES, "once_per": "row"}, True),
        ({"conversion_rule": {"column": "stage"}}, False),
    ],
)
def test_a_row_counts_once_a_time_and_a_key_once_a_rule(
    stream: Callable[..., Any],
    entry: dict[str, Any],
    timed: bool,  # noqa: FBT001 - a table's column
) -> None:
    deals = stream(**entry)
    stage = "101" if entry.get("conversion_rule") == {"column": "stage"} else "MQL"
    first = deals.event(stage=stage, happened_at=AT)
    later = deals.event(stage=stage, happened_at="2026-11-02T12:00:00Z")
    assert (first.identity != later.identity) is timed
    assert first.identity == (ORDER_7_AT_NOON if timed else ORDER_7_ONCE)
    assert (first.hour is None) is not timed


def test_key_columns_win_over_the_key_properties_and_are_sorted_by_name(stream: Callable[..., Any]) -> None:
    keyed = stream(key=["line", "deal"])
    event = keyed.event(deal="d-1", line=2, happened_at=AT)
    assert event.key == (("deal", "d-1"), ("line", "2"))
    assert event.identity == stream(key=["deal", "line"]).event(deal="d-1", line=2, happened_at=AT).identity
    properties = stream(["deal", "line"], key_properties=("line", "deal"))
    assert properties.event(deal="d-1", line=2, happened_at=AT).identity == event.identity


def test_without_any_key_all_mapped_values_are_the_key(stream: Callable[..., Any]) -> None:
    keyless = stream(["noise"], key_properties=(), fields={"value": "deal"}, constants={"currency": "EUR"})
    event = keyless.event(deal=5, happened_at=AT)
    assert event.key == (("deal", "5"), ("email", "jane.doe@example.com"), ("happened_at", AT))
    assert keyless.event(deal=5, happened_at=AT, noise=1).identity == event.identity
    assert keyless.event(deal=6, happened_at=AT).identity != event.identity
    assert keyless.event(deal=5, happened_at=AT, email="joe@example.com").identity != event.identity


def test_content_changes_with_time_and_value_and_nothing_else(stream: Callable[..., Any]) -> None:
    keyed = stream(once_per="key", fields={"value": "deal", "first_name": "first"}, constants={"currency": "EUR"})
    event = keyed.event(deal=5, happened_at=AT)
    assert keyed.event(deal=5, happened_at=AT, first="Jane", email="joe@example.com").content == event.content
    assert keyed.event(deal=6, happened_at=AT).content != event.content
    assert keyed.event(deal=5, happened_at="2026-11-02").content != event.content


@pytest.mark.parametrize("blank", ["", " ", "   ", "\t", "\u00a0", None, [], {}])
def test_a_blank_key_is_none_and_makes_no_two_people_one(stream: Callable[..., Any], blank: Any) -> None:
    people = stream(key_properties=["id"])
    ids = {people.event(id=blank, email=email).identity for email in ("jane@example.com", "kim@example.com")}
    assert len(ids) == 2
