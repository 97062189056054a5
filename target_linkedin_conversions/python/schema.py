"""The JSON schema of rows: as it is given, or as their first ones look."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.python.arrow import arrow_schema

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["given_schema", "schema_of_rows"]

_TYPES: dict[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    Decimal: "number",
    dict: "object",
    list: "array",
    tuple: "array",
}


def given_schema(schema: object) -> dict[str, Any]:
    """A JSON schema, or that of an Arrow schema; raises `ConfigError` for anything else."""
    if isinstance(schema, Mapping):
        if isinstance(schema.get("properties"), Mapping):
            return dict(schema)
    elif hasattr(schema, "__arrow_c_schema__"):
        return arrow_schema(schema)
    raise ConfigError("schema", "expected a JSON schema with properties, or an Arrow schema", "or leave it out")


def schema_of_rows(rows: Iterable[object]) -> dict[str, Any]:
    """The columns that some rows have, with the types of their values; others may come. What is no row has none."""
    seen: dict[str, set[str]] = {}
    for row in rows:
        if not isinstance(row, Mapping):
            continue
        for name, value in row.items():
            types = seen.setdefault(str(name), set())
            if value is not None:
                types.add(_TYPES.get(type(value), "string"))
    properties = {name: {"type": [*sorted(types), "null"]} if types else {} for name, types in seen.items()}
    return {"type": "object", "properties": properties, "additionalProperties": True}
