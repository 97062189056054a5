"""Arrow columns as rows: only those that a stream's mapping reads, each value as JSON would have given it.

Columns are converted one by one, and no row is ever a mapping. What is neither text, whole number nor truth goes through
JSON, a whole column at a time: so a time, a decimal or a structure is exactly what it is in a record of a tap. A time
that no calendar of Python's has is the text of its number, which no field takes for a time.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.errors import InputError
from target_linkedin_conversions.records.arrow_floats import with_short_floats
from target_linkedin_conversions.records.looks import name_shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_linkedin_conversions.records.rows import Row, RowType

__all__ = ["ArrowRows"]

_ROWS = 2_500
"""Rows that are converted together, whatever a batch holds."""
_PLAIN = frozenset(
    {
        *("string", "large_string", "string_view", "bool"),
        *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
    }
)
"""Arrow's types of which Python's values are those that JSON gives."""
_NO_ZONES = frozenset({None, "UTC"})
"""A time of another zone keeps its offset, unless it has nanoseconds, which no time of Python's has."""
_UNREADABLE = (msgspec.MsgspecError, TypeError, ValueError, ArithmeticError, RecursionError)
"""What is raised where a value cannot become JSON, or bytes are no text."""

_encode = msgspec.json.Encoder(decimal_format="number", enc_hook=str).encode
_decode = msgspec.json.Decoder(list[Any], float_hook=Decimal).decode


class ArrowRows:
    """The rows of record batches or tables of one stream; few of them are in memory at once."""

    def __init__(self, row_type: RowType) -> None:
        """Rows as `row_type` has them."""
        self._row_type = row_type
        self.number = 0
        """Of the row that was read last."""

    def of(self, batch: Any) -> Iterator[list[Row]]:  # noqa: ANN401 - pyarrow's own
        """The rows of a record batch, some at a time; raises `InputError` with the row's number, without its value."""
        told = with_short_floats(batch)
        for start in range(0, told.num_rows, _ROWS):
            yield self._rows(told.slice(start, _ROWS))

    def _rows(self, batch: Any) -> list[Row]:  # noqa: ANN401 - pyarrow's own
        count, names = batch.num_rows, batch.schema.names
        columns = [
            self._values(name, batch.column(names.index(name))) if name in names else [default] * count
            for name, default in self._row_type.columns
        ]
        rows: list[Row] = [*zip(*columns, strict=True)] if columns else [()] * count
        completed = self._row_type.completed
        self.number += count
        return rows if completed is None else [*map(completed, rows)]

    def _values(self, name: str, column: Any) -> list[Any]:  # noqa: ANN401 - pyarrow's own
        """The values of a column, in Python's types of JSON."""
        try:
            return _values_of(column)
        except _UNREADABLE:
            pass  # at least one value needs a look of its own
        values: list[Any] = []
        for index in range(len(column)):
            try:
                values += _told(column.slice(index, 1))
            except _UNREADABLE:
                number = self.number + index + 1
                raise InputError(f"column {name_shown(name)!r} of row {number} holds what JSON cannot say") from None
        return values


def _values_of(column: Any) -> list[Any]:  # noqa: ANN401 - pyarrow's own
    kind = str(column.type)
    if kind.startswith("timestamp[") and (column.type.tz in _NO_ZONES or column.type.unit == "ns"):
        return _times_of(column)
    if kind.startswith("decimal"):
        number = Decimal if column.type.scale else int
        return [None if text is None else number(text) for text in column.cast("string").to_pylist()]
    values: list[Any] = column.to_pylist()
    return values if kind in _PLAIN else _through_json(values, column.type)


def _through_json(values: list[Any], kind: Any) -> list[Any]:  # noqa: ANN401 - pyarrow's own
    convert = _with_objects(kind)
    return _decode(_encode(values if convert is None else [*map(convert, values)]))


def _told(column: Any) -> list[Any]:  # noqa: ANN401 - pyarrow's own
    """The one value of a column, in which a time may be of no calendar."""
    try:
        return _values_of(column)
    except _UNREADABLE:
        return _through_json([_plainly(column[0])], column.type)


def _plainly(scalar: Any) -> Any:  # noqa: ANN401 - pyarrow's own
    """Python's value of Arrow's, each time in it that Python's calendar lacks as the text of its number and unit."""
    try:
        return scalar.as_py()
    except _UNREADABLE:
        kind = scalar.type
        if hasattr(kind, "item_type"):
            return [(_plainly(pair["key"]), _plainly(pair["value"])) for pair in scalar.values]
        if hasattr(kind, "value_type"):
            return [*map(_plainly, scalar.values)]
        if kind.num_fields:
            return {field.name: _plainly(scalar[field.name]) for field in _fields(kind)}
        if not isinstance(getattr(scalar, "value", None), int):
            raise
        return f"{scalar.value} {getattr(kind, 'unit', 'days')}"


def _times_of(column: Any) -> list[str | None]:  # noqa: ANN401 - pyarrow's own
    """Each time to the microsecond, of a zone in UTC: Arrow writes texts in a tenth of the time (measured: 0.4 us a value, 4.7)."""
    zone = "Z" if column.type.tz else ""
    unit = column.type.unit
    clock = column.cast("int64").cast(f"timestamp[{unit}]").cast("timestamp[us]", safe=unit != "ns")
    texts = clock.cast("string").to_pylist()
    if any(text is not None and text[0] == "<" for text in texts):
        raise ValueError  # Arrow's complaint about a time stands in the time's place
    return [None if text is None else _as_json(text) + zone for text in texts]


def _as_json(time: str) -> str:
    """The text of a time as RFC 3339 has it, and without a fraction of nothing."""
    return time.replace(" ", "T", 1).replace(".000000", "", 1)


def _with_objects(kind: Any) -> Callable[[Any], Any] | None:  # noqa: ANN401 - pyarrow's own
    """What makes objects of the maps in a value of this type, which Arrow gives as pairs; None where there are none."""
    if hasattr(kind, "item_type"):
        of_key, of_value = _with_objects(kind.key_type) or _same, _with_objects(kind.item_type) or _same
        return lambda pairs: None if pairs is None else {_name(of_key(key)): of_value(value) for key, value in pairs}
    if hasattr(kind, "value_type") and not hasattr(kind, "index_type"):
        of_item = _with_objects(kind.value_type)
        return of_item and (lambda items: None if items is None else [*map(of_item, items)])
    fields = {field.name: of_field for field in _fields(kind) if (of_field := _with_objects(field.type)) is not None}
    if not fields:
        return None
    return lambda value: value and {name: fields.get(name, _same)(item) for name, item in value.items()}


def _fields(kind: Any) -> list[Any]:  # noqa: ANN401 - pyarrow's own
    """What a structure consists of; nothing for any other type."""
    return [kind.field(number) for number in range(kind.num_fields)]


def _same(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    return value


def _name(key: object) -> str:
    """The name that a map's key has in an object: its JSON, where it is no text."""
    return key if isinstance(key, str) else _encode(key).decode().strip('"')
