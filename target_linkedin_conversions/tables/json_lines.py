"""JSON lines: an object a row, whose members are its columns."""

from __future__ import annotations

from decimal import Decimal
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.constants import WithConstants, as_floats, as_marks
from target_linkedin_conversions.records.half_characters import with_whole_characters
from target_linkedin_conversions.tables.schema import schema_of_rows
from target_linkedin_conversions.tables.table import ROWS_AT_ONCE, Oddity, Records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from target_linkedin_conversions.tables.source import Source

__all__ = ["JsonLines", "json_rows"]

_BOM = b"\xef\xbb\xbf"
_MOST_COLUMNS = 10_000
_UNREADABLE = (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError)
"""What a decoder raises for bytes that are no JSON object."""

_decode = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode


class JsonLines:
    """A file of JSON objects; its columns are those of the rows that were read so far."""

    def __init__(self, source: Source) -> None:
        """Look at the first thousand rows; raises `ConfigError` where one is no object."""
        self.name = source.name
        self._source = source
        self._names: dict[str, None] = {}
        self.delimiter = ","
        self.reading = "JSON lines"
        self.notes: list[str] = []
        self.said: dict[str, str] = {}
        self.oddities: dict[str, Oddity] = {}
        head = [row for _, row in islice(json_rows(source.from_start(), self._broken), ROWS_AT_ONCE)]
        if not head:
            raise ConfigError(self.name, "the file is empty", "export it anew, with a JSON object a line")
        for row in head:
            self._names.update(dict.fromkeys(row))
        self.schema = schema_of_rows(head)

    @property
    def columns(self) -> tuple[str, ...]:
        """The members that rows had so far."""
        return tuple(self._names)

    def parts(self) -> Iterator[Records]:
        """A thousand rows at a time; raises `ConfigError` with the line that is no object."""
        numbered = json_rows(self._source.from_start(), self._broken)
        number, names = 1, self._names
        while rows := [row for _, row in islice(numbered, ROWS_AT_ONCE)]:
            for row in rows:
                names.update(dict.fromkeys(row))
            if len(names) > _MOST_COLUMNS:
                problem = f"its rows have more than {_MOST_COLUMNS:,} different columns"
                raise ConfigError(self.name, problem, "write what differs from row to row into a list of its own")
            yield Records(number, self._names, rows, {})  # type: ignore[arg-type]  # it grows, and keeps its order
            number += len(rows)

    def _broken(self, line: int) -> ConfigError:
        mend = "write one object a line, in UTF-8, or hand over a CSV file"
        return ConfigError(f"{self.name}, line {line}", "it is no JSON object", mend)


def json_rows(lines: Iterable[bytes], broken: Callable[[int], Exception]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each line's number and object, blank lines left out; raises what `broken` makes of the number of a line that holds none."""
    rest = iter(lines)
    first = next(rest, b"").removeprefix(_BOM)
    for number, line in enumerate(chain((first,), rest), 1):
        if not line.strip():
            continue
        try:
            row = _decode(line)
        except _UNREADABLE:
            try:
                row = _mended(line)
            except _UNREADABLE:
                raise broken(number) from None
        yield number, row


def _mended(line: bytes) -> dict[str, Any]:
    """The object of a line in which constants or halves of characters are no JSON; raises for all other lines."""
    whole = with_whole_characters(line)
    marked = as_marks(whole)
    return _decode(whole) if marked is None else WithConstants(as_floats(_decode(marked)))
