"""Keys, and times that should stay, as real sources have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


NO_KEYS: list[Any] = [None, "", "null", "NULL", "undefined", "None", "N/A", "#N/A", "#REF!", "(not set)", "unknown"]
NO_KEYS += ["\\N", "NaN", "<NA>", "\u200b", "\ufeff", [None], {}, False, "00000000-0000-0000-0000-000000000000"]
NO_KEYS += ["N/A       ", " null", "none\t", "\u00a0#N/A", "\u3000"]


@pytest.mark.parametrize("empty", NO_KEYS)
def test_an_empty_key_is_none(stream: Callable[..., Any], empty: Any) -> None:
    people = stream(fields={"first_name": "first"})
    ids = {people.event(id=empty, email=f"{name}@example.com").identity for name in ("a", "b", "c")}
    assert len(ids) == 3
    assert people.event(id=empty, email="a@example.com").identity in ids
    assert people.event(id=0).identity != people.event(id=None).identity


@pytest.mark.parametrize("key", [0, "0", "unknown-7", "N/A-7", "none7", "deleted user 7", True])
def test_a_key_that_only_reads_a_little_like_none_is_one(stream: Callable[..., Any], key: Any) -> None:
    people = stream()
    assert len({people.event(id=key, email=f"{name}@example.com").identity for name in ("a", "b", "c")}) == 1


def test_a_key_of_which_a_part_is_filled_is_one(stream: Callable[..., Any]) -> None:
    pair = stream(["part"], key_properties=("id", "part"))
    assert (
        pair.event(id=None, part=7, email="a@example.com").identity
        == pair.event(id=None, part=7, email="b@example.com").identity
    )
    assert pair.event(id=7, part="").key == (("id", "7"), ("part", ""))
    assert pair.event(id="null", part="b").key == (("id", "null"), ("part", "b"))


@pytest.mark.parametrize(
    "key",
    [
        "__sdc_row",
        "_sdc_line_number",
        "row_number",
        "Row",
        "line no",
        "_sdc_source_lineno",
        "Row #",
        "rn",
        "sheet_row",
        "Unnamed: 0",
        "index",
    ],
)
def test_a_key_that_numbers_rows_is_warned_about(stream: Callable[..., Any], key: str) -> None:
    sheet = stream([key], key_properties=(key,))
    (told,) = [warning for warning in sheet.plan.warnings if "numbers rows" in warning]
    assert all(word in told for word in (repr(key), "key", "source", "once_per"))
    assert not any(
        "numbers rows" in warning for warning in stream([key, "id"], key_properties=(key,), key="id").plan.warnings
    )


@pytest.mark.parametrize(
    "key",
    [
        ("_airbyte_raw_id",),
        ("_airbyte_ab_id",),
        ("_airbyte_orders_hashid",),
        ("_dlt_id",),
        ("_dlt_load_id", "order"),
        ("_fivetran_id",),
        ("_FIVETRAN_ID",),
        ("_sdc_batched_at", "order"),
    ],
)
def test_a_key_that_a_loader_made_is_warned_about(stream: Callable[..., Any], key: tuple[str, ...]) -> None:
    loaded = stream([*key], key_properties=key).plan
    (told,) = [warning for warning in loaded.warnings if "made when rows are loaded" in warning]
    assert all(word in told for word in (*map(repr, key), "key", "source", "once_per"))
    assert not loaded.identity.has_lasting_key
    named = stream([*key, "id"], key_properties=key, key="id").plan
    assert not any("made when" in warning for warning in named.warnings)
    assert named.identity.has_lasting_key


@pytest.mark.parametrize("key", ["_id", "_sdc_record_hash", "raw_id", "hash_id", "fivetran_customer", "_key"])
def test_a_key_that_only_sounds_like_a_loaders_is_not(stream: Callable[..., Any], key: str) -> None:
    assert not any("made when" in warning for warning in stream([key], key_properties=(key,)).plan.warnings)


def test_a_stream_without_a_key_is_warned_about(stream: Callable[..., Any]) -> None:
    (told,) = [warning for warning in stream(key_properties=()).plan.warnings if "no key" in warning]
    assert all(word in told for word in ("key", "source", "once_per"))
    assert not any("no key" in warning for warning in stream(key_properties=(), key="id").plan.warnings)
    assert not any(
        "no key" in warning for warning in stream(["o"], key_properties=(), fields={"event_id": "o"}).plan.warnings
    )


@pytest.mark.parametrize(
    "column",
    [
        "updated_at",
        "LastModifiedDate",
        "SystemModstamp",
        "hs_lastmodifieddate",
        "modified",
        "date_modified",
        "last_updated",
        "last_edited_time",
        "write_date",
        "__ts_ms",
        "_sdc_extracted_at",
        "_fivetran_synced",
        "property_lastmodifieddate",
    ],
)
def test_a_time_that_changes_with_every_edit_is_warned_about(stream: Callable[..., Any], column: str) -> None:
    mapped = {"happened_at": column}
    assert any("each edit is a new conversion" in warning for warning in stream([column], fields=mapped).plan.warnings)
    once = stream([column], fields=mapped, once_per="key")
    assert not any("each edit" in warning for warning in once.plan.warnings)


@pytest.mark.parametrize(
    "path",
    [
        "properties.hs_lastmodifieddate",
        "property_hs_lastmodifieddate.value",
        "fields[name=updated_at].value",
        "status.updated[0]",
    ],
)
def test_a_path_to_a_time_that_changes_with_every_edit_is_warned_about(stream: Callable[..., Any], path: str) -> None:
    edited = stream(
        ["properties", "property_hs_lastmodifieddate", "fields", "status"], fields={"happened_at": path}
    ).plan
    (told,) = [warning for warning in edited.warnings if "each edit is a new conversion" in warning]
    assert repr(path) in told
    won = stream(["properties", "status"], fields={"happened_at": "properties.closedate"}).plan
    assert not any("each edit" in warning for warning in won.warnings)


@pytest.mark.parametrize("column", ["created_at", "closed_at", "happened_at", "submitted", "CloseDate"])
def test_a_time_that_stays_is_not(stream: Callable[..., Any], column: str) -> None:
    plan = stream([column], fields={"happened_at": column}).plan
    assert not any("each edit" in warning for warning in plan.warnings)


def test_an_id_of_mongodb_is_the_text_that_it_stands_for(stream: Callable[..., Any]) -> None:
    object_id = "65f1a0b2c3d4e5f6a7b8c9d0"
    entry = stream(
        fields={"external_id": "id", "event_id": {"column": "id", "rules": [102]}}, conversion_rule=[101, 102], key="id"
    )
    plain, wrapped = (entry.events(id=written) for written in (object_id, {"$oid": object_id}))
    assert [event.identity for event in plain] == [event.identity for event in wrapped]
    assert [event.payload for event in plain] == [event.payload for event in wrapped]
    assert wrapped[1].identity == object_id
    numbers = [
        entry.events(id=written)[0].identity for written in (7, "7", {"$numberLong": "7"}, {"$numberDecimal": "7.0"})
    ]
    assert len(set(numbers)) == 1
    assert entry.refusal(id={"$oid": object_id, "more": 1}).reasons
