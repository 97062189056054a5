"""Rows as Python holds them, read as a load would read them from a tap's JSON."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import chain, islice
from numbers import Real
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from target_linkedin_conversions.errors import InputError, TargetError
from target_linkedin_conversions.records.arrow_rows import ArrowRows
from target_linkedin_conversions.records.half_characters import whole_texts
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.tables.arrow import arrow_schema, batches_of, is_arrow, plain_batches
from target_linkedin_conversions.tables.schema import schema_of_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from target_linkedin_conversions.records.rows import Row, RowType

__all__ = ["Rows"]

_MOST_AT_ONCE = 250
"""Rows that are read together (measured: 1.9 us each, 2.5 one by one)."""
_LONGEST_TURN = 1.0
"""Seconds after which the run looks around though few rows came."""
_NO_JSON = (msgspec.MsgspecError, TypeError, ValueError, ArithmeticError, RecursionError)
"""What making JSON of a value raises; a value of a class of somebody's own may raise whatever else."""
_NOTHING = frozenset({"NaT", "<NA>", "nan", "NaN"})
"""What the missing values of the libraries that have their own are called."""

_TRUTHS = {"True": True, "False": False}


class Rows:
    """Mappings, or Arrow data, one after another; never more than a few of them in memory.

    Every fault of theirs is an `InputError` with the row's number and without its values.
    """

    def __init__(self, rows: Iterable[Any]) -> None:
        """Look at what they are; raises `InputError` where it is nothing to go through."""
        self.number = 0
        """Of the row that was read last."""
        self._failure: Exception | None = None
        self.schema: dict[str, Any] | None = None
        """The JSON schema that the rows bring along, if they do."""
        self._rows: Iterator[Any] = iter(())
        self._batches: Iterator[Any] | None = None
        """Arrow's, in place of rows."""
        self._parts: Iterator[list[Row]] | None = None
        if is_arrow(rows):
            try:
                self._batches, schema = batches_of(rows)
                self.schema = arrow_schema(schema)
            except Exception as error:  # noqa: BLE001 - whatever somebody's own data raises
                self._raise_first(error)
            return
        if isinstance(rows, str | bytes | Mapping) or not isinstance(rows, Iterable):
            raise InputError("the rows are no iterable of mappings, and no Arrow data")
        self._rows = iter(rows)

    def first(self, most: int) -> list[Any]:
        """The first rows, which stay to be read, as does the failure of their source after one; none of Arrow data, which has its schema.

        Raises `InputError` where the very first is no row or does not come, and so no columns can be known.
        """
        head: list[Any] = []
        rest = self._rows
        try:
            for row in islice(rest, most):
                if not head and is_arrow(row):
                    self.schema = arrow_schema(_schema_in(row))
                    self._batches = chain((row,), rest)
                    return []
                head.append(row)
        except Exception as error:  # noqa: BLE001 - it is raised again where it came
            if not head:
                self._raise_first(error)
            rest = _failing(error)
        # An iterator lets go of its list when it is through; `chain` would keep the list itself for ever.
        self._rows = chain(iter(head), rest)
        if head and not isinstance(head[0], Mapping):
            raise _no_row(1)
        return head

    def columns_of(self, rows: Sequence[Any]) -> dict[str, Any] | None:
        """The JSON schema of the first rows, None where they have no columns; raises `InputError` where a row cannot be looked at."""
        try:
            return schema_of_rows(rows) if rows else None
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - a mapping of somebody's own raises whatever it likes
            raise InputError(f"the columns of the first rows cannot be read ({type(error).__name__})") from None

    def some(self, row_type: RowType) -> list[Row]:
        """The next rows, as `row_type` has them; none where there are no more.

        What is wrong with a row, or with the source, is raised by the call that would begin with it.
        """
        if self._failure is not None:
            raise self._failure
        if self._batches is not None:
            return self._of_arrow(self._batches, row_type)
        part = self._gathered()
        if all(type(row) is dict for row in part):
            try:
                read = _decoder(list[row_type.struct])(_encode(part))  # type: ignore[name-defined]
                found: list[Row] = [*map(row_type.row_of, read)]
            except Exception:  # noqa: BLE001, S110 - one of them is to be told by its number
                pass
            else:
                self.number += len(found)
                return found
        return self._one_by_one(part, row_type)

    def _of_arrow(self, batches: Iterator[Any], row_type: RowType) -> list[Row]:
        """The next rows of Arrow data."""
        if self._parts is None:
            rows = ArrowRows(row_type)
            self._parts = (part for batch in plain_batches(batches) for part in rows.of(batch))
        try:
            part = next(self._parts, [])
        except Exception as error:  # noqa: BLE001 - whatever a source raises
            self._failure = self._ended_by(error, self.number)
            raise self._failure from self._failure.__cause__
        self.number += len(part)
        return part

    def _gathered(self) -> list[Any]:
        """What comes in a while; where the source fails, that is kept for the next call, unless nothing came."""
        part: list[Any] = []
        clock, until = time.monotonic, time.monotonic() + _LONGEST_TURN
        try:
            for row in islice(self._rows, _MOST_AT_ONCE):
                part.append(row)
                if clock() > until:
                    break
        except Exception as error:  # noqa: BLE001 - whatever a source raises
            self._failure = self._ended_by(error, self.number + len(part))
            if not part:
                raise self._failure from self._failure.__cause__
        return part

    def _one_by_one(self, part: Sequence[Any], row_type: RowType) -> list[Row]:
        """The same rows, up to the first that cannot be read."""
        decode = _decoder(row_type.struct)
        found: list[Row] = []
        for row in part:
            try:
                found.append(row_type.row_of(decode(_encode(_as_dict(row)))))
            except Exception:  # noqa: BLE001 - some column that nobody reads may be what cannot be read
                try:
                    found.append(row_type.row_of(decode(self._needed(row, row_type, self.number + 1))))
                except InputError as error:
                    self._failure = error
                    if not found:
                        raise
                    break
            self.number += 1
        return found

    def _needed(self, row: Any, row_type: RowType, number: int) -> bytes:  # noqa: ANN401 - whatever came
        """The JSON of only those columns of a row that are read; raises `InputError` where there is none."""
        if not isinstance(row, Mapping):
            raise _no_row(number)
        needed = {}
        for name, _ in row_type.columns:
            column = f"column {name_shown(name)!r} of row {number}"
            try:
                if name in row:
                    needed[name] = whole_texts(_finite(row[name]))
                    _encode(needed[name])
            except _NO_JSON:
                raise InputError(f"{column} holds what JSON cannot say") from None
            except MemoryError:
                raise
            except Exception as error:  # noqa: BLE001 - its message may hold the value
                raise InputError(f"{column} cannot be read: its value raises {type(error).__name__}") from None
        return _encode(needed)

    def _raise_first(self, error: Exception) -> NoReturn:
        """Raise what kept the first row away."""
        found = self._ended_by(error, 0)
        raise found from found.__cause__

    def _ended_by(self, error: Exception, after: int) -> Exception:
        """The error for a source that raised: its own message may hold values, but memory that ends is no fault of its."""
        if isinstance(error, TargetError | MemoryError):
            return error
        found = InputError(f"the source of the rows failed with {type(error).__name__} after row {after}")
        found.__cause__ = error
        return found


