"""Several values in one answer or flag, with commas between; a form's own answer may hold one itself (`Yes, of course`)."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from target_linkedin_conversions.records.text import comparable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

__all__ = ["as_answer", "values_in"]


def values_in(answer: str, came: Collection[str] = ()) -> list[str]:
    """The values that an answer names: one in quotes is whole, and so is one with commas that is among those that `came`."""
    (parts,) = csv.reader([" ".join(answer.split())], skipinitialspace=True)
    return list(_joined([part.strip() for part in parts if part.strip()], {_folded(value) for value in came}))


def as_answer(values: Iterable[str]) -> str:
    """The answer that names some values, each with a comma in quotes."""
    return ", ".join(f'"{value}"' if "," in value else value for value in values)


def _joined(parts: list[str], came: Collection[object]) -> Iterator[str]:
    """The parts, those that make a value only together as one, the longest first."""
    at = 0
    while at < len(parts):
        ends = range(len(parts), at + 1, -1)
        end = next((end for end in ends if _folded(",".join(parts[at:end])) in came), at + 1)
        yield ", ".join(parts[at:end])
        at = end


def _folded(value: str) -> object:
    return comparable(",".join(part.strip() for part in value.split(",")))
