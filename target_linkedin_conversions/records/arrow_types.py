"""Casts values of Arrow's columns wherever they lie: in structures, lists and maps too."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["with_cast"]


def with_cast(batch: Any, *casts: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - pyarrow's own
    """The same batch or table, its values cast one way after another; each way says of a plain type what it becomes.

    A column in which nothing changes stays as it is. In one that changes everything may be null: Arrow casts no
    structure that is null where a member of it may not be, and a structure of Spark is often so.
    """
    fields, columns, found = [*batch.schema], batch.columns, False
    for index, field in enumerate(fields):
        kinds = [_cast_type(field.type, cast) for cast in casts]
        if any(changed for _, changed in kinds):
            found = True
            for kind, _ in kinds:
                columns[index] = columns[index].cast(kind)
                fields[index] = field.with_type(kind)
    return type(batch).from_arrays(columns, schema=_pyarrow().schema(fields)) if found else batch


def _cast_type(kind: Any, cast: Callable[[Any], Any]) -> tuple[Any, bool]:  # noqa: ANN401 - pyarrow's own
    """What all of a type becomes, with nothing in it that may not be null; whether a plain type in it changes."""
    pa = _pyarrow()
    if pa.types.is_struct(kind):
        inside = [kind.field(number) for number in range(kind.num_fields)]
        become = [_cast_type(field.type, cast) for field in inside]
        members = [pa.field(field.name, of_field) for field, (of_field, _) in zip(inside, become, strict=True)]
        return pa.struct(members), any(changed for _, changed in become)
    if pa.types.is_map(kind):
        (key, of_keys), (item, of_items) = _cast_type(kind.key_type, cast), _cast_type(kind.item_type, cast)
        return pa.map_(key, item), of_keys or of_items
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        item, changed = _cast_type(kind.value_type, cast)
        make = pa.list_ if pa.types.is_list(kind) else pa.large_list
        return make(pa.field(kind.value_field.name, item)), changed
    become = cast(kind)
    return become, not become.equals(kind)


def _pyarrow() -> Any:  # noqa: ANN401 - a module
    return import_module("pyarrow")  # an extra: whoever has Arrow's batches has it installed
