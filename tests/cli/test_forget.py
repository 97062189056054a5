"""`linkedin-conversions forget`."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from target_linkedin_conversions.ledger import Ledger
from target_linkedin_conversions.reporting.folder import Folder
from tests.singer.pipe import entry, record, schema

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Past

JANE = "jane@example.com"
NAMES = ("id", "email", "happened_at", "stage", "note")


def digest(address: str) -> str:
    return sha256(address.encode()).hexdigest()


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    def type_in(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))

    return type_in


@pytest.fixture
def kept(past: Past, tmp_path: Path) -> Past:
    """A run that kept rejected rows of Jane (in two writings) and of others, with a suppress list."""
    past.pipe.config |= {
        "keep_rejected_rows": True,
        "suppress": str(tmp_path / "suppress.txt"),
        "streams": [entry("leads", {"column": "stage", "rules": [{"when": "won", "rule": 101}]})],
    }
    (tmp_path / "suppress.txt").write_text("other@example.com")
    now = past.linkedin.now()
    lines = [
        record(now, 1, stage="SQL", email=JANE),
        record(now, 2, stage="SQL", email=f"Jane <{JANE.upper()}>"),
        record(now, 3, stage="SQL"),
    ]
    past.pipe.run_here([schema("leads", *NAMES), *lines])
    return past


def receipt_of(past: Past, *arguments: str, **settings: Any) -> dict[str, Any]:
    code, out, _ = past.companion("forget", *arguments, "--yes", "--json", **settings)
    assert code == 0
    found: dict[str, Any] = json.loads(out)["receipt"]
    return found


def whatever_is_kept(past: Past) -> str:
    return "".join(
        path.read_text() for under in ("outbox", "rejects") for path in sorted((past.state_dir / under).glob("*"))
    )


def test_an_address_is_forgotten_in_every_writing_and_never_sent_again(kept: Past, typed: Any) -> None:
    typed(f" {JANE.upper()}\n")
    receipt = receipt_of(kept, "--email", "-")
    assert {name: receipt[name] for name in ("subjects", "outbox", "rejects", "suppressed")} == {
        "subjects": 1,
        "outbox": 2,
        "rejects": 2,
        "suppressed": 1,
    }
    assert "jane" not in whatever_is_kept(kept).lower()
    assert '"id":3' in whatever_is_kept(kept)
    assert (kept.pipe.folder / "suppress.txt").read_text() == f"other@example.com\n{digest(JANE)}\n"
    assert "180 days" in receipt["linkedin"]
    assert "no call that deletes" in receipt["linkedin"]
    assert "keyed digests" in receipt["ledger"]
    won = record(kept.linkedin.now(), 9, stage="won", email=JANE)
    assert kept.pipe.run_here([schema("leads", *NAMES), won]).codes("skipped") == {"suppressed": 1}


def test_a_list_that_a_spreadsheet_saved_is_read_from_its_first_line(kept: Past, typed: Any) -> None:
    typed("\ufeff" + digest("jane@example.com").upper() + "\r\n")
    first = receipt_of(kept, "--email", "-")
    assert (first["subjects"], first["rejects"] > 0) == (1, True)


def test_a_second_time_changes_nothing(kept: Past, typed: Any) -> None:
    for times in range(2):
        typed(JANE)
        receipt = receipt_of(kept, "--email", "-")
        counts = {receipt[name] for name in ("outbox", "rejects", "results", "not_sent", "suppressed")}
        assert (counts == {0}) == bool(times)


def test_events_of_the_outbox_are_found_by_their_hash_and_lead_to_lines_with_the_key_alone(
    past: Past, typed: Any
) -> None:
    past.rejected(7)
    past.rejected(8)
    typed("row.7@example.com")
    receipt = receipt_of(past, "--email", "-")
    assert (receipt["outbox"], receipt["rejects"]) == (1, 1)
    assert past.kept() == ["8"]
    assert [line["key"] for line in past.companion.data("rejects", "list")["rejects"]] == [{"id": "8"}]
    (note,) = [note for note in receipt["notes"] if "no suppress list is set" in note]
    assert " tap " not in note  # it may have been a file
    assert "TARGET_LINKEDIN_CONVERSIONS_SUPPRESS" in note


def test_where_no_file_is_named_the_receipt_says_that_none_was_searched(past: Past, typed: Any, tmp_path: Path) -> None:
    typed("row.7@example.com")
    assert any("none was searched" in note for note in receipt_of(past, "--email", "-")["notes"])
    file = tmp_path / "leads.csv.not-sent.csv"
    file.write_text("id,email\n7,row.7@example.com\n")
    typed("row.7@example.com")
    receipt = receipt_of(past, "--email", "-", str(file))
    assert receipt["not_sent"] == 1
    assert not any("none was searched" in note for note in receipt["notes"])


def test_a_key_is_forgotten_and_its_address_is_suppressed(kept: Past, typed: Any) -> None:
    receipt = receipt_of(kept, "--key", "id=1")
    assert (receipt["outbox"], receipt["rejects"], receipt["suppressed"]) == (1, 1, 1)
    assert digest(JANE) in (kept.pipe.folder / "suppress.txt").read_text()
    typed("id=2\nid=3\n")
    receipt = receipt_of(kept, "--key", "-")
    assert (receipt["subjects"], receipt["outbox"], receipt["rejects"], receipt["suppressed"]) == (2, 2, 2, 1)
    assert whatever_is_kept(kept) == ""


def test_a_key_that_is_told_as_a_digest_is_found(past: Past, typed: Any) -> None:
    line = record(past.linkedin.now(), 1, email=JANE, happened_at=None)
    past.pipe.run_here([schema(key=["email"]), line])
    past.deliver(2)
    assert "digest:" in whatever_is_kept(past)
    typed(JANE)
    assert receipt_of(past, "--email", "-")["rejects"] == 1


def test_what_a_run_is_writing_stays_is_named_and_may_be_forgotten_later(kept: Past, typed: Any) -> None:
    (path,) = (kept.state_dir / "outbox").glob("*.jsonl")
    with Folder(str(kept.state_dir)).append(f"outbox/{path.name}"):
        typed(JANE)
        code, out, err = kept.companion("forget", "--email", "-", "--yes")
        assert (code, "rejects: 2 lines removed" in out) == (5, True)
        assert str(path) in err
        assert digest(JANE) in (kept.pipe.folder / "suppress.txt").read_text()
    typed(JANE)
    assert receipt_of(kept, "--email", "-")["outbox"] == 2


def test_a_run_that_may_still_send_the_person_is_named_until_it_has_ended(kept: Past, typed: Any) -> None:
    ledger = Ledger(None, kept.state_dir, run="20261128T182144Z-2c7740fc", quota_key="q", per_minute=1, per_day=1)
    ledger.open()
    typed(JANE)
    code, out, err = kept.companion("forget", "--email", "-", "--yes", "--json")
    assert (code, json.loads(out)["receipt"]["under_way"]) == (5, ["20261128T182144Z-2c7740fc"])
    assert "may still send the person: run 20261128T182144Z-2c7740fc; forget again once that has ended" in err
    ledger.close()
    typed(JANE)
    assert receipt_of(kept, "--email", "-")["under_way"] == []


def test_nobody_is_called_forgotten_of_whom_nothing_was_found(kept: Past) -> None:
    told = [kept.companion("forget", "--key", "id=1", "--yes")[1].splitlines()[0] for _ in range(2)]
    assert told == [
        "1 person or key forgotten",
        "1 person or key looked for: nothing is kept here that could be removed",
    ]


def test_a_key_that_nothing_here_has_is_said_to_be_so(kept: Past) -> None:
    notes = {key: " ".join(receipt_of(kept, "--key", key)["notes"]) for key in ("Id=1", "id=1")}
    assert {key: "nothing that is kept here has the key" in told for key, told in notes.items()} == {
        "Id=1": True,
        "id=1": False,
    }


@pytest.mark.usefixtures("before_a_terminal")
@pytest.mark.parametrize(("key", "never"), [("id=1", True), ("id=3", False)], ids=["known address", "none known"])
def test_only_who_can_be_kept_out_is_asked_about_being_sent_never_again(
    kept: Past, typed: Any, key: str, *, never: bool
) -> None:
    (kept.pipe.folder / "suppress.txt").write_text("")
    typed("n\n")
    _, _, err = kept.companion("forget", "--key", key, **({} if never else {"suppress": None}))
    assert ("and send this person never again?" in err) == never


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2), ("", 2)])
@pytest.mark.usefixtures("before_a_terminal")
def test_a_person_is_asked_with_counts_and_before_anything_changes(
    kept: Past, typed: Any, answer: str, code: int
) -> None:
    before = whatever_is_kept(kept)
    typed(answer)
    found, _, err = kept.companion("forget", "--key", "id=1")
    assert found == code
    assert "1 line of rejects, 1 of the outbox" in err
    assert (whatever_is_kept(kept) == before) == bool(code)


@pytest.mark.parametrize("arguments", [("--key", "id=1"), ("--email", "-"), ("--key", "-")])
def test_without_a_terminal_forget_names_the_flag_and_reads_no_answer(
    kept: Past, typed: Any, arguments: tuple[str, ...]
) -> None:
    before = whatever_is_kept(kept)
    typed(f"{JANE if '--email' in arguments else 'id=1'}\ny\n"[: None if arguments[1] != "-" else -2])
    code, _, err = kept.companion("forget", *arguments)
    assert (code, "pass --yes" in err, " of rejects, " in err) == (2, True, True)
    assert whatever_is_kept(kept) == before


WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "nobody is named": ((), "nobody is named"),
    "an address in the command": (("--email", JANE), "can be read by others"),
    "a key without a value": (("--key", "id"), "NAME=VALUE"),
    "nothing on stdin": (("--email", "-"), "holds nothing"),
    "a table of somebody's own": (("--key", "id=1", "leads.csv"), ".not-sent.csv"),
    "stdin twice": (("--email", "-", "--key", "-"), "twice"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_exits_2_and_changes_nothing(kept: Past, typed: Any, case: str) -> None:
    before = whatever_is_kept(kept)
    typed("\n")
    arguments, words = WRONG[case]
    code, _, err = kept.companion("forget", *arguments, "--yes")
    assert (code, words in err) == (2, True)
    assert JANE not in err
    assert whatever_is_kept(kept) == before


def test_a_line_that_is_no_address_is_named_by_its_number_only(kept: Past, typed: Any) -> None:
    typed(f"{JANE}\nsecret\n")
    code, _, err = kept.companion("forget", "--email", "-", "--yes")
    assert (code, "line 2 of stdin" in err, "secret" in err) == (2, True, False)


def test_rows_that_were_not_sent_lose_the_person_s_and_keep_their_form(kept: Past, typed: Any) -> None:
    path = kept.pipe.folder / "leads.csv.not-sent.csv"
    rows = [["id", "E-Mail", "why"], ["1", f"{JANE}", "x"], ["4", "other@example.com", 'a "b"; c\nd']]
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    typed(JANE)
    assert receipt_of(kept, "--email", "-", str(path))["not_sent"] == 1
    with path.open(newline="") as file:
        assert list(csv.reader(file, delimiter=";")) == [rows[0], rows[2]]
    assert receipt_of(kept, "--key", "id=4", str(path))["not_sent"] == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_of_rows_that_were_not_sent_stays_one_that_a_spreadsheet_opens(
    kept: Past, typed: Any, encoding: str
) -> None:
    path = kept.pipe.folder / "leads.csv.not-sent.csv"
    path.write_text(f"id,name,email\n1,Jane,{JANE}\n2,Jürgen,j@firma.de\n", encoding=encoding)
    before = path.read_bytes()[:2]
    typed(JANE)
    assert receipt_of(kept, "--email", "-", str(path))["not_sent"] == 1
    assert path.read_bytes()[:2] == before
    assert path.read_text(encoding=encoding) == "id,name,email\n2,Jürgen,j@firma.de\n"


def test_cells_that_were_quoted_stay_so_where_another_person_s_row_is_removed(kept: Past, typed: Any) -> None:
    path = kept.pipe.folder / "leads.csv.not-sent.csv"
    head, theirs, left = '"id","email","note"\n', f'"1","{JANE}","x"\n', '"2","j@firma.de","a;=1+1"\n'
    path.write_text(head + theirs + left, encoding="utf-8-sig")
    typed(JANE)
    assert receipt_of(kept, "--email", "-", str(path))["not_sent"] == 1
    assert path.read_text(encoding="utf-8-sig") == head + left


def test_a_file_of_rows_that_is_not_there_is_said_to_be_so(kept: Past, typed: Any) -> None:
    typed(JANE)
    code, _, err = kept.companion("forget", "--email", "-", "--yes", str(kept.pipe.folder / "a.not-sent.csv"))
    assert code == 2
    assert "cannot be read (No such file or directory)" in err


def test_a_cell_of_any_length_keeps_nobody_in_a_file_of_rows_that_were_not_sent(kept: Past, typed: Any) -> None:
    path = kept.pipe.folder / "leads.csv.not-sent.csv"
    path.write_text(f"id,note,email\n1,{'x' * 200_000},{JANE}\n")
    typed(JANE)
    assert receipt_of(kept, "--email", "-", str(path))["not_sent"] == 1
    assert path.read_text() == "id,note,email\n"


def test_what_nobody_can_read_and_what_a_crash_left_does_not_keep_the_person(kept: Past, typed: Any) -> None:
    (path,) = (kept.state_dir / "outbox").glob("*.jsonl")
    with path.open("a") as file:
        file.write(f'{{"row":{{"id":9,"email":"{JANE}"\n{{"outcome":"rejected","event":"{digest(JANE)}\n')
    draft = path.with_name(f".{path.name}.0123456789abcdef.draft")
    draft.write_text(JANE)
    typed(JANE)
    assert receipt_of(kept, "--email", "-")["outbox"] == 4
    assert not draft.exists()
    left = path.read_text()
    assert JANE not in left
    assert digest(JANE) not in left


def results(past: Past) -> Path:
    folder = past.state_dir / "results"
    folder.mkdir()
    return folder


def line(number: int) -> dict[str, Any]:
    return {"stream": "leads", "key": json.dumps({"id": str(number)}), "rule": "101", "event_id": "x", "time": 1}


def test_results_lose_the_person_s_rows_whatever_they_are_written_as(kept: Past, typed: Any) -> None:
    run = "20261123T104000Z-0a1b2c3d"
    folder = results(kept)
    (folder / run).mkdir()
    table = pa.Table.from_pylist([line(1), line(3)])
    pq.write_table(table, folder / f"{run}.parquet")
    (folder / run / "000001.jsonl.gz").write_bytes(
        gzip.compress("".join(json.dumps(line(number)) + "\n" for number in (1, 2)).encode())
    )
    (folder / "20261124T104000Z-0a1b2c3d.parquet").write_bytes(b"PAR1 broken")
    broken = gzip.compress(b"lines", mtime=0)
    (folder / "20261125T104000Z-0a1b2c3d.jsonl.gz").write_bytes(broken[:10] + b"\xff" * 20)  # no block of deflate
    typed(JANE)
    assert receipt_of(kept, "--email", "-")["results"] == 3
    assert pq.read_table(folder / f"{run}.parquet").to_pylist() == [line(3)]
    assert pq.read_schema(folder / f"{run}.parquet") == table.schema
    assert not (folder / run / "000001.jsonl.gz").exists()


def test_on_a_url_the_parts_of_the_rejects_are_rewritten(kept: Past, typed: Any) -> None:
    root = f"memory://{kept.pipe.folder.name}-forget"
    where = {
        "state_dir": root,
        "private_dir": str(kept.state_dir),
        "ledger_url": f"sqlite:///{kept.state_dir}/ledger.sqlite",
    }
    (path,) = (kept.state_dir / "rejects").glob("*.jsonl")
    Folder(root).write(f"rejects/{path.stem}/000001.jsonl", path.read_bytes())
    typed(JANE)
    assert receipt_of(kept, "--email", "-", **where)["rejects"] == 2
    assert len((Folder(root).read(f"rejects/{path.stem}/000001.jsonl") or b"").splitlines()) == 1


def test_a_suppress_list_that_nothing_can_be_added_to_stops_before_anything_is_removed(kept: Past, typed: Any) -> None:
    before = whatever_is_kept(kept)
    (kept.pipe.folder / "suppress.txt").write_text("x@example.com\n", encoding="utf-16")
    typed(JANE)
    assert kept.companion("forget", "--email", "-", "--yes")[0] == 2
    assert whatever_is_kept(kept) == before
