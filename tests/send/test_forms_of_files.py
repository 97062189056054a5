"""`send`: files of all kinds, and what stands in them as people and programs write it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import openpyxl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from tests.send.conftest import AGREED, RULE, Send, as_csv


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


@pytest.mark.parametrize("kind", [["a"], {"a": 1}])
def test_rows_may_have_a_column_named_as_the_type_of_a_message_is(send: Send, kind: object) -> None:
    row = {"type": kind, "id": 1, "email": "row@example.com", "happened_at": send.ago(1)}
    assert send.counts(send.file("a.jsonl", json.dumps(row) + "\n"), *RULE, *AGREED) == {"delivered": 1}


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


@pytest.mark.parametrize("constant", ["NaN", "Infinity", pytest.param("9" * 5000, id="thousands of digits")])
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


def test_a_time_with_the_name_of_its_month_is_found(send: Send) -> None:
    rows = [{"Email": "a@example.com", "Conversion Time": send.ago(1, "%b %d, %Y %I:%M:%S %p")}]
    path = send.file("google.csv", as_csv(rows))
    assert send.counts(path, "--rule", 101, *AGREED, "--timezone", "UTC")["delivered"] == 1
