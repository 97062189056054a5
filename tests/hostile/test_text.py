"""What a stranger writes is read by people, and obeyed by nothing: no terminal, no log, no page."""

from __future__ import annotations

import io
import json
import re
import shlex
import unicodedata
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.cli.tables import print_table
from target_linkedin_conversions.delivery.redaction import redacted
from target_linkedin_conversions.errors import ConfigError, InputError
from target_linkedin_conversions.printable import as_argument, printable, printable_lines
from tests.hostile.trial import Ended, files_left, try_input
from tests.singer.pipe import Pipe, call_here, entry, record, schema
from tests.size import sized

FORGED = "leads\noutcome=done exit=0 run=x delivered=9"
HOSTILE_NAMES = {
    "a_forged_line": FORGED,
    "a_carriage_return": "leads\routcome=done exit=0",
    "colours": "\x1b[31mleads\x1b[0m",
    "a_title_of_a_window": "\x1b]0;owned\x07",
    "an_8_bit_control": "\x9b31mleads",
    "a_line_of_unicode": "leads\u2028outcome=done exit=0",
    "turned_around": "leads\u202egnp.exe",
    "of_no_width": "le\u200bads\ufeff",
    "tags": "leads\U000e0041",
    "a_megabyte": "n" * 1_000_000,
    "markup": "[/x]",
    "a_link": "[link=https://evil.example]leads[/link]",
    "html": "<script>alert(1)</script>",
}
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f\ud800-\udfff]"
)


def run_with(name: str, **more: Any) -> tuple[Ended, dict[str, bytes]]:
    """A dry run of a stream, or a column, of that name, one of its records sound and one refused; what it left."""
    with TemporaryDirectory(prefix="hostile-") as made:
        folder = Path(made)
        rows = [
            {"id": 1, "email": "jane@example.com", "happened_at": 1, name: "x"},
            {"id": 2, "email": "jane@example.com", "happened_at": None, name: "y"},
        ]
        schema: dict[str, Any] = {"properties": {column: {} for column in rows[0]}}
        lines = [{"type": "SCHEMA", "stream": name, "schema": schema, "key_properties": ["id", name]}]
        lines += [{"type": "RECORD", "stream": name, "record": row} for row in rows]
        made_of = entry(stream="*", consent={"not_required": "a test"})
        config = {"dry_run": True, "state_dir": str(folder / "state"), "streams": [made_of], "max_reject_ratio": 1}
        (folder / "config.json").write_text(json.dumps({**config, **more}))
        (folder / "input").write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
        code, out, err = call_here("--config", str(folder / "config.json"), "--input", str(folder / "input"))
        files = files_left(folder)
        return Ended(code, out, err, b"".join(files.values()), 0), files


def assert_nobody_else_wrote(ended: Ended, files: dict[str, bytes]) -> None:
    """No control, no line that is not ours, no endless name: in the log and in every file that people open."""
    assert ended.stdout == ""
    for where, text in [("stderr", ended.stderr), *((name, data.decode()) for name, data in files.items())]:
        assert not _UNSEEN.search(text), (where, _UNSEEN.search(text))
        assert max(map(len, text.splitlines()), default=0) < 6000, where
    outcomes = [line for line in ended.stderr.splitlines() if line.startswith("outcome=")]
    assert len(outcomes) <= 1
    assert ended.stderr.splitlines()[-1:] == outcomes
    assert all(
        json.loads(line)
        for name, data in files.items()
        if name.endswith("l")
        for line in data.splitlines()
        if name.endswith("jsonl")
    )


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_name_writes_no_line_and_moves_no_cursor(name: str) -> None:
    ended, files = run_with(HOSTILE_NAMES[name])
    assert ended.code in {0, 2}, ended.stderr[-2000:]
    assert "Traceback" not in ended.stderr
    assert_nobody_else_wrote(ended, files)
    assert b"<script>" not in b"".join(data for name, data in files.items() if name.endswith(".html"))


@settings(max_examples=sized(8, 400))
@given(st.text(min_size=1, max_size=40), st.sampled_from(["", "jane.canary@private.example", "+49 171 5550123"]))
def test_whatever_a_name_is_nothing_else_is_written(name: str, person: str) -> None:
    try:
        (name + person).encode()
    except UnicodeEncodeError:
        return
    ended, files = run_with(name + person)
    assert "Traceback" not in ended.stderr
    assert_nobody_else_wrote(ended, files)
    if person and person.isascii() and name.isascii() and name.isalnum():
        assert "canary@" not in ended.stderr
        assert b"canary@" not in ended.written


