"""Every message and setting of the Singer world: schemas, versions, batches, maps, the command line."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import fsspec  # type: ignore[import-untyped]
import pytest
from pyarrow import Table  # type: ignore[import-untyped]
from pyarrow.parquet import write_table  # type: ignore[import-untyped]

from target_linkedin_conversions.records.event_id import own_event_id
from target_linkedin_conversions.run import batcher
from tests.singer.pipe import MODULE, SCRIPT, Line, Pipe, call_here, entry, record, schema, state

if TYPE_CHECKING:
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox


def id_of(now: int, number: int, source: str, **key: str) -> str:
    """The event id that a row of `record` has by the published recipe."""
    names = tuple(sorted(({"id": str(number)} | key).items()))
    return own_event_id("101", source, names, now - 60_000 - number)


def ids(linkedin: Sandbox) -> list[str]:
    return sorted(str(event["eventId"]) for event in linkedin.received)


# SCHEMA


def test_activate_version_is_accepted_even_before_its_schema(pipe: Pipe, now: int) -> None:
    version = {"type": "ACTIVATE_VERSION", "stream": "leads", "version": 1}
    done = pipe.run_here([version, schema(), version, record(now, 1), version, state(at=1)])
    assert (done.code, done.counts, done.states) == (0, {"delivered": 1}, ['{"at": 1}'])


def test_a_schema_that_comes_again_changes_nothing(pipe: Pipe, now: int, linkedin: Sandbox) -> None:
    wide = schema("leads", "id", "email", "happened_at", "_sdc_deleted_at", "_sdc_batched_at")
    lines: list[Line] = [line for n in range(1, 6) for line in (wide, record(now, n), wide)]
    done = pipe.run_here([*lines, state(at=5)])
    assert (done.code, done.counts, done.states) == (0, {"delivered": 5}, ['{"at": 5}'])
    assert [request.taken for request in linkedin.requests if request.method == "POST"] == [5]


def test_a_schema_that_changes_is_followed_and_what_waits_is_kept(pipe: Pipe, now: int, linkedin: Sandbox) -> None:
    wider = schema("leads", "id", "email", "happened_at", "amount", "currency")
    priced = record(now, 2, amount=12.5, currency="EUR")
    done = pipe.run_here([schema("leads", "id", "email", "happened_at"), record(now, 1), wider, priced, state(at=2)])
    assert (done.code, done.counts, done.states) == (0, {"delivered": 2}, ['{"at": 2}'])
    assert ids(linkedin) == sorted(id_of(now, n, "leads") for n in (1, 2))
    values = [event["conversionValue"] for event in linkedin.received if "conversionValue" in event]
    assert values == [{"currencyCode": "EUR", "amount": "12.5"}]


def test_a_key_that_changes_gives_the_rows_after_it_other_ids(pipe: Pipe, now: int, linkedin: Sandbox) -> None:
    lines = [schema(), record(now, 1), schema(key=["id", "email"]), record(now, 2), state(at=2)]
    done = pipe.run_here(lines)
    assert (done.code, done.states) == (0, ['{"at": 2}'])
    assert ids(linkedin) == sorted([id_of(now, 1, "leads"), id_of(now, 2, "leads", email="row.2@example.com")])


def test_a_stream_without_a_key_is_known_by_all_its_mapped_values(pipe: Pipe, now: int, linkedin: Sandbox) -> None:
    lines = [schema(key=[]), record(now, 1), record(now, 2), record(now, 1), state(at=1)]
    done = pipe.run_here(lines)
    assert done.counts == {"delivered": 2, "already_delivered": 1}
    assert len(linkedin.received) == 2


@pytest.mark.parametrize(
    ("slip", "place"),
    [
        ({"fields": {"company": "firm"}}, "streams[0].fields.company"),
        ({"consent": {"column": "ads_consnt"}}, "streams[0].consent.column"),
        ({"conversion_rule": {"column": "stage", "rules": [{"when": "x", "rule": 1}]}}, "conversion_rule.column"),
        ({"only": {"column": "livmode", "is": [True]}}, "streams[0].only.column"),
    ],
)
def test_a_mapped_column_that_the_schema_does_not_list_exits_2_and_state_stays(
    pipe: Pipe, now: int, linkedin: Sandbox, slip: dict[str, Any], place: str
) -> None:
    done = pipe.run_here([schema(), record(now, 1), state(at=1)], streams=[entry(**slip)])
    assert (done.code, done.states, linkedin.received) == (2, [], [])
    assert place in done.report["message"]
    assert "the stream's schema has no column" in done.report["message"]


@pytest.mark.parametrize("open_schema", [{"additionalProperties": True}, {"patternProperties": {"^f": {}}}])
def test_a_mapped_column_that_an_open_schema_lacks_is_a_warning(pipe: Pipe, now: int, open_schema: Any) -> None:
    streams = [entry(fields={"company": "firm"})]
    done = pipe.run_here([schema(**open_schema), record(now, 1)], streams=streams)
    assert (done.code, done.counts) == (0, {"delivered": 1})
    assert any("does not declare column 'firm'" in warning for warning in done.report["warnings"])


# Streams


def test_a_batch_is_bounded_by_its_bytes_too(
    pipe: Pipe, now: int, linkedin: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batcher, "MOST_BYTES", 1000)
    done = pipe.run_here([schema(), *[record(now, number) for number in range(20)], state(at=1)])
    assert (done.counts, done.states) == ({"delivered": 20}, ['{"at": 1}'])
    sent = [request.elements for request in linkedin.requests if request.elements]
    assert sum(sent) == 20
    assert set(sent[:-1]) == {4}


def test_two_streams_go_to_the_rules_of_their_entries(pipe: Pipe, now: int, linkedin: Sandbox) -> None:
    lines = [schema("a"), schema("b"), record(now, 1, "a"), record(now, 2, "b"), record(now, 3, "a")]
    done = pipe.run_here(lines, streams=[entry("a", 101), entry("?", 102)])
    assert done.code == 0
    assert linkedin.summary()["by_rule"] == {"101": 2, "102": 1}
    assert {line["stream"]: line["records"] for line in done.report["streams"]} == {"a": 2, "b": 1}


def test_the_sdk_s_metric_counts_every_record_of_every_stream(
    pipe: Pipe, now: int, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [*(record(now, n, "a") for n in range(5)), schema("b"), *(record(now, n, "b") for n in range(3))]
    again = [schema("a", "id", "email", "happened_at", "more"), record(now, 9, "a")]
    with caplog.at_level("INFO", "singer_sdk.metrics"):
        done = pipe.run_here([schema("a"), *rows, *again, state(at=1)], streams=[entry("a", 101), entry("b", 102)])
    told: Counter[str] = Counter()
    for metric in re.findall(r"METRIC: (\{.*\})", caplog.text):
        point = json.loads(metric)
        if point["metric"] == "record_count":
            told[point["tags"]["stream"]] += point["value"]
    assert told == {line["stream"]: line["records"] for line in done.report["streams"]} == {"a": 6, "b": 3}


def test_a_stream_that_no_entry_fits_is_skipped_with_one_warning(pipe: Pipe, now: int) -> None:
    lines = [schema(), schema("other"), *[record(now, n, "other") for n in range(30)], record(now, 1), state(at=1)]
    done = pipe.run_here(lines, streams=[entry("leads")], validate_records=True)
    assert (done.code, done.states) == (0, ['{"at": 1}'])
    assert done.counts == {"delivered": 1, "skipped": 30}
    assert done.codes("skipped") == {"stream_not_configured": 30}
    assert done.stderr.count("stream 'other' is not sent") == 1


def test_without_entries_one_stream_goes_to_the_conversion_rule(pipe: Pipe, now: int, linkedin: Sandbox) -> None:
    lines = [schema(), record(now, 1), schema(), record(now, 2)]
    done = pipe.run_here(lines, streams=None, conversion_rule=[101, "urn:lla:llaPartnerConversion:102"])
    assert (done.code, done.counts) == (0, {"delivered": 4})
    assert linkedin.summary()["by_rule"] == {"101": 2, "102": 2}


def test_without_entries_a_second_stream_exits_2_and_state_stays(pipe: Pipe, now: int) -> None:
    lines = [schema(), record(now, 1), schema("other"), record(now, 2, "other"), state(at=2)]
    done = pipe.run_here(lines, streams=None, conversion_rule=101)
    assert (done.code, done.states) == (2, [])
    assert "a second stream came ('other')" in done.stderr


def test_without_entries_a_second_stream_that_is_mapped_away_does_no_harm(pipe: Pipe, now: int) -> None:
    lines = [schema(), record(now, 1), schema("other"), record(now, 2, "other"), state(at=2)]
    done = pipe.run_here(lines, streams=None, conversion_rule=101, stream_maps={"other": None})
    assert (done.code, done.counts, done.states) == (0, {"delivered": 1}, ['{"at": 2}'])


def test_the_stream_of_meltano_config_test_is_never_sent(pipe: Pipe, linkedin: Sandbox) -> None:
    lines: list[Line] = [schema("meltano_test_stream", "id"), {"type": "RECORD", "stream": "meltano_test_stream"}]
    lines[1] = {"type": "RECORD", "stream": "meltano_test_stream", "record": {"id": 1}}
    for settings in ({}, {"streams": None, "conversion_rule": 101}, {"streams": None}):
        done = pipe.run_here(lines, **settings)
        assert (done.code, done.counts) == (0, {"skipped": 1})
    assert linkedin.received == []


# Stream maps, flattening, the tap's own schema


def test_a_stream_map_renames_and_filters_and_event_ids_keep_the_stream_s_first_name(
    pipe: Pipe, now: int, linkedin: Sandbox
) -> None:
    maps = {"leads": {"__alias__": "qualified", "__filter__": "stage == 'won'", "work_email": "email", "email": None}}
    names = ("id", "email", "happened_at", "stage")
    lines = [schema("leads", *names), record(now, 1, stage="won"), record(now, 2, stage="lost"), state(at=2)]
    done = pipe.run_here(lines, stream_maps=maps, streams=[entry("qualified")])
    assert (done.code, done.counts, done.states) == (0, {"delivered": 1}, ['{"at": 2}'])
    assert ids(linkedin) == [id_of(now, 1, "leads")]
    assert done.report["streams"][0]["stream"] == "qualified"


def test_a_stream_map_may_make_a_second_stream_of_one(pipe: Pipe, now: int, linkedin: Sandbox) -> None:
    maps = {"copies": {"__source__": "leads", "id": "id", "__key_properties__": ["id"]}}
    streams = [entry("leads", 101), entry("copies", 102)]
    done = pipe.run_here([schema(), record(now, 1), state(at=1)], stream_maps=maps, streams=streams)
    assert (done.code, done.counts) == (0, {"delivered": 2})
    assert linkedin.summary()["by_rule"] == {"101": 1, "102": 1}


def test_amounts_stay_exact_through_stream_maps(pipe: Pipe, now: int, linkedin: Sandbox) -> None:
    line = json.dumps(record(now, 1, currency="EUR", value=0)).replace('"value": 0', '"value": 129.50')
    pipe.run_here([schema(), line], stream_maps={"leads": {"note": "'x'"}})
    assert linkedin.received[0]["conversionValue"]["amount"] == "129.50"


@pytest.mark.parametrize("flattening", [{}, {"flattening_enabled": True, "flattening_max_depth": 2}])
def test_nested_columns_are_read_in_place_or_flattened(
    pipe: Pipe, now: int, linkedin: Sandbox, flattening: dict[str, Any]
) -> None:
    person = {"type": "object", "properties": {"contact": {"type": "object", "properties": {"mail": {}}}}}
    line = schema()
    line["schema"]["properties"] = {"id": {}, "happened_at": {}, "person": person}
    row = {"id": 1, "happened_at": now - 1000, "person": {"contact": {"mail": "nested@example.com"}}}
    column = "person__contact__mail" if flattening else "person.contact.mail"
    lines = [line, {"type": "RECORD", "stream": "leads", "record": row}]
    done = pipe.run_here(lines, streams=[entry(fields={"email": column})], **flattening)
    assert (done.code, done.counts) == (0, {"delivered": 1}), done.stderr
    assert [found["idType"] for found in linkedin.received[0]["user"]["userIds"]] == ["SHA256_EMAIL"]


def test_validate_records_rejects_what_contradicts_the_tap_s_schema(pipe: Pipe, now: int) -> None:
    line = schema()
    line["schema"]["properties"]["id"] = {"type": "integer"}
    lines = [line, record(now, 1), record(now, 2, id="canary"), state(at=2)]
    assert pipe.run_here(lines, dry_run=True).counts == {"would_send": 2}
    done = pipe.run_here(lines, validate_records=True)
    assert (done.code, done.counts, done.states) == (0, {"delivered": 1, "rejected": 1}, ['{"at": 2}'])
    assert done.codes("rejected") == {"against_tap_schema": 1}
    assert "canary" not in done.stderr


def test_validate_records_names_a_schema_that_is_none(pipe: Pipe, now: int) -> None:
    line = schema()
    line["schema"]["properties"]["id"] = {"type": "nonsense-canary"}
    done = pipe.run_here([line, record(now, 1)], validate_records=True)
    assert done.code == 7
    assert "line 1 of the input: the schema of stream 'leads' is no JSON schema" in done.stderr
    assert "set validate_records: false" in done.stderr
    assert pipe.run_here([line, record(now, 1)], stream_maps={"leads": {"more": "1"}}).code == 0
    assert "canary" not in done.stderr


# BATCH


def batch(*files: Path, compression: str = "none") -> dict[str, Any]:
    encoding = {"format": "jsonl", "compression": compression}
    return {
        "type": "BATCH",
        "stream": "leads",
        "encoding": encoding,
        "manifest": [file.absolute().as_uri() for file in files],
    }


def rows(now: int, *numbers: int) -> bytes:
    return b"\n".join(json.dumps(record(now, n)["record"]).encode() for n in numbers) + b"\n\n"


@pytest.mark.parametrize("mapped", [{}, {"stream_maps": {"leads": {"note": "'x'"}}}], ids=["plain", "mapped"])
@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_batch_files_are_read_like_records(
    pipe: Pipe, now: int, linkedin: Sandbox, compression: str, mapped: dict[str, Any]
) -> None:
    first, second = pipe.folder / "first.jsonl", pipe.folder / "second.jsonl"
    pack = gzip.compress if compression == "gzip" else bytes
    first.write_bytes(pack(rows(now, 1, 2)))
    second.write_bytes(pack(rows(now, 3)))
    done = pipe.run_here([schema(), batch(first, second, compression=compression), state(at=3)], **mapped)
    assert (done.code, done.counts, done.states) == (0, {"delivered": 3}, ['{"at": 3}'])
    assert ids(linkedin) == sorted(id_of(now, n, "leads") for n in (1, 2, 3))


@pytest.mark.parametrize("content", [b'{"id": 1}\nbroken canary\n', b'{"no_key": "canary"}\n', b"\xff\n"])
def test_a_broken_batch_file_exits_7(pipe: Pipe, content: bytes) -> None:
    file = pipe.folder / "rows.jsonl"
    file.write_bytes(content)
    done = pipe.run_here([schema(), batch(file), state(at=1)])
    assert (done.code, done.states) == (7, [])
    assert "line 2 of the input" in done.stderr
    assert "canary" not in done.stderr


@pytest.mark.parametrize("mapped", [{}, {"stream_maps": {"leads": {"note": "'x'"}}}], ids=["plain", "mapped"])
@pytest.mark.parametrize("content", [b"broken canary\n", b'[{"id": 1}]\n', b'{"no_key": "canary"}\n'])
def test_a_broken_record_of_a_batch_is_told_with_its_file(
    pipe: Pipe, now: int, content: bytes, mapped: dict[str, Any]
) -> None:
    good, bad = pipe.folder / "good.jsonl", pipe.folder / "bad.jsonl"
    good.write_bytes(rows(now, 1, 2))
    bad.write_bytes(rows(now, 3) + content)
    done = pipe.run_here([schema(), batch(good, bad), state(at=1)], **mapped)
    assert (done.code, done.states) == (7, [])
    assert "line 2 of the input: file 2 of its BATCH: " in done.stderr
    assert "canary" not in done.stderr


def test_a_gzip_file_that_is_cut_or_none_exits_7(pipe: Pipe, now: int) -> None:
    file = pipe.folder / "rows.jsonl"
    for content in (gzip.compress(rows(now, 1))[:-9], b"no gzip"):
        file.write_bytes(content)
        done = pipe.run_here([schema(), batch(file, compression="gzip"), state(at=1)])
        assert (done.code, done.states) == (7, [])


def test_a_batch_format_that_is_neither_jsonl_nor_parquet_exits_2(pipe: Pipe) -> None:
    message = {"type": "BATCH", "stream": "leads", "encoding": {"format": "avro"}, "manifest": []}
    done = pipe.run_here([schema(), message])
    assert done.code == 2
    assert "batch_config" in done.stderr


def parquet(*files: str) -> dict[str, Any]:
    return {"type": "BATCH", "stream": "leads", "encoding": {"format": "parquet"}, "manifest": list(files)}


@pytest.mark.parametrize("mapped", [{}, {"stream_maps": {"leads": {"note": "'x'"}}}], ids=["plain", "mapped"])
def test_parquet_files_are_read_like_records(pipe: Pipe, now: int, linkedin: Sandbox, mapped: dict[str, Any]) -> None:
    file = pipe.folder / "rows.parquet"
    write_table(Table.from_pylist([record(now, n)["record"] for n in range(1, 2500)]), file)
    done = pipe.run_here([schema(), parquet(file.as_uri()), state(at=3)], **mapped)
    assert (done.code, done.counts, done.states) == (0, {"delivered": 2499}, ['{"at": 3}'])
    assert ids(linkedin) == sorted(id_of(now, n, "leads") for n in range(1, 2500))


def test_types_that_only_parquet_has_become_what_a_tap_writes(pipe: Pipe, now: int, linkedin: Sandbox) -> None:
    happened = datetime.fromtimestamp(now // 1000 - 60, UTC)
    row = record(now, 1)["record"] | {"happened_at": happened, "value": Decimal("129.50"), "currency": "EUR"}
    file = pipe.folder / "rows.parquet"
    write_table(Table.from_pylist([row, row | {"id": 2, "value": None}]), file)
    done = pipe.run_here([schema(), parquet(str(file))])
    assert done.counts == {"delivered": 2}
    with_value = next(one for one in linkedin.received if "conversionValue" in one)
    assert with_value["conversionValue"] == {"amount": "129.50", "currencyCode": "EUR"}
    assert {one["conversionHappenedAt"] for one in linkedin.received} == {now // 1000 * 1000 - 60_000}


@pytest.mark.parametrize("content", [b"", b"no parquet", b"PAR1" + bytes(64) + b"PAR1"])
def test_a_parquet_file_that_is_cut_or_none_exits_7(pipe: Pipe, content: bytes) -> None:
    file = pipe.folder / "rows.parquet"
    file.write_bytes(content)
    done = pipe.run_here([schema(), parquet(str(file)), state(at=1)])
    assert (done.code, done.states) == (7, [])


def test_parquet_without_its_extra_exits_2_with_the_mend(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    file = pipe.folder / "rows.parquet"
    file.write_bytes(b"")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = pipe.run_here([schema(), parquet(str(file))])
    assert done.code == 2
    assert "pip install 'target-linkedin-conversions[parquet]'" in done.stderr


def test_batch_files_may_lie_behind_a_url(pipe: Pipe, now: int) -> None:
    with fsspec.open("memory://batches/rows.jsonl", "wb") as file:
        file.write(rows(now, 1, 2))
    message = batch() | {"manifest": ["memory://batches/rows.jsonl"]}
    named = {"batch_config": {"storage": {"root": "memory://batches"}}}
    assert pipe.run_here([schema(), message], **named).counts == {"delivered": 2}


# The command line


def test_about_in_each_format_lists_every_setting_and_no_secret_of_ours() -> None:
    code, text, _ = call_here("--about")
    assert (code, "access_token" in text) == (0, True)
    code, text, _ = call_here("--about", "--format", "json")
    properties = json.loads(text)["settings"]["properties"]
    assert {"streams", "access_token", "state_dir", "stream_maps", "dry_run"} <= set(properties)
    assert properties["access_token"]["secret"] is True
    code, text, _ = call_here("--about", "--format", "markdown")
    assert (code, "| streams" in text) == (0, True)


def test_about_needs_no_config_and_minds_no_bad_one(pipe: Pipe) -> None:
    code, text, _ = call_here("--about", "--format", "json", "--config", str(pipe.file(linkedin_version="bad")))
    assert (code, json.loads(text)["name"]) == (0, "target-linkedin-conversions")


@pytest.mark.parametrize("program", [MODULE, SCRIPT], ids=["module", "script"])
def test_the_program_has_a_version(program: list[str]) -> None:
    done = subprocess.run([*program, "--version"], capture_output=True, text=True, check=True, timeout=20)
    assert done.stdout.startswith("target-linkedin-conversions v")


def test_help_and_wrong_options() -> None:
    code, text, _ = call_here("--help")
    assert code == 0
    for option in ("--config", "--input", "--about", "--format", "--version"):
        assert option in text
    code, _, errors = call_here("--nonsense")
    assert (code, "No such option" in errors) == (2, True)


# Schemas that are written by references and branches


@pytest.mark.parametrize(
    "written",
    [
        {"allOf": [{"$ref": "#/definitions/lead"}, {"required": ["id"]}]},
        {"oneOf": [{"type": "null"}, {"$ref": "#/definitions/lead"}]},
        {"$ref": "#/definitions/lead"},
    ],
)
@pytest.mark.parametrize("way", ["plain", "mapped", "flattened", "validated"])
def test_a_schema_of_references_and_branches_is_read_as_if_it_were_written_flat(
    pipe: Pipe, now: int, written: dict[str, Any], way: str
) -> None:
    ways: dict[str, dict[str, Any]] = {
        "mapped": {"stream_maps": {"leads": {"note": "'x'"}}},
        "flattened": {"flattening_enabled": True, "flattening_max_depth": 1},
        "validated": {"validate_records": True},
    }
    path = "contact__email" if way == "flattened" else "contact.email"
    contact = {"allOf": [{"type": "object", "properties": {"email": {"type": "string"}}}]}
    lead = {"type": "object", "properties": {"id": {"type": "integer"}, "happened_at": True, "contact": contact}}
    message = schema() | {"schema": {**written, "definitions": {"lead": lead}}}
    lines = [message, record(now, 1, contact={"email": "row.1@example.com"})]
    done = pipe.run_here(lines, dry_run=True, streams=[entry(fields={"email": path})], **ways.get(way, {}))
    assert (done.code, done.counts) == (0, {"would_send": 1})
