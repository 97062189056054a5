"""The JSON schema of a DataFrame: names, the types that the mapping looks at, and what lies inside of a column."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pyspark.sql.types import ArrayType, BooleanType, DataType, FractionalType, IntegralType, MapType, StructType

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.looks import name_shown

__all__ = ["json_schema"]


def json_schema(schema: StructType) -> dict[str, Any]:
    """The JSON schema of the rows; raises `ConfigError` where two columns, or two fields of a structure, have one name."""
    return {"type": "object", "properties": _properties(schema)}


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
