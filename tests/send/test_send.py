"""`send`: once each, what was not sent and why, the answers that are kept, and every slip with its mend."""

from __future__ import annotations

import errno
import json
import os
import shlex
import subprocess
import sys
from typing import Any

import openpyxl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from target_linkedin_conversions.cli.main import main
from tests.send.conftest import AGREED, Send, as_csv

RULE = ("--rule", "101")


def test_with_a_token_alone_a_file_is_sent(send: Send) -> None:
    path = send.file("leads.csv", send.leads(1, 2, 3))
    code, out, err = send(path, *RULE, *AGREED, "--yes")
    assert (code, len(send.received)) == (0, 3), err
    assert "3  sent" in out
    assert err.splitlines()[-1].startswith("outcome=done exit=0 run=")
    assert not send.not_sent(path)


def test_sent_twice_nothing_is_sent_twice_whatever_the_file_is_called(send: Send) -> None:
    assert send.counts(send.file("leads.csv", send.leads(1, 2)), *RULE, *AGREED) == {"delivered": 2}
    assert send.counts(send.file("other.csv", send.leads(2, 1, 3)), *RULE, *AGREED) == {
        "already_delivered": 2,
        "delivered": 1,
    }
    assert send.counts(send.folder / "leads.csv", "--stream", "other name") == {"already_delivered": 2}


@pytest.mark.parametrize("key", ["id", ""])
def test_what_was_not_sent_is_mended_and_sent_once(send: Send, key: str) -> None:
    rows = [
        {"id": f"{n}", "email": f"row.{n}@example.com", "happened_at": send.ago(n), "note": "=1+1"} for n in (1, 2, 3)
    ]
    rows[1]["happened_at"] = "soon"
    if not key:
        rows = [{name: value for name, value in row.items() if name != "id"} for row in rows]
    path = send.file("leads.csv", as_csv(rows, ";"))
    assert send.counts(path, *RULE, *AGREED) == {"delivered": 2, "rejected": 1}
    (left,) = send.not_sent(path)
    assert left["note"] == "'=1+1"
    assert "happened_at: the time cannot be read" in left["not sent because"]
    assert "--date-order" in left["what to do"]
    beside = path.with_name("leads.csv.not-sent.csv")
    beside.write_text(beside.read_text(encoding="utf-8-sig").replace("soon", send.ago(2)), encoding="utf-8")
    assert send.counts(beside) == {"delivered": 1}
    assert not beside.exists()
    path.write_text(path.read_text().replace("soon", send.ago(2)))
    assert send.counts(path) == {"already_delivered": 3}
    assert len(send.received) == 3


def test_rows_that_linkedin_refuses_are_found_again_among_those_it_took(send: Send) -> None:
    path = send.file("leads.csv", send.leads(*range(1, 8)))
    send.linkedin.faults("element_failures", statuses={2: 400, 5: 400}, times=1)
    assert send.counts(path, *RULE, *AGREED) == {"delivered": 5, "rejected": 2}
    assert [row["id"] for row in send.not_sent(path)] == ["3", "6"]
    assert all(row["not sent because"] for row in send.not_sent(path))


