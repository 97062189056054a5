"""What a preview shows of names and values that a stranger chose: read by people, obeyed by no terminal."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.cli.main import main as companion
from target_linkedin_conversions.guessing.scalars import scalar
from target_linkedin_conversions.printable import printable_json
from tests.hostile.test_text import _UNSEEN, HOSTILE_NAMES, assert_nobody_else_wrote
from tests.hostile.trial import Ended, files_left
from tests.singer.pipe import call_here, entry

PERSON = "jane.canary@private.example"
COLUMNS = {
    name: text
    for name, text in HOSTILE_NAMES.items()
    if text.isprintable() or name in {"turned_around", "of_no_width", "tags"}
}
"""Names that a setting can name."""


def asked(stream: str, column: str, *program: str) -> tuple[Ended, dict[str, bytes]]:
    """A preview or dry run of a stream and a mapped column of such names, with a value of the same kind; what it said and left."""
    with TemporaryDirectory(prefix="hostile-") as made:
        folder = Path(made)
        row = {
            "id": 1,
            "email": "jane@example.com",
            "happened_at": time.time_ns() // 1_000_000 - 1000,
            "first": "Jane",
            "last": "Doe",
            "c": "A\u202ecme",
            column: "x",
        }
        lines: list[Any] = [
            {
                "type": "SCHEMA",
                "stream": stream,
                "schema": {"properties": {name: {} for name in row}},
                "key_properties": ["id"],
            },
            {"type": "RECORD", "stream": stream, "record": row},
        ]
        fields = {"first_name": "first", "last_name": "last", "company": "c", "value": column}
        made_of = entry(stream=stream, fields=fields, constants={"currency": "EUR"}, consent={"not_required": "a test"})
        config = {"dry_run": True, "state_dir": str(folder / "state"), "streams": [made_of], "max_reject_ratio": 1}
        (folder / "config.json").write_text(json.dumps(config))
        (folder / "input.singer").write_text("".join(json.dumps(line) + "\n" for line in lines))
        config_file, where = ("--config", str(folder / "config.json")), str(folder / "input.singer")
        if program:
            code, out, err = call_here(*program, where, *config_file, program=companion)
        else:
            code, out, err = call_here(*config_file, "--input", where)
        files = files_left(folder)
        return Ended(code, out, err, b"".join(files.values()), 0), files


@pytest.mark.parametrize("width", ["40", "200"])
@pytest.mark.parametrize("name", HOSTILE_NAMES)
@pytest.mark.parametrize("command", [["preview"], ["preview", "--init"], ["preview", "--json"]], ids=" ".join)
def test_a_preview_of_a_strange_stream_moves_no_cursor(
    command: list[str], name: str, width: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    ended, _ = asked(HOSTILE_NAMES[name], COLUMNS.get(name, "v"), *command)
    assert ended.code == 0, ended.stderr[-2000:]
    for said in (ended.stdout, ended.stderr):
        assert not _UNSEEN.search(said)
        assert not re.search("^(leads)?outcome=", said, re.MULTILINE)
    if "--json" in command:
        assert json.loads(ended.stdout)["streams"][0]["stream"] == HOSTILE_NAMES[name]
    if "--init" in command:
        assert yaml.safe_load(ended.stdout)["streams"][0]["stream"] == HOSTILE_NAMES[name]


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_of_a_finding_writes_nothing_into_a_report_or_a_page(name: str) -> None:
    ended, files = asked("leads", COLUMNS[name])
    assert ended.code == 0
    assert b"bad_amount" in ended.written
    assert_nobody_else_wrote(ended, files)


def test_a_column_named_like_a_person_stands_in_no_finding() -> None:
    ended, _ = asked("leads", PERSON)
    assert b"canary" not in ended.written
    shown, _ = asked("leads", PERSON, "preview")
    assert "canary" not in shown.stdout


@given(st.text())
def test_a_text_of_yaml_and_json_says_the_same_and_nothing_that_is_unseen(text: str) -> None:
    for shown, read in (
        (scalar(text), yaml.safe_load),
        (printable_json(json.dumps(text, ensure_ascii=False)), json.loads),
    ):
        assert not _UNSEEN.search(shown)
        assert read(shown) == text
