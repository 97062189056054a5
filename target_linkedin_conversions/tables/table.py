"""The interface of tables and their parts, for every kind of file."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from target_linkedin_conversions.records.constants import WithConstants

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.records.rows import Row, RowType

__all__ = ["ROWS_AT_ONCE", "Cells", "Odd", "Oddity", "Part", "Records", "Table", "schema_of_names"]

ROWS_AT_ONCE = 1000
"""Rows of a part."""

Value = Any


class Odd(msgspec.Struct, frozen=True):
    """The fault of one row: a code, and the line of the file in which the row begins."""

    code: str
    line: int


class Oddity(msgspec.Struct):
    """How many rows of a table have a fault, and the line of the first."""

    rows: int
    line: int


class Part(Protocol):
    """Consecutive rows."""

    first: int
    """The number of its first row; that of the table's first is 1."""
    odd: dict[int, Odd]
    """What is wrong with rows that cannot be mapped, by their place in the part."""
    with_constants: Sequence[int]
    """The places of rows whose JSON holds `NaN` or `Infinity`."""

    def __len__(self) -> int:
        """How many rows there are, odd ones among them."""

    def rows_for(self, row_type: RowType) -> list[Row]:
        """Every row as a stream's plan reads it."""

    def records(self) -> Iterator[dict[str, Value]]:
        """Every row as a mapping of the columns to their values."""

    def cells(self, at: int) -> list[Value]:
        """The values of one row, a column each."""


class Table(Protocol):
    """Rows below named columns; every pass over `parts` begins anew.

    `oddities` has, by code, what was wrong with rows of the last pass.
    """

    name: str
    schema: dict[str, Any]
    delimiter: str
    oddities: dict[str, Oddity]

    @property
    def columns(self) -> tuple[str, ...]:
        """The name of each column."""

    @property
    def reading(self) -> str:
        """How the file is read, for people: `CSV in UTF-8, with ; between`."""

    @property
    def notes(self) -> list[str]:
        """What a person should know of its header."""

    @property
    def said(self) -> dict[str, str]:
        """What the file itself says of its rows, by key of an entry, such as the time zone."""

    def parts(self) -> Iterator[Part]:
        """The table from its first row; raises `ConfigError` with the line where it cannot be read on."""


class Cells:
    """A part whose rows are lists of cells, as wide as the header; texts that are empty count as nothing."""

    with_constants: Sequence[int] = ()

    def __init__(self, first: int, names: Sequence[str], rows: list[list[Value]], odd: dict[int, Odd]) -> None:
        """`rows` are kept, not copied."""
        self.first, self.odd = first, odd
        self._names, self._rows = names, rows

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def rows_for(self, row_type: RowType) -> list[Row]:
        """Every row as a plan reads it: the cells that it asks for, and nothing of the others."""
        if not row_type.columns:
            found: list[Row] = [()] * len(self._rows)
        else:
            found = self._chosen(row_type)
        completed = row_type.completed
        return found if completed is None else [completed(row) for row in found]

    def _chosen(self, row_type: RowType) -> list[Row]:
        at = {name: place for place, name in enumerate(self._names)}
        places = [at.get(name) for name, _ in row_type.columns]
        there = [place for place in places if place is not None]
        if len(there) == len(places) > 1:
            chosen = itemgetter(*there)
            return [tuple([None if cell == "" else cell for cell in chosen(row)]) for row in self._rows]
        return [
            tuple([None if place is None or row[place] == "" else row[place] for place in places]) for row in self._rows
        ]

    def records(self) -> Iterator[dict[str, Value]]:
        """Every row as a mapping."""
        names = self._names
        for row in self._rows:
            yield {name: None if cell == "" else cell for name, cell in zip(names, row, strict=False)}

    def cells(self, at: int) -> list[Value]:
        """The cells of one row."""
        return self._rows[at]


class Records:
    """A part whose rows are mappings, some of which may have columns that others lack."""

    def __init__(self, first: int, names: Sequence[str], rows: list[dict[str, Value]], odd: dict[int, Odd]) -> None:
        """`names` are the columns of the whole table."""
        self.first, self.odd = first, odd
        self.with_constants: Sequence[int] = [at for at, row in enumerate(rows) if type(row) is WithConstants]
        self._names, self._rows = names, rows

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def rows_for(self, row_type: RowType) -> list[Row]:
        """Every row as a plan reads it."""
        return [row_type.of(row) for row in self._rows]

    def records(self) -> Iterator[dict[str, Value]]:
        """Every row as it is."""
        return iter(self._rows)

    def cells(self, at: int) -> list[Value]:
        """The values of one row, in the order of the table's columns."""
        row = self._rows[at]
        return [row.get(name) for name in self._names]


def schema_of_names(names: Sequence[str]) -> dict[str, Any]:
    """The JSON schema of columns that hold text."""
    return {
        "type": "object",
        "properties": {name: {"type": ["string", "null"]} for name in names},
        "additionalProperties": False,
    }
