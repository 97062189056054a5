"""Rejected rows in the outbox: the mapped columns of records that became no events, so that a replay maps them anew.

Written only where `keep_rejected_rows` asks for it: they are in plain, as the tap sent them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.records.paths import NOT_REACHABLE
from target_linkedin_conversions.records.reasons import UNREACHABLE, Reason
from target_linkedin_conversions.reporting.journal import unreadable_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from target_linkedin_conversions.reporting.folder import Folder

__all__ = ["RejectedRow", "encode_row", "is_row", "numbered_rows", "rows_of_run"]


class RejectedRow(msgspec.Struct, frozen=True):
    """One row: what its mapping read of it, and what mapping it anew needs to know.

    `row` has each column and path by its name, `key` names its key properties, `source` its stream before stream maps.
    `entries` of the settings applied to it, `origin` is where its events would have gone. `not_found` are columns whose
    name alone must not be taken for a field, `unreachable` the fields of paths that the record did not let in. `codes` are
    the reasons why it was rejected.
    """

    row: dict[str, Any]
    stream: str
    source: str
    key: tuple[str, ...]
    entries: int
    origin: str
    codes: tuple[str, ...]
    not_found: tuple[str, ...] = ()
    unreachable: dict[str, str] = {}

    @property
    def record(self) -> dict[str, Any]:
        """The record as its mapping met it."""
        return {**self.row, **{name: Reason(field, UNREACHABLE) for name, field in self.unreachable.items()}}

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of the columns that were kept, and of no others."""
        return {"properties": {name: {"type": "integer"} if name in self.not_found else {} for name in self.row}}


_FIRST = b'{"row":{'
"""The beginning of each row's line, which no event's line has."""


def _no_address(value: object) -> bool:
    """Replaces an element of a list that a path could not enter, so that it is no address in the replay either."""
    if value is NOT_REACHABLE:
        return False
    raise TypeError


encode_row = msgspec.json.Encoder(decimal_format="number", enc_hook=_no_address).encode
"""One line; raises `ValueError`, `OverflowError` or `TypeError` for what JSON cannot say."""
_decode = msgspec.json.Decoder(RejectedRow, float_hook=Decimal).decode
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError)


def is_row(line: bytes) -> bool:
    """Whether a line of the outbox is a rejected row."""
    return line.startswith(_FIRST)


def numbered_rows(
    lines: Iterable[bytes], place: str, unreadable: Callable[[str], None]
) -> Iterator[tuple[int, RejectedRow]]:
    """Every rejected row in lines of an outbox with its line's number, from 0; `unreadable` is told of those that no run wrote so."""
    cut, first = 0, 0
    for number, data in enumerate(lines):
        if not is_row(data):
            continue
        try:
            kept = _decode(data)
        except _UNREADABLE:
            kept = None
        if kept is None or not kept.stream or not set(kept.key) <= kept.row.keys():
            cut, first = cut + 1, first or number + 1
            continue
        yield number, kept
    if cut:
        unreadable(unreadable_lines(first, cut, place, " as a rejected row"))


def rows_of_run(folder: Folder, run: str, unreadable: Callable[[str], None]) -> Iterator[RejectedRow]:
    """Every rejected row that a run kept; `unreadable` is told of lines that were cut."""
    name = f"outbox/{run}.jsonl"
    for _, kept in numbered_rows(folder.lines(name), folder.place(name), unreadable):
        yield kept
