"""`linkedin-conversions preview`: Singer lines by pipe, files, and what it prints."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import pty
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from target_linkedin_conversions.cli.main import main
from tests.readiness.table import ENTRY, SCHEMA, Row, clean
from tests.singer.pipe import COMPANION, Ended, call_here

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

PREVIEW = [*COMPANION, "preview"]
SHIFT = time.time_ns() // 1_000_000 - 1_790_000_000_000
FINDING = {"code", "severity", "sentence", "mend", "stream", "rule", "field", "column", "records"}


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"streams": [ENTRY], "state_dir": str(tmp_path / "state")}))
    return path


def rows(count: int = 30) -> list[Row]:
    found = [clean(number) for number in range(count)]
    for row in found:
        row["closed_at"] += SHIFT
    found[1].update(amount="-1")
    found[2].update(email="n/a")
    return found


def singer(records: Sequence[Row]) -> str:
    lines: list[dict[str, Any]] = [{"type": "SCHEMA", "stream": "leads", "schema": SCHEMA, "key_properties": ["id"]}]
    lines += [{"type": "RECORD", "stream": "leads", "record": row} for row in records]
    lines += [{"type": "STATE", "value": {"at": 1}}]
    return "".join(json.dumps(line) + "\n" for line in lines)


def run(*arguments: object, config: Path, text: str = "") -> Ended:
    words = ("preview", "--config", str(config), *map(str, arguments))
    return Ended(*call_here(*words, program=main, stdin=text.encode()))


def run_as_process(*arguments: object, config: Path, text: str = "") -> Ended:
    command = [*PREVIEW, "--config", str(config), *map(str, arguments)]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, cwd=config.parent)
    return Ended(done.returncode, done.stdout, done.stderr)


def found(*arguments: object, config: Path, text: str = "", run: Callable[..., Ended] = run) -> Any:
    done = run("--json", *arguments, config=config, text=text)
    assert (done.code, done.stderr) == (0, "")
    return json.loads(done.stdout)


def counted(report: Any) -> dict[str, int]:
    return {one["code"]: one["records"] for one in report["findings"]}


def test_singer_lines_by_pipe_give_what_the_contract_says_and_nothing_is_written(config: Path) -> None:
    report = found(config=config, text=singer(rows()), run=run_as_process)
    assert (report["records"], report["complete"], len(report["streams"])) == (30, True, 1)
    (stream,) = report["streams"]
    assert (stream["stream"], stream["records"], stream["events"]) == ("leads", 30, 29)
    assert {"field": "value", "columns": ["amount"], "how": "mapped", "filled": 30} in stream["fields"]
    assert {"field": "currency", "columns": ["currency"], "how": "found", "filled": 30} in stream["fields"]
    outcomes = {(one["outcome"], one["code"]): one["events"] for one in stream["outcomes"]}
    assert outcomes == {("would_send", ""): 29, ("skipped", "refund"): 1}
    assert all(one.keys() == {"rule", "outcome", "code", "events", "meaning"} for one in stream["outcomes"])
    readiness = stream["readiness"]
    assert (readiness["events"], readiness["strong"], readiness["supported"], readiness["weak"]) == (29, 29, 0, 0)
    assert readiness["by_identifier"] == {"SHA256_EMAIL": 28, "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID": 29}
    assert readiness["identifiers_per_event"] == {"1": 1, "2": 28}
    assert len(stream["payloads"]) == 3
    assert "@" not in json.dumps(stream["payloads"])
    assert counted(report) == {"not_an_email": 1, "refund": 1}
    assert all(one.keys() <= FINDING for one in report["findings"])
    assert [path.name for path in config.parent.iterdir()] == ["config.json"]


def test_files_give_the_same_findings_as_a_pipe(config: Path, tmp_path: Path) -> None:
    records = [{**row, "ok": "yes"} for row in rows()]
    table, lines, columns, messages = (tmp_path / f"export.{kind}" for kind in ("csv", "jsonl", "parquet", "singer"))
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(records[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(records)
    lines.write_text("".join(json.dumps(row) + "\n" for row in records))
    pq.write_table(pa.Table.from_pylist(records), columns)
    messages.write_text(singer(records))
    for path in (table, lines, columns, messages):
        assert counted(found(path, config=config)) == {"not_an_email": 1, "refund": 1}, path.suffix


@pytest.mark.parametrize("kind", [["a", "b"], {"a": 1}, 7, None])
def test_rows_may_have_a_column_named_as_the_type_of_a_message_is(config: Path, tmp_path: Path, kind: object) -> None:
    lines = tmp_path / "leads.jsonl"
    lines.write_text("".join(json.dumps({"type": kind, "form": [{"type": kind}], **row}) + "\n" for row in rows()))
    assert found(lines, config=config)["records"] == len(rows())
    assert run(lines, "--init", config=config).code == 0


def test_the_tables_show_values_as_they_are(config: Path) -> None:
    records = rows()
    records[3]["stage"] = "[/red]lost"
    done = run(config=config, text=singer(records))
    assert (done.code, done.stderr) == (0, "")
    assert "[/red]lost" in done.stdout.replace("\n", "")
    assert "Nothing is sent." in done.stdout


def test_the_first_records_are_read_unless_all_are_asked_for(config: Path) -> None:
    from target_linkedin_conversions.cli.preview.command import Asked, read_into  # noqa: PLC0415
    from target_linkedin_conversions.run.preview.preview import Previewing  # noqa: PLC0415
    from target_linkedin_conversions.settings import Settings  # noqa: PLC0415

    path = config.parent / "leads.singer"
    path.write_text(singer(rows()))
    settings = Settings.load({"dry_run": True, "streams": [ENTRY]})
    for most, records in ((10, 10), (30, 30), (None, 30)):
        looked = Previewing(settings, time.time_ns() // 1_000_000)  # a process would need 100,000 records
        read_into(looked, settings, Asked((str(path),)), most)
        assert (looked.records, looked.complete) == (records, records == 30)


@pytest.mark.parametrize(
    ("text", "exit_code", "words"),
    [
        ('{"type": "RECORD", "stream": "leads", "record": {}}\n', 7, "before its SCHEMA"),
        (singer(rows())[:-40] + "{broken secret@firm.de\n", 7, "is no JSON object"),
        (singer([{"email": "secret@firm.de"}]), 7, "lacks its key property"),
        (singer([]) + '{"type": "BATCH", "stream": "leads", "manifest": []}\n', 7, "BATCH"),
        (singer([]) + '{"type": "RECORD", "stream": "leads", "record": 7}\n', 7, "no Singer message"),
        (singer([]) + '{"type": ["secret"], "stream": "leads", "record": {}}\n', 7, "no Singer message"),
    ],
)
def test_broken_input_ends_with_its_place_and_without_its_values(
    config: Path, text: str, exit_code: int, words: str
) -> None:
    done = run(config=config, text=text)
    assert done.code == exit_code
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr + done.stdout


def test_a_file_that_cannot_be_read_is_named(config: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.csv").write_bytes("email;name\na@b.de;Müller\nc@d.de;Groß\n".encode() + b"e@f.de;\xff\n")
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "no.parquet").write_bytes(b"PAR1 no")
    for name in ("broken.csv", "empty.csv", "no.parquet", "none.csv"):
        done = run(name, config=config)
        assert (done.code, "Traceback" in done.stderr) == (2, False), name
        assert name in done.stderr


def test_whoever_has_a_file_and_no_settings_is_told_what_needs_none(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text("{}")
    file = tmp_path / "my leads.csv"
    file.write_text("email,when\njane@example.com,2026-11-01\n")
    done = run(file, config=config)
    assert done.code == 2
    for command in ("preview --init", "send"):
        assert f'`linkedin-conversions {command} "{file}"' in done.stderr
    assert run("--init", file, config=config).code == 0


def test_rows_that_are_odd_before_their_values_are_read_are_counted(config: Path, tmp_path: Path) -> None:
    records = [{**row, "ok": "yes"} for row in rows()]
    path = tmp_path / "export.csv"
    with path.open("w", encoding="utf-16", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerows([list(records[0]), *(list(row.values()) for row in records), [*records[0].values(), "more"]])
        writer.writerows([["Total"], list(records[0].values())[:-1]])
    report = found(path, config=config)
    assert counted(report) == {"not_an_email": 1, "refund": 1, "row_too_long": 1, "row_too_short": 1, "no_row": 1} | {
        code: count for code, count in counted(report).items() if code == "event_id_repeats"
    }
    assert (report["records"], report["streams"][0]["records"]) == (32, 31)
    assert {("rejected", "row_too_long", 1)} <= {
        (one["outcome"], one["code"], one["events"]) for one in report["streams"][0]["outcomes"]
    }


def test_what_a_missing_extra_keeps_from_being_looked_at_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from target_linkedin_conversions.readiness import extras  # noqa: PLC0415

    assert extras.not_looked_at() == []
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "ftfy" else name)
    (sentence,) = extras.not_looked_at()
    assert "mojibake" in sentence
    assert "disposable" not in sentence
    assert "target-linkedin-conversions[preview]" in sentence


def test_an_empty_input_is_no_fault_and_is_told(config: Path) -> None:
    told = found(config=config)
    assert told["records"] == 0
    assert told["warnings"][0].startswith("no record came")
    assert not found(config=config, text=singer(rows(3)))["warnings"]


def test_a_stream_that_no_entry_fits_stops_with_the_nearest_name_and_beside_another_is_a_warning(config: Path) -> None:
    other = singer(rows(3)).replace('"leads"', '"lead"')
    done = run("--json", config=config, text=other)
    assert (done.code, done.stdout) == (2, "")
    assert "did you mean 'lead' where the entry says 'leads'?" in done.stderr
    both = found(config=config, text=other + singer(rows(3)))
    assert [(one["stream"], one["events"]) for one in both["streams"]] == [("lead", 0), ("leads", 2)]
    assert both["warnings"] == ["stream 'lead' is not sent: no entry of streams fits its name"]


def test_stream_maps_are_refused_not_passed_over(config: Path) -> None:
    settings = {"streams": [ENTRY], "stream_maps": {"leads": {"email": "email.lower()"}}}
    config.write_text(json.dumps(settings))
    done = run(config=config, text=singer(rows()))
    assert done.code == 2
    assert "stream_maps" in done.stderr
    assert "run the load once with dry_run: true" in done.stderr, "the way that shows what the map makes of the rows"


def test_a_bar_is_drawn_on_a_terminal_and_the_output_stays_what_it_is(config: Path) -> None:
    """On a pseudo-terminal, as a person sees it; where it is piped every other test here holds that nothing is drawn."""
    (config.parent / "leads.singer").write_text(singer(rows(4_000)))
    terminal, slave = pty.openpty()
    command = [*PREVIEW, "--config", str(config), "--json", str(config.parent / "leads.singer")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=slave, env={**os.environ, "TERM": "xterm"}
    ) as process:
        os.close(slave)
        assert process.stdout is not None
        report = json.loads(process.stdout.read())
    drawn = b""
    with contextlib.suppress(OSError):  # which a pseudo-terminal gives at its end
        while more := os.read(terminal, 4096):
            drawn += more
    os.close(terminal)
    assert process.returncode == 0
    assert report["records"] == 4_000
    assert b"records" in drawn
    assert "\u2501".encode() in drawn


def test_a_preview_takes_what_a_run_takes_though_it_is_no_json(config: Path) -> None:
    """Constants of Python and halves of characters: a run rejects the first where they are read, and takes the rest."""
    found = rows(30)
    found[3]["amount"], found[4]["unread"], found[5]["unread"] = "@", "@", "cut \ud83d"
    found[6].update(amount="@", ok=False)
    ends = {}
    for way in ("singer", "records"):
        text = singer(found) if way == "singer" else "".join(json.dumps(row) + "\n" for row in found)
        done = run(
            "--json",
            "--all",
            "-",
            *(["--stream", "leads"] if way == "records" else []),
            config=config,
            text=text.replace('"@"', "NaN"),
        )
        assert done.code == 0, done.stderr
        (stream,) = json.loads(done.stdout)["streams"]
        assert stream["records"] == 30
        ends[way] = {(end["outcome"], end["code"]): end["events"] for end in stream["outcomes"]}
    assert ends["singer"] == ends["records"]
    assert ends["singer"]["rejected", "not_a_number"] == 1
    assert sum(ends["singer"].values()) == 30
