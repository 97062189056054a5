"""Records of one stream that are inspected together, column by column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any, Self

import msgspec

from target_linkedin_conversions.readiness.counted import Counted
from target_linkedin_conversions.records.event import Event, Refusal
from target_linkedin_conversions.records.normalise import Normalised, read_addresses
from target_linkedin_conversions.records.rows import Place, Row, RowType, Value

__all__ = ["NESTED", "Addresses", "Batch", "Made", "Record", "text_of_all"]

Record = Mapping[str, Any]
"""A record with all its columns, those that nothing maps among them."""
Made = list[Event] | Refusal
"""The result of mapping a record."""
Addresses = Normalised | list[Normalised]
"""The result of reading a value as e-mail addresses."""


NESTED = frozenset({dict, list})
"""Types of values that contain other values."""


def text_of_all(values: Sequence[Value]) -> str | None:
    """All texts of a column as one, to ask at little cost whether any has a sign of something; None where values hold others."""
    types = {*map(type, values)}
    if not types.isdisjoint(NESTED):
        return None
    if str not in types:
        return ""
    return "\n".join(values if types == {str} else [value for value in values if type(value) is str])


class Batch(msgspec.Struct, frozen=True, gc=False):
    """Records, at least one, the rows that the mapping reads of them, and what it made of each.

    `values` has every column of the records by name, None where one lacks it, and `columns` those of the rows by place.
    What is read of a column is read once, whoever asks for it. `counted` is, where several entries take a stream, what earlier ones
    have found of each record.
    """

    records: Sequence[Record]
    values: Mapping[str, Sequence[Value]]
    rows: Sequence[Row]
    columns: Sequence[Sequence[Value]]
    made: Sequence[Made] = ()
    counted: Iterable[Counted | None] = repeat(None)
    _addresses: dict[Place, Sequence[Addresses]] = {}

    @classmethod
    def of(cls, records: Sequence[Record], row_type: RowType) -> Self:
        """Those records, before anything was made of them."""
        names = tuple(records[0])
        if all(map(names.__eq__, map(tuple, records))):
            values: dict[str, Sequence[Value]] = dict(
                zip(names, zip(*[record.values() for record in records], strict=True), strict=True)
            )
            rows = row_type.of_columns(values, len(records))
        else:
            rest = sorted(set().union(*records).difference(names))
            values = {name: [record.get(name) for record in records] for name in (*names, *rest)}
            rows = [*map(row_type.of, records)]
        return cls(records, values, rows, tuple(zip(*rows, strict=True)))

    def addresses(self, place: Place) -> Sequence[Addresses]:
        """What each value of a column is as an e-mail, plain ones in their normal form."""
        found = self._addresses.get(place)
        if found is None:
            found = self._addresses[place] = [*map(read_addresses, self.columns[place])]
        return found

    def texts(self, place: Place) -> Sequence[str]:
        """The values of a column that are texts."""
        column = self.columns[place]
        return column if {*map(type, column)} == {str} else [value for value in column if type(value) is str]
