"""Rows: the values of a record that the plan of its stream reads, each at its place, and how records become rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import astuple

from target_linkedin_conversions.records.constants import is_no_number
from target_linkedin_conversions.records.reasons import Reason

__all__ = ["JsonOf", "Place", "Row", "RowType", "Value", "completed_by", "first_of", "row_reader"]

Value = Any
"""Any value of a column."""

Row = tuple[Value, ...]
"""The values of a record that the plan of its stream reads, each at its place."""

JsonOf = Callable[[Row, list[Reason]], str]
"""What a row adds to the event's JSON; why something is left out is noted in the list."""

Place = int
"""Where a value is in a row: of a column counted from the front, of what is made of columns from the end."""


class RowType(msgspec.Struct, frozen=True):
    """How records become rows: `struct` is what a record's JSON is decoded into, `row_of` makes a row of that.

    `columns` are those that are read at all, with what stands where a record lacks one; `named` are the places of the
    columns and paths that something asks for: of a column into which only paths go, the rest is nobody's. `not_found`
    are those whose name would mean a field, did their schema not speak against it.
    """

    struct: type[msgspec.Struct]
    row_of: Callable[[msgspec.Struct], Row]
    columns: tuple[tuple[str, Value], ...]
    named: tuple[tuple[str, Place], ...]
    completed: Callable[[Row], Row] | None
    not_found: tuple[str, ...] = ()

    def of(self, record: Mapping[str, Value]) -> Row:
        """The row of a record that is already a mapping."""
        row = tuple([record.get(column, default) for column, default in self.columns])
        return row if self.completed is None else self.completed(row)

    def no_numbers(self, row: Row) -> tuple[Reason, ...]:
        """The columns and paths that something asks for and that hold `NaN` or `Infinity`."""
        return tuple([Reason(name, "not_a_number") for name, place in self.named if is_no_number(row[place])])

    def of_columns(self, values: Mapping[str, Sequence[Value]], records: int) -> list[Row]:
        """The rows of so many records that are there column by column, none of which lacks one that another has."""
        columns = [values[column] if column in values else (default,) * records for column, default in self.columns]
        rows: list[Row] = [*zip(*columns, strict=True)] if columns else [()] * records
        return rows if self.completed is None else [*map(self.completed, rows)]


def first_of(places: tuple[Place, ...], is_something: Callable[[Value], bool]) -> Callable[[Row], Value]:
    """A function that reads the first of several places that holds something, else the first that is not null."""

    def read(row: Row) -> Value:
        there = None
        for place in places:
            value = row[place]
            if value is not None:
                if is_something(value):
                    return value
                there = value if there is None or there == "" else there
        return there

    return read


def completed_by(makers: tuple[Callable[[Row], Value], ...]) -> Callable[[Row], Row]:
    """A function that appends computed values to a row, in reverse order, so that a place from the end never changes."""

    def complete(row: Row) -> Row:
        made: Row = ()
        for make in makers:
            made = (make(row + made), *made)
        return row + made

    return complete


def row_reader(completed: Callable[[Row], Row] | None) -> Callable[[msgspec.Struct], Row]:
    """A function that makes a row of a decoded record."""
    if completed is None:
        return astuple
    return lambda struct: completed(astuple(struct))