def test_every_row_is_sent_or_stands_in_the_rest_however_the_run_ends(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TARGET_LINKEDIN_CONVERSIONS_BATCH_SIZE_ROWS", "2")
    monkeypatch.setenv("TARGET_LINKEDIN_CONVERSIONS_REQUESTS_PER_DAY", "2")
    monkeypatch.setenv("TARGET_LINKEDIN_CONVERSIONS_PREFLIGHT", "false")
    path = send.file("leads.csv", send.leads(*range(1, 8)))
    code, out, _ = send(path, *RULE, *AGREED, "--yes", "--json")
    assert (code, json.loads(out)["outcome"]) == (4, "quota")
    sent = {row["email"] for row in json_rows(send.leads(*range(1, 8)))} - {row["email"] for row in send.not_sent(path)}
    assert len(sent) == len(send.received)
    # The batch with the last row, of one event, may be the second that leaves.
    assert len(sent) in (3, 4)
    assert {row["not sent because"] for row in send.not_sent(path)} == {"the run stopped before this row"}
    monkeypatch.setenv("TARGET_LINKEDIN_CONVERSIONS_REQUESTS_PER_DAY", "100")
    assert send.counts(path.with_name("leads.csv.not-sent.csv")) == {"delivered": 7 - len(sent)}


def test_the_rest_is_kept_though_the_report_cannot_be_written(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    state_dir = send.folder / "state"
    monkeypatch.setenv("TARGET_LINKEDIN_CONVERSIONS_STATE_DIR", str(state_dir))
    (state_dir / "runs" / "last.json").mkdir(parents=True)
    path = send.file("leads.csv", send.leads(*range(1, 8)))
    send.linkedin.faults("element_failures", statuses={2: 400}, times=1)
    code, out, err = send(path, *RULE, *AGREED, "--yes", "--json")
    assert (code, json.loads(out)["outcome"]) == (2, "config")
    assert "the report cannot be written" in err
    assert err.splitlines()[-1].startswith("outcome=config exit=2")
    assert [row["id"] for row in send.not_sent(path)] == ["3"]


def test_what_was_sent_is_told_though_the_rest_cannot_be_written(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    path = send.file("leads.csv", send.leads(1, 2) + "3,nobody,never\n")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("target_linkedin_conversions.cli.send.run._put", full)
        code, out, err = send(path, *RULE, *AGREED, "--yes")
    assert code == 2
    assert "2  sent" in out
    assert "The run stopped: " in out
    *_, told, last = err.splitlines()
    assert told.startswith(f"Error: {path}.not-sent.csv: the rows that were not sent cannot be written (No space left")
    assert told.endswith("; what was sent is not sent again")
    assert last.startswith("outcome=config exit=2 ")
    assert "delivered=2 " in last
    assert send.counts(path) == {"already_delivered": 2, "rejected": 1}
    assert [row["id"] for row in send.not_sent(path)] == ["3"]


def json_rows(text: str) -> list[dict[str, str]]:
    head, *lines = text.split()
    return [dict(zip(head.split(","), line.split(","), strict=True)) for line in lines]


def test_the_command_that_sends_the_rest_runs_nothing_of_the_files_name(send: Send) -> None:
    path = send.file("leads $(touch owned).csv", send.leads(1) + "2,row.2@example.com,never\n")
    _, out, _ = send(path, *RULE, *AGREED, "--yes")
    command = out.split("send that file: ")[1].splitlines()[0]
    subprocess.run(["/bin/sh", "-c", command.replace("linkedin-conversions", "true")], check=True, cwd=send.folder)
    assert not (send.folder / "owned").exists()


def test_no_tap_is_named_to_whoever_sends_a_file(send: Send, capsys: pytest.CaptureFixture[str]) -> None:
    path = send.file("leads.csv", send.leads(1, 2) + "3,row.3@example.com,never\n")
    code, out, err = send(path, *RULE, *AGREED, "--yes", "--json")
    assert (code, json.loads(out)["fed_by"]) == (0, "file")
    shown = [json.loads(out)["comes_back"], err]
    for command in (("rejects", "list"), ("rejects", "list", "--all"), ("rejects", "show", "--key", "3")):
        with pytest.raises(SystemExit):
            main([*command, "--config", "ENV"])
        shown.append(capsys.readouterr().out)
    for text in shown:
        assert ".not-sent.csv" in text
        assert "--full-refresh" not in text
        assert "tap" not in text.replace("tap_", "")


def test_the_command_that_is_shown_sends_the_mended_rows_whatever_the_first_call_was_told(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = {name: os.environ[f"TARGET_LINKEDIN_CONVERSIONS_{name.upper()}"] for name in ("api_url", "oauth_url")}
    settings = {"access_token": "sandbox-token", **address}
    entry = {"stream": "crm", "conversion_rule": 101, "consent": {"not_required": "a test"}}
    own = send.file("own settings.json", json.dumps(settings))
    with_entry = send.file("entry.json", json.dumps({**settings, "streams": [entry]}))
    for name in ("ACCESS_TOKEN", "API_URL", "OAUTH_URL"):
        monkeypatch.delenv(f"TARGET_LINKEDIN_CONVERSIONS_{name}")
    rows = send.leads(1).replace("id,", "Our No,") + "2,row.2@example.com,never\n"
    for at, told in enumerate(
        (
            ("--config", own, *RULE, *AGREED),
            ("--config", own, *RULE, *AGREED, "--stream", "our leads"),
            ("--config", with_entry, "--stream", "crm", "--map", "key=Our No"),
        )
    ):
        path = send.file(f"leads {at}.csv", rows.replace("row.", f"row.{at}."))
        _, out, err = send(path, *told, "--map", "value=false", "--yes")
        command = next(line for line in out.splitlines() if "linkedin-conversions send " in line)
        left = path.with_name(f"{path.name}.not-sent.csv")
        left.write_text(left.read_text(encoding="utf-8-sig").replace("never", send.ago(3)), encoding="utf-8")
        arguments = shlex.split(command.partition("linkedin-conversions send ")[2])
        code, out, err = send(*arguments, "--yes")
        assert (code, left.exists()) == (0, False), (command, out, err)
        assert "1  sent" in out


def test_lines_that_are_read_as_no_rows_are_said_with_the_first_of_them(send: Send) -> None:
    path = send.file("leads.csv", send.leads(1) + "Total\nConfidential\n")
    _, out, _ = send(path, *RULE, *AGREED, "--yes")
    assert "2  the line has a single cell" in out
    assert "the first in line 3" in out


def test_nothing_is_called_for_where_all_rows_were_left_out_on_purpose(send: Send) -> None:
    path = send.file("leads.csv", send.leads(1, ads="yes") + f"2,row.2@example.com,{send.ago(2)},no\n")
    _, out, _ = send(path, *RULE, "--consent", "ads=yes", "--yes")
    assert "1 row was not sent. It says why" in out
    assert "It was left out on purpose. Where that is wrong, mend it and send that file" in out
    assert "Mend what can be mended" not in out


def test_elsewhere_than_on_a_terminal_every_flag_that_is_missing_is_named_at_once(send: Send) -> None:
    path = send.file("leads.csv", send.leads(1).replace("Z", ""))
    code, out, err = send(path)
    assert (code, out) == (2, "")
    assert all(f"{flag}: " in err for flag in ("--yes", "--rule", "--consent", "--timezone"))
    assert "nowhere.csv: the file cannot be read" in send(send.folder / "nowhere.csv")[2]
    assert sorted(found.name for found in send.folder.iterdir()) == ["leads.csv"]


def test_what_somebody_mended_is_not_overwritten(send: Send) -> None:
    path = send.file("leads.csv", send.leads(1) + "2,,never\n")
    send.counts(path, *RULE, *AGREED)
    beside = path.with_name("leads.csv.not-sent.csv")
    beside.write_text(beside.read_text(encoding="utf-8-sig").replace("never", "mended"), encoding="utf-8")
    send.counts(path)
    aside = list(send.folder.glob("leads.csv.*.not-sent.csv"))
    assert len(aside) == 1
    assert "mended" in aside[0].read_text()
    assert "never" in beside.read_text(encoding="utf-8-sig")
    send.counts(path)
    assert len(list(send.folder.glob("leads.csv.*.not-sent.csv"))) == 1


def test_a_row_with_more_cells_than_the_header_is_never_sent_as_it_stands(send: Send) -> None:
    path = send.file("leads.csv", send.leads(1) + f"2,row.2@example.com,{send.ago(2)},more\n")
    assert send.counts(path, *RULE, *AGREED) == {"delivered": 1, "rejected": 1}
    assert send.counts(path.with_name("leads.csv.not-sent.csv")) == {"rejected": 1}
    assert len(send.received) == 1


def test_answers_are_kept_and_a_flag_wins_over_them(send: Send) -> None:
    path = send.file("leads.csv", send.leads(1, 2).replace("Z", ""))
    send.counts(path, *RULE, *AGREED, "--timezone", "America/New_York")
    kept = path.with_name("leads.csv.mapping.yml")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "America/New_York" in kept.read_text()
    assert send.counts(path) == {"already_delivered": 2}
    send.counts(path, "--timezone", "UTC")
    assert "timezone: UTC" in kept.read_text()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("fields: {email: E-Mail", "line 1"),
        ("timezone: Mars/Olympus\nfields: {email: email}", "leads.csv.mapping.yml.timezone"),
        ("feilds: {email: email}", "did you mean 'fields'"),
        ("- a list", "no list of `name: value`"),
        ("consent: {column: nowhere}\nfields: {email: email, happened_at: happened_at}", "no column 'nowhere'"),
        ("!!python/object/apply:os.system ['true']", "mapping.yml"),
        ("fields: {email: mail}\nconsent: {not_required: a}", "'mail'"),
        ("consent: {not_required: a}\nfields: {}\nconsent: {column: id}", "line 3: a name stands twice"),
    ],
)
def test_a_slip_in_the_kept_answers_is_told_with_its_place(send: Send, content: str, words: str) -> None:
    path = send.file("leads.csv", send.leads(1))
    send.file("leads.csv.mapping.yml", content)
    code, _, err = send(path, *RULE, *(() if "consent" in content else AGREED), "--yes")
    assert code == 2
    assert words in err
    assert send.received == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*RULE, *AGREED), "--yes"),
        (("--yes", *AGREED), "--rule"),
        (("--yes", *RULE), "--consent"),
        (("--yes", *RULE, "--consent", "Optin=yes"), "no column 'Optin'"),
        (("--yes", *RULE, "--consent", "not-required:"), "does not say why"),
        (("--yes", *RULE, *AGREED, "--map", "email=Emial"), "did you mean 'email'"),
        (("--yes", *RULE, *AGREED, "--map", "emial=email"), "did you mean 'email'"),
        (("--yes", *RULE, *AGREED, "--map", "email"), "FIELD=COLUMN"),
        (("--yes", *RULE, *AGREED, "--timezone", "Berlin"), "--timezone"),
        (("--yes", *RULE, *AGREED, "--encoding", "latin-99"), "--encoding"),
        (("--yes", *RULE, *AGREED, "--delimiter", "ab"), "--delimiter"),
        (("--yes", "--rule", "abc", *AGREED), "--rule"),
        (("--yes", *RULE, *AGREED, "--stream", "nowhere", "--map", "value=false"), ""),
    ],
)
def test_what_is_missing_or_wrong_is_named_by_its_flag(send: Send, arguments: tuple[str, ...], words: str) -> None:
    path = send.file("leads.csv", send.leads(1))
    code, _, err = send(path, *arguments)
    assert code == (2 if words else 0), err
    assert words in err
    assert "Traceback" not in err
    assert "row.1@" not in err
    assert len(send.received) == (0 if words else 1)


