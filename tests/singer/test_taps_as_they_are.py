"""What real taps write: constants that are no JSON, marks, schemas of every make, maps that fail on one record."""

from __future__ import annotations

import gzip
import importlib
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.singer.pipe import Line, Pipe, as_bytes, entry, record, schema, state

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox import Sandbox


def rejected(pipe: Pipe) -> list[dict[str, Any]]:
    """The lines of the rejects file of the last run."""
    files = sorted((pipe.state_dir / "rejects").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def with_constant(now: int, number: int, column: str, constant: str, **changes: Any) -> str:
    """A RECORD as `json.dumps` writes it of a float that is no number."""
    line = json.dumps(record(now, number, **changes, **{column: "CONSTANT"}))
    return line.replace('"CONSTANT"', constant)


CONSTANTS = ["NaN", "Infinity", "-Infinity", pytest.param("-" + "9" * 4301, id="thousands of digits")]
MAPPED = [{}, {"stream_maps": {"leads": {"note": "'x'"}}}, {"validate_records": True}]


@pytest.mark.parametrize("settings", MAPPED, ids=["plain", "mapped", "validated"])
@pytest.mark.parametrize("constant", CONSTANTS)
def test_a_constant_in_a_column_that_nobody_reads_is_taken(
    pipe: Pipe, now: int, constant: str, settings: dict[str, Any]
) -> None:
    lines: list[Line] = [
        schema("leads", "id", "email", "happened_at", "score"),
        record(now, 1),
        with_constant(now, 2, "score", constant),
        with_constant(now, 3, "score", f'[1, {{"a": {constant}}}]'),
        record(now, 4, note='he said "NaN, Infinity"'),
        state(at=4),
    ]
    done = pipe.run_here(lines, **settings)
    assert (done.code, done.counts, done.states) == (0, {"delivered": 4}, ['{"at": 4}'])


@pytest.mark.parametrize("settings", MAPPED, ids=["plain", "mapped", "validated"])
@pytest.mark.parametrize("constant", CONSTANTS)
def test_a_constant_in_a_column_that_is_read_rejects_the_record_and_the_run_goes_on(
    pipe: Pipe, now: int, constant: str, settings: dict[str, Any]
) -> None:
    lines: list[Line] = [
        schema(),
        record(now, 1),
        with_constant(now, 2, "value", constant, currency="EUR"),
        record(now, 3),
        state(),
    ]
    done = pipe.run_here(lines, **settings)
    assert (done.code, done.counts, done.states) == (0, {"delivered": 2, "rejected": 1}, ["{}"])
    (line,) = rejected(pipe)
    assert (line["key"], [(one["field"], one["code"]) for one in line["reasons"]]) == (
        {"id": "2"},
        [("value", "not_a_number")],
    )


@pytest.mark.parametrize("settings", MAPPED, ids=["plain", "mapped", "validated"])
@pytest.mark.parametrize(
    ("held", "counts"),
    [
        ('{"email": "jane@example.com", "score": NaN}', {"delivered": 1}),
        ('{"email": "jane@example.com", "all": [{"score": -Infinity}]}', {"delivered": 1}),
        ('{"email": NaN, "score": 1}', {"rejected": 1}),
        ('{"email": ["jane@example.com", Infinity]}', {"rejected": 1}),
    ],
)
def test_a_constant_beside_a_path_is_in_nobody_s_way(
    pipe: Pipe, now: int, held: str, counts: dict[str, int], settings: dict[str, Any]
) -> None:
    line = with_constant(now, 1, "contact", held, email=None)
    entries = [entry("leads", fields={"email": "contact.email"})]
    done = pipe.run_here([schema("leads", "id", "contact", "happened_at"), line], streams=entries, **settings)
    assert (done.code, done.counts) == (0, counts)


@pytest.mark.parametrize("number", ["9" * 4300, "0." + "1" * 5000, "1e5000"], ids=["whole", "fraction", "power"])
def test_a_number_that_can_be_read_costs_no_record(pipe: Pipe, now: int, number: str) -> None:
    done = pipe.run_here([schema(), with_constant(now, 1, "value", number, currency="EUR"), state()])
    assert (done.code, done.counts) == (0, {"delivered": 1})


def test_a_constant_in_a_record_that_is_skipped_anyway_rejects_nothing(pipe: Pipe, now: int) -> None:
    line = with_constant(now, 1, "value", "NaN", _sdc_deleted_at="2026-11-01")
    assert pipe.run_here([schema(), line]).counts == {"skipped": 1}


def test_a_constant_in_the_key_is_a_key_that_says_nothing(pipe: Pipe, now: int) -> None:
    done = pipe.run_here([schema(), with_constant(now, 1, "id", "NaN")])
    assert (done.code, done.counts) == (0, {"rejected": 1})
    key = rejected(pipe)[0]["key"]
    assert "id" not in key
    assert key["email"].startswith("digest:")


def test_a_constant_in_a_batch_file_is_as_one_in_a_line(pipe: Pipe, now: int) -> None:
    file = pipe.folder / "rows.jsonl"
    rows = [with_constant(now, n, column, "NaN") for n, column in ((1, "value"), (2, "score"))]
    rows = [row.partition('"record": ')[2][:-1] for row in rows] + [json.dumps(record(now, 3)["record"])]
    file.write_text("\n".join(rows))
    message = {"type": "BATCH", "stream": "leads", "encoding": {"format": "jsonl"}, "manifest": [file.as_uri()]}
    assert pipe.run_here([schema(), message]).counts == {"delivered": 2, "rejected": 1}


@pytest.mark.parametrize("broken", ["nan", "Nan", "NaN NaN", "+Infinity", "undefined", "{NaN}"])
def test_what_is_no_constant_either_is_broken_json(pipe: Pipe, now: int, broken: str) -> None:
    done = pipe.run_here([schema(), with_constant(now, 1, "value", broken), state()])
    assert (done.code, done.states) == (7, [])
    assert "line 2 of the input" in done.stderr


def test_only_a_record_may_hold_a_constant(pipe: Pipe) -> None:
    for line in ('{"type": "STATE", "value": NaN}', json.dumps(schema()).replace('"object"', "NaN")):
        assert pipe.run_here([line]).code == 7


# Marks and STATE


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf"])
def test_a_byte_order_mark_before_the_first_line_is_nothing(pipe: Pipe, now: int, mark: bytes) -> None:
    lines = as_bytes([schema(), record(now, 1), state(at=1)])
    assert pipe.run_here([mark + lines[:-1]]).counts == {"delivered": 1}
    done = pipe.run([mark + lines[:-1]])
    assert (done.code, done.counts) == (0, {"already_delivered": 1})


def test_a_mark_in_any_other_place_is_broken_json(pipe: Pipe, now: int) -> None:
    done = pipe.run_here([schema(), b"\xef\xbb\xbf" + json.dumps(record(now, 1)).encode()])
    assert done.code == 7


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_exits_7_and_says_so(pipe: Pipe, encoding: str) -> None:
    text = json.dumps(schema()) if encoding == "utf-16" else "\ufeff" + json.dumps(schema())
    done = pipe.run_here([text.encode(encoding)])
    assert done.code == 7
    assert "line 1 of the input: it is UTF-16" in done.stderr


def test_a_state_that_is_null_is_ignored_with_a_warning(pipe: Pipe, now: int) -> None:
    null = {"type": "STATE", "value": None}
    done = pipe.run_here([null, schema(), record(now, 1), null, null, state(at=1), null])
    assert (done.code, done.counts, done.states) == (0, {"delivered": 1}, ['{"at": 1}'])
    assert len([one for one in done.report["warnings"] if "STATE" in one]) == 1


# Schemas


MAP_ALL: dict[str, Any] = {"fields": {"email": "email", "happened_at": "happened_at"}}


@pytest.mark.parametrize(
    "found",
    [
        {"type": "object"},
        {},
        {"type": ["null", "object"], "additionalProperties": True},
        {"type": "object", "patternProperties": {"^.*$": {"type": ["string", "number", "null"]}}},
        {"type": "object", "additionalProperties": {"type": ["string", "number"]}},
        {"type": "object", "properties": {}},
    ],
    ids=["object", "empty", "open", "pattern", "schema_of_all", "no_properties"],
)
def test_a_schema_without_properties_is_taken_and_mapped_columns_are_read(
    pipe: Pipe, now: int, found: dict[str, Any]
) -> None:
    message = {"type": "SCHEMA", "stream": "leads", "schema": found, "key_properties": ["id"]}
    done = pipe.run_here([message, record(now, 1), state(at=1)], streams=[entry(**MAP_ALL)])
    assert (done.code, done.counts, done.states) == (0, {"delivered": 1}, ['{"at": 1}'])
    unmapped = pipe.run_here([message, record(now, 2)])
    if {"properties", "patternProperties", "additionalProperties"} & found.keys():
        assert (unmapped.code, unmapped.counts) == (0, {"rejected": 1}), "nothing is found by name"
    else:
        assert (unmapped.code, unmapped.counts) == (2, {})
        assert "streams[0].fields" in unmapped.stderr


@pytest.mark.parametrize(
    "part",
    [
        {"type": ["null", "number"], "maximum": 10, "exclusiveMaximum": True},
        {"type": ["null", "number"], "minimum": 0, "exclusiveMinimum": False},
        {"type": ["null", "number"], "multipleOf": 1e-38},
        {"type": ["null", "number"], "multipleOf": 0.01},
        {"type": ["null", "integer"]},
        {"anyOf": [{"type": "null"}, {"type": "number", "minimum": 0, "exclusiveMinimum": True}]},
        {"items": [{"type": "string"}]},
    ],
    ids=["exclusive_maximum", "exclusive_minimum", "tiny_step", "cents", "integer", "nested", "list_of_items"],
)
def test_the_schemas_of_real_taps_are_asked_where_records_are_validated(
    pipe: Pipe, now: int, part: dict[str, Any]
) -> None:
    message = schema()
    message["schema"]["properties"]["value"] = part
    lines = [message, record(now, 1), *(record(now, n, value=value) for n, value in ((2, 7.0), (3, 7), (4, None)))]
    assert pipe.run_here(lines, validate_records=True).counts == {"delivered": 4}


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ({"maximum": 10, "exclusiveMaximum": True}, 10),
        ({"multipleOf": 0.01}, 1.005),
        ({"type": "integer"}, 7.5),
        ({"type": "integer"}, True),
        ({"type": "number"}, "7"),
    ],
)
def test_what_contradicts_such_a_schema_is_rejected(pipe: Pipe, now: int, part: dict[str, Any], value: Any) -> None:
    message = schema()
    message["schema"]["properties"]["value"] = part
    assert pipe.run_here([message, record(now, 1, value=value)], validate_records=True).counts == {"rejected": 1}


