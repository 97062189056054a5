"""Gives four-byte floats their shortest decimal value: 12.1, where a plain conversion gives 12.100000381469727."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["with_short_floats"]


def with_short_floats(batch: Any) -> Any:  # noqa: ANN401 - pyarrow's own
    """The same batch or table with each float of four bytes, wherever it lies, as the shortest number that it is nearest to."""
    fields, columns, found = [*batch.schema], batch.columns, False
    for index, field in enumerate(fields):
        as_text, as_number = _instead(field.type, "string"), _instead(field.type, "double")
        if not as_text.equals(field.type):  # Arrow writes the shortest text of a float
            found = True
            fields[index] = field.with_type(as_number)
            columns[index] = columns[index].cast(as_text).cast(as_number)
    return type(batch).from_arrays(columns, schema=_pyarrow().schema(fields)) if found else batch


def _instead(kind: Any, of_float: str) -> Any:  # noqa: ANN401 - pyarrow's own
    """The same type with another in place of its floats; itself where it has none."""
    pa = _pyarrow()
    if pa.types.is_float32(kind):
        return pa.type_for_alias(of_float)
    if pa.types.is_struct(kind):
        inside = [kind.field(number) for number in range(kind.num_fields)]
        return pa.struct([field.with_type(_instead(field.type, of_float)) for field in inside])
    if pa.types.is_map(kind):
        return pa.map_(_instead(kind.key_type, of_float), _instead(kind.item_type, of_float))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        make = pa.list_ if pa.types.is_list(kind) else pa.large_list
        return make(kind.value_field.with_type(_instead(kind.value_type, of_float)))
    return kind


def _pyarrow() -> Any:  # noqa: ANN401 - a module
    return import_module("pyarrow")  # an extra: whoever has Arrow's batches has it installed
