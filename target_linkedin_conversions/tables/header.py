"""What the columns of a table are called: one name each, also where the header has none or has it twice."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.nearest import in_one_form
from target_linkedin_conversions.records.text import is_email_shaped

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["column_names", "header_place"]

_LOOKED_AT = 20
"""Rows among which a header is looked for: reports have a title and their filters before it."""


def header_place(rows: Sequence[Sequence[Any]]) -> int:
    """The index of the header among the first rows: the first that is about as wide as the table.

    Rows before it, such as the title of a report or `Parameters:TimeZone=…`, have one or two filled cells.
    """
    filled = [sum(not _is_blank(cell) for cell in row) for row in rows[:_LOOKED_AT]]
    widths = Counter(number for number in filled if number > 1)
    wide = max(filled, default=0) if not widths else max(widths, key=lambda number: (widths[number], number))
    least = max(1, min(2, wide), (wide + 1) // 2)
    return next((at for at, number in enumerate(filled) if number >= least), 0)


def column_names(cells: Sequence[Any], place: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The name of each column, and those that had to be made up: of a column without one, and of one whose name came before.

    Raises `ConfigError` where the header is a row of data.
    """
    written = [_cleaned(cell) for cell in cells]
    while written and not written[-1]:
        written.pop()
    if any(map(is_email_shaped, written)):
        problem = "there is an e-mail address where the names of the columns should be"
        raise ConfigError(place, problem, "give the file a first line with a name for each column")
    there, taken = frozenset(written), set[str]()
    counted: dict[str, int] = {}
    """Up to which number the names of columns of one name are taken: a file may have very many of these."""
    names, made_up = [], []
    for number, name in enumerate(written, 1):
        own = unique = name or f"column {number}"
        again = 1
        while unique in taken or (again == 1 and not name and unique in there):
            again = counted[own] = counted.get(own, 1) + 1
            unique = f"{own} ({again})"
        taken.add(unique)
        names.append(unique)
        if unique != name:
            made_up.append(unique)
    return tuple(names), tuple(made_up)


def _cleaned(cell: Any) -> str:  # noqa: ANN401 - a sheet's cell may hold anything
    """A name in one line and in one form of its accents, without what nobody sees, nor a mark that a column's name cannot have."""
    text = in_one_form("" if cell is None else str(cell)).replace("\ufeff", "")
    text = text.replace('"', "'").replace("\\", "/")
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())


def _is_blank(cell: Any) -> bool:  # noqa: ANN401 - the same
    return cell is None or (isinstance(cell, str) and not cell.strip())
