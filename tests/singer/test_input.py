"""What the tap writes: broken input ends the run by its line number, odd input is read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.records.half_characters import with_whole_characters
from tests.singer.pipe import Line, Pipe, as_bytes, record, schema, state

if TYPE_CHECKING:
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox

CANARY = "canary-7f3a@private.example"
DEEP = 10_000
NO_ID = {"email": CANARY, "happened_at": "2026-11-01"}

BROKEN: dict[str, Line] = {
    "no_json": "{" + CANARY,
    "half_a_line": '{"type": "RECORD", "stream": "leads", "record": {"id": 1, "email": "' + CANARY,
    "text_behind_it": '{"type": "RECORD", "stream": "leads", "record": {"id": 1}} ' + CANARY,
    "a_list": f'["{CANARY}"]',
    "a_text": f'"{CANARY}"',
    "a_number": "7",
    "null": "null",
    "no_type": {"stream": "leads", "record": NO_ID},
    "type_is_a_number": {"type": 7, "record": NO_ID},
    "unknown_type": {"type": f"x{CANARY}", "stream": "leads"},
    "record_without_stream": {"type": "RECORD", "record": {"id": 1, "email": CANARY}},
    "stream_is_a_list": {"type": "RECORD", "stream": [CANARY], "record": {"id": 1}},
    "record_before_schema": {"type": "RECORD", "stream": "other", "record": {"id": 1, "email": CANARY}},
    "record_without_key": {"type": "RECORD", "stream": "leads", "record": NO_ID},
    "no_record": {"type": "RECORD", "stream": "leads"},
    "record_is_a_list": {"type": "RECORD", "stream": "leads", "record": [CANARY]},
    "record_is_a_text": {"type": "RECORD", "stream": "leads", "record": CANARY},
    "schema_without_properties": {"type": "SCHEMA", "stream": "s", "schema": {"x": CANARY}, "key_properties": []},
    "schema_is_a_text": {"type": "SCHEMA", "stream": "s", "schema": CANARY, "key_properties": []},
    "schema_without_stream": {"type": "SCHEMA", "schema": {"properties": {CANARY: {}}}, "key_properties": []},
    "keys_are_numbers": {"type": "SCHEMA", "stream": "s", "schema": {"properties": {}}, "key_properties": [1]},
    "keys_are_a_text": {"type": "SCHEMA", "stream": "s", "schema": {"properties": {}}, "key_properties": CANARY},
    "state_without_value": {"type": "STATE", "bookmark": CANARY},
    "batch_before_schema": {"type": "BATCH", "stream": "other", "encoding": {}, "manifest": [CANARY]},
    "batch_without_files": {"type": "BATCH", "stream": "leads", "encoding": {"format": "jsonl"}},
    "batch_of_a_missing_file": {
        "type": "BATCH",
        "stream": "leads",
        "encoding": {"format": "jsonl", "compression": "gzip"},
        "manifest": [f"file:///nowhere/{CANARY}.jsonl.gz"],
    },
    "batch_at_an_unknown_place": {
        "type": "BATCH",
        "stream": "leads",
        "encoding": {"format": "jsonl"},
        "manifest": [f"nosuchscheme://{CANARY}/x.jsonl"],
    },
    "deep_nesting": '{"type": "RECORD", "stream": "leads", "record": {"id": ' + "[" * DEEP + "]" * DEEP + "}}",
    "deep_nesting_without_end": "[" * DEEP,
    "invalid_utf8_in_a_record": b'{"type": "RECORD", "stream": "leads", "record": {"id": 1, "email": "\xff"}}',
    "invalid_utf8_in_a_state": b'{"type": "STATE", "value": {"a": "\xff"}}',
    "nul_byte": b'{"type": "RECORD", "stream": "leads", "record": {"id": 1, "email": "\0"}}',
    "nul_bytes_alone": b"\0\0\0",
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN)
def test_a_broken_line_exits_7_with_its_number_and_nothing_of_what_it_holds(
    pipe: Pipe, linkedin: Sandbox, now: int, line: Line
) -> None:
    lines: list[Line] = [schema(), record(now, 1), state(at=1), line, record(now, 2), state(at=2)]
    done = pipe.run_here(lines, batch_size_rows=1)
    assert done.code == 7, done.stderr
    assert "line 4 of the input" in done.stderr
    assert done.last.startswith("outcome=input exit=7 ")
    assert (done.report["outcome"], done.report["exit_code"]) == ("input", 7)
    assert "canary" not in done.stderr + done.stdout + json.dumps(done.report)
    assert "Traceback" not in done.stderr
    # What was on its way may still have arrived; then, and only then, its STATE was safe.
    assert done.states == ['{"at": 1}'] * len(linkedin.received)
    assert len(linkedin.received) <= 1


def test_the_state_before_a_broken_line_is_written_if_what_it_covers_was_delivered(pipe: Pipe, now: int) -> None:
    first = b"".join([as_bytes([schema(), record(now, 1), state(at=1)])])
    with pipe.start(batch_max_age_seconds=0.1) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(first)
        process.stdin.flush()
        assert process.stdout.readline() == b'{"at": 1}\n'
        process.stdin.write(b"broken\n")
        process.stdin.close()
        done = pipe.wait(process)
    assert (done.code, done.states) == (7, [])
    assert "line 4 of the input" in done.stderr


@pytest.mark.parametrize("program_reads", ["stdin", "file"])
def test_a_broken_line_ends_both_ways_of_reading(pipe: Pipe, now: int, program_reads: str) -> None:
    lines: list[Line] = [schema(), record(now, 1), b"\xff\xfe", state(at=1)]
    done = pipe.run(lines) if program_reads == "stdin" else pipe.run_here(lines)
    assert (done.code, done.states) == (7, [])
    assert "line 3 of the input" in done.stderr


def test_empty_stdin_exits_0(pipe: Pipe) -> None:
    done = pipe.run([])
    assert (done.code, done.stdout, done.report["records"]) == (0, "", 0)
    assert done.last.startswith("outcome=done exit=0 ")


def test_blank_lines_are_skipped_and_counted(pipe: Pipe, now: int) -> None:
    done = pipe.run_here(["", "  \t", schema(), "", record(now, 1), "\r", "broken"])
    assert "line 7 of the input" in done.stderr
    assert done.code == 7


def test_lines_may_end_as_on_windows_and_the_last_without_an_end(pipe: Pipe, now: int, linkedin: Sandbox) -> None:
    text = as_bytes([schema(), record(now, 1), record(now, 2)]).replace(b"\n", b"\r\n").rstrip()
    with pipe.start() as process:
        assert process.stdin is not None
        process.stdin.write(text)
        process.stdin.close()
        done = pipe.wait(process)
    assert (done.code, done.counts) == (0, {"delivered": 2})
    assert len(linkedin.received) == 2


def test_a_line_of_10_megabytes_is_read(pipe: Pipe, now: int, linkedin: Sandbox) -> None:
    long = record(now, 2, note="x" * 10_000_000)
    done = pipe.run([schema(), record(now, 1), long, record(now, 3), state(at=3)])
    assert (done.code, done.counts, done.states) == (0, {"delivered": 3}, ['{"at": 3}'])
    assert len(linkedin.received) == 3


def test_columns_that_nobody_reads_may_nest_and_hold_numbers_beyond_reason(pipe: Pipe, now: int) -> None:
    note = '"note": [[[[{"a": {"b": 1e400}}]]]], '
    line = json.dumps(record(now, 1)).replace('"email"', note + '"email"')
    done = pipe.run_here([schema(), line])
    assert (done.code, done.counts) == (0, {"delivered": 1})


def test_unknown_keys_of_a_message_are_ignored(pipe: Pipe, now: int) -> None:
    line = {**record(now, 1), "version": 7, "time_extracted": "2026-11-01T00:00:00Z", "x": [{}]}
    done = pipe.run_here([{**schema(), "bookmark_properties": ["id"]}, line, {**state(at=1), "x": 1}])
    assert (done.counts, done.states) == ({"delivered": 1}, ['{"at": 1}'])


def test_a_file_that_is_missing_exits_2(pipe: Pipe, tmp_path: Path) -> None:
    done = pipe.call("--config", str(pipe.file()), "--input", str(tmp_path / "missing.singer"))
    assert done.code == 2
    assert "missing.singer" in done.stderr


@pytest.mark.parametrize("half", [r"\ud800", r"\uDC00x", r"\ud83d x", r"\\\ud83d"])
def test_half_a_character_costs_no_more_than_itself(pipe: Pipe, now: int, linkedin: Sandbox, half: str) -> None:
    row = json.loads(as_bytes([record(now, 1)]))["record"]
    torn = f'{{"type": "RECORD", "stream": "leads", "record": {json.dumps({**row, "id": "HALF"})}}}'.replace(
        "HALF", half
    )
    done = pipe.run_here([schema(), torn, record(now, 2)])
    assert (done.code, done.counts) == (0, {"delivered": 2})
    assert len(linkedin.received) == 2


@pytest.mark.parametrize("text", [r"\ud83d\ude00", r"\\ud800", r"a\\\\ud800"])
def test_whole_characters_and_escaped_backslashes_are_left_alone(text: str) -> None:
    line = f'{{"a": "{text}"}}'.encode()
    assert with_whole_characters(line) == line