@pytest.mark.parametrize("more", [{}, {"additionalProperties": False}], ids=["open", "closed"])
def test_a_key_that_the_schema_lacks_is_the_tap_s_fault_and_read_all_the_same(
    pipe: Pipe, now: int, linkedin: Sandbox, more: dict[str, Any]
) -> None:
    columns = ("email", "happened_at")
    done = pipe.run_here([schema("leads", *columns, key=["id"], **more), record(now, 1)])
    assert (done.code, done.counts) == (0, {"delivered": 1})
    assert any("key_properties" in one and "'id'" in one for one in done.report["warnings"])
    assert "streams[0].key" not in done.stderr
    pipe.run_here([schema(), record(now, 2)])
    first, _ = linkedin.received
    assert pipe.run_here([schema(), record(now, 1)]).counts == {"already_delivered": 1}, first


def test_a_record_without_the_key_that_its_schema_lacks_exits_7(pipe: Pipe, now: int) -> None:
    bare = record(now, 1)
    del bare["record"]["id"]
    assert pipe.run_here([schema("leads", "email", "happened_at", key=["id"]), bare]).code == 7


# Two sets of columns in turn


@pytest.mark.parametrize("maps", [{}, {"stream_maps": {"leads": {"note": "'x'"}}}], ids=["plain", "mapped"])
@pytest.mark.parametrize("records", [300, 7])
def test_records_of_two_schemas_in_turn_leave_in_one_request(
    pipe: Pipe, now: int, maps: dict[str, Any], records: int
) -> None:
    kinds = [schema(), schema("leads", "id", "email", "happened_at", "more", additionalProperties=False)]
    lines: list[Line] = [line for n in range(records) for line in (kinds[n % 2], record(now, n))]
    done = pipe.run_here([*lines, state(at=1)], **maps)
    assert (done.counts, done.states, done.report["requests"]) == ({"delivered": records}, ['{"at": 1}'], 1)
    assert done.report["records"] == records