def test_a_file_that_is_not_there_is_named_before_what_the_settings_lack(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN")
    code, _, err = send("leeds.csv", "--rule", "101")
    assert code == 2
    assert (
        err
        == "Error: leeds.csv: the file cannot be read (No such file or directory); check its name, and who may read it\n"
    )


def test_all_that_is_open_is_named_at_once(send: Send) -> None:
    path = send.file("leads.csv", "email,Datum\na@example.com,01/02/2026\n")
    code, _, err = send(path, "--yes")
    assert code == 2
    assert all(flag in err for flag in ("--consent", "--rule", "--date-order", "--timezone"))


def test_a_token_of_another_name_is_told(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN")
    monkeypatch.setenv("LINKEDIN_ACCESS_TOKEN", "secret-token")
    code, _, err = send(send.file("leads.csv", send.leads(1)), *RULE, *AGREED, "--yes")
    assert code == 2
    assert "TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN" in err
    assert "secret-token" not in err


@pytest.mark.parametrize(
    ("variable", "words", "config"),
    [
        ("TARGET_LINKEDIN_CONVERSION_DRY_RUN", "did you mean TARGET_LINKEDIN_CONVERSIONS_DRY_RUN", ()),
        ("TARGET_LINKEDIN_CONVERSIONS_DRY_RUN", "says something else than the settings", ("--config", "config.json")),
    ],
)
def test_a_variable_that_was_meant_to_keep_rows_here_and_is_not_read_is_told_before_anything_is_sent(
    send: Send, monkeypatch: pytest.MonkeyPatch, variable: str, words: str, config: tuple[str, ...]
) -> None:
    names = ("ACCESS_TOKEN", "API_URL", "OAUTH_URL")
    settings = {name.lower(): os.environ[f"TARGET_LINKEDIN_CONVERSIONS_{name}"] for name in names}
    send.file("config.json", json.dumps(settings))
    monkeypatch.setenv(variable, "true")
    code, out, _ = send(send.file("leads.csv", send.leads(1)), *RULE, *AGREED, "--yes", *config)
    assert code == 0
    first = out.splitlines()[0]
    assert first.startswith(f"! {variable} is not read")
    assert words in first


def test_a_dead_token_ends_as_a_load_does_and_leaves_no_copy_of_the_file(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN", "dead-token")
    path = send.file("leads.csv", send.leads(1))
    code, out, err = send(path, *RULE, *AGREED, "--yes")
    assert (code, err.splitlines()[-1].split()[:2]) == (3, ["outcome=credential", "exit=3"])
    assert "The run stopped" in out
    assert not send.not_sent(path)


def test_a_trial_needs_no_token_and_writes_no_rest(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN")
    path = send.file("leads.csv", send.leads(1, 2) + "3,,\n")
    code, out, _ = send(path, *RULE, *AGREED, "--dry-run")
    assert code == 0
    assert "2  would be sent" in out
    assert send.received == []
    assert not send.not_sent(path)


def test_the_entry_of_a_config_is_used_where_the_stream_is_its(send: Send) -> None:
    entry = {
        "stream": "crm",
        "conversion_rule": 102,
        "fields": {"email": "mail", "happened_at": "when"},
        "key": "nr",
        "consent": {"column": "ok"},
    }
    config = send.file("config.json", json.dumps({"streams": [entry]}))
    path = send.file(
        "export.csv", f"nr,mail,when,ok\n1,a@example.com,{send.ago(1)},yes\n2,b@example.com,{send.ago(1)},no\n"
    )
    arguments = (path, "--config", config, "--config", "ENV", "--stream", "crm")
    assert send.counts(*arguments) == {"delivered": 1, "skipped": 1}
    assert [event["conversion"][-3:] for event in send.received] == ["102"]
    assert not path.with_name("export.csv.mapping.yml").exists()


def test_several_files_are_one_run(send: Send) -> None:
    (send.folder / "more").mkdir()
    first, second = (
        send.file("leads.csv", send.leads(1) + "2,,\n"),
        send.file("more/leads.csv", send.leads(3) + "4,,\n"),
    )
    assert send.counts(first, second, *RULE, *AGREED) == {"delivered": 2, "rejected": 2}
    assert [[row["id"] for row in send.not_sent(path)] for path in (first, second)] == [["2"], ["4"]]


def test_a_header_alone_is_nothing_to_send_and_no_fault(send: Send) -> None:
    code, out, _ = send(send.file("leads.csv", "id,email,happened_at\n"), *RULE, *AGREED, "--yes")
    assert code == 0
    assert "nothing to send" in out


def test_stdin_is_a_file_too(send: Send) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from target_linkedin_conversions.cli.main import main; main()",
            "send",
            "-",
            *RULE,
            *AGREED,
            "--yes",
        ],
        input=send.leads(1, 2),
        capture_output=True,
        text=True,
        check=False,
        cwd=send.folder,
    )
    assert done.returncode == 0, done.stderr
    assert len(send.received) == 2


def test_the_messages_of_a_tap_are_no_rows(send: Send) -> None:
    path = send.file("tap.jsonl", '{"type": "SCHEMA", "stream": "a", "schema": {}, "key_properties": []}\n')
    code, _, err = send(path, *RULE, *AGREED, "--yes")
    assert (code, "target-linkedin-conversions" in err) == (2, True)


def test_rows_of_json_lines_excel_and_parquet_have_the_same_ids_as_those_of_csv(send: Send) -> None:
    rows = [
        {"id": n, "email": f"row.{n}@example.com", "happened_at": send.ago(n), "value": 12.5, "currency": "EUR"}
        for n in (1, 2)
    ]
    for row in rows:
        del row["id"]  # so that everything that is sent is in the id
    csv_file = send.file("a.csv", as_csv([{name: str(value) for name, value in row.items()} for row in rows]))
    json_file = send.file("b.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    sheet, columns = send.folder / "c.xlsx", send.folder / "d.parquet"
    book = openpyxl.Workbook()
    table: list[list[Any]] = [list(rows[0]), *(list(row.values()) for row in rows)]
    for cells in table:
        book.active.append(cells)  # type: ignore[union-attr]  # a new book has a sheet
    book.save(sheet)
    pq.write_table(pa.Table.from_pylist(rows), columns)
    assert send.counts(csv_file, *RULE, *AGREED) == {"delivered": 2}
    for path in (json_file, sheet, columns):
        assert send.counts(path, *RULE, *AGREED) == {"already_delivered": 2}, path.name


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_json_lines_with_what_is_no_number_are_refused_only_where_it_is_read(send: Send, constant: str) -> None:
    """As a tap's records are; Python's own `json` writes such lines."""
    beside: dict[str, Any] = {"score": 1, "value": 5, "currency": "EUR"}
    odd: list[dict[str, Any]] = [{}, {"score": "@"}, {"value": "@"}, {"score": ["@", 1]}, {}]
    rows = [
        {"id": n, "email": f"row.{n}@example.com", "happened_at": send.ago(n)} | beside | changes
        for n, changes in enumerate(odd, 1)
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows).replace('"@"', constant)
    path = send.file("rows.jsonl", lines)
    assert send.counts(path, *RULE, *AGREED) == {"delivered": 4, "rejected": 1}
    (left,) = send.not_sent(path)
    assert left["id"] == "3"
    assert "NaN or Infinity" in left["not sent because"]


def test_json_lines_with_half_a_character_are_sent(send: Send) -> None:
    rows = [{"id": n, "email": f"row.{n}@example.com", "happened_at": send.ago(n)} for n in (1, 2, 3)]
    rows[1]["note"] = "cut \ud83d"
    assert send.counts(send.file("a.jsonl", "".join(json.dumps(row) + "\n" for row in rows)), *RULE, *AGREED) == {
        "delivered": 3
    }


@pytest.mark.parametrize(
    ("delimiter", "written", "amount"),
    [(";", "1.234", "1234"), (",", "1.234", "1.234"), (";", "12,5", "12.5"), (",", "1,234", "1234"), (";", "99", "99")],
)
def test_an_amount_is_read_as_its_country_writes_it(send: Send, delimiter: str, written: str, amount: str) -> None:
    row = {"email": "a@example.com", "happened_at": send.ago(1), "Betrag": written}
    path = send.file("leads.csv", as_csv([row], delimiter))
    send.counts(path, *RULE, *AGREED, "--map", "value=Betrag", "--map", "currency=EUR")
    assert [event["conversionValue"]["amount"] for event in send.received] == [amount]


GERMAN_AND_US = [f"{day:02}.11.2026" for day in range(14, 20)] + [f"11/{day}/2026" for day in range(14, 20)]


def test_dates_in_two_orders_stop_the_file_and_a_few_slips_do_not(send: Send) -> None:
    def rows(dates: list[str]) -> str:
        return as_csv([{"id": f"{n}", "email": f"r{n}@example.com", "date": one} for n, one in enumerate(dates)])

    path = send.file("leads.csv", rows(GERMAN_AND_US))
    code, _, err = send(path, "--rule", 101, *AGREED, "--timezone", "UTC", "--yes")
    assert (code, "--date-order" in err, "write them all as 2026-11-20" in err) == (2, True, True)
    assert not send.linkedin.received
    assert send(path, "--rule", 101, *AGREED, "--timezone", "UTC", "--date-order", "dmy", "--dry-run", "--yes")[0] != 2
    path = send.file("few.csv", rows([*(["20.11.2026"] * 60), "11/22/2026"]))
    assert "day before month" in send(path, "--rule", 101, *AGREED, "--timezone", "UTC", "--dry-run", "--yes")[1]


def test_amounts_without_a_currency_are_told_and_one_flag_brings_them(send: Send) -> None:
    row = {"Record ID": "1", "Email": "a@example.com", "Deal Amount": "10.50", "Close Date": send.ago(1)}
    path = send.file("deals.csv", as_csv([row]))
    _, out, _ = send(path, "--rule", 101, *AGREED, "--dry-run", "--yes")
    assert "the amounts in column 'Deal Amount'" in out
    assert "--map currency=EUR" in out
    other = send.file("other.csv", as_csv([row]))
    _, out, _ = send(other, "--rule", 101, *AGREED, "--dry-run", "--yes", "--map", "value=false")
    assert "Deal Amount" not in out
    _, out, _ = send(other, *AGREED, "--dry-run", "--yes", "--map", "currency=EUR")
    assert "EUR" not in out, "without a value no currency is sent either"
    assert send.counts(path, "--rule", 101, *AGREED, "--map", "currency=EUR")["delivered"] == 1
    (event,) = send.linkedin.received
    assert event["conversionValue"] == {"currencyCode": "EUR", "amount": "10.50"}


def test_the_flag_for_consent_is_proposed_with_the_files_own_words_for_yes(send: Send) -> None:
    rows = [{"id": f"{n}", "email": f"r{n}@example.com", "happened_at": send.ago(1), "GDPR consent": word}
            for n, word in enumerate(("Ja", "Nein", "Ja"))]  # fmt: skip
    _, _, err = send(send.file("leads.csv", as_csv(rows)), "--rule", 101, "--yes")
    assert '--consent "GDPR consent=Ja"' in err


def test_a_time_with_the_name_of_its_month_is_found(send: Send) -> None:
    rows = [{"Email": "a@example.com", "Conversion Time": send.ago(1, "%b %d, %Y %I:%M:%S %p")}]
    path = send.file("google.csv", as_csv(rows))
    assert send.counts(path, "--rule", 101, *AGREED, "--timezone", "UTC")["delivered"] == 1


def test_a_column_that_a_file_has_no_more_is_told_in_words_of_the_file(send: Send) -> None:
    path = send.file("leads.csv", send.leads(1, 2, Amount="5", Currency="EUR"))
    assert send.counts(path, "--rule", 101, *AGREED) == {"delivered": 2}
    send.file("leads.csv", send.leads(3, Amount="5", Curr="EUR"))
    code, _, err = send(path, "--yes")
    assert code == 2
    assert "leads.csv has no column 'Currency'; did you mean 'Curr'?" in err
    assert "schema" not in err
    assert send.counts(path, "--map", "currency=Curr") == {"delivered": 1}


@pytest.mark.parametrize(("gone", "field"), [("email", "email"), ("id", "key")])
def test_a_column_that_is_taken_out_of_the_rest_is_told_where_the_answers_stand(
    send: Send, gone: str, field: str
) -> None:
    """The rest has no mapping of its own: its answers are those of the file."""
    rows = [{"id": f"{n}", "email": f"row.{n}@example.com", "happened_at": send.ago(n)} for n in (1, 2)]
    rows[1]["happened_at"] = "soon"
    path = send.file("leads.csv", as_csv(rows))
    assert send.counts(path, *RULE, *AGREED) == {"delivered": 1, "rejected": 1}
    beside = path.with_name("leads.csv.not-sent.csv")
    beside.write_text(as_csv([{name: value for name, value in rows[1].items() if name != gone}]))
    code, _, err = send(beside, "--yes")
    assert code == 2
    assert f"{path}.mapping.yml, {field}: {beside} has no column {gone!r}; it has" in err
    assert "leads.csv.not-sent.csv.mapping.yml" not in err


def test_a_file_whose_rows_a_stream_map_would_have_changed_is_not_sent_as_it_is(send: Send) -> None:
    config = send.file("config.json", json.dumps({"stream_maps": {"leads": {"__filter__": "False"}}}))
    configured = ("--config", config, "--config", "ENV")
    path = send.file("leads.csv", send.leads(1))
    code, _, err = send(path, *RULE, *AGREED, "--yes", *configured)
    assert (code, send.received) == (2, [])
    assert "stream_maps.leads: stream maps change what a tap sends" in err
    assert send.counts(path, *RULE, *AGREED, *configured, "--stream", "others") == {"delivered": 1}


def test_rows_of_deals_that_were_lost_are_told_before_they_go_to_the_rule(send: Send) -> None:
    deals = [
        {"id": f"{n}", "email": f"row.{n}@example.com", "happened_at": send.ago(n), "Étape": stage}
        for n, stage in ((1, "Gagnée"), (2, "Perdue"), (3, "Gagnée"))
    ]
    path = send.file("deals.csv", as_csv(deals, ";"))
    code, out, _ = send(path, *RULE, *AGREED, "--dry-run")
    assert code == 0
    (said,) = [line for line in out.splitlines() if "go to the rule like all others" in line]
    assert "rows whose 'Étape' says 'Perdue'" in said
    only = said.partition("deals.csv.mapping.yml: ")[2]
    answers = path.with_name("deals.csv.mapping.yml")
    answers.write_text(answers.read_text(encoding="utf-8") + only + "\n", encoding="utf-8")
    code, out, _ = send(path, "--yes")
    assert code == 0
    assert "go to the rule like all others" not in out
    assert len(send.received) == 2
    sure = send.file("won.csv", as_csv(deals[:1], ";"))
    assert "go to the rule like all others" not in send(sure, *RULE, *AGREED, "--dry-run")[1]
