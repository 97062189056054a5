"""Every door by which a stranger's text comes in, with every text that somebody may send through it: it is only text."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.exceptions import IllegalCharacterError

from target_linkedin_conversions.cli.main import main as companion
from target_linkedin_conversions.delivery.redaction import redacted
from target_linkedin_conversions.printable import printable_json
from tests.hostile.test_text import _UNSEEN
from tests.singer.pipe import call_here, entry, environment

if TYPE_CHECKING:
    from collections.abc import Callable

CANARY = "canary.7f3a"
TEXTS = {
    "colours": "a\x1b[31mb\x1b]0;t\x07",
    "an_8_bit_control": "a\x9b31mb",
    "turned_around": "a\u202eb\u2066c",
    "of_no_width": "a\u200bb\ufeffc",
    "a_forged_line": "a\noutcome=done exit=0",
    "a_carriage_return": "a\routcome=done exit=0",
    "a_line_of_unicode": "a\u2028outcome=done exit=0",
    "zero_bytes": "a\0b",
    "half_of_a_character": "a\udcffb",
    "a_link": "[link=https://evil.example]x[/link]",
    "markup": "[/x]",
    "html": "</script><script>alert(1)</script>",
    "a_formula": "=cmd|' /C calc'!A0",
    "a_formula_in_full_width": " \uff1d1+1",
    "format_strings": "%s%n{0}{x!r}%(a)s{{7*7}}",
    "yaml_tag": "!!python/object/apply:os.system [id]",
    "a_way_out": "../../etc/passwd",
    "for_a_shell": "a;$(id)`id`&|'\"",
    "an_option": "--yes",
    "an_address": f"{CANARY}@private.example",
    "long": "n" * 200_000,
    "combining": "e" + "\u0301" * 50_000,
    "opening": "[" * 50_000,
    "no_number": "1e999",
    "digits": "9" * 10_000,
    "empty": "",
}
RUN = "20261123T104000Z-0a1b2c3d"
AGREED = ("--rule", "101", "--consent", "not-required: a test", "--yes", "--dry-run")
SETTINGS = {"access_token": "sandbox-token", "api_url": "http://127.0.0.1:9", "oauth_url": "http://127.0.0.1:9"}
Asked = tuple[str, ...]


def recently() -> str:
    return (datetime.now(UTC) - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def table(header: str = "note", cell: str = "x") -> bytes:
    made = io.StringIO()
    rows = csv.writer(made)
    rows.writerow(["email", "happened_at", "company", header])
    rows.writerow(["row.1@example.com", recently(), cell[:1000], cell])
    return as_bytes(made.getvalue())


def file(content: bytes, name: str = "leads.csv") -> str:
    Path(name).write_bytes(content)
    return name


def named(text: str) -> str:
    """A file of that name, as far as there can be one."""
    return f"./{text.replace('/', '_').replace(chr(0), '_')[:60] or 'x'}.csv"


def send(content: bytes) -> Asked:
    return ("send", file(content), *AGREED)


def send_by_mapping(text: str) -> Asked:
    kept = {"conversion_rule": 101, "consent": {"not_required": "x"}, "fields": {"email": "email", "company": text}}
    file(json.dumps(kept).encode(), "leads.csv.mapping.yml")
    return ("send", file(table()), "--yes", "--dry-run")


def workbook(text: str) -> Asked:
    book = openpyxl.Workbook()
    sheet = book.create_sheet()
    try:
        sheet.title = text[:31] or "x"
        sheet.append(["email", "happened_at", text[:1000]])
    except (ValueError, IllegalCharacterError):
        sheet.title = "x"
        sheet.append(["email", "happened_at"])
    sheet.append(["row.1@example.com", recently()])
    try:
        book.save("leads.xlsx")
    except UnicodeEncodeError:
        return send(table(text))
    return ("send", "leads.xlsx", *AGREED)


def rejects_of(text: str, *, is_shown: bool = False) -> Asked:
    """A line of the rejects that somebody else wrote, and reports that know of it."""
    for folder in ("state/runs", "state/rejects"):
        Path(folder).mkdir(parents=True)
    line = {
        "run": RUN,
        "stream": text,
        "key": {text: "1"},
        "rule": text,
        "reasons": [{"field": text, "code": text, "message": text}],
        "event": {"fields": [text], "happened_at": 10**17, "value": text},
    }
    file(json.dumps(line).encode() + b"\n", f"state/rejects/{RUN}.jsonl")
    file(b"{}", f"state/runs/{RUN}.json")
    return ("rejects", "show", RUN, "--key", "1") if is_shown else ("rejects", "list", RUN)


def report(text: str) -> Asked:
    """A report of which somebody wrote parts anew."""
    call_here("--config", config(dry_run=True, preflight=False), "--input", os.devnull)
    last = Path("state/runs/last.json")
    found = json.loads(last.read_bytes())
    found |= {"message": text, "outbox": text, "rejects": text, "warnings": [text], "ledger": text, "version": text}
    last.write_text(json.dumps(found))
    return ("runs", "last")


def cases(text: str) -> Asked:
    held = [{"name": text, "row": {"id": 1, text: text}, "expect": {"rejected": [text]}}]
    file(json.dumps({"stream": "leads", "cases": held}).encode(), "cases.yml")
    return ("preview", "--expect", "cases.yml")


def dotenv(text: str) -> Asked:
    file(as_bytes(f'{text}=1\nTARGET_LINKEDIN_CONVERSIONS_{text}=1\nOTHER="{text}"\n'), ".env")
    return ("privacy",)


def mapped(text: str) -> Asked:
    """A config that names a column that no record has."""
    file(table(), "leads.csv")
    config(streams=[entry("*", fields={"company": text, "email": "email"})])
    return ("preview", "leads.csv")


def config(**more: Any) -> str:
    made = {**SETTINGS, "state_dir": "state", "streams": [entry()], **more}
    Path("config.json").write_text(json.dumps(made))
    return "config.json"


DOORS: dict[str, Callable[[str], Asked]] = {
    "header": lambda text: send(table(text)),
    "cell": lambda text: send(table(cell=text)),
    "whole_file": lambda text: send(as_bytes(text)),
    "name_of_a_file": lambda text: ("send", file(table(), named(text)), *AGREED),
    "name_of_a_missing_file": lambda text: ("send", f"./{text}".replace("\0", "_"), *AGREED),
    "name_of_a_stream": lambda text: (*send(table()), f"--stream={text}"),
    "mapping": send_by_mapping,
    "name_in_json": lambda text: (
        "preview",
        file(json.dumps({"email": "a@example.com", text: text}).encode(), "a.jsonl"),
    ),
    "workbook": workbook,
    "rejects": rejects_of,
    "rejects_shown": lambda text: rejects_of(text, is_shown=True),
    "report": report,
    "cases": cases,
    "dotenv": dotenv,
    "config": mapped,
}
NAMED_BY_WHO_ASKS = {"name_of_a_file", "name_of_a_missing_file", "cases", "report"}
"""Where an address is shown to the person who wrote it there, or whose file it is."""


@pytest.mark.parametrize("door", DOORS)
def test_what_comes_in_by_a_door_is_only_text(door: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    before = dict(os.environ)
    for number, (name, text) in enumerate(TEXTS.items()):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        monkeypatch.chdir(folder)
        config()
        try:
            asked = DOORS[door](text)
        except UnicodeEncodeError:  # no such file can be
            continue
        as_json = number % 2 == 0 and "--expect" not in asked
        arguments = [*asked, "--config", "config.json", *(["--json"] if as_json else [])]
        code, out, err = call_here(*arguments, program=companion)
        assert code in {0, 2, 7}, (name, code, err)
        told = out + err
        assert "Traceback" not in told, (name, told)
        assert not _UNSEEN.search(told.replace("\t", " ")), (name, _UNSEEN.search(told))
        assert not [line for line in told.splitlines() if line == "outcome=done exit=0"], name
        assert max(map(len, err.splitlines()), default=0) < 6000, name
        if as_json and code == 0:
            json.loads(out)
        elif not as_json:
            assert max(map(len, out.splitlines()), default=0) < 6000, name
        if door not in NAMED_BY_WHO_ASKS:
            assert CANARY not in err, (name, err)
        kept = [path for path in Path(".linkedin-conversions").glob("runs/*") if path.suffix in {".json", ".html"}]
        for path in kept:
            content = path.read_text()
            assert not _UNSEEN.search(content), (name, path)
            assert CANARY not in content, (name, path)
        os.environ.clear()
        os.environ.update(before)


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8"))))
def test_json_for_a_terminal_says_the_same_and_moves_no_cursor(found: dict[str, str]) -> None:
    shown = printable_json(json.dumps(found, ensure_ascii=False))
    assert json.loads(shown) == found
    assert not _UNSEEN.search(shown)


def repeating(depth: int) -> str:
    """YAML of so many lines that holds nine to that power texts."""
    lines = ["a0: &a0 x"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, depth)]
    return "\n".join(lines)


@pytest.mark.parametrize("more", ["", "self: &self [*self]"])
def test_yaml_holds_no_more_than_somebody_wrote(more: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config()
    text = more or repeating(12)
    asked = ["send", file(table()), "--yes", "--dry-run", "--config", "config.json"]
    file(text.encode(), "leads.csv.mapping.yml")
    code, _, err = call_here(*asked, program=companion)
    assert (code, "aliases repeat" in err) == (2, True), err
    file(f"stream: leads\n{text}\ncases: []".encode(), "cases.yml")
    code, _, err = call_here("preview", "--expect", "cases.yml", "--config", "config.json", program=companion)
    assert (code, "aliases repeat" in err) == (2, True), err


@pytest.mark.parametrize("asked", [("send", "pipe", *AGREED), ("preview", "pipe"), ("preview", "--expect", "pipe")])
def test_nothing_waits_for_a_pipe_that_nobody_writes_to(
    asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("target_linkedin_conversions.tables.source._WRITER_SECONDS", 0.1)
    os.mkfifo("pipe")
    code, _, err = call_here(*asked, "--config", config(), program=companion)
    assert code == 2, err
    assert err.startswith("Error: ")


def test_a_list_of_suppressed_people_that_is_a_pipe_is_called_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    call_here("ledger", "init", "--config", config(), program=companion)
    os.mkfifo("pipe")
    asked = ("forget", "--email", "-", "--yes", "--config", config(suppress="pipe"))
    code, _, err = call_here(*asked, program=companion, stdin=b"jane@example.com\n")
    assert (code, "it is no regular file" in err) == (2, True), err


def test_of_lines_that_no_run_wrote_one_sentence_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked = rejects_of("x")
    file(b"\n" * 50_000, f"state/rejects/{RUN}.jsonl")
    code, _, err = call_here(*asked, "--config", config(), program=companion)
    assert (code, err.count("Warning")) == (0, 1), err[:500]
    assert "nor can 49999 more" in err


def test_a_closed_stdin_is_one_with_nothing_in_it(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_bytes(table())
    program = "import sys; from target_linkedin_conversions.cli.main import main; main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", program, "send", "leads.csv", "--rule", "101"],
        stderr=subprocess.PIPE,
        check=False,
        cwd=tmp_path,
        env=environment(TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN="sandbox-token"),
        preexec_fn=lambda: os.close(0),
        timeout=60,
    )
    assert (done.returncode, b"no terminal" in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize("number", ["+49 171 5550123", "+1 (415) 555-0123", "0171 5550123", "415-555-0123"])
def test_linkedins_message_repeats_no_telephone(number: str) -> None:
    told = redacted(f"ERROR :: /user :: field value of {number} is no name")
    assert "0123" not in told
    assert "is no name" in told


@pytest.mark.parametrize(
    "text", ["a\x1b[31mb", "a\x9b31m", "a\noutcome=done exit=0", "a\routcome=done", "a\u202eb", "a\u2028b"]
)
def test_a_ledgers_url_and_the_name_of_a_quota_are_only_text(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config(ledger_url=f"sqlite:///{text}")
    for asked in (("quota",), ("ledger", "stats"), ("ledger", "init")):
        code, out, err = call_here(*asked, "--config", "config.json", program=companion)
        assert (code, err.startswith("Error: ledger_url: ")) == (2, True), err
        assert not _UNSEEN.search(out + err)
    config(quota_key=text)
    code, out, err = call_here("quota", "--config", "config.json", program=companion)
    assert code == 0, err
    assert not _UNSEEN.search(out + err)
    assert len(out.splitlines()) == 2