def test_a_schema_that_maps_another_column_changes_what_is_read(pipe: Pipe, now: int) -> None:
    plain, other = schema("leads", "id", "email", "happened_at"), schema("leads", "id", "work_email", "happened_at")
    late = record(now, 2, work_email="late@example.com")
    done = pipe.run_here([plain, record(now, 1), other, late, plain, record(now, 3), other, late | {}])
    assert done.counts == {"delivered": 3, "already_delivered": 1}
    assert done.report["requests"] == 1


def test_events_of_streams_that_differ_in_what_a_batch_says_of_them_leave_apart(pipe: Pipe, now: int) -> None:
    streams = [entry("a*", on_too_old="reject"), entry("b*")]
    lines = [
        schema("a1"),
        record(now, 1, "a1"),
        schema("b1"),
        record(now, 1, "b1"),
        schema("a1", "id", "email", "happened_at"),
        record(now, 2, "a1"),
    ]
    assert pipe.run_here(lines, streams=streams).report["requests"] == 2


# Stream maps that fail


FAILING = [
    ({"share": "value / parts"}, {"value": 1, "parts": 0}, "share"),
    ({"size": "value.upper()"}, {"value": 7}, "size"),
    ({"size": "value + 1"}, {"value": None}, "size"),
    ({"number": "int(value)"}, {"value": "canary"}, "number"),
    ({"__filter__": "value > 1"}, {"value": "canary"}, "__filter__"),
    ({"part": "value['a']"}, {"value": {}}, "part"),
]


