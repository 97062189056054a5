"""How many records fill a field that is mapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.readiness.batch import Batch
    from target_linkedin_conversions.readiness.finding import Finding
    from target_linkedin_conversions.records.plan import MappedField
    from target_linkedin_conversions.records.rows import Place, Value

__all__ = ["FilledField", "Filling"]

_MAY_BE_NOTHING = frozenset({type(None), str, Reason})


class FilledField(msgspec.Struct, frozen=True):
    """A field, its columns, how they came to it (`mapped`, `found`, `constant`), and how many records fill it."""

    field: str
    columns: tuple[str, ...]
    how: str
    filled: int


class Filling:
    """Counts the records that have something in one of a field's columns; a constant fills all."""

    def __init__(self, mapped: MappedField, places: Sequence[Place]) -> None:
        """Nothing is seen yet."""
        self._mapped, self._places = mapped, tuple(places)
        self._filled = 0

    def see(self, batch: Batch) -> None:
        """Look at the field's columns; those behind the first one only where that is empty."""
        self._filled += len(batch.rows)
        if not self._mapped.columns:
            return
        rows = batch.rows
        for place in self._places:
            if rows is batch.rows and _is_full(batch.columns[place]):
                return
            rows = [row for row in rows if _is_nothing(row[place])]
        self._filled -= len(rows)

    @property
    def filled(self) -> FilledField:
        """How many there are."""
        return FilledField(self._mapped.field, self._mapped.columns, self._mapped.how, self._filled)

    def findings(self) -> Iterator[Finding]:
        """No findings: whether an empty field is wrong is for a person to judge."""
        yield from ()


def _is_full(column: Sequence[Value]) -> bool:
    """Whether there is something in a whole column, by the types of its values first."""
    types = {*map(type, column)}
    return types.isdisjoint(_MAY_BE_NOTHING) or (types == {str} and "" not in column)


def _is_nothing(value: Value) -> bool:
    return value is None or value == "" or type(value) is Reason
