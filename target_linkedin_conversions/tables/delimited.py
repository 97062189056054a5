"""CSV and its kin: text whose cells have a delimiter between."""

from __future__ import annotations

import codecs
import csv
import io
import re
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.how_many import first_few
from target_linkedin_conversions.tables.dialect import delimiter_named
from target_linkedin_conversions.tables.dialect import detected as detected_dialect
from target_linkedin_conversions.tables.encoding import detected as detected_encoding
from target_linkedin_conversions.tables.encoding import named, not_in
from target_linkedin_conversions.tables.header import column_names, header_place
from target_linkedin_conversions.tables.marked import MARKS, unmarked
from target_linkedin_conversions.tables.table import ROWS_AT_ONCE, Cells, Odd, Oddity, schema_of_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.tables.source import Source

__all__ = ["Delimited", "fitted"]

_MOST_NAMED = 5
_ZONE = re.compile(r"time ?zone=\s*([\w+/-]{1,64})", re.IGNORECASE)
"""As Google Ads writes it before the header."""
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_BYTES_AT_ONCE = 1 << 23
"""Of a part, as long as its rows are no longer than the first ones."""
_LEAST_OF_A_TABLE = 3
"""Columns from which on a line with one cell is no row of the table, but a total or a footer."""


class Delimited:
    """A text file with a header; its encoding and its delimiter are found out where nobody names them."""

    def __init__(self, source: Source, encoding: str | None, delimiter: str | None) -> None:
        """Look at its first 64 KiB, and at all of it for the encoding; raises `ConfigError` where it holds no table."""
        self.name = source.name
        self._source = source
        if not source.size:
            raise ConfigError(self.name, "the file is empty", "export it anew, with a header and a row each")
        self.encoding = named(encoding) if encoding else detected_encoding(source.from_start(), self.name)
        lines = self._first_lines()
        self._dialect = detected_dialect(lines, delimiter_named(delimiter) if delimiter else None)
        self._at_once = max(1, min(ROWS_AT_ONCE, _BYTES_AT_ONCE // max(map(len, lines), default=1)))
        rows = self._dialect.rows(lines)
        if not any(any(cell.strip() for cell in row) for row in rows):
            raise ConfigError(
                f"{self.name}, line 1",
                "there is no header that can be read",
                "export it as CSV, or name --delimiter and --encoding",
            )
        self._header = header_place(rows)
        place = f"{self.name}, line {self._line_of(rows, self._header)}"
        header = rows[self._header]
        self.is_marked = tuple(header[-len(MARKS) :]) == MARKS
        """Whether it is a file of rows that were not sent: each says why, and its cells are marked as text."""
        names, self._made_up = column_names([*map(unmarked, header)] if self.is_marked else header, place)
        self.said = _said(rows[: self._header])
        self.columns = names[: -len(MARKS)] if self.is_marked else names
        self.schema = schema_of_names(self.columns)
        self.delimiter = self._dialect.delimiter
        self.oddities: dict[str, Oddity] = {}

    @property
    def reading(self) -> str:
        """Encoding and delimiter."""
        return f"CSV in {self.encoding.shown}, with {self._dialect.shown} between the cells"

    @property
    def notes(self) -> list[str]:
        """Columns whose names had to be made up, and lines before the header."""
        found = []
        if self._made_up:
            names = first_few([*map(repr, self._made_up)], _MOST_NAMED)
            found.append(f"columns without a name, or with that of another, are called {names}")
        if self._header:
            found.append(f"the header is row {self._header + 1}; what stands before it is left out")
        return found

    def parts(self) -> Iterator[Cells]:
        """A thousand rows at a time; raises `ConfigError` with the line where quotes or bytes are broken."""
        self.oddities = {}
        number = 1
        with self._lines() as lines:
            reader = self._dialect.reader(lines)
            try:
                for _ in range(self._header + 1):
                    next(reader, None)
                line = reader.line_num + self._dialect.skipped + 1
                while rows := list(islice(reader, self._at_once)):
                    part = self._part(number, rows, line)
                    number += len(part)
                    line = reader.line_num + self._dialect.skipped + 1
                    yield part
            except csv.Error as error:
                raise self._broken(str(error)) from None
            except UnicodeError:
                raise not_in(self._source.from_start(), self.encoding, self.name) from None

    def _part(self, number: int, rows: list[list[str]], line: int) -> Cells:
        width, marks = len(self.columns), len(MARKS) if self.is_marked else 0
        odd: dict[int, Odd] = {}
        if marks:
            rows = [row[:-marks] if len(row) >= width + marks else row[:width] for row in rows]
            rows = [row for row in rows if any(row)]  # emptied, so that it is sent no more
        if set(map(len, rows)) != {width}:
            rows, odd = fitted(rows, width, line, self.oddities)
        if marks:
            rows = [[*map(unmarked, row)] for row in rows]
        return Cells(number, self.columns, rows, odd)

    @contextmanager
    def _lines(self) -> Iterator[io.TextIOWrapper]:
        text = io.TextIOWrapper(self._source.from_start(), encoding=self.encoding.codec, newline="")
        try:
            yield text
        finally:
            text.detach()

    def _first_lines(self) -> list[str]:
        """The lines of the first 64 KiB, the last one only where it is whole."""
        head, whole = self._source.head, self._source.size <= len(self._source.head)
        try:
            text = codecs.getincrementaldecoder(self.encoding.codec)().decode(head, final=whole)
        except UnicodeError:
            raise not_in(self._source.from_start(), self.encoding, self.name) from None
        lines = list(io.StringIO(text.removeprefix("\ufeff"), newline=""))
        return lines if whole or len(lines) < 2 else lines[:-1]  # noqa: PLR2004 - a last line and one before it

    def _line_of(self, rows: Sequence[Sequence[str]], at: int) -> int:
        return 1 + self._dialect.skipped + sum(map(_lines_of, rows[:at]))

    def _broken(self, error: str) -> ConfigError:
        """The error of a row whose quotes are broken or that holds too much, with the line that it begins in."""
        line = 1
        with self._lines() as lines:
            reader = self._dialect.reader(lines)
            try:
                for _ in reader:
                    line = reader.line_num + self._dialect.skipped + 1
            except (csv.Error, UnicodeError):
                pass
        place = f"{self.name}, line {line}"
        if "field larger" in error:
            problem = "a cell of this row holds more than 16 million characters"
            return ConfigError(place, problem, "take it out, or close its quotes where it ends")
        return ConfigError(
            place,
            "the quotes of a cell in this row do not end where the cell does",
            'write a quote inside quotes twice (""), or take it out',
        )


def fitted(
    rows: Sequence[list[Any]], width: int, line: int, oddities: dict[str, Oddity], *, has_ragged_ends: bool = False
) -> tuple[list[list[Any]], dict[int, Odd]]:
    """Rows as wide as the header, and as they are those that hold more, by their place; counts what was odd.

    A line without any cell is none. A row that lacks its last cells has nothing there, which is odd unless all rows of
    such a file end with their last filled cell.
    """
    found: list[list[Any]] = []
    odd: dict[int, Odd] = {}
    for row in rows:
        code, cells = _fitted(row, width)
        if code and not (has_ragged_ends and code == "row_too_short"):
            oddities.setdefault(code, Oddity(0, line)).rows += 1
        if code == "row_too_long":
            odd[len(found)] = Odd(code, line)
        if cells:
            found.append(cells)
        line += _lines_of(row)
    return found, odd


def _fitted(row: list[Any], width: int) -> tuple[str, list[Any]]:
    """What is odd about a row, and its cells, none where it is no row."""
    if not any(map(_is_filled, row)):
        return "", []
    if len(row) > width:
        return ("row_too_long", row) if any(map(_is_filled, row[width:])) else ("", row[:width])
    if len(row) == width:
        return "", row
    if len(row) == 1 and width >= _LEAST_OF_A_TABLE:
        return "no_row", []
    return "row_too_short", [*row, *[""] * (width - len(row))]


def _is_filled(cell: Any) -> bool:  # noqa: ANN401 - a sheet's cell may hold anything
    return cell is not None and cell != ""


def _lines_of(row: Sequence[Any]) -> int:
    """How many lines of a file a row takes."""
    return 1 + sum(len(_LINE_BREAK.findall(cell)) for cell in row if isinstance(cell, str))


def _said(rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """What stands before the header of Google Ads' uploads: the time zone of all rows."""
    found = next(filter(None, (_ZONE.search(cell) for row in rows for cell in row)), None)
    return {"timezone": found[1]} if found else {}
