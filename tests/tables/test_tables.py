"""Every kind of table gives the same rows, however it is written; what is wrong with it is said with its place."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.tables.kinds import table_of
from target_linkedin_conversions.tables.marked import MARKS, MarkedRows
from target_linkedin_conversions.tables.shift_jis import is_shift_jis
from target_linkedin_conversions.tables.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from target_linkedin_conversions.tables.table import Table

ROWS: list[dict[str, Any]] = [
    {"Id": "1", "Name": "Jürgen Müller", "Ort": "Köln; Altstadt", "Notiz": 'erste, "zweite"\nZeile'},
    {"Id": "2", "Name": "Bärbel Groß", "Ort": "Düsseldorf", "Notiz": None},
    {"Id": "3", "Name": "Anna Weiß", "Ort": None, "Notiz": "x"},
]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Any]:
    sources: list[Source] = []

    def table(content: bytes, name: str = "file.csv", **options: Any) -> Table:
        path = tmp_path / name
        path.write_bytes(content)
        sources.append(Source(str(path)))
        return table_of(sources[-1], **options)

    yield table
    for source in sources:
        source.file.close()


def rows_of(table: Table) -> list[dict[str, Any]]:
    return [record for part in table.parts() for record in part.records()]


def text(rows: list[dict[str, Any]], delimiter: str = ",", line_end: str = "\n", **more: Any) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, lineterminator=line_end, **more)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(opened: Any, encoding: str, delimiter: str) -> None:
    table = opened(text(ROWS, delimiter, "\r\n").encode(encoding))
    assert rows_of(table) == ROWS
    assert table.delimiter == delimiter
    assert rows_of(table) == ROWS, "each pass begins anew"


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("Иван Петров;Москва\nОльга Смирнова;Санкт-Петербург", "cp1251"),
        ("山田太郎;株式会社テスト\n鈴木花子;東京商事", "cp932"),
        ("山田;太郎", "cp932"),
        ("さくら;はな", "cp932"),
        ("Ken;ソニー", "cp932"),
        ("表;能", "cp932"),
        ("ﾀﾅｶ;田中太郎", "cp932"),
        ("Strauß & Söhne;“Acme”", "cp1252"),
        ("Łukasz Żółć;Łódź\nŚwiętosława Gęś;Kraków", "cp1250"),
        ("Paweł;Imię\nŁukasz;Żak", "cp1250"),
        ("Imię;Data zamknięcia\nAnna;2026-11-20", "cp1250"),
        ("Imię;Wartość\nJürgen;1 200,50", "cp1250"),
        ("Jméno;Příjmení\nJan;Novák", "cp1250"),
        ("Erdős Győző;Összeg\nSzabó;100", "cp1250"),
        ("João;Conceição\nInês;Camões", "cp1252"),
        ("Søren;Ærø\nBenoît;Forêt", "cp1252"),
        ("Ad;Soyad\nŞükrü;Yıldız\nÇağla;Şahin", "cp1254"),
        ("Nafn;Föðurnafn\nÞörður;Sigurðsson", "cp1252"),
        ("François Lefèvre;Besançon\nHélène Noël;Orléans", "cp1252"),
        ("Anna;12,50 €\nBernd;8,00 €", "cp1252"),
        ("Jürgen Miller;Berlin", "cp1252"),
    ],
)
def test_other_encodings_are_guessed_by_their_words(opened: Any, words: str, encoding: str) -> None:
    table = opened(f"Name;Ort\n{words}\n".encode(encoding))
    assert [";".join(row.values()) for row in rows_of(table)] == words.split("\n")
    assert "guessed" in table.reading


@pytest.mark.parametrize("encoding", ["cp1252", "cp1250", "cp1251", "gb18030", "big5", "cp949", "euc_jp"])
@pytest.mark.parametrize(
    "words", ["Müller,Jürgen", "Žák,Šimon", "Ž,Š", "Иванов,москва", "王,小明", "김,철수", "山田,太郎"]
)
def test_a_few_words_of_another_encoding_are_not_taken_for_japanese(words: str, encoding: str) -> None:
    try:
        line = f"7,{words},yes\n".encode(encoding)
    except UnicodeEncodeError:
        return
    assert not is_shift_jis(line)


def test_a_letter_of_two_bytes_is_not_cut_where_much_is_looked_at(opened: Any) -> None:
    rows = [f"{number},株式会社東京ソフト能力開発,表示" for number in range(3_000)]
    table = opened("番号,会社,種別\n".encode("cp932") + "\n".join(rows).encode("cp932"))
    assert rows_of(table)[-1] == {"番号": "2999", "会社": "株式会社東京ソフト能力開発", "種別": "表示"}


def test_what_a_person_names_wins(opened: Any) -> None:
    table = opened("a;b,c\nä;1,2\n".encode("mac_roman"), encoding="mac_roman", delimiter="semicolon")
    assert rows_of(table) == [{"a": "ä", "b,c": "1,2"}]


def test_the_first_letter_beyond_ascii_may_come_late(opened: Any) -> None:
    content = b"id;name\n" + b"".join(b"%d;Smith\n" % n for n in range(20_000)) + "20001;Müller\n".encode("cp1252")
    assert rows_of(opened(content))[-1] == {"id": "20001", "name": "Müller"}


@pytest.mark.parametrize("kind", ["xlsx", "parquet", "jsonl"])
def test_every_kind_gives_the_same_rows(opened: Any, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "made"
    if kind == "xlsx":
        write_sheet(path, [list(ROWS[0]), *(list(row.values()) for row in ROWS)])
    elif kind == "parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    else:
        path.write_text("".join(json.dumps(row) + "\n\n" for row in ROWS), encoding="utf-8-sig")
    table = opened(path.read_bytes(), "export.csv")
    assert rows_of(table) == rows_of(table) == ROWS
    assert table.columns == tuple(ROWS[0])


def write_sheet(path: Path, rows: list[list[Any]], *others: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for title in others:
        book.create_sheet(title)
    book.save(path)


def test_a_sheet_holds_days_times_and_numbers(opened: Any, tmp_path: Path) -> None:
    path = tmp_path / "made"
    rows: list[list[Any]] = [["", "", ""], ["Leads of November"], ["id", "am", "um", "wert", "ok"]]
    rows += [
        [7, datetime.fromisoformat("2026-11-20"), datetime.fromisoformat("2026-11-20 14:05"), 12.5, True],
        [8, date(2026, 11, 21), None, 0, False],
    ]
    write_sheet(path, rows, "empty")
    found = rows_of(opened(path.read_bytes()))
    assert found == [
        {"id": 7, "am": "2026-11-20", "um": "2026-11-20T14:05:00", "wert": 12.5, "ok": True},
        {"id": 8, "am": "2026-11-21", "um": None, "wert": 0, "ok": False},
    ]


def test_a_header_gets_a_name_for_each_column(opened: Any) -> None:
    table = opened(b' E-Mail ,,Name,Name,"First\n""name""\xc2\xa0"\n1,2,3,4,5\n')
    assert table.columns == ("E-Mail", "column 2", "Name", "Name (2)", "First 'name'")
    assert "'column 2', 'Name (2)'" in table.notes[0]


def test_what_stands_before_and_behind_the_table_is_left_out(opened: Any) -> None:
    content = b'Report,,,\nfrom 1 November,,,\n\nid,email,at,ok\n1,a@b.de,2026,yes\n"2","c@d.de","2026","no"\n\nTotal\n"Copyright, all rights reserved"\n'
    table = opened(content)
    assert [row["id"] for row in rows_of(table)] == ["1", "2"]
    assert table.oddities["no_row"].rows == 2
    assert table.oddities["no_row"].line == 8
    assert "the header is row 4" in table.notes[0]


def test_short_rows_are_filled_and_long_ones_marked_with_their_line(opened: Any) -> None:
    table = opened(b'a,b,c\n1,"x\ny",3\n4,5\n6,7,8,9\n1,2,3,,\n')
    (part,) = table.parts()
    assert [*part.records()][1] == {"a": "4", "b": "5", "c": None}
    assert [(at, one.code, one.line) for at, one in part.odd.items()] == [(2, "row_too_long", 5)]
    assert {code: (one.rows, one.line) for code, one in table.oddities.items()} == {
        "row_too_short": (1, 4),
        "row_too_long": (1, 5),
    }


def test_rows_of_a_workbook_end_with_their_last_filled_cell_and_nothing_is_odd_about_it(
    opened: Any, tmp_path: Path
) -> None:
    path = tmp_path / "leads.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("id", "email", "at", "note"), (1, "a@b.de", "2026-11-20", None), (2, None, None, None), (3, "c@d.de")):
        sheet.append(row)
    book.save(path)
    table = opened(path.read_bytes())
    assert [(row["id"], row["email"], row["note"]) for row in rows_of(table)] == [
        (1, "a@b.de", None),
        (3, "c@d.de", None),
    ]
    assert {code: one.rows for code, one in table.oddities.items()} == {"no_row": 1}


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (b"", "file.csv", "is empty"),
        (b"\n \n\n", "line 1", "no header"),
        (b"a@example.com,1\nb@example.com,2\n", "line 1", "e-mail address where the names"),
        (b'a,b\n1,2\n3,"never closed\n4,5\n', "line 3", "quotes"),
        (b'a,b\n1,2\n"3" x,4\n', "line 3", "quotes"),
        ("a,b\n1,Müller Größe\n2,ö\n3,".encode() + b"\xff\n", "line 4", "not written in UTF-8"),
        (
            "メール,同意\nx@kaisha.co.jp,はい\n".encode("cp932") + b"y,\x81\n",
            "line 1",
            "--encoding shift_jis (Japanese)",
        ),
        (b"PK\x03\x04 no workbook", "file.csv", "no Excel workbook"),
        (b"PAR1 no parquet", "file.csv", "no Parquet"),
        (b"\xd0\xcf\x11\xe0 old", "file.csv", "old Excel"),
        (b"\x1f\x8b packed", "file.csv", "gunzip"),
        (b'{"a": 1}\n{"a": \n', "line 2", "no JSON object"),
        (b'[{"a": 1}]\n', "line 1", "no JSON object"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place_and_mend_and_no_value(
    opened: Any, content: bytes, place: str, words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        rows_of(opened(content))
    message = str(caught.value)
    assert place in message
    assert words in message
    assert "; " in message
    assert "example.com" not in message
    assert "Müller" not in message


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\r") | st.sampled_from(" =\u200b'"), max_size=8),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(",;\t|"),
)
def test_rows_that_were_not_sent_are_read_again_as_they_were(
    tmp_path: Path, rows: list[list[str]], delimiter: str
) -> None:
    path = tmp_path / "file.csv.not-sent.csv"
    columns = ("=name", "b", "c")
    with path.open("wb") as file:
        marked = MarkedRows(file, columns, delimiter)
        for cells in rows:
            marked.write(cells, "why", "mend")
        marked.close()
    with Source(str(path)) as source:
        table = table_of(source)
        found = [list(record.values()) for record in rows_of(table)]
    assert table.columns == columns
    assert found == [[cell or None for cell in cells] for cells in rows if any(cells)]
    raw = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), delimiter=delimiter))
    assert tuple(raw[0][-2:]) == MARKS
    assert not any(cell[:1] in "=+-@\t\r\n" for row in raw for cell in row if cell)
    assert not any(cell.strip(" \xa0\u3000\u200b\ufeff")[:1] in {*"=+-@"} for row in raw for cell in row)


@pytest.mark.parametrize("blank", ["", " ", "\t", "\xa0", "\u3000", "\u200b", "\u2060", "\ufeff", " \u200b "])
@pytest.mark.parametrize("sign", [*"=+-@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_begins_as_a_formula_behind_what_a_spreadsheet_leaves_out_or_in_full_width(
    tmp_path: Path, blank: str, sign: str
) -> None:
    path, cell = tmp_path / "file.csv.not-sent.csv", f"{blank}{sign}1+1"
    with path.open("wb") as file:
        marked = MarkedRows(file, ["name"], ";")
        marked.write([cell], "why", "mend")
        marked.close()
    (_, (shown, *_said)) = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), delimiter=";")
    assert shown == f"'{cell}"
    with Source(str(path)) as source:
        assert [record["name"] for record in rows_of(table_of(source))] == [cell]


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/urandom"])
def test_a_device_without_an_end_is_no_table(device: str) -> None:
    with pytest.raises(ConfigError, match="may have no end"):
        Source(device)


def test_memory_does_not_grow_with_the_file(opened: Any) -> None:
    content = b"id,email,at\n" + b"".join(b"%d,row.%d@example.com,2026-11-20 10:00\n" % (n, n) for n in range(60_000))
    table = opened(content)
    del content
    sum(len(part) for part in table.parts())
    tracemalloc.start()
    try:
        assert sum(len(part) for part in table.parts()) == 60_000
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


def test_a_cover_page_before_the_table_is_passed_over_and_a_second_table_is_named(opened: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    book = openpyxl.Workbook()
    cover, deals, lost = book.active, book.create_sheet("Deals"), book.create_sheet("Lost")
    assert cover is not None
    for row in (["Export of deals"], ["Created", "2026-11-27"], ["By", "a program"]):
        cover.append(row)
    for sheet in (deals, lost):
        for cells in (["id", "email", "won_at"], ["1", "a@example.com", "2026-11-20"]):
            sheet.append(cells)
    book.save(path)
    table = opened(path.read_bytes(), path.name)
    assert table.columns == ("id", "email", "won_at")
    assert "sheet 'Deals', the first of 3 that holds a table" in table.reading
    assert any("'Lost'" in note for note in table.notes)


def test_what_is_no_table_of_ours_is_called_what_it_is(opened: Any) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("leads.csv", "Email\na@example.com\n")
    for content, words in (
        (packed.getvalue(), "a ZIP archive and no .xlsx file; unpack it first"),
        (b"<html><table><tr><td>Email</td></tr></table></html>", "a web page.*save it as .xlsx"),
        (b"\xef\xbb\xbf<!DOCTYPE html>\n<html>", "a web page"),
        (b'Email,Note\na@example.com,"' + b"x" * (1 << 24) + b'y",z\n', "line 2: a cell of this row holds more than"),
    ):
        with pytest.raises(ConfigError, match=words):
            rows_of(opened(content))
