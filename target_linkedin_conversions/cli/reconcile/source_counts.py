"""The source's own count of conversions: a file, or what is piped in, that has a column each of days, rules and counts."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.admin.source import SourceCount
from target_linkedin_conversions.cli.preview.input import OddRows, messages_of
from target_linkedin_conversions.cli.reconcile.source_values import day_of, orders_that_fit, whole_number
from target_linkedin_conversions.errors import ConfigError, InputError
from target_linkedin_conversions.how_many import how_many

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from target_linkedin_conversions.settings import Settings

__all__ = ["SourceColumns", "source_counts"]

_NAMES = {
    "day": (
        "day",
        "date",
        "conversionday",
        "conversiondate",
        "eventdate",
        "happenedon",
        "tag",
        "datum",
        "fecha",
        "dia",
        "jour",
        "data",
        "giorno",
        "dag",
        "dato",
    ),
    "rule": (
        *("rule", "ruleid", "conversionrule", "conversionruleid", "conversionid", "regel"),
        *("rulename", "conversionrulename", "conversionname", "conversion", "regle", "regla", "regra", "regola"),
    ),
    "count": (
        "count",
        "conversions",
        "events",
        "rows",
        "conversioncount",
        "eventcount",
        "number",
        "n",
        "anzahl",
        "total",
        "leads",
        "deals",
        "cantidad",
        "quantidade",
        "nombre",
        "aantal",
        "antal",
    ),
}
"""What each column may be called, letters of any case and nothing between; the first that is there counts."""
_NEEDED = ("day", "count")
_NO_COLUMN = object()
"""In place of a rule, where there is no column of rules."""
_ID = re.compile(r"(?:urn:[A-Za-z:]+:)?([0-9]+)(?:\.0+)?")
"""A rule's id or URN, also as a sheet makes a number of it."""


class SourceColumns(msgspec.Struct, frozen=True):
    """Which columns a person has named, by `day`, `rule` and `count`; the others are found by their names."""

    named: dict[str, str] = {}

    @classmethod
    def of(cls, maps: Iterable[str]) -> SourceColumns:
        """From `--map` as it is written; raises `ConfigError`."""
        named = {}
        for written in maps:
            part, sign, column = (text.strip() for text in written.partition("="))
            if part not in _NAMES or not sign or not column:
                raise ConfigError("--map", "expected day, rule or count and a column", "write it as --map day=COLUMN")
            named[part] = column
        return cls(named)

    def find(self, columns: Iterable[str]) -> dict[str, str]:
        """The name of each column that is there."""
        there = {_plainly(column): column for column in reversed(list(columns))}
        found = {}
        for part, names in _NAMES.items():
            wanted = (_plainly(self.named[part]),) if part in self.named else names
            if column := next((there[name] for name in wanted if name in there), None):
                found[part] = column
        return found


class _Row(msgspec.Struct, frozen=True):
    """A row as it is written, and where it is."""

    day: Any
    rule: Any
    count: Any
    place: str


def source_counts(
    path: str,
    settings: Settings,
    only_rule: str | None,
    columns: SourceColumns = SourceColumns(),  # noqa: B008 - it is frozen
    date_order: str | None = None,
) -> list[SourceCount]:
    """What each row counts; without a column of rules all is that of the only one. Of a Singer stream with keys the last row of a key.

    Raises `ConfigError` where the file cannot be read or lacks a column, `InputError` with the row's number where a value
    is none, and never shows it.
    """
    odd: list[OddRows] = []
    rows = _rows(path, settings, columns, odd)
    if odd:
        count = odd[0].count
        what = f"{how_many(count.rows, 'row')} of {path} {'has' if count.rows == 1 else 'have'} not the columns of the header, the first in line {count.line}"
        raise InputError(f"--source: {what}; mend or remove them")
    order = _order([row.day for row in rows], path, date_order)
    return [_counted(row, order, only_rule) for row in rows]


def _rows(path: str, settings: Settings, columns: SourceColumns, odd: list[OddRows]) -> Sequence[_Row]:
    rows: dict[object, _Row] = {}
    keys: Mapping[str, tuple[str, ...]] = {}
    number, is_any = 0, False
    for stream, content, key in messages_of(path, settings, None, odd=odd):
        is_any = True
        if key is not None:  # a schema
            keys = {**keys, stream: key}
            if properties := content.get("properties"):
                _ensure_all(columns, columns.find(properties), path)
            continue
        number += 1
        place = f"row {number} of {path} (its header is not counted)"
        found = columns.find(content)
        _ensure_all(columns, found, place)
        told = {part: content[column] for part, column in found.items()}
        names = keys.get(stream, ())
        same = tuple(str(content[name]) for name in names if name in content)
        rows[(stream, same) if names and len(same) == len(names) else number] = _Row(
            told["day"], told.get("rule", _NO_COLUMN), told["count"], place
        )
    if not is_any:
        raise ConfigError("--source", "nothing came in", "see whether what writes it has failed")
    return list(rows.values())


def _ensure_all(columns: SourceColumns, found: Mapping[str, str], place: str) -> None:
    """A row without a column is no count, nor is one whose column was named and is not there; raises `ConfigError`."""
    for part in (*_NEEDED, *columns.named):
        if part not in found and part in columns.named:
            problem = f"{place} has no column called as --map {part}= names it"
            raise ConfigError("--source", problem, "write the name as the header does")
        if part not in found:
            names = ", ".join(_NAMES[part][:4])
            mend = f"call one {names} …, or name it with --map {part}=COLUMN"
            raise ConfigError("--source", f"{place} has no column {part}", mend)


def _order(days: Sequence[object], path: str, given: str | None) -> str:
    if given is not None:
        return given
    fit = orders_that_fit(day for day in days if not _is_blank(day))
    if len(fit) > 1:
        problem = f"the days of {path} may be written in the order {' or '.join(fit)}"
        raise ConfigError("--source", problem, f"name it with --date-order {fit[0]}")
    return fit[0] if fit else "dmy"


def _counted(row: _Row, order: str, only_rule: str | None) -> SourceCount:
    for part in ("day", "rule", "count"):
        if _is_blank(getattr(row, part)):
            raise InputError(f"--source: the {part} in {row.place} is empty; fill it, or remove the row")
    day, count = day_of(row.day, order), whole_number(row.count)
    if day is None:
        raise _bad(row, "day", "a date as 2026-11-26")
    rule, is_name = _rule(row, only_rule)
    if count is None:
        raise _bad(row, "count", "a whole number, 0 or above, without a mark in it")
    return SourceCount(rule, is_name, day, count, row.place)


def _rule(row: _Row, only_rule: str | None) -> tuple[str, bool]:
    """A rule's id, or its name, and which of them it is."""
    if row.rule is _NO_COLUMN:
        if only_rule is not None:
            return only_rule, False
        mend = "name one with --rule or conversion_rule, or the column with --map rule=COLUMN"
        raise ConfigError("--source", f"{row.place} has no column rule", mend)
    if not isinstance(row.rule, str | int | float | Decimal) or isinstance(row.rule, bool):
        raise _bad(row, "rule", "a rule's id, URN or name")
    written = str(row.rule).strip()
    number = _ID.fullmatch(written)
    return (written, True) if number is None else (number[1].lstrip("0") or "0", False)


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _bad(row: _Row, column: str, expected: str) -> InputError:
    return InputError(f"--source: the {column} in {row.place} is not {expected}; mend it there")


def _plainly(name: str) -> str:
    return "".join(letter for letter in str(name).casefold() if letter.isalnum())