@pytest.mark.parametrize(("maps", "bad", "named"), FAILING, ids=[case[2] + str(n) for n, case in enumerate(FAILING)])
@pytest.mark.parametrize("first", [True, False], ids=["bad_first", "good_first"])
def test_a_map_that_fails_on_one_record_rejects_it_and_names_the_expression(
    pipe: Pipe, now: int, maps: dict[str, str], bad: dict[str, Any], named: str, *, first: bool
) -> None:
    good = {"value": {"a": 7}} if named == "part" else {"value": "7777"} if "upper" in str(maps) else {"value": 7}
    found = schema("leads", "id", "email", "happened_at", "value", "parts")
    rows = [record(now, 1, **{"parts": 1, **bad}), record(now, 2, parts=1, **good)]
    lines = [found, *(rows if first else rows[::-1]), state(at=2)]
    fields = {"email": "email", "happened_at": "happened_at", "value": False}
    done = pipe.run_here(lines, stream_maps={"leads": maps}, streams=[entry(fields=fields)])
    assert (done.code, done.counts, done.states) == (0, {"delivered": 1, "rejected": 1}, ['{"at": 2}'])
    (line,) = rejected(pipe)
    assert line["key"] == {"id": "1"}
    assert [(one["field"], one["code"]) for one in line["reasons"]] == [(f"stream_maps.leads.{named}", "bad_map")]
    assert "canary" not in done.stderr + json.dumps(line)


