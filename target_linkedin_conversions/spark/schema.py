"""The JSON schema of a DataFrame: names, the types that the mapping looks at, and what lies inside of a column."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pyspark.sql.types import (
    ArrayType,
    BooleanType,
    DataType,
    FractionalType,
    IntegralType,
    MapType,
    StructType,
    VariantType,
    YearMonthIntervalType,
)

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.looks import name_shown

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["ensure_readable", "json_schema"]

_UNREADABLE = (VariantType, YearMonthIntervalType)
"""What Spark hands over in a form of its own (variants), or not at all (pyarrow knows no months: measured)."""


def json_schema(schema: StructType) -> dict[str, Any]:
    """The JSON schema of the rows; raises `ConfigError` where two columns, or two fields of a structure, have one name."""
    return {"type": "object", "properties": _properties(schema)}


def ensure_readable(schema: StructType, read: Collection[str]) -> None:
    """Raise `ConfigError` where a column that is read cannot be, or one that nobody reads costs the whole batch."""
    for field in schema.fields:
        stops = isinstance(field.dataType, YearMonthIntervalType) or (
            field.name in read and _holds_unreadable(field.dataType)
        )
        if stops:
            problem = f"the values of {name_shown(field.name)!r} ({field.dataType.simpleString()}) cannot be read"
            raise ConfigError("schema", problem, "cast them, as .cast('string') does, or drop the column")


def _holds_unreadable(kind: DataType) -> bool:
    match kind:
        case StructType():
            return any(_holds_unreadable(field.dataType) for field in kind.fields)
        case MapType():
            return _holds_unreadable(kind.keyType) or _holds_unreadable(kind.valueType)
        case ArrayType():
            return _holds_unreadable(kind.elementType)
        case _:
            return isinstance(kind, _UNREADABLE)


def _properties(schema: StructType) -> dict[str, Any]:
    twice = [name for name, times in Counter(schema.names).items() if times > 1]
    if twice:
        raise ConfigError("schema", f"the DataFrame has {name_shown(twice[0])!r} twice", "rename or drop one of them")
    return {field.name: _of(field.dataType) for field in schema.fields}


def _of(kind: DataType) -> dict[str, Any]:
    match kind:
        case StructType():
            return _may_be_null("object", properties=_properties(kind), additionalProperties=False)
        case MapType():
            return _may_be_null("object", additionalProperties=_of(kind.valueType))
        case ArrayType():
            return _may_be_null("array", items=_of(kind.elementType))
        case _:
            names = ((BooleanType, "boolean"), (IntegralType, "integer"), (FractionalType, "number"))
            return _may_be_null(next((name for types, name in names if isinstance(kind, types)), "string"))


def _may_be_null(name: str, **inside: object) -> dict[str, Any]:
    return {"type": [name, "null"], **inside}