def _no_row(number: int) -> InputError:
    return InputError(f"row {number} is no mapping of columns to values")


def _schema_in(data: Any) -> Any:  # noqa: ANN401 - of any library
    """The Arrow schema of the first batch or table; raises `InputError` where it holds no columns, as one row of pandas does not."""
    try:
        return data.schema if hasattr(data, "schema") else batches_of(data)[1]
    except (TypeError, ValueError):
        raise _no_row(1) from None


def _failing(error: Exception) -> Iterator[Any]:
    """Rows whose source fails."""
    yield from ()
    raise error


def _as_dict(row: object) -> dict[str, Any]:
    """A mapping of another kind; raises `TypeError` for what is none."""
    if not isinstance(row, Mapping):
        raise TypeError
    return dict(row)


def _decoder(kind: object) -> Callable[[bytes], Any]:
    """Reads JSON as a load does: numbers exact."""
    return msgspec.json.Decoder(kind, float_hook=Decimal).decode


def _finite(value: object) -> object:
    """None for a number that is none, which JSON cannot say."""
    return None if isinstance(value, Decimal) and not value.is_finite() else value


def _as_json(value: object) -> object:
    """What stands in JSON for a value of a type of its own: an address or a path as text, a missing value as null.

    A number or truth of a library's own stays one, for the id of an event is another one of a text `7.0` than of the number.
    """
    if isinstance(value, Mapping):
        return dict(value)
    text = str(value)
    if text in _NOTHING:
        return None
    if isinstance(value, Real):
        return _number_in(text)
    return _TRUTHS.get(text, text)


def _number_in(text: str) -> object:
    """The number that a text says, None where it is none to count with; the text where it says none."""
    try:
        return _finite(Decimal(text))
    except ArithmeticError:
        return text


_encode = msgspec.json.Encoder(decimal_format="number", enc_hook=_as_json).encode
