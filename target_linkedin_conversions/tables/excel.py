"""Excel workbooks, row by row: the first sheet that holds anything."""

from __future__ import annotations

import warnings
import zipfile
from datetime import date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.extras import install
from target_linkedin_conversions.tables.delimited import fitted
from target_linkedin_conversions.tables.header import column_names, header_place
from target_linkedin_conversions.tables.table import ROWS_AT_ONCE, Cells, Oddity, schema_of_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from target_linkedin_conversions.tables.source import Source

__all__ = ["Excel", "is_workbook"]

_FIRST_ROWS = 20
_LEAST_WIDE = 3
"""Columns of a table that is certain to be none of a cover's pairs of name and value."""
_MOST_STRINGS = 1 << 30
"""Bytes of the texts of a workbook, which are all in memory while it is read."""
_STRINGS = "xl/sharedStrings.xml"


class Excel:
    """An .xlsx file; needs the extra `excel`."""

    delimiter = ","

    def __init__(self, source: Source) -> None:
        """Find the sheet and its header; raises `ConfigError` where there is none, or where the extra is missing."""
        try:
            import openpyxl  # noqa: PLC0415 - only where the extra is installed
        except ImportError:
            mend = f"{install('excel')}, or save it as CSV UTF-8"
            raise ConfigError(source.name, "an Excel file needs the extra excel", mend) from None
        self.name = source.name
        self.said: dict[str, str] = {}
        self.oddities: dict[str, Oddity] = {}
        _check_size(source)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # openpyxl warns of lost formatting, which is not read here
                book = openpyxl.load_workbook(source.from_start(), read_only=True, data_only=True)
        except Exception:  # noqa: BLE001 - openpyxl raises whatever its parsers raise
            raise self._unreadable() from None
        self._sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
        filled = [(sheet, first) for sheet in self._sheets if any(map(_filled, first := self._first_of(sheet)))]
        if not filled:
            raise ConfigError(self.name, "the workbook is empty", "export it anew, with a header and a row each")
        self._tables = [(sheet, first) for sheet, first in filled if _is_table(first)]
        self._sheet, first = (self._tables or filled)[0]
        self._header = header_place(first)
        place = f"{self.name}, row {self._header + 1}"
        self.columns, self._made_up = column_names(_trimmed(first[self._header]), place)
        self.schema = schema_of_names(self.columns)

    def _first_of(self, sheet: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - openpyxl's
        """The first rows of a sheet."""
        self._sheet = sheet
        sheet.reset_dimensions()  # the size that a program wrote may be wrong
        return next(self._read(_FIRST_ROWS), [])

    @property
    def reading(self) -> str:
        """The sheet, where there are several."""
        others = "" if len(self._sheets) == 1 else f", the first of {len(self._sheets)} that holds a table"
        return f"Excel, sheet {self._sheet.title!r}{others}"

    @property
    def notes(self) -> list[str]:
        """Columns whose names had to be made up, and sheets that are not read."""
        names = ", ".join(map(repr, self._made_up))
        found = [f"columns without a name, or with that of another, are called {names}"] if names else []
        others = ", ".join(repr(sheet.title) for sheet, _ in self._tables[1:])
        return (
            [*found, f"not read: sheet {others}, which holds a table too; save it as a file of its own"]
            if others
            else found
        )

    def parts(self) -> Iterator[Cells]:
        """A thousand rows at a time; raises `ConfigError` where the workbook is broken."""
        self.oddities = {}
        number, line, skip = 1, 1, self._header + 1
        for rows in self._read(ROWS_AT_ONCE):
            below = [_trimmed(row) for row in rows[skip:]]
            found, odd = fitted(below, len(self.columns), line + skip, self.oddities, has_ragged_ends=True)
            line, skip = line + len(rows), 0
            yield Cells(number, self.columns, found, odd)
            number += len(found)

    def _read(self, at_once: int) -> Iterator[list[tuple[Any, ...]]]:
        try:
            rows = self._sheet.iter_rows(values_only=True)
            while True:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    part = list(islice(rows, at_once))
                if not part:
                    return
                yield part
        except Exception:  # noqa: BLE001 - as above
            raise self._unreadable() from None

    def _unreadable(self) -> ConfigError:
        mend = "save it as .xlsx without a password, or as CSV UTF-8"
        return ConfigError(self.name, "it is no Excel workbook that can be read", mend)


def is_workbook(source: Source) -> bool:
    """Whether a ZIP archive is a workbook, or so broken that nobody can tell."""
    try:
        with zipfile.ZipFile(source.from_start()) as packed:
            return "[Content_Types].xml" in packed.namelist()
    except (zipfile.BadZipFile, OSError):
        return True


def _check_size(source: Source) -> None:
    """Refuse a workbook whose texts would fill the memory; raises `ConfigError`."""
    try:
        with zipfile.ZipFile(source.from_start()) as packed:
            texts = sum(part.file_size for part in packed.infolist() if part.filename == _STRINGS)
    except (zipfile.BadZipFile, OSError):
        return  # openpyxl reports the fault
    if texts > _MOST_STRINGS:
        raise ConfigError(source.name, "the workbook holds more than 1 GiB of text", "save it as CSV UTF-8")


def _trimmed(row: Iterable[Any]) -> list[Any]:
    """The cells up to the last that is filled, as JSON would hold them."""
    cells = [_plain(cell) for cell in row]
    while cells and (cells[-1] is None or cells[-1] == ""):
        cells.pop()
    return cells


def _plain(cell: Any) -> Any:  # noqa: ANN401 - a cell's
    """A time as text; midnight is how a sheet writes a day."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else cell


def _is_table(first: Sequence[tuple[Any, ...]]) -> bool:
    """Whether a sheet's first rows hold a header and a row below it; a cover page holds a title and pairs of cells."""
    at = header_place(first)
    return _width(first[at]) >= _LEAST_WIDE and any(map(_filled, first[at + 1 :]))


def _width(row: Iterable[Any]) -> int:
    return sum(cell is not None for cell in row)


def _filled(row: Iterable[Any]) -> bool:
    return any(cell is not None for cell in row)
