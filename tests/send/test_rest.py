"""`send`: the rows that were not sent, each with why and what to do, and how they are sent once they are mended."""

from __future__ import annotations

import errno
import json
import os
import shlex
import subprocess

import pytest

from target_linkedin_conversions.cli.main import main
from tests.send.conftest import AGREED, RULE, Send, as_csv


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
