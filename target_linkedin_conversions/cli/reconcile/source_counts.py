"""The source's own count of conversions: a file with the columns day, rule and count, as CSV, JSON lines, Parquet or Singer lines."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.admin.days import day_of_date
from target_linkedin_conversions.cli.preview.input import messages_of
from target_linkedin_conversions.errors import ConfigError, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_linkedin_conversions.settings import Settings

__all__ = ["source_counts"]

_COLUMNS = {
    "day": ("day", "date"),
    "rule": ("rule", "conversion_rule", "rule_id"),
    "count": ("count", "conversions", "events", "rows"),
}
"""The columns, and the other names that each may have."""
_DATE = len("YYYY-MM-DD")


def source_counts(path: str, settings: Settings, only_rule: str | None) -> dict[tuple[str, int], int]:
    """The count by rule and day (UTC, since 1970); without a column of rules all is that of the only one.

    Raises `ConfigError` where the file cannot be read or lacks a column, `InputError` with the row's number where a value
    is none, and never shows it.
    """
    counts: Counter[tuple[str, int]] = Counter()
    number = 0
    for _, content, keys in messages_of(path, settings, None):
        if keys is not None:  # a schema
            continue
        number += 1
        row = {str(name).strip().lower(): value for name, value in content.items()}
        rule = _rule(_value(row, "rule"), path, number, only_rule)
        counts[rule, _day(_value(row, "day"), path, number)] += _count(_value(row, "count"), path, number)
    return dict(counts)


def _value(row: Mapping[str, Any], column: str) -> Any:  # noqa: ANN401 - whatever a file holds
    for name in _COLUMNS[column]:
        if name in row:
            return row[name]
    return None


def _rule(value: object, path: str, number: int, only_rule: str | None) -> str:
    if value is None and only_rule is not None:
        return only_rule
    if value is None:
        raise _lacks(path, number, "rule", "or name one with --rule or conversion_rule")
    rule = str(value).strip().rpartition(":")[2].removesuffix(".0")
    if not (rule.isascii() and rule.isdecimal()):
        raise _bad(path, number, "rule", "a rule's id or URN")
    return rule


def _day(value: object, path: str, number: int) -> int:
    if value is None:
        raise _lacks(path, number, "day")
    try:
        return day_of_date(dt.date.fromisoformat(str(value).strip()[:_DATE]))
    except ValueError:
        raise _bad(path, number, "day", "a date as 2026-11-26") from None


def _count(value: object, path: str, number: int) -> int:
    if value is None:
        raise _lacks(path, number, "count")
    try:
        count = Decimal(str(value).strip())
    except InvalidOperation:
        count = Decimal(-1)
    if not count.is_finite() or count < 0 or count != count.to_integral_value():
        raise _bad(path, number, "count", "a whole number, 0 or above")
    return int(count)


def _lacks(path: str, number: int, column: str, other: str = "") -> ConfigError:
    names = " or ".join(_COLUMNS[column])
    return ConfigError(
        "--source", f"row {number} of {path} has no column {column}", f"name one {names} {other}".rstrip()
    )


def _bad(path: str, number: int, column: str, expected: str) -> InputError:
    return InputError(f"--source: the {column} in row {number} of {path} is not {expected}; mend it there")