@given(st.text())
def test_printable_is_one_line_without_what_nobody_sees(text: str) -> None:
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    assert not any(unicodedata.category(mark) in {"Cc", "Cs", "Zl", "Zp"} for mark in shown)
    assert not _UNSEEN.search(shown)
    assert printable(shown, 2000) == shown
    assert not _UNSEEN.search(printable_lines(text))


@given(st.text())
def test_an_error_or_an_answer_is_one_printable_line(text: str) -> None:
    for told in (str(ConfigError(text, text, text)), str(InputError(text)), redacted(f"ERROR :: /x :: {text}")):
        assert not _UNSEEN.search(told.replace("\n", "\x00"))


@pytest.mark.parametrize(
    "escape",
    ["\x1b[2J", "\x9b2J", "\x1b]8;;https://evil.example\x07x", "\u202e", "\r", "&#27;[2J", "%1b[2J", "\\u001b[2J"],
)
def test_linkedins_message_moves_no_cursor(escape: str) -> None:
    assert not _UNSEEN.search(redacted(f"Index: 0, ERROR :: /user :: is {escape} bad").replace("\n", "\x00"))


@pytest.mark.parametrize("cell", HOSTILE_NAMES.values(), ids=HOSTILE_NAMES)
def test_a_cell_of_a_table_is_text(cell: str) -> None:
    shown = io.StringIO()
    with redirect_stdout(shown):
        print_table(["stream"], [[cell[:200]]])
    assert not _UNSEEN.search(shown.getvalue())
    if cell.startswith("["):
        assert cell[:10] in shown.getvalue()


@pytest.mark.parametrize("schema", [{}, {"type": 7}, {"properties": []}, {"properties": {"id": {"type": "no"}}}])
def test_a_stream_named_like_a_person_is_in_no_error(schema: Any) -> None:
    name = "jane.canary@private.example"
    lines = [{"type": "SCHEMA", "stream": name, "schema": schema, "key_properties": []}]
    lines += [{"type": "RECORD", "stream": name, "record": {"id": 1}}]
    ended = try_input(b"".join(msgspec.json.encode(line) + b"\n" for line in lines), validate_records=True)
    assert ended.code in {0, 2, 7}
    assert "canary" not in ended.stderr
    assert b"canary" not in ended.written


def test_a_stream_named_like_a_person_is_in_no_log_and_no_report() -> None:
    for name in ("jane.canary@private.example", "jane.canary%40private.example", "49 171 5550123"):
        ended, _ = run_with(name)
        assert "names no" not in ended.stderr
        for part in (name, "canary"):
            assert part not in ended.stderr
            assert part.encode() not in ended.written


def test_a_stream_named_like_a_person_is_told_of_in_no_count_of_what_was_sent_and_at_no_level(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TARGET_LINKEDIN_CONVERSIONS_LOGLEVEL", "DEBUG")
    name = "jane.canary@private.example"
    pipe.linkedin.faults("drop_after", times=1, path="/rest/conversionEvents")
    ended = pipe.run([schema(name), record(pipe.linkedin.now(), 1, name)], on_in_doubt="resend")
    assert ended.code == 0
    assert ended.report["sendings"] == [
        {"stream": "(a name that looks personal)", "rule": "101", "sent": 2, "batches": 1}
    ]
    assert "was sent 2 times" in ended.stderr
    assert "Setting up (a name that looks personal)" in ended.stderr
    assert "canary" not in ended.stderr
    kept = {path: path.read_bytes() for path in pipe.state_dir.rglob("*") if path.is_file()}
    assert not [path for path, data in kept.items() if b"canary" in data]


@given(st.text(st.characters(min_codepoint=1, codec="utf-8"), min_size=1, max_size=40))
@settings(max_examples=sized(100, 1000))
def test_a_path_in_a_command_that_a_person_copies_is_one_argument_and_no_option(path: str) -> None:
    shown = as_argument(path)
    (read,) = shlex.split(shown)
    assert read == printable(f"./{path}" if path.startswith("-") else path)
    if not shown.startswith("'"):
        assert not set(shown) & set("$`\\!&|;<>()*?[]#~{}'")


@pytest.mark.parametrize("path", ["-rf.csv", "a b;$(id).csv", "`id`.csv", "it's.csv", "a&b.csv", '"x".csv', "#1.csv"])
def test_a_file_named_like_a_command_is_only_named(path: str) -> None:
    assert shlex.split(f"send {as_argument(path)}", comments=True) == ["send", "./-rf.csv" if path[0] == "-" else path]