@pytest.mark.parametrize("records", [1, 5, 20, 40])
def test_a_map_that_fails_on_every_record_exits_2_and_state_stays(pipe: Pipe, now: int, records: int) -> None:
    lines = [schema(), *(line for n in range(records) for line in (record(now, n, value=None), state(at=n)))]
    done = pipe.run_here(lines, stream_maps={"leads": {"size": "value + 1"}})
    assert (done.code, done.states) == (2, [])
    assert "stream_maps" in done.stderr


def test_a_map_that_fails_hinders_no_other_stream_of_the_same_records(pipe: Pipe, now: int) -> None:
    maps = {
        "leads": {},
        "copies": {"__source__": "leads", "id": "id", "size": "value + 1", "__key_properties__": ["id"]},
    }
    lines = [schema(), record(now, 1, value=1), record(now, 2, value=None)]
    done = pipe.run_here(
        lines, stream_maps=maps, streams=[entry("leads", fields={"value": False}), entry("copies", 102)]
    )
    assert done.report["counts"]["rejected"] == 1
    assert rejected(pipe)[0]["stream"] == "copies"


def test_the_key_of_a_record_that_a_map_fails_on_is_no_person(pipe: Pipe, now: int) -> None:
    found = schema("leads", "name", "first", "last", "email", "happened_at", "value", key=["name"])
    person = record(now, 1, name="Jane Canary", first="Jane", last="Canary", value=None)
    good = record(now, 2, name="x", value=1)
    done = pipe.run_here([found, person, good], stream_maps={"leads": {"size": "value + 1"}})
    assert done.counts == {"delivered": 1, "rejected": 1}
    assert "Canary" not in json.dumps(rejected(pipe))


# BATCH


def batch(*files: str, **encoding: str) -> dict[str, Any]:
    return {"type": "BATCH", "stream": "leads", "encoding": {"format": "jsonl", **encoding}, "manifest": list(files)}


def test_a_batch_file_is_read_by_what_its_bytes_are(pipe: Pipe, now: int) -> None:
    first, second = json.dumps(record(now, 1)["record"]).encode(), json.dumps(record(now, 2)["record"]).encode()
    for number, (content, encoding) in enumerate(
        (
            (gzip.compress(first), {"compression": "none"}),
            (gzip.compress(first), {}),
            (first, {"compression": "gzip"}),
            (b"\xef\xbb\xbf" + first, {"compression": "none"}),
            (gzip.compress(b"\xef\xbb\xbf" + first + b"\n" + second), {"compression": "gzip"}),
        )
    ):
        file = pipe.folder / f"{number}.jsonl"
        file.write_bytes(content)
        done = pipe.run_here([schema(), batch(file.as_uri(), **encoding), state(at=1)])
        assert (done.code, done.states, done.counts.get("rejected", 0)) == (0, ['{"at": 1}'], 0), number
    assert done.counts == {"already_delivered": 1, "delivered": 1}


@pytest.mark.parametrize("compression", ["zstd", "none", "gzip", "bz2"])
def test_a_batch_that_cannot_be_unpacked_exits_2_and_says_what_to_set(pipe: Pipe, compression: str) -> None:
    good, packed = pipe.folder / "good.jsonl", pipe.folder / "packed.jsonl.zst"
    good.write_bytes(b"\n")
    packed.write_bytes(b"\x28\xb5\x2f\xfd" + b"canary" * 20)
    done = pipe.run_here([schema(), batch(good.as_uri(), packed.as_uri(), compression=compression), state(at=1)])
    assert (done.code, done.states) == (2, [])
    assert "batch_config.encoding.compression: gzip" in done.stderr
    assert "canary" not in done.stderr


def test_a_gzipped_batch_file_without_a_byte_exits_7_and_a_plain_one_holds_no_record(pipe: Pipe, now: int) -> None:
    """A loader that was cut off before the first byte of gzip's head leaves such a file; STATE must not pass its records."""
    empty = pipe.state_dir.parent / "empty.jsonl"
    empty.touch()
    cut = pipe.run_here([schema(), record(now, 1), batch(str(empty), compression="gzip"), state(at=1)])
    assert (cut.code, cut.states) == (7, [])
    assert "file 1 of its BATCH is empty" in cut.stderr
    assert pipe.run_here([schema(), batch(str(empty), compression="none"), state(at=1)]).states == ['{"at": 1}']


def test_utf_16_in_a_batch_file_exits_7_with_the_file_s_number(pipe: Pipe, now: int) -> None:
    good, bad = pipe.folder / "good.jsonl", pipe.folder / "bad.jsonl"
    good.write_text(json.dumps(record(now, 1)["record"]))
    bad.write_text("{}", encoding="utf-16")
    done = pipe.run_here([schema(), batch(good.as_uri(), bad.as_uri())])
    assert done.code == 7
    assert "UTF-16" in done.stderr
    done = pipe.run_here([schema(), batch(good.as_uri(), "file:///nowhere/x.jsonl")])
    assert done.code == 7
    assert "file 2 of its BATCH" in done.stderr


@pytest.mark.parametrize(
    ("url", "driver", "package"),
    [
        ("s3://bucket/canary.jsonl", "s3fs", "target-linkedin-conversions[s3]"),
        ("gs://bucket/canary.jsonl", "gcsfs", "gcsfs"),
        ("abfs://container/canary.jsonl", "adlfs", "adlfs"),
    ],
)
def test_a_batch_behind_a_url_without_its_driver_exits_2_with_what_to_install(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch, url: str, driver: str, package: str
) -> None:
    monkeypatch.setitem(sys.modules, driver, None)
    # Another test may have opened a real one, and fsspec keeps it.
    kept = importlib.import_module("fsspec.registry")._registry  # noqa: SLF001 - what it says of itself is read-only
    monkeypatch.delitem(kept, url.partition("://")[0], raising=False)
    storage = {"batch_config": {"storage": {"root": url.rpartition("/")[0]}}}
    done = pipe.run_here([schema(), batch(url), state(at=1)], **storage)
    assert (done.code, done.states) == (2, [])
    assert "file 1 of a BATCH" in done.stderr
    assert f"pip install '{package}'" in done.stderr or f"pip install {package}" in done.stderr
    assert "canary" not in done.stderr


@pytest.mark.parametrize(
    ("bookmarks", "warned"),
    [(["happened_at"], True), (["id"], False), ([], False), (None, False), ("happened_at", False)],
)
def test_a_time_that_the_tap_goes_on_by_is_warned_about(
    pipe: Pipe, linkedin: Sandbox, bookmarks: Any, *, warned: bool
) -> None:
    done = pipe.run_here([{**schema(), "bookmark_properties": bookmarks}, record(linkedin.now(), 1)])
    assert done.code == 0
    assert any("changes with every edit" in warning for warning in done.report["warnings"]) is warned


@pytest.mark.parametrize(
    ("fields", "lonely"),
    [
        ({"first_name": "first"}, "first_name"),
        ({"last_name": "last"}, "last_name"),
        ({"first_name": "first", "last_name": False}, "first_name"),
        ({"first_name": "first", "last_name": "last"}, None),
        ({"full_name": "first"}, None),
        ({}, None),
    ],
)
def test_one_name_without_the_other_is_warned_about(
    pipe: Pipe, now: int, fields: dict[str, Any], lonely: str | None
) -> None:
    stream = schema("leads", "id", "email", "happened_at", "first", "last")
    done = pipe.run_here([stream, record(now, 1)], streams=[entry("leads", fields=fields)])
    told = [warning for warning in done.report["warnings"] if "no name is sent without both" in warning]
    assert [f"{lonely} is mapped without" in warning for warning in told] == ([True] if lonely else [])
